use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;
use jiff::tz::TimeZone;

use super::{SOUNDS, TIME_ZONE, WRITTEN, program};
use crate::cli::Context;
use crate::instant::Wall;
use crate::journal::Reader;
use crate::site::Site;

/// Stations of a commune.
const EACH: u16 = 5;
/// Who signs what.
const KEYS: [&str; 5] = ["goc-a", "goc-b", "goc-c", "tinh", "khan-cap"];

/// A process that was started here. It is ended when this is dropped, and waited for.
pub(super) struct Held(Child);

impl Held {
    /// Start it.
    pub(super) fn start(command: &mut Command) -> std::io::Result<Self> {
        command.spawn().map(Self)
    }

    /// What it prints.
    pub(super) fn out(&mut self) -> Option<std::process::ChildStdout> {
        self.0.stdout.take()
    }

    /// End it as its unit would, and wait until it is gone.
    pub(super) fn end(&mut self) {
        if let Ok(None) = self.0.try_wait()
            && let Some(pid) = rustix::process::Pid::from_raw(self.0.id() as i32)
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.0.wait();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.end();
    }
}

/// A station of the demo, and its program while it runs.
pub(super) struct DemoBox {
    /// Where it stands: `p01.c001.h01`.
    pub(super) path: String,
    dir: PathBuf,
    runs: Option<Held>,
}

/// The keys of the demo's province, and what it sends.
pub(super) struct Province {
    safe: PathBuf,
    fleet: PathBuf,
}

impl Province {
    /// Make keys, the list that says who may sign what, and the fleet itself, with the very commands that a province uses.
    pub(super) fn found(context: &Context, dir: &Path, port: u16) -> anyhow::Result<Self> {
        let own = Self { safe: dir.join("ket"), fleet: dir.join("mang") };
        fs::create_dir(&own.safe)?;
        fs::create_dir(&own.fleet)?;
        // A command finds a station where it is told to look for one.
        fs::write(Site::new(&own.safe).station(), "")?;
        let file = |name: &str| own.safe.join(name).display().to_string();
        for key in KEYS {
            good(context, &own.safe, &["bundle", "key", &file(key)])?;
        }
        let keys = file("khoa.json");
        let mut words =
            ["bundle", "keys", &keys, "--place", "vn.p01", "--until", "2199-12-31"].map(str::to_owned).to_vec();
        for root in &KEYS[..3] {
            words.extend(["--root".to_owned(), file(&format!("{root}.pub"))]);
        }
        for known in ["UBND tỉnh=tinh.pub=schedule=vn.p01", "Ban chỉ huy=khan-cap.pub=emergency=vn.p01"] {
            let known = known.replace("tinh.pub", &file("tinh.pub")).replace("khan-cap.pub", &file("khan-cap.pub"));
            words.extend(["--key".to_owned(), known]);
        }
        good(context, &own.safe, &words.iter().map(String::as_str).collect::<Vec<_>>())?;
        for root in ["goc-a.key", "goc-c.key"] {
            good(context, &own.safe, &["bundle", "sign", &keys, "--with", &file(root)])?;
        }
        let server = format!("127.0.0.1:{port}");
        let fleet = ["fleet", "init", "--name", "Tỉnh thử", "--province", "p01", "--server", &server];
        good(context, &own.fleet, &fleet)?;
        Ok(own)
    }

    /// The fleet's directory.
    pub(super) fn fleet(&self) -> &Path {
        &self.fleet
    }

    /// Give an alarm to all of it, by one person, with the very command that a province uses. Its id.
    pub(super) fn alarm(&self, context: &Context) -> anyhow::Result<String> {
        let file = |name: &str| self.safe.join(name).display().to_string();
        let roots = KEYS[..3].iter().map(|root| file(&format!("{root}.pub")));
        let words = ["fleet", "roots"].map(str::to_owned).into_iter().chain(roots);
        let words: Vec<String> = words.chain(["--keys".to_owned(), file("khoa.json")]).collect();
        good(context, &self.fleet, &words.iter().map(String::as_str).collect::<Vec<_>>())?;
        let key = file("khan-cap.key");
        let words =
            "fleet alarm --to vn.p01 --sound canh-bao-lu --times 1 --no-tone --until 30m --wait 1 --json".split(' ');
        let said = ["--title", "Lũ về (bản thử)", "--by", "Ban chỉ huy", "--why", "bản thử", "--alone", "bản thử"];
        let mut command = program(context, &self.fleet)?;
        command.args(words).args(said).args(["--with", &key]).stdin(Stdio::null());
        // It ends with 1: nobody hears it where there is no horn.
        let done = command.output()?;
        let told: serde_json::Value = serde_json::from_slice(&done.stdout)
            .with_context(|| String::from_utf8_lossy(&done.stderr).trim().to_owned())?;
        told["alarm"]["id"].as_str().map(str::to_owned).context("alarm")
    }

