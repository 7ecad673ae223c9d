//! What does the page for people cost, and what does it stand? The release daemon and the release console as processes of
//! their own, asked over HTTP: `cargo bench --bench console`. `LOA_ROWS` asks for another number of rows of the journal.
//! What is flooded is flooded from the same machine: the flood takes its share of the two cores too.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jiff::ToSpan as _;
use loa::clock::Clock;
use loa::console::routes::{Ask, routes};
use loa::machine::MachineClock;

#[path = "kit/browser.rs"]
mod browser;
#[path = "kit/daemon.rs"]
mod daemon;
use browser::Browser;
use daemon::{Daemon, loa};

const PASSWORD: &str = "trâu đen ăn cỏ";
/// People who are logged in.
const PEOPLE: usize = 50;
/// Boxes of a province.
const BOXES: usize = 3_000;
/// Zones that play.
const ZONES: u32 = 8;
/// Seconds of a calm, and of a flood; and how often both.
const STRETCH: i64 = 20;
const PAIRS: i64 = 4;
/// Connections of the flood: phones that ask again as soon as they were answered.
const FLOOD: usize = 8;

fn main() {
    first_answer();
    with_people();
    weeks();
    long_journal();
    district();
}

/// The district's page with three thousand boxes: each look at the board is a new one, as after three quiet seconds.
fn district() {
    let station = station(1, &daily(1));
    let fleet = tempfile::tempdir().expect("a directory for the fleet");
    let toml = fs::read_to_string(station.path().join("loa.toml")).expect("read");
    let toml = format!("{toml}[fleet]\ndir = {:?}\n", fleet.path().display().to_string());
    fs::write(station.path().join("loa.toml"), toml).expect("written");
    let mut board = loa::board::Board::open(fleet.path()).expect("a board");
    loa::board::sample::fill(&mut board, BOXES, MachineClock.wall()).expect("a province");
    let page = Page::start(station.path());
    let cookie = page.person(station.path(), "Trần Thị Hai", "official");
    let mut browser = Browser::new(page.address, &cookie);
    let bytes = browser.get("/district").body.len();
    println!("district page, {BOXES} boxes: {:.1} kB over the line", bytes as f64 / 1e3);
    let looks: Vec<Duration> = (0..12)
        .map(|_| {
            // What is older than twenty seconds is waited for.
            MachineClock.wait(Duration::from_secs(21));
            let began = MachineClock.mono();
            assert_eq!(browser.get("/district").status, 200);
            MachineClock.mono().after(began)
        })
        .collect();
    show("district page, the board read anew", looks);
    show("district page, again", timed(100, || assert_eq!(browser.get("/district").status, 200)));
    page.told("with a district");
}

/// A running `loa console`.
struct Page {
    child: Child,
    address: SocketAddr,
}

