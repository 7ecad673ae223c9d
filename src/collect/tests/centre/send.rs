//! Schedules and sounds go down: what boxes would refuse is refused here, and a second official is told who was before him.

use std::time::Duration;

use loa_core::bundle::Purpose;
use loa_core::digest::sha256;
use serde_json::Value;

use crate::command::{good, run, said};
use crate::kit::{OTHER, PATH};
use crate::office::{LA, LUAT, LUAT_HAI, Packed, TINH, XA};
use crate::province::Province;
use crate::village::Conduct;

const COMMUNE: &str = "vn.p01.c003";

#[test]
fn a_letter_goes_to_the_boxes_of_a_place_and_what_they_would_refuse_goes_nowhere() {
    let Some(province) = Province::start(&[PATH, OTHER, "p01.c004.h1"]) else { return };
    let (office, dir) = (&province.office, province.dir());
    let (first, _one) = province.wake(PATH, Conduct::Plays);
    let (other, _two) = province.wake("p01.c004.h1", Conduct::Plays);
    let xa = Packed { sender: COMMUNE, scope: COMMUNE, signed: &[XA], version: 10, ..Packed::default() };
    let goi = office.pack(&xa);
    let told = good(dir, &["fleet", "send", &goi, "--to", "p01.c003"]);
    assert!(told.contains("2 đài sẽ tự nhận"), "{told}");
    province.until("the box has it", || first.lock().unwrap().held.get(COMMUNE) == Some(&10));
    // The same once more is no second letter.
    assert!(good(dir, &["fleet", "send", &goi, "--to", COMMUNE]).contains("không gửi lại"));
    // A book that was lost has it again by that.
    let anew = office.file("moi.db");
    assert!(good(dir, &["fleet", "send", &goi, "--to", COMMUNE, "--database", &anew]).contains("không gửi lại"));
    let held = said(&run(dir, &["fleet", "held", "--database", &anew]));
    assert!(held.contains("0 trên 2 lịch") && held.contains("số 10"), "{held}");
    let hours = "[rules]\nhours = [\"00:00-24:00\"]\n";
    for (what, to, why) in [
        (Packed { version: 9, ..xa.clone() }, "p01.c003", "không mới hơn"),
        (Packed { version: 11, signed: &[LA], ..xa.clone() }, "p01.c003", "không có trong danh sách"),
        (Packed { version: 11, signed: &[], ..xa.clone() }, "p01.c003", "chữ ký"),
        (Packed { version: 11, ..xa.clone() }, "p01.c004", "đài sẽ không nhận"),
        (Packed { version: 11, purpose: Purpose::Rules, text: hours, ..xa.clone() }, "p01.c003", "đài sẽ không nhận"),
        (
            Packed { version: 12, purpose: Purpose::Rules, text: hours, signed: &[LUAT], ..Packed::default() },
            "p01.c003",
            "cần chữ ký của hai người",
        ),
        (Packed { version: 11, ..xa.clone() }, "p01.c009", "không có nơi"),
    ] {
        let bad = office.pack(&Packed { name: "sai.loa", ..what });
        let output = run(dir, &["fleet", "send", &bad, "--to", to]);
        assert!(output.status.code() == Some(1) && said(&output).contains(why), "{why}: {}", said(&output));
    }
    // A digest that does not fit, and half a file.
    let whole = std::fs::read(&goi).unwrap();
    let broken = office.file("hong.loa");
    for bytes in
        [&whole[..whole.len() / 2], &[&whole[..whole.len() - 1030], &[b'x'; 6], &whole[whole.len() - 1024..]].concat()]
    {
        std::fs::write(&broken, bytes).unwrap();
        assert_eq!(run(dir, &["fleet", "send", &broken, "--to", "p01.c003"]).status.code(), Some(1));
    }
    assert_eq!(first.lock().unwrap().refused, 0, "nothing of it went out");
    assert!(other.lock().unwrap().held.is_empty());
    // The law, by two.
    let law = Packed {
        name: "luat.loa",
        version: 13,
        purpose: Purpose::Rules,
        text: hours,
        signed: &[LUAT, LUAT_HAI],
        ..Packed::default()
    };
    good(dir, &["fleet", "send", &office.pack(&law), "--to", "p01.c004"]);
    province.until("the other commune has the law", || other.lock().unwrap().held.get("vn.p01") == Some(&13));
}

