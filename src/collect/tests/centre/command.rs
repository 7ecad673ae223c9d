//! The program itself, as people and units call it.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use loa_collect::BoardKeeper;
use loa_collect::fleet::{Desk, JoinCode};
use loa_collect::ledger::{Ledger as _, SqliteLedger};
use loa_core::instant::Wall;
use serde_json::Value;

use crate::fleet::Fleet;
use crate::kit::{PATH, journal, locality, send};
use crate::office::wall;
use crate::qr;

pub(crate) fn command(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loa-collect"));
    command.args(words).arg("--dir").arg(dir).env("LANG", "vi_VN.UTF-8").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    command
}

pub(crate) fn run(dir: &Path, words: &[&str]) -> Output {
    command(dir, words).output().unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

pub(crate) fn good(dir: &Path, words: &[&str]) -> String {
    let output = run(dir, words);
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn whoever_counts_stations_says_that_the_register_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    drop(SqliteLedger::open(&dir.path().join("collect.db")).unwrap());
    let month = ["collect", "month", "--month", "2026-11"];
    // No fleet was ever set up here: what came is counted, and that is said.
    for words in [&month[..], &["collect", "status"]] {
        let output = run(dir.path(), words);
        assert!(
            output.status.success() && said(&output).contains("Chỉ kể những đài đã gửi nhật ký"),
            "{}",
            said(&output)
        );
    }
    // One that was, and has lost its register: a month without the silent ones is no month.
    std::fs::create_dir(dir.path().join("keys")).unwrap();
    for (words, code) in [(&month[..], 78), (&["collect", "status"], 1)] {
        let output = run(dir.path(), words);
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(said(&output).contains("từ bản cất trong két"), "{}", said(&output));
    }
}

#[test]
fn a_fleet_is_set_up_and_a_box_joins_by_commands_alone() {
    let (dir, station) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let output = run(dir.path(), &["fleet", "status"]);
    assert_eq!(output.status.code(), Some(78));
    let told = said(&output);
    let (first, last) = (told.find("hãy vào thư mục của mạng, hay thêm --dir"), told.find(" fleet init"));
    assert!(first.is_some() && first < last && told.contains("chưa từng lập mạng loa"), "{told}");
    // Where somebody just stands in another directory, it is named whole.
    let mut here = std::process::Command::new(env!("CARGO_BIN_EXE_loa-collect"));
    let here = here.args(["fleet", "status", "--lang", "vi"]).current_dir(station.path()).output().unwrap();
    assert!(said(&here).contains(&format!("thư mục «{}»", station.path().display())), "{}", said(&here));
    let init = ["fleet", "init", "--name", "Tỉnh 01", "--province", "p01", "--server", "nats1.p01.lan"];
    let done = good(dir.path(), &init);
    let collect = format!("loa --dir {} collect run", dir.path().display());
    assert!(done.contains("cất vào két") && done.contains(&collect), "{done}");
    assert_eq!(run(dir.path(), &init).status.code(), Some(78), "not a second time");
    // The register is lost, the keys of a living fleet are there: they stay as they are.
    let (register, core) = (dir.path().join("fleet.json"), dir.path().join("keys/core.seed"));
    let (lost, seed) = (std::fs::read(&register).unwrap(), std::fs::read(&core).unwrap());
    std::fs::remove_file(&register).unwrap();
    for words in [&init[..], &["fleet", "status"]] {
        let output = run(dir.path(), words);
        assert_eq!(output.status.code(), Some(78));
        assert!(said(&output).contains("từ bản cất trong két"), "{}", said(&output));
    }
    assert_eq!(std::fs::read(&core).unwrap(), seed);
    std::fs::write(&register, lost).unwrap();
    let invited: Value =
        serde_json::from_str(&good(dir.path(), &["fleet", "invite", PATH, "--title", "Thôn 7", "--json"])).unwrap();
    let code = invited["code"].as_str().unwrap();
    let at_random = tempfile::tempdir().unwrap();
    let refused = run(at_random.path(), &["fleet", "join", PATH, code]);
    assert!(refused.status.code() == Some(78) && said(&refused).contains("không phải thư mục của đài"));
    assert!(!at_random.path().join("state").exists(), "no key is made there");
    std::fs::write(station.path().join("loa.toml"), "").unwrap();
    let asked: Value = serde_json::from_str(&good(station.path(), &["fleet", "join", PATH, code, "--json"])).unwrap();
    let (request, letters) = (asked["request"].as_str().unwrap(), asked["letters"].as_str().unwrap());
    // As it was printed, with its picture before the line, kept in a file.
    let saved = dir.path().join("join.txt");
    std::fs::write(&saved, good(station.path(), &["fleet", "join", PATH, code])).unwrap();
    assert!(std::fs::read_to_string(&saved).unwrap().contains(request));
    let taken = good(dir.path(), &["fleet", "take", saved.to_str().unwrap()]);
    assert!(taken.contains("đọc tám chữ") && !taken.contains(letters), "what is copied was not compared: {taken}");
    assert!(good(dir.path(), &["fleet", "status"]).contains("đang chờ duyệt"));
    let paper = dir.path().join("h77.paper");
    let paper = paper.to_str().unwrap();
    let wrong = run(dir.path(), &["fleet", "accept", PATH, "--letters", "AAAA-AAAA", "--paper", paper]);
    assert!(said(&wrong).contains("không nhận") && !Path::new(paper).exists(), "{}", said(&wrong));
    // Another box's paper lies there: it stays, and the box waits on.
    std::fs::write(paper, "giấy khác").unwrap();
    let taken = run(dir.path(), &["fleet", "accept", PATH, "--letters", letters, "--paper", paper]);
    assert!(taken.status.code() == Some(2) && said(&taken).contains("không ghi đè"), "{}", said(&taken));
    assert_eq!(std::fs::read_to_string(paper).unwrap(), "giấy khác");
    std::fs::remove_file(paper).unwrap();
    good(dir.path(), &["fleet", "accept", PATH, "--letters", letters, "--paper", paper]);
    good(station.path(), &["fleet", "join", "--paper", paper]);
    // It hears another group from now on: who has the old paper is told, and a new one for the same key is the cure.
    let group = ["fleet", "place", PATH, "--group", "vn.p01.g_school"];
    assert!(good(dir.path(), &group).contains("đang dùng giấy cũ"));
    assert!(good(dir.path(), &["fleet", "status"]).contains("đang dùng giấy cũ"));
    let newer = dir.path().join("h77-nhom.paper");
    let newer = newer.to_str().unwrap();
    good(dir.path(), &["fleet", "accept", PATH, "--letters", letters, "--paper", newer]);
    assert!(!good(dir.path(), &["fleet", "status"]).contains("đang dùng giấy cũ"));
    good(station.path(), &["fleet", "join", "--paper", newer]);
    let credentials = std::fs::read_to_string(station.path().join("state/link.creds")).unwrap();
    let rights = std::fs::metadata(station.path().join("state/link.creds")).unwrap().permissions().mode() & 0o777;
    assert_eq!(rights, 0o640, "the link reads it as another member of the group");
    assert!(credentials.contains("BEGIN NATS USER JWT") && credentials.contains("BEGIN USER NKEY SEED"));
    let register = good(dir.path(), &["fleet", "status", "--json"]);
    let register: Value = serde_json::from_str(&register).unwrap();
    assert_eq!(register["places"][PATH]["title"], "Thôn 7");
    assert!(register["places"][PATH]["holder"]["key"].as_str().unwrap().starts_with('U'));
    assert!(!register.to_string().contains("proof"), "what codes are checked with is told to nobody");
    // The key is revoked; the box that asks with the next code has made another, and is let in with it.
    let output = run(dir.path(), &["fleet", "revoke", PATH, "--lost"]);
    assert!(
        said(&output).contains("chưa máy chủ nào nhận được tin thu hồi"),
        "there is no server here: {}",
        said(&output)
    );
    let invited: Value = serde_json::from_str(&good(dir.path(), &["fleet", "invite", PATH, "--json"])).unwrap();
    let code = invited["code"].as_str().unwrap();
    let ask = |more: &[&str]| -> Value {
        let words = [&["fleet", "join", PATH, code, "--json"][..], more].concat();
        serde_json::from_str(&good(station.path(), &words)).unwrap()
    };
    let kept = ask(&[]);
    assert_eq!(kept["letters"], letters, "another code is no other key: the paper may be on its way");
    let refused = run(dir.path(), &["fleet", "take", kept["request"].as_str().unwrap()]);
    assert!(!refused.status.success() && said(&refused).contains("--new-key"), "it was revoked: {}", said(&refused));
    let again = ask(&["--new-key"]);
    assert_eq!(again, ask(&[]), "typed again it is the same request");
    assert_ne!(again["letters"], letters);
    assert!(
        std::fs::read_to_string(station.path().join("state/link.creds")).unwrap() == credentials,
        "until it is let in"
    );
    good(dir.path(), &["fleet", "take", again["request"].as_str().unwrap()]);
    let paper = dir.path().join("h77-2.paper");
    let paper = paper.to_str().unwrap();
    good(dir.path(), &["fleet", "accept", PATH, "--letters", again["letters"].as_str().unwrap(), "--paper", paper]);
    good(station.path(), &["fleet", "join", "--paper", paper]);
    assert!(std::fs::read_to_string(station.path().join("state/link.creds")).unwrap() != credentials);
}

#[test]
fn what_is_typed_wrongly_is_told_with_the_cure() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("loa.toml"), "").unwrap();
    let init = ["fleet", "init", "--name", "x", "--province", "p01", "--server", "a", "--server", "b"];
    let output = run(dir.path(), &init);
    assert!(said(&output).contains("cần một hoặc ba máy chủ"), "{}", said(&output));
    assert!(!dir.path().join("keys").exists(), "nothing is begun");
    good(dir.path(), &["fleet", "init", "--name", "x", "--province", "p01", "--server", "a"]);
    for (words, cure) in [
        (&["fleet", "invite", "p02.c1.h1"][..], "phải bắt đầu bằng"),
        (&["fleet", "revoke", PATH], "chưa có nơi"),
        (&["fleet", "take", "LOA-JOIN:1 x"], "không phải yêu cầu"),
        (&["fleet", "join", PATH, "ABC"], "mười hai chữ"),
        (&["fleet", "invite", "p01.c3"], "là xã hay huyện"),
        (&["collect", "close", PATH, "--by", " ", "--why", "x"], "--by không được để trống"),
        (&["collect", "status"], " collect run trước"),
        (&["collect", "stick", "/nowhere"], "không đọc được nhật ký trên USB"),
    ] {
        let output = run(dir.path(), words);
        assert!(!output.status.success() && said(&output).contains(cure), "{words:?}: {}", said(&output));
    }
    let nowhere = dir.path().join("khong-co");
    let told = said(&run(&nowhere, &["fleet", "status"]));
    assert!(told.contains(&format!("thư mục «{}» không phải thư mục của mạng loa", nowhere.display())), "{told}");
}