impl Page {
    fn start(dir: &Path) -> Self {
        let mut command = loa(dir);
        command.args(["console", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        // As the service and the daemon start it.
        command.env("MALLOC_ARENA_MAX", "1");
        let mut child = command.spawn().expect("loa starts");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("its words")).read_line(&mut said).expect("a line");
        let address = said.split_whitespace().find_map(|word| word.trim_end_matches('/').split_once("://"));
        let address = address.expect("an address").1.parse().expect("an address");
        // Behind the sound, as the service and the daemon put it.
        let id = rustix::process::Pid::from_raw(child.id().cast_signed());
        rustix::process::setpriority_process(id, 10).expect("nice");
        Self { child, address }
    }

    /// Somebody new, logged in: what his browser's cookie is.
    fn person(&self, dir: &Path, name: &str, role: &str) -> String {
        let added = loa(dir).args(["--json", "user", "add", name, "--role", role]).stdout(Stdio::piped()).output();
        let added: serde_json::Value = serde_json::from_slice(&added.expect("loa runs").stdout).expect("a link");
        let link = added["link"].as_str().expect("a link");
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("password", PASSWORD), ("again", PASSWORD)])
            .finish();
        let came = Browser::new(self.address, "").post(&link[link.find("/invite/").expect("a link")..], &form);
        assert_eq!(came.status, 303, "{}", String::from_utf8_lossy(&came.body));
        came.cookie
    }

    /// Kilobytes of a line of `/proc/ID/status`.
    fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
        line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().expect("a number")
    }

    fn told(&self, when: &str) {
        let (all, own) = (self.memory("VmRSS"), self.memory("RssAnon"));
        println!("memory {when}: {:.1} MB, of which its own {:.1} MB", all as f64 / 1e3, own as f64 / 1e3);
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The median, the ninety-ninth of a hundred, and the most.
fn show(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| ms(times[((times.len() - 1) as f64 * share) as usize]);
    println!("{what}: {} times, median {:.2} ms, p99 {:.2} ms, most {:.2} ms", times.len(), at(0.5), at(0.99), at(1.0));
}

fn timed(times: usize, mut work: impl FnMut()) -> Vec<Duration> {
    let once = |()| {
        let began = MachineClock.mono();
        work();
        MachineClock.mono().after(began)
    };
    std::iter::repeat_n((), times).map(once).collect()
}

/// A station of so many zones without horns.
fn station(zones: u32, schedule: &str) -> tempfile::TempDir {
    let station = tempfile::tempdir().expect("a directory for the station");
    for part in ["schedules", "audio"] {
        fs::create_dir_all(station.path().join(part)).expect("a directory");
    }
    let zone =
        |number| format!("[zones.thon-{number}]\ntitle = \"Thôn {number}\"\noutput = \"null\"\nloudness = \"off\"\n");
    let zones: String = (1..=zones).map(zone).collect();
    let toml = format!("name = \"Xã Đông Giang\"\n{zones}[clock]\ntrust = \"always\"\n");
    fs::write(station.path().join("loa.toml"), toml).expect("written");
    fs::write(station.path().join("schedules/a.toml"), schedule).expect("written");
    for number in 0..4_u32 {
        sound(&station.path().join(format!("audio/tin-{number}.wav")), 1.0 + f64::from(number) * 20.0);
    }
    let known = loa(station.path()).arg("check").status().expect("loa check runs");
    assert!(known.code().is_some());
    station
}

fn sound(path: &Path, seconds: f64) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec).expect("a file");
    for frame in 0..(seconds * 8_000.0) as u32 {
        wav.write_sample((frame * 440 % 8_000) as i16).expect("written");
    }
    wav.finalize().expect("written");
}

/// So many broadcasts a day, each in every zone.
fn daily(count: u32) -> String {
    let one = |number: u32| {
        let minute = 300 + number * 840 / count;
        format!(
            "[[broadcast]]\nid = \"muc-{number}\"\ntitle = \"Mục phát số {number}\"\nat = \"{:02}:{:02}\"\ndays = \"daily\"\n\
             play = [\"chime\", \"tin-{}\"]\n",
            minute / 60,
            minute % 60,
            number % 4
        )
    };
    format!("[rules]\nhours = [\"00:00-24:00\"]\n{}", (0..count).map(one).collect::<String>())
}

/// From the start of the process to the first page that is whole.
fn first_answer() {
    let station = station(ZONES, &daily(30));
    let mut times = Vec::new();
    for _ in 0..11 {
        let began = MachineClock.mono();
        let page = Page::start(station.path());
        assert_eq!(Browser::new(page.address, "").get("/login").status, 200);
        times.push(MachineClock.mono().after(began));
    }
    show("start to first page", times);
}