    /// Pack what every box is to play, signed by the province: its first schedule, and the list of keys.
    pub(super) fn pack(&self, context: &Context, now: Wall) -> anyhow::Result<PathBuf> {
        let office = self.safe.join("soan");
        let site = Site::new(&office);
        write_sound(&office, "xin-chao.mp3", SOUNDS[0].1)?;
        fs::write(site.station(), "name = \"UBND tỉnh thử\"\n[zones.loa]\noutput = \"null\"\n")?;
        fs::create_dir(site.schedules())?;
        let broadcast =
            "[[broadcast]]\nid = \"tin-tinh\"\ntitle = \"Bản tin tỉnh\"\nat = \"05:30\"\nplay = [\"xin-chao\"]\n";
        fs::write(site.schedules().join("tinh.toml"), broadcast)?;
        let bundle = self.safe.join("tuan.loa");
        let tz = TimeZone::get(TIME_ZONE)?;
        let until = (now + std::time::Duration::from_hours(30 * 24)).zoned(&tz).date().to_string();
        let file = |name: &str| self.safe.join(name).display().to_string();
        let (out, with, keys) = (bundle.display().to_string(), file("tinh.key"), file("khoa.json"));
        let words = [
            "bundle",
            "make",
            &out,
            "--place",
            "vn.p01",
            "--until",
            &until,
            "--number",
            "1",
            "--title",
            "Tuần này",
            "--with",
            &with,
            "--keys",
            &keys,
        ];
        good(context, &office, &words)?;
        Ok(bundle)
    }

    /// Let a box in, and set its station up: credentials and the signed schedule, as a fitter would bring them. It finds the server at `port`.
    pub(super) fn settle(
        &self,
        context: &Context,
        dir: &Path,
        (number, port): (u16, u16),
        bundle: &Path,
    ) -> anyhow::Result<DemoBox> {
        let (commune, hamlet) = (number / EACH + 1, number % EACH + 1);
        let path = format!("p01.c{commune:03}.h{hamlet:02}");
        let own = DemoBox { dir: dir.join(&path), path: path.clone(), runs: None };
        fs::create_dir(&own.dir)?;
        // The alarm's own recording lies at every station.
        write_sound(&own.dir, "canh-bao-lu.mp3", SOUNDS[2].1)?;
        let site = Site::new(&own.dir);
        fs::create_dir_all(site.state())?;
        fs::create_dir(site.schedules())?;
        let mut toml = format!(
            "name = \"Thôn {hamlet}, xã {commune}\"\n[zones.thon]\ntitle = \"Thôn {hamlet}\"\noutput = \"null\"\n[clock]\ntrust = \"always\"\n"
        );
        let roots = KEYS[..3].iter().map(|key| self.public(key)).collect::<anyhow::Result<Vec<_>>>()?;
        let _ = write!(toml, "[bundle]\nplace = \"vn.{path}\"\nroots = {roots:?}\n");
        let ca = self.fleet.join("ca.crt").display().to_string();
        let _ = write!(
            toml,
            "[link]\nservers = [\"tls://127.0.0.1:{port}\"]\ncredentials = \"state/link.creds\"\nca = {ca:?}\n"
        );
        fs::write(site.station(), toml)?;
        let creds = site.state().join("link.creds").display().to_string();
        let (title, call) = (format!("Thôn {hamlet}"), format!("trưởng thôn, 0905 000 {number:03}"));
        let words = ["fleet", "issue", &path, "--title", &title, "--call", &call, "--creds", &creds];
        good(context, &self.fleet, &words)?;
        good(context, &own.dir, &["bundle", "install", &bundle.display().to_string()])?;
        Ok(own)
    }

    /// What communes are called, and nothing else.
    pub(super) fn name_communes(&self, context: &Context, boxes: u16) -> anyhow::Result<()> {
        for commune in 1..=(boxes - 1) / EACH + 1 {
            let (path, title) = (format!("p01.c{commune:03}"), format!("Xã thử {commune}"));
            good(context, &self.fleet, &["fleet", "place", &path, "--title", &title])?;
        }
        Ok(())
    }

    /// A public key, as `loa.toml` has it.
    fn public(&self, key: &str) -> anyhow::Result<String> {
        let text = fs::read_to_string(self.safe.join(format!("{key}.pub"))).context(key.to_owned())?;
        let found = text.split_whitespace().find(|word| word.len() == 64).map(str::to_owned);
        found.with_context(|| format!("{key}.pub"))
    }
}

impl DemoBox {
    /// Start its program, which starts its link.
    pub(super) fn start(&mut self, context: &Context) -> anyhow::Result<()> {
        let log = fs::File::create(self.dir.join("loa.log"))?;
        let mut command = program(context, &self.dir)?;
        command.arg("run").stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.runs = Some(Held::start(&mut command).context("loa run")?);
        Ok(())
    }

    /// An alarm is given on the spot, by hand.
    pub(super) fn alert(&self, context: &Context) -> anyhow::Result<()> {
        let words = ["alert", "canh-bao-lu", "--by", "trưởng thôn", "--why", "thử lúc đứt đường truyền"];
        good(context, &self.dir, &words)
    }

    /// How many rows its journal has.
    pub(super) fn rows(&self) -> anyhow::Result<u64> {
        let reader = Reader::open(&Site::new(&self.dir).journal())?.context("journal")?;
        Ok(reader.head()?.0)
    }
}

/// Run a command of this program and wait; what it complains of where it fails.
pub(super) fn good(context: &Context, dir: &Path, words: &[&str]) -> anyhow::Result<()> {
    let done = program(context, dir)?.args(words).stdin(Stdio::null()).output()?;
    anyhow::ensure!(done.status.success(), "loa {}: {}", words.join(" "), String::from_utf8_lossy(&done.stderr).trim());
    Ok(())
}

fn write_sound(dir: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let audio = Site::new(dir).audio();
    fs::create_dir_all(&audio)?;
    let path = audio.join(name);
    fs::write(&path, bytes)?;
    // It is whole: nothing that was written to a moment ago counts as that.
    Ok(fs::File::options().write(true).open(&path)?.set_modified(std::time::UNIX_EPOCH + WRITTEN)?)
}
