//! Two real stations with their links, as `loa run` starts them, and the centre by its commands: down goes a schedule with its sound and an alarm, up come
//! the journals. Needs the main program beside this one; without it (a build of this crate alone) it says SKIPPED.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use loa_core::digest::sha256;

use crate::command::{good, run, said};
use crate::kit::{OTHER, PATH};
use crate::office::{BAO, Packed, XA, key};
use crate::province::Province;

const COMMUNE: &str = "vn.p01.c003";

/// A second of a tone: 16 bits, one channel.
fn tone() -> Vec<u8> {
    let rate = 48_000_u32;
    let samples = (0..rate).flat_map(|at| {
        let wave = (f64::from(at) * 440.0 * std::f64::consts::TAU / f64::from(rate)).sin();
        ((wave * 8_000.0) as i16).to_le_bytes()
    });
    let samples: Vec<u8> = samples.collect();
    let mut out = b"RIFF".to_vec();
    out.extend((36 + samples.len() as u32).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend(rate.to_le_bytes());
    out.extend((rate * 2).to_le_bytes());
    out.extend(b"\x02\0\x10\0data");
    out.extend((samples.len() as u32).to_le_bytes());
    out.extend(samples);
    out
}

/// A station with its daemon, and the link that this starts.
struct Station {
    dir: tempfile::TempDir,
    daemon: Child,
}

impl Station {
    fn start(program: &Path, province: &Province, path: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let roots: Vec<String> = [1, 2, 3].map(|letter| key(letter).public().as_str().to_owned()).to_vec();
        let servers = province.fleet.servers();
        let written = format!(
            "name = \"Thôn\"\n[clock]\ntrust = \"always\"\n[zones.thon-1]\noutput = \"null\"\nloudness = \"off\"\n[bundle]\n\
             place = \"vn.{path}\"\nroots = {roots:?}\n[link]\nservers = {servers:?}\ncredentials = \"link.creds\"\n"
        );
        std::fs::write(dir.path().join("loa.toml"), written).unwrap();
        std::fs::write(dir.path().join("link.creds"), province.fleet.read(&format!("{path}.creds"))).unwrap();
        std::fs::create_dir_all(dir.path().join("schedules")).unwrap();
        std::fs::create_dir_all(dir.path().join("audio")).unwrap();
        std::fs::write(dir.path().join("audio/canh-bao-lu.wav"), tone()).unwrap();
        let mut command = Command::new(program);
        command.arg("--dir").arg(dir.path()).arg("run").env("LANG", "vi_VN.UTF-8");
        let log = std::fs::File::create(dir.path().join("log")).unwrap();
        let daemon = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Self { dir, daemon }
    }

    fn has(&self, file: &str) -> bool {
        self.dir.path().join(file).exists()
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn program() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_BIN_EXE_loa-collect")).with_file_name("loa");
    if !beside.exists() {
        eprintln!("SKIPPED: needs the main program beside loa-collect: cargo build --bin loa");
        return None;
    }
    Some(beside)
}

#[test]
#[ignore = "long"]
fn what_the_centre_sends_is_installed_and_heard_at_real_stations_and_their_journals_come_up() {
    let Some(program) = program() else { return };
    let Some(mut province) = Province::start(&[PATH, OTHER]) else { return };
    province.collect();
    let dir = province.dir().to_owned();
    let stations = [PATH, OTHER].map(|path| Station::start(&program, &province, path));
    let sounds = [("tin.wav", tone())];
    let xa =
        Packed { sender: COMMUNE, scope: COMMUNE, signed: &[XA], version: 10, sounds: &sounds, ..Packed::default() };
    let goi = province.office.pack(&xa);
    good(&dir, &["fleet", "send", &goi, "--to", "p01.c003"]);
    province.until("both have installed it", || stations.iter().all(|one| one.has("schedules/xa.toml")));
    for station in &stations {
        let sound = std::fs::read(station.dir.path().join("audio/tin.wav")).unwrap();
        assert_eq!(sha256(&sound), sha256(&sounds[0].1));
    }
    // An alarm to the commune: both answer, and the journals say so in the end.
    let alarm = province.office.file(&format!("{BAO}.key"));
    let mut words = vec!["fleet", "alarm", "--to", "p01.c003", "--preset", "lu", "--until", "30m", "--by", "Chủ tịch"];
    words.extend(["--why", "nước lên", "--times", "1", "--no-tone", "--with", &alarm, "--wait", "30"]);
    let output = run(&dir, &words);
    // Neither has a horn: it plays, and nobody hears it, by their own word and by their journals.
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    for part in ["0 trên 2 đài báo đang kêu", "KHÔNG AI NGHE"] {
        assert!(said(&output).contains(part), "{part}: {}", said(&output));
    }
    province.until("the journals have it", || {
        let told = said(&run(&dir, &["fleet", "alarm", "status", "--json"]));
        told.matches("\"missed\": 1").count() == 2
    });
    let told = said(&run(&dir, &["fleet", "alarm", "status"]));
    assert!(told.contains("0 trên 2 đài đã nghe") && told.contains("cụm loa không nối loa nào"), "{told}");
    // The next one in waves: the test box takes it, by its journal, and the other one does not know of it.
    let next = Packed {
        name: "hai.loa",
        version: 20,
        text: "[[broadcast]]\nid = \"tin-2\"\nat = \"06:00\"\nplay = \"tin\"\n",
        ..xa
    };
    let goi = province.office.pack(&next);
    let words = ["fleet", "rollout", "start", &goi, "--to", "p01.c003", "--test", PATH, "--by", "Xã", "--grace", "0"];
    let output = run(&dir, &words);
    assert!(output.status.success(), "{}", said(&output));
    province.until("the test box has it", || {
        let told = said(&run(&dir, &["fleet", "rollout", "status", "--json"]));
        told.contains("\"state\": \"received\"") && told.contains("\"state\": \"unknown\"")
    });
    let text = |station: &Station| std::fs::read_to_string(station.dir.path().join("schedules/xa.toml")).unwrap();
    assert!(text(&stations[0]).contains("tin-2") && !text(&stations[1]).contains("tin-2"));
    // With the key of a box nobody sends anything.
    let stolen = province.fleet.read(&format!("{PATH}.creds"));
    std::fs::write(dir.join("creds/dispatcher.creds"), stolen).unwrap();
    let forged = province.office.pack(&Packed { name: "ba.loa", version: 30, ..next });
    let output = run(&dir, &["fleet", "send", &forged, "--to", PATH, "--after", "20"]);
    assert_eq!(output.status.code(), Some(74), "{}", said(&output));
    let output = run(
        &dir,
        &[
            "fleet", "alarm", "--to", PATH, "--sound", "coi", "--until", "1h", "--by", "x", "--why", "y", "--with",
            &alarm,
        ],
    );
    assert_eq!(output.status.code(), Some(74), "{}", said(&output));
    assert!(text(&stations[0]).contains("tin-2"));
}