/// Memory, sizes, and eight zones that play beside a flood.
fn with_people() {
    let (mut schedule, begins) = (daily(30), MachineClock.wall().timestamp().as_second() + 45);
    let stretch = |number: i64| begins + number * (STRETCH + 2);
    let starts: Vec<i64> =
        (0..PAIRS * 2).flat_map(|number| (0..STRETCH / 2).map(move |step| stretch(number) + step * 2)).collect();
    for (number, at) in starts.iter().enumerate() {
        let at =
            jiff::Timestamp::from_second(*at).expect("a time").in_tz("Asia/Ho_Chi_Minh").expect("a zone").datetime();
        let _ = write!(
            schedule,
            "[[broadcast]]\nid = \"tieng-{number}\"\ntitle = \"Tiếng {number}\"\ndates = [{}]\nat = \"{}\"\nplay = [\"tin-0\"]\n",
            at.date(),
            at.time()
        );
    }
    let station = station(ZONES, &schedule);
    let daemon = Daemon::start(station.path());
    daemon.wait_until_ready();
    let page = Page::start(station.path());
    let cookies: Vec<String> = (0..PEOPLE)
        .map(|number| {
            let role = ["official", "reviewer", "admin"][number % 3];
            page.person(station.path(), &format!("Người thứ {number}"), role)
        })
        .collect();
    for cookie in &cookies {
        assert_eq!(Browser::new(page.address, cookie).get("/").status, 200);
    }
    page.told(&format!("with {PEOPLE} people logged in"));
    let admin = cookies.iter().skip(2).step_by(3).next().expect("an admin").clone();
    beside_the_sound(&page, &cookies, stretch);
    let missed = rows(station.path(), stretch);
    println!("{missed} starts are not in the journal or were not played");
    page.told("after the flood");

    let mut browser = Browser::new(page.address, &admin);
    for route in routes().filter(|route| route.ask == Ask::Get && !route.path.contains('{') && route.path != "/events")
    {
        let came = browser.get(route.path);
        println!("{:>7.1} KB squeezed: {} ({})", came.body.len() as f64 / 1e3, route.path, came.status);
    }
    page.told("after every page was drawn");
    show("Today, one after the other", timed(500, || drop(browser.get("/"))));
    two_gigabytes(&page, &admin);
    daemon.end();
}

/// In turns: calm, and flooded.
fn beside_the_sound(page: &Page, cookies: &[String], stretch: impl Fn(i64) -> i64) {
    for number in 0..PAIRS * 2 {
        wait_until(stretch(number) - 1);
        if number % 2 == 0 {
            continue;
        }
        let (is_over, answered) = (AtomicBool::new(false), AtomicU64::new(0));
        let began = MachineClock.mono();
        let times: Vec<Duration> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..FLOOD)
                .map(|number| {
                    let (is_over, answered, cookie) = (&is_over, &answered, &cookies[number]);
                    scope.spawn(move || {
                        let (mut browser, mut times) = (Browser::new(page.address, cookie), Vec::new());
                        while !is_over.load(Ordering::Relaxed) {
                            let began = MachineClock.mono();
                            assert_eq!(browser.get("/").status, 200);
                            times.push(MachineClock.mono().after(began));
                            answered.fetch_add(1, Ordering::Relaxed);
                        }
                        times
                    })
                })
                .collect();
            wait_until(stretch(number) + STRETCH);
            is_over.store(true, Ordering::Relaxed);
            all.into_iter().flat_map(|one| one.join().expect("answered")).collect()
        });
        let seconds = MachineClock.mono().after(began).as_secs_f64();
        println!("flood {}: {:.0} answers a second", number / 2, answered.load(Ordering::Relaxed) as f64 / seconds);
        show("  each", times);
    }
    wait_until(stretch(PAIRS * 2) + 2);
}

fn wait_until(second: i64) {
    let now = MachineClock.wall().nanos();
    MachineClock.wait(Duration::from_nanos((second * 1_000_000_000 - now).max(0).unsigned_abs()));
}

