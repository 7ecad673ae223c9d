//! An alarm of the centre: to several boxes, its end, who has heard it and who has not.

use serde_json::Value;

use crate::command::{good, run, said};
use crate::kit::{OTHER, PATH};
use crate::office::{BAO, BAO_HAI, LA, XA};
use crate::province::Province;
use crate::village::Conduct;

const ELSEWHERE: &str = "p01.c004.h1";

fn status(province: &Province, id: &str) -> Value {
    let output = run(province.dir(), &["fleet", "alarm", "status", id, "--json"]);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
}

fn id(output: &std::process::Output) -> String {
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)));
    said["alarm"]["id"].as_str().unwrap().to_owned()
}

#[test]
#[ignore = "long"]
fn an_alarm_is_heard_by_those_it_is_for_and_who_did_not_hear_it_is_named_with_whom_to_call() {
    let Some(province) = Province::start(&[PATH, OTHER, ELSEWHERE]) else { return };
    let dir = province.dir();
    good(dir, &["fleet", "place", OTHER, "--call", "Ông Y Bih 0905 000 002"]);
    let (first, _one) = province.wake(PATH, Conduct::Plays);
    let (other, two) = province.wake(OTHER, Conduct::Deaf);
    let (elsewhere, _three) = province.wake(ELSEWHERE, Conduct::Plays);
    // A box knows the keys by a letter.
    let goi = province.office.pack(&crate::office::Packed { version: 5, ..Default::default() });
    good(dir, &["fleet", "send", &goi, "--to", "vn.p01"]);
    for state in [&first, &other, &elsewhere] {
        province.until("it knows the keys", || state.lock().unwrap().held.get("vn.p01") == Some(&5));
    }
    let key = province.office.file(&format!("{BAO}.key"));
    let give = |to: &str, more: &[&str]| {
        let mut words = vec!["fleet", "alarm", "--to", to, "--preset", "lu", "--until", "30m", "--by", "Chủ tịch"];
        words.extend(["--why", "nước lên", "--with", &key, "--wait", "2", "--json"]);
        words.extend(more);
        run(dir, &words)
    };
    let output = give("p01.c003", &[]);
    assert_eq!(output.status.code(), Some(1), "one has not answered: {}", said(&output));
    let flood = id(&output);
    assert!(said(&output).contains("đang kêu ở 1 cụm loa"), "{}", said(&output));
    assert_eq!(first.lock().unwrap().alarms, std::slice::from_ref(&flood));
    assert!(elsewhere.lock().unwrap().alarms.is_empty(), "it is not for them");
    let told = run(dir, &["fleet", "alarm", "status", &flood]);
    for part in ["1 trên 2 đài đã nghe", "chưa trả lời — gọi Ông Y Bih 0905 000 002", "Chờ người thứ hai"]
    {
        assert!(said(&told).contains(part), "{part}: {}", said(&told));
    }
    let table = dir.join("chua-nghe.csv");
    run(dir, &["fleet", "alarm", "status", &flood, "--csv", table.to_str().unwrap()]);
    assert!(std::fs::read_to_string(&table).unwrap().contains("0905 000 002"));
    good(dir, &["fleet", "alarm", "second", &flood, "--by", "Phó chủ tịch"]);
    assert_eq!(run(dir, &["fleet", "alarm", "second", &flood, "--by", "chủ tịch"]).status.code(), Some(1));
    let third = run(dir, &["fleet", "alarm", "second", &flood, "--by", "Ông Ba"]);
    assert!(said(&third).contains("đã có người thứ hai: Phó chủ tịch"), "{}", said(&third));
    let nobody = ["fleet", "alarm", "end", &flood, "--by", "", "--with", &key];
    assert!(said(&run(dir, &nobody)).contains("--by không được để trống"));
    // The same once more says so.
    let twice = give("p01.c003", &[]);
    assert!(twice.status.code() == Some(1) && said(&twice).contains(&format!("(số {flood})")), "{}", said(&twice));
    // Several communes take two, or a reason.
    let alone = give("vn.p01", &[]);
    assert!(alone.status.code() == Some(1) && said(&alone).contains("cần hai người"), "{}", said(&alone));
    let second = province.office.file(&format!("{BAO_HAI}.key"));
    let both = give("vn.p01", &["--with", &second, "--second", "Phó chủ tịch"]);
    let wide = id(&both);
    province.until("the other commune hears it", || elsewhere.lock().unwrap().alarms.contains(&wide));
    let told = status(&province, &wide);
    assert_eq!(told["alarm"]["signed_by"].as_array().unwrap().len(), 2, "{told}");
    // Ended: who sleeps and comes back does not sound it, and hears the other one that holds.
    two.abort();
    let ended = good(dir, &["fleet", "alarm", "end", &wide, "--by", "Chủ tịch", "--with", &key]);
    assert!(ended.contains("đã kết thúc"), "{ended}");
    assert_eq!(run(dir, &["fleet", "alarm", "end", &wide, "--by", "x", "--with", &key]).status.code(), Some(1));
    let (again, _four) = province.wake(OTHER, Conduct::Plays);
    province.until("it has the keys and the flood", || again.lock().unwrap().alarms.contains(&flood));
    assert!(!again.lock().unwrap().alarms.contains(&wide));
    assert_eq!(status(&province, &wide)["holds"], false);
}

#[test]
fn whoever_may_not_gives_no_alarm() {
    let Some(province) = Province::start(&[PATH]) else { return };
    let dir = province.dir();
    let (own, _one) = province.wake(PATH, Conduct::Plays);
    for letter in [XA, LA, 1] {
        let key = province.office.file(&format!("{letter}.key"));
        std::fs::write(&key, crate::office::key(letter).line()).unwrap();
        let words =
            ["fleet", "alarm", "--to", PATH, "--sound", "coi", "--until", "1h", "--by", "x", "--why", "y", "--with"];
        let output = run(dir, &[&words[..], &[key.as_str()]].concat());
        assert!(output.status.code() == Some(1) && said(&output).contains("đài sẽ không nhận"), "{}", said(&output));
    }
    for (until, code) in [("25h", 1), ("hôm nay", 2)] {
        let key = province.office.file(&format!("{BAO}.key"));
        let words = ["fleet", "alarm", "--to", PATH, "--sound", "coi", "--until", until, "--by", "x", "--why", "y"];
        assert_eq!(run(dir, &[&words[..], &["--with", &key]].concat()).status.code(), Some(code), "{until}");
    }
    assert_eq!(own.lock().unwrap().refused, 0);
}