#[test]
fn the_help_and_what_a_wrong_line_is_told_have_the_form_of_the_main_program() {
    let dir = tempfile::tempdir().unwrap();
    let page = good(dir.path(), &["fleet", "alarm", "--help"]);
    let first = "Báo động, kết thúc báo động, ai đã nghe.\n\nCách gọi:\n  loa fleet alarm --to NƠI";
    assert!(page.starts_with(first) && page.contains("\nVí dụ:\n  loa fleet alarm --to p01.c003"), "{page}");
    for (words, says) in [
        (&["fleet"][..], "\nLệnh:\n  init "),
        (&["fleet", "staus"], "loa: không có lệnh «staus»; có phải là «loa fleet status»?"),
        (&["fleet", "staus", "--lang", "en"], "loa: there is no command \"staus\"; did you mean \"loa fleet status\"?"),
    ] {
        let output = run(dir.path(), words);
        assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{words:?}");
        assert!(said(&output).contains(says), "{words:?}: {}", said(&output));
    }
}

#[test]
#[ignore = "long"]
fn the_program_killed_while_it_collects_goes_on_where_it_was_and_tells_what_is_missing() {
    let Some(fleet) = Fleet::start(1, false) else { return };
    let dir = fleet.dir.path().to_owned();
    let creds = dir.join("box.creds");
    good(&dir, &["fleet", "issue", PATH, "--title", "Thôn 7", "--creds", creds.to_str().unwrap()]);
    let rows = journal(60, "Bản tin");
    let collector = || {
        let mut command = command(&dir, &["collect", "run"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let database = dir.join("collect.db");
        let received = || {
            let mut ledger = database.exists().then(|| SqliteLedger::open(&database).ok()).flatten()?;
            ledger.journals().ok()?.first().map(|journal| journal.rows)
        };
        let mut running = collector();
        let (node, _) = fleet.node(PATH, &std::fs::read_to_string(&creds).unwrap()).await;
        let work = async {
            for (place, rows) in rows.chunks(10).enumerate() {
                // Rows 21 to 30 are lost for now.
                if place == 2 {
                    continue;
                }
                while !send(&node, PATH, "e1", rows, &format!("m{place}")).await {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                if place == 1 {
                    running.kill().unwrap();
                    running.wait().unwrap();
                    running = collector();
                }
            }
            while received() != Some(50) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(2), work).await.expect("all of it comes");
        running.kill().unwrap();
        running.wait().unwrap();
    });
    let told = run(&dir, &["collect", "status"]);
    assert!(told.status.success(), "{}", said(&told));
    assert!(said(&told).contains("chưa nhận dòng 21 đến 30"), "{}", said(&told));
    let told: Value = serde_json::from_str(&good(&dir, &["collect", "status", "--json"])).unwrap();
    let own = &told["stations"][0]["journals"][0];
    assert_eq!((own["received"].as_u64(), own["rows"].as_u64()), (Some(20), Some(50)));
}

#[test]
fn a_server_that_cannot_be_reached_is_told_at_once_with_its_address() {
    let dir = tempfile::tempdir().unwrap();
    // A port on which nobody listens.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let server = format!("127.0.0.1:{port}");
    good(dir.path(), &["fleet", "init", "--name", "x", "--province", "p01", "--plain", "--server", &server]);
    let mut command = command(dir.path(), &["collect", "run"]);
    let mut running = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
    std::thread::spawn(move || tell.send(lines.next()));
    let first = told.recv_timeout(Duration::from_secs(5));
    running.kill().unwrap();
    running.wait().unwrap();
    let first = first.expect("it is told before anything times out").unwrap().unwrap();
    assert!(first.contains(&format!("không nối được máy chủ {server}")), "{first}");
}

#[test]
fn a_collector_that_does_not_run_is_told_by_the_status_until_it_runs_again() {
    let dir = tempfile::tempdir().unwrap();
    good(dir.path(), &["fleet", "init", "--name", "x", "--province", "p01", "--plain", "--server", "a"]);
    let mut ledger = SqliteLedger::open(&dir.path().join("collect.db")).unwrap();
    let mut keeper = BoardKeeper::open(dir.path()).unwrap();
    let mut told_after = |at: Wall| {
        keeper.keep(&mut ledger, None, at).unwrap();
        good(dir.path(), &["fleet", "status"]).contains("Trung tâm không ghi gì từ")
    };
    assert!(told_after(Wall::from_secs(wall().timestamp().as_second() - 3_600)));
    assert!(!told_after(wall()));
}

#[test]
fn the_picture_on_a_slip_says_the_place_and_the_code_that_are_typed() {
    let dir = tempfile::tempdir().unwrap();
    good(dir.path(), &["fleet", "init", "--name", "x", "--province", "p01", "--plain", "--server", "a"]);
    let file = dir.path().join("phieu.svg");
    let slip = good(dir.path(), &["fleet", "invite", PATH, "--title", "Thôn 7", "--svg", file.to_str().unwrap()]);
    let (_, typed) = slip.split_once("loa fleet join ").unwrap_or_else(|| panic!("{slip}"));
    let typed: Vec<&str> = typed.split_whitespace().take(2).collect();
    assert!(typed[0] == PATH && JoinCode::read(typed[1]).is_some(), "{slip}");
    assert_eq!(qr::read(&std::fs::read_to_string(file).unwrap()), typed.join(" "));
}

#[test]
fn a_slip_that_is_over_is_told_as_such() {
    let dir = tempfile::tempdir().unwrap();
    good(dir.path(), &["fleet", "init", "--name", "x", "--province", "p01", "--plain", "--server", "a"]);
    let long_ago = Wall::from_secs(wall().timestamp().as_second() - 100 * 3_600);
    let mut desk = Desk::open(dir.path(), long_ago).unwrap();
    desk.place(&locality(PATH), None, &[]).unwrap();
    desk.invite(&locality(PATH)).unwrap();
    drop(desk);
    let told = good(dir.path(), &["fleet", "status"]);
    assert!(told.contains("mã đã hết hạn") && told.contains(" fleet invite p01.c003.h00077"), "{told}");
    good(dir.path(), &["fleet", "invite", PATH]);
    assert!(good(dir.path(), &["fleet", "status"]).contains("dùng được đến"));
}
