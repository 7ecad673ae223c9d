mod boxes;
mod end;
mod fleet;
mod nats;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use jiff::tz::TimeZone;

use clap::Args;

use self::end::DemoEnd;
use super::page::Page;
use super::quiet::without_noise;
use super::{Context, Exit, Failure, journal, plan};
use crate::clock::Clock;
use crate::console::role::Role;
use crate::console::{NewPerson, People};
use crate::diag::{Text, ending, text};
use crate::instant::Wall;
use crate::output::{Device, DeviceName, OutputLane};
use crate::site::Site;
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

/// How long the page of a demo is there: long enough to look at each part of it.
const PAGE_LENGTH: Duration = Duration::from_mins(10);

/// Zones of the page's station.
const PAGE_ZONES: u16 = 4;

/// Seconds from one broadcast to the next, where there is a page to look at.
const PAGE_EVERY: u64 = 20;

/// `loa demo`.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct DemoArgs {
    /// Mười phút, cùng trang của đài trong trình duyệt. | Ten minutes, with the station's page in a browser.
    #[arg(long)]
    page: bool,
    /// Một mạng loa thu nhỏ: máy chủ, trung tâm, trang của huyện, 20 đài. | A small fleet: server, centre, the district's page, 20 stations.
    #[arg(long, conflicts_with = "page")]
    fleet: bool,
    /// Bao nhiêu đài, với --fleet. | How many stations, with --fleet.
    #[arg(long, value_name = "N", default_value_t = fleet::BOXES, value_parser = clap::value_parser!(u16).range(2..=100), requires = "fleet")]
    boxes: u16,
    /// Bao nhiêu phút trang còn mở, với --fleet. | For how many minutes the page stays, with --fleet.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=600), requires = "fleet")]
    minutes: u16,
}

