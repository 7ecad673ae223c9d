//! `loa plan` explains itself: one sentence for everything that does not go as written, one occurrence
//! in full, and a picture.

use std::fmt::Write as _;
use std::process::Command;

use serde_json::{Value, json};

use crate::kit::{Said, Station};

/// `loa` in a language; the kit's own speaks English.
fn ask(station: &Station, lang: &str, words: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loa"));
    let output = command.args(["--lang", lang, "--dir"]).arg(station.dir()).args(words).output().unwrap();
    Said {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap_or(-1),
    }
}

const FILE: &str = "schedules/thang-12.toml";

/// A day (7 December 2099, a Monday; far ahead, since no time before now is proposed) with every verdict. Each line of the table is one broadcast, five
/// lines of the file and what is in its last column, from line 6 on.
const BROADCASTS: [(&str, &str, &str, &str); 11] = [
    ("dau", "05:10", r#"["a", "b"]"#, ""),
    ("sau", "05:10:10", r#""b""#, ""),
    ("voi", "05:10:20", r#""b""#, r#"wait = "5s""#),
    ("cat", "05:20", r#""a""#, r#"if_missed = "late 10m""#),
    ("gap", "05:20:05", r#""b""#, r#"class = "priority""#),
    ("im", "05:25", r#"["chime", "khong-co", "b"]"#, ""),
    ("hong", "05:26", r#""hu""#, ""),
    ("dai", "05:59:45", r#""a""#, ""),
    ("dem", "03:15", r#""b""#, ""),
    ("lu", "03:15", r#""b""#, "class = \"emergency\"\nby = \"A\"\nwhy = \"b\"\nfrom = 2099-12-01\nuntil = 2100-06-01"),
    ("thu-hai", "05:40", r#""b""#, r#"days = "mon""#),
];

fn station() -> Station {
    let station = Station::new();
    station.tone("a.wav", 30.0, 440.0).tone("b.wav", 10.0, 880.0).write("audio/hu.mp3", "not a sound");
    station.write("loa.toml", "name = \"Đài <thử>\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n");
    let mut schedule =
        "[rules]\nhours = [\"05:00-06:00\"]\n[[holiday]]\nname = \"Ngày hội\"\ndate = 2099-12-14\n".to_owned();
    for (id, at, play, more) in BROADCASTS {
        let _ = write!(
            schedule,
            "[[broadcast]] # {}\nid = \"{id}\"\ntitle = \"Mục {id}\"\nat = \"{at}\"\nplay = {play}\n{more}\n",
            more.lines().next().unwrap_or_default()
        );
    }
    schedule.push_str("from = 2099-12-01\nuntil = 2099-12-31\nexcept = [\"holidays\", 2099-12-21]\n");
    station.write(FILE, &schedule);
    station
}

/// Where a broadcast is written: `schedules/thang-12.toml:6`.
fn line(id: &str) -> String {
    let place = BROADCASTS.iter().position(|one| one.0 == id).unwrap();
    let lines = |more: &str| 5 + more.lines().count().max(1);
    format!("{FILE}:{}", 6 + BROADCASTS[..place].iter().map(|one| lines(one.3)).sum::<usize>())
}

fn plan(station: &Station, lang: &str) -> Vec<Value> {
    let said = ask(station, lang, &["plan", "--from", "2099-12-07", "--to", "2099-12-08", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    said.rows()
}

fn why(station: &Station, lang: &str, words: &[&str]) -> Said {
    ask(station, lang, &[&["plan", "--why"], words].concat())
}

#[test]
fn every_reason_is_a_sentence_that_names_both_sides_and_their_lines_in_both_languages() {
    let station = station();
    // Id, reason, the other side, what each language must say beside the lines.
    let table = [
        ("sau", "waits", Some("dau"), "chờ đến 05:10:40", "waits until 05:10:40"),
        ("voi", "wait_expired", Some("dau"), "chỉ được chờ 5 giây", "may wait for 5 s only"),
        ("cat", "interrupted", Some("gap"), "phát tiếp lúc 05:20:15", "goes on at 05:20:15"),
        ("im", "no_sound", None, "chưa nạp âm thanh «khong-co»", "the sound \"khong-co\" is not loaded"),
        ("hong", "no_sound", None, "tệp audio/hu.mp3 không phát được", "the file audio/hu.mp3 cannot play"),
        ("dai", "past_hours", None, "đổi sang 05:59 ngày 07/12/2099", "move it to 05:59 on 2099-12-07"),
        ("dem", "outside_hours", None, "đổi sang 05:00 ngày 07/12/2099", "move it to 05:00 on 2099-12-07"),
    ];
    for (lang, pick) in [("vi", 0), ("en", 1)] {
        let rows = plan(&station, lang);
        for (id, reason, other, vi, en) in table {
            let row = rows.iter().find(|row| row["broadcast"] == id).unwrap();
            let because = row["because"].as_str().unwrap();
            assert_eq!(row["reason"], reason, "{row}");
            let rule = format!("{FILE}:2");
            let mut needed = vec![line(id), format!("({id}, "), format!("Mục {id}"), [vi, en][pick].to_owned()];
            needed.extend(other.iter().flat_map(|other| [line(other), format!("({other}, "), format!("Mục {other}")]));
            needed.extend(reason.ends_with("hours").then_some(rule));
            for part in needed {
                assert!(because.contains(&part), "{lang} {id}: no {part:?} in {because:?}");
            }
            assert_eq!(because.lines().count(), 1, "{because}");
        }
    }
}

/// A broadcast that the law refuses or lets wait, as the day from now on has it: its id and when it is due.
fn told_of(station: &Station, lang: &str) -> Vec<(String, String, String)> {
    let said = ask(station, lang, &["plan", "--json"]);
    let told = said.rows().into_iter().filter_map(|row| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let reasons = ["waits", "wait_expired", "outside_hours", "past_hours"];
        reasons.contains(&row["reason"].as_str()?).then(|| (text("broadcast"), text("reason"), text("because")))
    });
    told.collect()
}

#[test]
fn check_why_the_picture_and_the_doctor_say_the_same_sentences_as_the_plan() {
    let station = station();
    for (lang, cure_is) in [("vi", ". Cách sửa: "), ("en", ". Cure: ")] {
        let unescape =
            |text: &str| text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        // A minute may pass while they are asked.
        let mut asked = (told_of(&station, lang), Vec::new(), Vec::new(), String::new());
        for _ in 0..3 {
            let rows = |words: &[&str]| ask(&station, lang, words).rows();
            (asked.1, asked.2) = (rows(&["check", "--json"]), rows(&["doctor", "--json"]));
            asked.3 = unescape(&ask(&station, lang, &["plan", "--svg", "-"]).out);
            let again = told_of(&station, lang);
            if again == asked.0 {
                break;
            }
            asked.0 = again;
        }
        let (told, check, doctor, picture) = asked;
        let ids: std::collections::BTreeSet<&str> = told.iter().map(|(id, ..)| id.as_str()).collect();
        assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["dai", "dem", "sau", "voi"], "{lang}");
        for (id, reason, because) in told {
            let (fact, cure) = because.split_once(cure_is).unwrap_or_else(|| panic!("{because}"));
            let cure = cure.strip_suffix('.').unwrap();
            let about = |one: &&Value| one["code"] == *reason && one["message"].as_str().unwrap().contains(&line(&id));
            let found = check.iter().find(about).unwrap_or_else(|| panic!("no {reason} of {id}: {check:#?}"));
            // What only a look at ninety days knows stands behind the sentence.
            let message = found["message"].as_str().unwrap();
            assert!(message == fact || message.starts_with(&format!("{fact} (")), "{message}\n{fact}");
            assert_eq!(found["help"], cure, "{id} {lang}");
            assert_eq!(format!("{}:{}", found["file"].as_str().unwrap(), found["line"]), line(&id));
            assert!(picture.contains(&because), "{because}\n{picture}");
            // Only what will not sound troubles the doctor.
            if reason != "waits" {
                let found = doctor.iter().find(about).unwrap_or_else(|| panic!("no {reason} of {id}: {doctor:#?}"));
                assert_eq!((&found["message"], &found["help"]), (&json!(fact), &json!(cure)), "{id} {lang}");
            }
            let day = because.split_once(if lang == "vi" { " ngày " } else { " on " }).unwrap().1;
            let day = day.split(',').next().unwrap();
            let time = BROADCASTS.iter().find(|one| one.0 == id).unwrap().1;
            let said = why(&station, lang, &[&id, &format!("{day} {time}")]);
            assert!(said.out.contains(&because), "{because}\n{}", said.out);
        }
    }
}

#[test]
fn a_sound_that_is_not_there_stands_in_its_place_without_a_file() {
    let rows = plan(&station(), "en");
    let row = rows.iter().find(|row| row["broadcast"] == "im").unwrap();
    assert_eq!(
        row["items"],
        json!([
            {"name": "chime", "file": null, "seconds": 3.0},
            {"name": "khong-co", "file": null, "seconds": 0.0},
            {"name": "b", "file": "b.wav", "seconds": 10.0},
        ])
    );
}

/// Id, instant, exit code, what must be said in Vietnamese, and in English.
type Case<'a> = (&'a str, &'a str, i32, &'a [&'a str], &'a [&'a str]);

#[test]
fn an_occurrence_is_explained_for_each_verdict_in_both_languages() {
    let station = station();
    let table: [Case<'_>; 8] = [
        (
            "dau",
            "7/12/2099 05:10",
            0,
            &["Kết luận: phát đúng 05:10, hết lúc 05:10:40", "trùng giờ, mục này đi trước: được hẹn giờ sớm hơn"],
            &["It plays at 05:10, until 05:10:40", "this one goes first: it is scheduled earlier"],
        ),
        (
            "sau",
            "2099-12-07T05:10",
            0,
            &["05:10:10 thứ Hai 07/12/2099", "chờ, phát lúc 05:10:40", "mục kia đi trước: được hẹn giờ sớm hơn"],
            &[
                "05:10:10 Monday 2099-12-07",
                "It waits, and plays at 05:10:40",
                "the other goes first: it is scheduled earlier",
            ],
        ),
        ("voi", "7/12/2099 05:10:20", 1, &["Kết luận: không phát được"], &["It cannot play"]),
        (
            "cat",
            "7/12/2099 05:20",
            0,
            &["ngắt lúc 05:20:05", "a (audio/a.wav): 30 giây", "chưa trễ quá 10 phút"],
            &["is interrupted by", "a (audio/a.wav): 30 s", "not later than 10 min"],
        ),
        ("im", "7/12/2099 05:25", 1, &["khong-co: chưa có tệp tốt"], &["khong-co: no good file"]),
        (
            "dem",
            "7/12/2099 03:15",
            1,
            &["lúc này nằm ngoài", "bị từ chối, không phát", "đổi sang 05:00"],
            &["it falls outside of them", "It is refused", "move it to 05:00"],
        ),
        (
            "dai",
            "7/12/2099 05:59:45",
            1,
            &["lúc này thuộc 05:00-06:00", "bị từ chối"],
            &["it falls into 05:00-06:00", "refused"],
        ),
        (
            "lu",
            "7/12/2099 03:15",
            0,
            &["khẩn cấp được phát mọi giờ", "không tranh giờ"],
            &["which an emergency may", "they do not compete"],
        ),
    ];
    for (id, at, code, vi, en) in table {
        for (lang, needed) in [("vi", vi), ("en", en)] {
            let said = why(&station, lang, &[id, at]);
            assert_eq!(said.code, code, "{id}: {said:?}");
            for part in needed.iter().copied().chain([line(id).as_str(), "Thôn 1"]) {
                assert!(said.out.contains(part), "{lang} {id}: no {part:?} in\n{}", said.out);
            }
        }
    }
}

#[test]
fn what_is_not_due_says_which_line_keeps_it_and_when_it_plays_next() {
    let station = station();
    let head = 10 + 10 * 6;
    // The instant, and for each obstacle its key and line.
    let table: [(&str, &[(&str, usize)]); 6] = [
        ("2099-12-07T05:41", &[("at", head + 3)]),
        ("2099-12-08T05:40", &[("days", head + 5)]),
        ("2099-11-30T05:40", &[("from", head + 6)]),
        ("2100-01-05T06:00", &[("until", head + 7), ("at", head + 3), ("days", head + 5)]),
        ("2099-12-14T05:40", &[("except", head + 8)]),
        ("2099-12-21T05:40", &[("except", head + 8)]),
    ];
    for (at, expected) in table {
        let said = why(&station, "vi", &["thu-hai", at, "--json"]);
        assert_eq!(said.code, 1, "{at}");
        let told = said.json();
        assert_eq!((&told["due"], &told["plays"], &told["zones"]), (&json!(false), &json!(false), &json!([])));
        let found: Vec<_> =
            told["obstacles"].as_array().unwrap().iter().map(|one| (one["key"].clone(), one["line"].clone())).collect();
        let expected: Vec<_> = expected.iter().map(|(key, line)| (json!(key), json!(line))).collect();
        assert_eq!(found, expected, "{at}: {told:#}");
    }
    let told = why(&station, "en", &["thu-hai", "2099-12-14T05:40", "--json"]).json();
    assert_eq!(told["obstacles"][0]["message"], "it keeps holidays: Ngày hội");
    assert_eq!(told["before"], "2099-12-07T05:40:00.000+07:00");
    assert_eq!(told["after"], "2099-12-28T05:40:00.000+07:00");
    assert_eq!(why(&station, "en", &["thu-hai", "2099-12-28T05:40", "--json"]).json()["after"], Value::Null);
}

#[test]
fn a_question_about_nothing_is_a_usage_error_with_the_nearest_name() {
    let station = station();
    let said = why(&station, "vi", &["thuhai", "05:40"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("có phải là «thu-hai»?"), "{}", said.err);
    for wrong in
        [&["thu-hai", "sáng mai"][..], &["thu-hai"], &["thu-hai", "05:40", "--zone", "thon-9"], &["zzz", "05:40"]]
    {
        assert_eq!(why(&station, "vi", wrong).code, 2, "{wrong:?}");
    }
}

#[test]
fn the_picture_of_a_small_day_of_conflicts_is_as_it_was() {
    let station = station();
    let window = ["plan", "--from", "2099-12-07T03:00", "--to", "2099-12-07T07:00", "--svg"];
    let drawn = ask(&station, "vi", &[&window[..], &["-"]].concat());
    assert_eq!((drawn.code, drawn.err.as_str()), (0, ""));
    roxmltree::Document::parse(&drawn.out).expect("XML");
    insta::assert_snapshot!(drawn.out);
    // The same goes into a file, and the file is named.
    let file = station.path("ngay.svg");
    let said = ask(&station, "vi", &[&window[..], &[file.to_str().unwrap()]].concat());
    assert!(said.out.contains("ngay.svg"), "{said:?}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), drawn.out);
}

#[test]
#[ignore = "long"]
fn a_picture_that_cannot_be_drawn_or_kept_is_told() {
    let station = station();
    let table: [(&[&str], i32); 4] = [
        (&["plan", "--from", "2026-01-01", "--to", "2028-12-31", "--svg", "-"], 0),
        (&["plan", "--from", "2018-01-01", "--to", "2020-12-31", "--svg", "/not/there/f.svg"], 74),
        (&["plan", "--svg", "-", "--json"], 2),
        (&["plan", "--svg", "-", "--zone", "thon-9"], 2),
    ];
    for (question, code) in table {
        let said = station.loa(question);
        assert_eq!(said.code, code, "{question:?}: {}", said.err);
    }
}