/// The start errors of calm and flood, as the journal has them.
fn rows(dir: &Path, stretch: impl Fn(i64) -> i64) -> usize {
    let said = loa(dir).args(["journal", "--json"]).stdout(Stdio::piped()).output().expect("loa runs").stdout;
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&said).expect("rows");
    let mut errors: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for row in rows.iter().filter(|row| row["broadcast"].as_str().is_some_and(|id| id.starts_with("tieng-"))) {
        let planned: jiff::Timestamp = row["planned"].as_str().and_then(|at| at.parse().ok()).expect("a time");
        let number = (0..PAIRS * 2).rev().find(|number| stretch(*number) <= planned.as_second()).unwrap_or(0);
        if let (Some(error), Some("played")) = (row["start_error_ms"].as_f64(), row["outcome"].as_str()) {
            errors[(number % 2) as usize].push(error.abs());
        }
    }
    for (how, errors) in ["calm", "flooded"].iter().zip(&mut errors) {
        errors.sort_by(f64::total_cmp);
        let at =
            |share: f64| errors.get(((errors.len().max(1) - 1) as f64 * share) as usize).copied().unwrap_or(f64::NAN);
        println!(
            "start error, {how}: {} starts, median {:.3} ms, p99 {:.3} ms, most {:.3} ms",
            errors.len(),
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
    (PAIRS * STRETCH) as usize * ZONES as usize - errors.iter().map(Vec::len).sum::<usize>()
}

/// Two gigabytes: refused by their length; and without one, as soon as it is plain.
fn two_gigabytes(page: &Page, cookie: &str) {
    const PIECE: usize = 64 * 1024;
    for is_told in [true, false] {
        let before = page.memory("VmHWM");
        let length = if is_told { "Content-Length: 2147483648" } else { "Transfer-Encoding: chunked" };
        let head = format!(
            "POST /sounds/upload HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nAccept: text/html\r\nCookie: {cookie}\r\n\
             Content-Type: multipart/form-data; boundary=xyz\r\n{length}\r\n\r\n",
            page.address
        );
        let mut stream = TcpStream::connect(page.address).expect("it listens");
        stream.write_all(head.as_bytes()).expect("sent");
        let part = b"--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.wav\"\r\n\r\n";
        let mut piece = if is_told { Vec::new() } else { format!("{:x}\r\n", part.len() + PIECE).into_bytes() };
        piece.extend_from_slice(part);
        piece.resize(piece.len() + PIECE, 0);
        piece.extend_from_slice(b"\r\n");
        let (began, mut sent) = (MachineClock.mono(), 0);
        while sent < 2 << 30 && stream.write_all(&piece).is_ok() {
            sent += piece.len();
        }
        let mut said = Vec::new();
        stream.set_read_timeout(Some(Duration::from_secs(2))).expect("set");
        let _ = stream.take(4_096).read_to_end(&mut said);
        let said = String::from_utf8_lossy(&said).lines().next().unwrap_or_default().to_owned();
        println!(
            "2 GB, length {}: hung up after {:.2} MB and {:.0} ms, «{said}», memory at most {:+.1} MB",
            if is_told { "told" } else { "not told" },
            sent as f64 / 1e6,
            ms(MachineClock.mono().after(began)),
            (page.memory("VmHWM") - before) as f64 / 1e3
        );
    }
}

/// A week of 20 zones with 30 broadcasts each.
fn weeks() {
    let station = station(20, &daily(30));
    let page = Page::start(station.path());
    let cookie = page.person(station.path(), "Trần Thị Hai", "official");
    let mut browser = Browser::new(page.address, &cookie);
    let monday = MachineClock.wall().timestamp().in_tz("Asia/Ho_Chi_Minh").expect("a zone").date();
    for (what, asked) in [("every zone", ""), ("one zone", "&zone=thon-3")] {
        let mut week = 0;
        let times = timed(41, || {
            week += 1;
            let day = monday.saturating_add((7 * week).days());
            let came = browser.get(&format!("/schedule?week={day}{asked}"));
            assert_eq!(came.status, 200);
        });
        show(&format!("a week of 20 zones x 30 broadcasts, {what}"), times);
        println!("  {:.1} KB squeezed", browser.get(&format!("/schedule?x=1{asked}")).body.len() as f64 / 1e3);
    }
    page.told("after the weeks");
}

/// A journal of years.
fn long_journal() {
    let most = std::env::var("LOA_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    for rows in [most / 100, most] {
        let station = station(ZONES, &daily(30));
        journal::fill(&station.path().join("state/journal.db"), rows);
        let page = Page::start(station.path());
        let cookie = page.person(station.path(), "Lê Thị Ba", "reviewer");
        let mut browser = Browser::new(page.address, &cookie);
        let day = MachineClock.wall().timestamp().in_tz("Asia/Ho_Chi_Minh").expect("a zone").date();
        let day = day.saturating_sub(2.days());
        println!("a journal of {rows} rows:");
        for path in ["/", "/journal", &format!("/journal/heard?day={day}&time=05:30&zone=thon-1")] {
            show(
                &format!("  {}", path.split('?').next().unwrap_or(path)),
                timed(21, || {
                    assert_eq!(browser.get(path).status, 200);
                }),
            );
        }
        page.told("with it");
    }
}

#[path = "kit/rows.rs"]
mod journal;