/// `loa demo`: the real daemon on a station in a temporary directory, for half a minute.
pub(super) fn run(context: &Context, clock: &dyn Clock, args: DemoArgs) -> anyhow::Result<ExitCode> {
    let ended = DemoEnd::on_signal()?;
    let dir = TemporaryStation::new()?;
    if args.fleet {
        return fleet::run(context, clock, &dir.dir, &ended, args.boxes, args.minutes);
    }
    if args.page {
        return with_page(context, clock, &dir, &ended);
    }
    let lane = OutputLane { zone: ZoneIx(0), channel: Channel::Both, gain_db: 0.0, delay: Duration::ZERO, sent: None };
    let sound = without_noise(|| Device::probe(&DeviceName::Alsa("default".to_owned()), &[lane]));
    let output = if sound.is_ok() { "device:default" } else { "wav:demo.wav" };
    let first = first_second(clock.wall());
    dir.fill(output, first)?;
    announce(context, &sound);
    perform(context, clock, &dir.dir, first + LENGTH, &ended)?;
    if ended.is_so() {
        return Ok(ExitCode::SUCCESS);
    }

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
    // As it was called, so that the next command can be typed after it.
    let own = std::env::args().next().unwrap_or_else(|| "loa".to_owned());
    let said = text!(
        "\nXem trang của đài trong trình duyệt, có bản tin đang phát: {own} demo --page",
        "\nTo see the station's page in a browser, with something playing: {own} demo --page"
    );
    Page::line(said.get(context.lang));
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

/// This program on the demo's station.
fn program(context: &Context, dir: &Path) -> anyhow::Result<Command> {
    let lang = if context.lang == crate::diag::Lang::En { "en" } else { "vi" };
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--lang", lang, "--dir"]).arg(dir);
    Ok(command)
}

/// Run `loa run` as anybody would, and end it as systemd would.
fn perform(context: &Context, clock: &dyn Clock, dir: &Path, until: Wall, ended: &DemoEnd) -> anyhow::Result<()> {
    let daemon = program(context, dir)?.arg("run").stdin(Stdio::null()).spawn().context("loa run")?;
    ended.wait(clock, until);
    end(daemon, ended)
}

/// `loa demo --page`: the daemon, its page, and a link for somebody who may do everything on it.
fn with_page(
    context: &Context,
    clock: &dyn Clock,
    dir: &TemporaryStation,
    ended: &DemoEnd,
) -> anyhow::Result<ExitCode> {
    let now = clock.wall();
    dir.fill_for_page(first_second(now))?;
    let link = {
        let new = NewPerson { name: "Cán bộ thử", role: Role::Admin, zones: &[], approves: false };
        let mut people = People::open(&Site::new(&dir.dir).people())?;
        let person = people.add(&new, now)?.context("console.db")?;
        people.invite(person.id, now)?.token
    };
    let daemon = program(context, &dir.dir)?.arg("run").stdin(Stdio::null()).spawn().context("loa run")?;
    let page = program(context, &dir.dir)?
        .args(["console", "--listen", "127.0.0.1:0", "--with-daemon"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut page = page.context("loa console")?;
    let mut said = String::new();
    if let Some(out) = page.stdout.take() {
        BufReader::new(out).read_line(&mut said)?;
    }
    if let Some(address) = said.split_whitespace().find(|word| word.starts_with("http")) {
        let minutes = PAGE_LENGTH.as_secs() / 60;
        Page::line(
            text!(
                "Đài thử, không kêu ra loa nào. Mở đường dẫn này trong trình duyệt, đặt một mật khẩu khó đoán (từ 8 chữ) rồi vào (dùng được {minutes} phút; Ctrl-C để tắt):\n\n  {address}invite/{link}\n",
                "A station to try, on no loudspeaker. Open this link in a browser, set a password of 8 characters or more that is not easily guessed, and be in (for {minutes} minutes; Ctrl-C ends it):\n\n  {address}invite/{link}\n"
            )
            .get(context.lang),
        );
        ended.wait(clock, clock.wall() + PAGE_LENGTH);
    }
    let _ = page.kill();
    page.wait()?;
    end(daemon, ended)?;
    Ok(ExitCode::SUCCESS)
}

/// End it. Ctrl-C reaches it in a terminal too: that it has ended then is no fault.
fn end(mut daemon: Child, ended: &DemoEnd) -> anyhow::Result<()> {
    if let Some(status) = daemon.try_wait()? {
        if ended.is_so() {
            return Ok(());
        }
        let how = ending(status.code(), status.signal());
        let why = text!(how = how; "loa run đã tắt: {how}", "loa run has ended: {how}");
        return Err(Failure::new(Exit::Io, why).into());
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
        // Half a minute plays on a box whose clock nobody vouches for, too.
        let station = format!(
            "name = \"Đài thử\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"{output}\"\n[clock]\ntrust = \"always\"\n"
        );
        self.write(&station, &schedule(first))
    }

    /// Four hamlets; something sounds in each minute, and one recording of tomorrow is still to come.
    fn fill_for_page(&self, first: Wall) -> anyhow::Result<()> {
        let mut station = String::from("name = \"Đài thử\"\n[clock]\ntrust = \"always\"\n");
        for number in 1..=PAGE_ZONES {
            let _ = write!(station, "[zones.thon-{number}]\ntitle = \"Thôn {number}\"\noutput = \"null\"\n");
        }
        let mut text = String::from("[rules]\nhours = [\"00:00-24:00\"]\n");
        let titles =
            [("Chào bà con", "xin-chao"), ("Nộp hồ sơ trực tuyến", "nop-ho-so"), ("Bản tin ưu tiên", "uu-tien")];
        let tz = TimeZone::get(TIME_ZONE).unwrap_or(TimeZone::UTC);
        for number in 0..PAGE_LENGTH.as_secs() / PAGE_EVERY {
            let (title, play) = titles[usize::try_from(number % 3).unwrap_or_default()];
            let at = (first + Duration::from_secs(number * PAGE_EVERY)).zoned(&tz);
            let (date, time, zone) = (at.date(), at.time(), number % 4 + 1);
            let _ = write!(
                text,
                "\n[[broadcast]]\nid = \"thu-{number}\"\ntitle = \"{title}\"\nzones = [\"thon-{zone}\", \"thon-1\"]\ndates = [{date}]\nat = \"{time}\"\nplay = [\"{play}\"]\n"
            );
        }
        for (id, title, at, play) in [
            ("ban-tin-sang", "Bản tin sáng", "05:30", "xin-chao"),
            ("tiem-chung", "Lịch tiêm chủng", "05:33", "tiem-chung"),
            ("ban-tin-chieu", "Bản tin chiều", "17:00", "nop-ho-so"),
        ] {
            let _ = write!(
                text,
                "\n[[broadcast]]\nid = \"{id}\"\ntitle = \"{title}\"\nat = \"{at}\"\nplay = [\"{play}\"]\n"
            );
        }
        self.write(&station, &text)
    }

    fn write(&self, station: &str, schedule: &str) -> anyhow::Result<()> {
        let site = Site::new(&self.dir);
        fs::create_dir(site.audio())?;
        for (name, bytes) in SOUNDS {
            let path = site.audio().join(name);
            fs::write(&path, bytes)?;
            // It is whole: nothing that was written to a moment ago counts as that.
            fs::File::options().write(true).open(&path)?.set_modified(std::time::UNIX_EPOCH + WRITTEN)?;
        }
        fs::write(site.station(), station)?;
        fs::create_dir(site.schedules())?;
        fs::write(site.schedules().join("thu.toml"), schedule)?;
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