#[test]
fn a_second_official_is_told_who_was_before_him() {
    let Some(province) = Province::start(&[PATH]) else { return };
    let (office, dir) = (&province.office, province.dir());
    let xa = Packed { sender: COMMUNE, scope: COMMUNE, signed: &[XA], version: 10, ..Packed::default() };
    good(dir, &["fleet", "send", &office.pack(&xa), "--to", COMMUNE]);
    let tinh = office.pack(&Packed { name: "tinh.loa", version: 20, signed: &[TINH], ..Packed::default() });
    let output = run(dir, &["fleet", "send", &tinh, "--to", COMMUNE]);
    assert_eq!(output.status.code(), Some(1));
    for part in ["«Lịch 10» của vn.p01.c003, số 10", "UBND xã ký", "--after 10"] {
        assert!(said(&output).contains(part), "{part}: {}", said(&output));
    }
    assert_eq!(run(dir, &["fleet", "send", &tinh, "--to", COMMUNE, "--after", "9"]).status.code(), Some(1));
    good(dir, &["fleet", "send", &tinh, "--to", COMMUNE, "--after", "10"]);
    // At the same instant: one of them stores, the other one is told.
    let both: Vec<_> = [21, 22]
        .map(|version| {
            let name = format!("{version}.loa");
            let file = office.pack(&Packed { name: &name, version, signed: &[TINH], ..Packed::default() });
            let dir = dir.to_owned();
            std::thread::spawn(move || run(&dir, &["fleet", "send", &file, "--to", COMMUNE]).status.code())
        })
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    assert!(both.contains(&Some(0)), "{both:?}");
}

#[test]
fn sounds_go_in_chunks_only_what_is_missing_and_from_where_they_were_broken_off() {
    let Some(province) = Province::start(&[PATH]) else { return };
    let (office, dir) = (&province.office, province.dir());
    let sound: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let small = b"nho".to_vec();
    let otherwise = sound[1..100_000].to_vec();
    let sounds = [("tin.mp3", sound.clone()), ("chuong.mp3", small.clone()), ("loi.mp3", otherwise.clone())];
    let one = Packed { version: 30, sounds: &sounds, ..Packed::default() };
    let goi = office.pack(&one);
    // The first half came before the link went.
    let name = sha256(&sound);
    province.runtime.block_on(async {
        let js = province.fleet.prepare().await;
        for chunk in sound.chunks(16 * 1024).take(20) {
            js.publish(format!("$O.AUDIO.C.{name}"), chunk.to_vec().into()).await.unwrap().await.unwrap();
        }
        // A sender that cuts otherwise was broken off as well.
        let other = format!("$O.AUDIO.C.{}", sha256(&otherwise));
        for chunk in otherwise.chunks(32 * 1024).take(2) {
            js.publish(other.clone(), chunk.to_vec().into()).await.unwrap().await.unwrap();
        }
    });
    let output = run(dir, &["fleet", "send", &goi, "--to", "p01.c003"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("đã có từ lần trước") && said(&output).contains("3/3"), "{}", said(&output));
    let output = run(dir, &["fleet", "send", &office.pack(&Packed { version: 31, ..one }), "--to", "p01.c003"]);
    assert_eq!(said(&output).matches("trung tâm đã có").count(), 3, "{}", said(&output));
    // As a box fetches it.
    province.runtime.block_on(async {
        let creds = province.fleet.read(&format!("{PATH}.creds"));
        let (node, denied) = province.fleet.node(PATH, &creds).await;
        for (sound, chunks) in [(&sound, 74), (&otherwise, 7)] {
            let name = sha256(sound);
            let coded = data_encoding::BASE64URL.encode(name.as_bytes());
            let ask = format!("$JS.API.DIRECT.GET.OBJ_AUDIO.$O.AUDIO.M.{coded}");
            let about = node.request(ask, "".into()).await.unwrap();
            let about: Value = serde_json::from_slice(&about.payload).unwrap();
            assert_eq!((about["size"].as_u64(), about["chunks"].as_u64()), (Some(sound.len() as u64), Some(chunks)));
            let (mut next, mut bytes) = (1_u64, Vec::new());
            while bytes.len() < sound.len() {
                let ask =
                    format!("{{\"seq\":{next},\"next_by_subj\":\"$O.AUDIO.C.{}\"}}", about["nuid"].as_str().unwrap());
                let chunk = node.request("$JS.API.DIRECT.GET.OBJ_AUDIO", ask.into()).await.unwrap();
                next = chunk.headers.unwrap().get("Nats-Sequence").unwrap().as_str().parse::<u64>().unwrap() + 1;
                assert!(chunk.payload.len() <= 16 * 1024);
                bytes.extend_from_slice(&chunk.payload);
            }
            assert_eq!(sha256(&bytes), name);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(denied.lock().unwrap().iter().all(|said| !said.contains("ermissions")), "{denied:?}");
    });
}
