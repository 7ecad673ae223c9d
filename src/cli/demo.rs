use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use jiff::tz::TimeZone;

use super::page::Page;
use super::quiet::without_noise;
use super::{Context, journal, plan};
use crate::clock::Clock;
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::output::{Device, DeviceName, Lane};
use crate::station::{Channel, ZoneIx};

/// Speech, small enough to travel in the program.
const SOUNDS: [(&str, &[u8]); 3] = [
    ("xin-chao.mp3", include_bytes!("demo/xin-chao.mp3")),
    ("nop-ho-so.mp3", include_bytes!("demo/nop-ho-so.mp3")),
    ("uu-tien.mp3", include_bytes!("demo/uu-tien.mp3")),
];

/// What is on: id, title, class, seconds after the first, what it plays. The priority bulletin
/// interrupts the notice, which then goes on; the closing chime waits for both.
const BROADCASTS: [(&str, &str, &str, u64, &str); 4] = [
    ("xin-chao", "Chào bà con", "normal", 0, "xin-chao"),
    ("nop-ho-so", "Nộp hồ sơ trực tuyến", "normal", 4, "nop-ho-so"),
    ("uu-tien", "Bản tin ưu tiên", "priority", 6, "uu-tien"),
    ("ket-thuc", "Nhạc kết thúc", "normal", 7, "chime-down"),
];

/// What `loa.toml` means where it names none.
const TIME_ZONE: &str = "Asia/Ho_Chi_Minh";

/// From the first look at the clock to the first sound: enough to start the daemon and open a device.
const LEAD_S: i64 = 4;

/// The date of the demo's sounds, far enough back that nobody can be writing them still.
const WRITTEN: Duration = Duration::from_hours(24 * 365 * 50);

/// The whole performance, from the first sound on.
const LENGTH: Duration = Duration::from_secs(21);

/// `loa demo`: the real daemon on a station in a temporary directory, for half a minute.
pub(super) fn run(context: &Context, clock: &dyn Clock) -> anyhow::Result<ExitCode> {
    let dir = TemporaryStation::new()?;
    let lane = Lane { zone: ZoneIx(0), channel: Channel::Both, gain_db: 0.0, delay: Duration::ZERO };
    let sound = without_noise(|| Device::probe(&DeviceName::Alsa("default".to_owned()), &[lane]));
    let output = if sound.is_ok() { "device:default" } else { "wav:demo.wav" };
    let first = first_second(clock.wall());
    dir.fill(output, first)?;
    announce(context, &sound);
    perform(context, clock, &dir.dir, first + LENGTH)?;

    let shown = Context { dir: dir.dir.clone(), ..context.clone() };
    Page::line(format_args!("\n{}", text!("Kế hoạch:", "The plan:").get(context.lang)));
    let tz = TimeZone::get(TIME_ZONE)?;
    let window = plan::Question {
        from: Some((first - Duration::from_secs(1)).rfc3339(&tz)),
        to: Some((first + LENGTH).rfc3339(&tz)),
        zone: None,
        ..plan::Question::default()
    };
    plan::run(&shown, clock, &window)?;
    let heading = text!("\nNhật ký, đúng những gì đã xảy ra:", "\nThe journal, what really happened:");
    Page::line(heading.get(context.lang));
    journal::show(&shown, clock, &journal::Arguments::default())?;
    if sound.is_err() {
        let kept = PathBuf::from("loa-demo.wav");
        fs::copy(dir.dir.join("demo.wav"), &kept).context("loa-demo.wav")?;
        let file = kept.display();
        let said = text!(
            "\nÂm thanh nằm trong {file}: hãy mở nghe trên máy có loa.",
            "\nThe sound is in {file}: open it on a machine with a loudspeaker."
        );
        Page::line(said.get(context.lang));
    }
    Ok(ExitCode::SUCCESS)
}

fn announce(context: &Context, sound: &Result<Text, Text>) {
    let said = match sound {
        Ok(_) => {
            let seconds = LENGTH.as_secs();
            text!(
                "Một đài thử, phát thật trong {seconds} giây trên loa của máy này…",
                "A station to try, on air for {seconds} seconds on this machine's loudspeaker…",
            )
        }
        Err(why) => Text {
            vi: format!("Máy này không phát ra loa được ({}); đài thử phát thật vào một tệp WAV…", why.vi),
            en: format!("This machine has no sound ({}); the station plays into a WAV file…", why.en),
        },
    };
    Page::line(said.get(context.lang));
}

/// Run `loa run` as anybody would, and end it as systemd would.
fn perform(context: &Context, clock: &dyn Clock, dir: &Path, until: Wall) -> anyhow::Result<()> {
    let program = std::env::current_exe()?;
    let lang = if context.lang == crate::diag::Lang::En { "en" } else { "vi" };
    let mut daemon = Command::new(program)
        .args(["--lang", lang, "--dir"])
        .arg(dir)
        .arg("run")
        .stdin(Stdio::null())
        .spawn()
        .context("loa run")?;
    clock.wait(until.after(clock.wall()));
    if let Some(status) = daemon.try_wait()? {
        anyhow::bail!("loa run: {status}");
    }
    if let Some(pid) = rustix::process::Pid::from_raw(daemon.id() as i32) {
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
    }
    daemon.wait()?;
    Ok(())
}

/// A whole second, far enough ahead.
fn first_second(now: Wall) -> Wall {
    Wall::from_secs(now.nanos().div_euclid(1_000_000_000) + 1 + LEAD_S)
}

/// A station in a temporary directory, gone when it is dropped.
struct TemporaryStation {
    dir: PathBuf,
}

impl TemporaryStation {
    fn new() -> anyhow::Result<Self> {
        let dir = std::env::temp_dir().join(format!("loa-demo-{}", std::process::id()));
        // Fails where somebody has put a directory of that name first: nothing foreign is written to.
        fs::DirBuilder::new().mode(0o700).create(&dir).with_context(|| dir.display().to_string())?;
        Ok(Self { dir })
    }

    fn fill(&self, output: &str, first: Wall) -> anyhow::Result<()> {
        fs::create_dir(self.dir.join("audio"))?;
        for (name, bytes) in SOUNDS {
            let path = self.dir.join("audio").join(name);
            fs::write(&path, bytes)?;
            // It is whole: nothing that was written to a moment ago counts as that.
            fs::File::options().write(true).open(&path)?.set_modified(std::time::UNIX_EPOCH + WRITTEN)?;
        }
        // Half a minute plays on a box whose clock nobody vouches for, too.
        let station = format!(
            "name = \"Đài thử\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"{output}\"\n[clock]\ntrust = \"always\"\n"
        );
        fs::write(self.dir.join("loa.toml"), station)?;
        fs::create_dir(self.dir.join("schedules"))?;
        fs::write(self.dir.join("schedules/thu.toml"), schedule(first))?;
        Ok(())
    }
}

impl Drop for TemporaryStation {
    fn drop(&mut self) {
        // What is left behind lies in the system's temporary directory.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn schedule(first: Wall) -> String {
    let tz = TimeZone::get(TIME_ZONE).unwrap_or(TimeZone::UTC);
    let mut text = String::from("[rules]\nhours = [\"00:00-24:00\"]\n");
    for (id, title, class, after, play) in BROADCASTS {
        let at = (first + Duration::from_secs(after)).zoned(&tz);
        let (date, time) = (at.date(), at.time());
        let _ = write!(
            text,
            "\n[[broadcast]]\nid = \"{id}\"\ntitle = \"{title}\"\nclass = \"{class}\"\ndates = [{date}]\nat = \"{time}\"\nplay = [\"{play}\"]\n"
        );
    }
    text
}
