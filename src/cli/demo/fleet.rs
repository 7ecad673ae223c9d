use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use jiff::tz::TimeZone;

use super::boxes::{DemoBox, Held, Province};
use super::end::{DemoEnd, LOOK};
use super::{TIME_ZONE, nats, program};
use crate::board::{Board, BoardFleet};
use crate::cli::page::Page;
use crate::cli::{Context, Exit, Failure};
use crate::clock::Clock;
use crate::console::role::Role;
use crate::console::{NewPerson, People};
use crate::diag::{Text, text};
use crate::district::{FleetView, alarm_sentence, counted, sentence};
use crate::site::Site;

/// Stations, unless others are asked for: each is `loa run` and `loa link`, real ones.
pub(super) const BOXES: u16 = 20;
/// So long all of them may take to be heard on a small machine; and an alarm; and a cut to be noticed.
const PATIENCE: Duration = Duration::from_mins(4);

/// `loa demo --fleet`: a server, the centre, the district's page and real stations on one machine; an alarm, and a cut.
pub(super) fn run(
    context: &Context,
    clock: &dyn Clock,
    dir: &Path,
    ended: &DemoEnd,
    boxes: u16,
    minutes: u16,
) -> anyhow::Result<ExitCode> {
    let server = nats::program()?;
    let say = |said: Text| Page::line(said.get(context.lang));
    let port = nats::free_port()?;
    say(text!("Lập mạng loa: khóa, tài khoản, máy chủ…", "Setting a fleet up: keys, accounts, a server…"));
    let province = Province::found(context, dir, port)?;
    province.name_communes(context, boxes)?;
    let bundle = province.pack(context, clock.wall())?;
    let _server = nats::start(&server, &province.fleet().join("servers/p01-n1"), port, clock)?;
    say(text!("Máy chủ chuyển tin chạy ở tls://127.0.0.1:{port}.", "The server runs at tls://127.0.0.1:{port}."));
    let log = fs::File::create(dir.join("collect.log"))?;
    let mut collect = program(context, province.fleet())?;
    collect.args(["collect", "run"]).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let _collector = Held::start(&mut collect).context("loa collect run")?;
    let (_page, link) = page(context, clock, dir, province.fleet())?;
    let cable = nats::Cable::lay(port)?;
    let mut stations = Vec::new();
    for number in 0..boxes {
        if ended.is_so() {
            return Ok(ExitCode::SUCCESS);
        }
        // The last one has a way of its own to the server, which is cut later.
        let own_port = if number + 1 == boxes { cable.port } else { port };
        let mut station = province.settle(context, dir, (number, own_port), &bundle)?;
        station.start(context)?;
        stations.push(station);
    }
    say(text!(
        "{boxes} đài thật (loa run và loa link), không nối loa nào; trung tâm thu nhật ký.",
        "{boxes} real stations (loa run and loa link) without a horn; the centre collects their journals."
    ));
    let watch = Watch { context, clock, fleet: province.fleet(), ended, log: &dir.join("collect.log") };
    let all = usize::from(boxes);
    let heard = |fleet: &FleetView| fleet.counts().lately;
    if watch.until(&|fleet, _| heard(fleet) == all)?.is_none() {
        return Ok(ExitCode::SUCCESS);
    }
    watch.tell()?;
    say(text!(
        "\nTrang của huyện: mở đường dẫn này trong trình duyệt, đặt một mật khẩu khó đoán (từ 8 chữ) rồi vào «Mạng loa»:\n\n  {link}\n",
        "\nThe district's page: open this link in a browser, set a password of 8 characters or more that is not easily guessed, then go to \"Fleet\":\n\n  {link}\n"
    ));
    alarm(&watch, &province, all)?;
    if let Some(last) = stations.last() {
        cut(&watch, &cable, last)?;
    }
    if minutes > 0 && !ended.is_so() {
        say(text!(
            "\nTrang còn mở {minutes} phút; Ctrl-C để tắt. Tắt thì mọi thứ của bản thử được dọn sạch.",
            "\nThe page stays for {minutes} minutes; Ctrl-C ends it. Then all of the demo is cleaned up."
        ));
    }
    let until = clock.wall() + Duration::from_secs(u64::from(minutes) * 60);
    ended.wait(clock, until);
    say(text!("Đã dọn sạch.", "Cleaned up."));
    Ok(ExitCode::SUCCESS)
}

/// Give an alarm as a province does, and see what becomes of it.
fn alarm(watch: &Watch<'_>, province: &Province, all: usize) -> anyhow::Result<()> {
    watch.say(&text!(
        "Trung tâm gửi báo động «Lũ về», có chữ ký, cho cả tỉnh…",
        "The centre sends an alarm, signed, to the whole province…"
    ));
    let alarm = province.alarm(watch.context)?;
    let answered = |_: &FleetView, board: &Board| {
        let sent = board.sent().unwrap_or_default();
        let own = sent.iter().find(|sent| sent.id == alarm);
        let Some((unheard, heard)) = own.and_then(|own| board.unheard(own).ok()) else { return false };
        let played = unheard.iter().filter(|own| own.answer.as_ref().is_some_and(|answer| answer.fate == "ordered"));
        heard + played.count() == all
    };
    if watch.until(&answered)?.is_some() {
        watch.say(&text!(
            "{all} trên {all} đài đã phát báo động, theo lời của từng đài; không đài nào nối loa, nên trang ghi «chưa nghe» ở mọi đài, và vì sao.",
            "{all} of {all} stations have sounded it, by what each answers; none has a horn, so that the page says of each that nobody has heard it, and why."
        ));
    }
    Ok(())
}

/// A station's way to the server is cut: it goes on by itself. Then it is mended, and its journal comes up whole.
fn cut(watch: &Watch<'_>, cable: &nats::Cable, station: &DemoBox) -> anyhow::Result<()> {
    if watch.ended.is_so() {
        return Ok(());
    }
    cable.be(false);
    let path = &station.path;
    station.alert(watch.context)?;
    // The answer to the order comes before the last row of it.
    watch.clock.wait(Duration::from_secs(8));
    let rows = station.rows()?;
    let received = |fleet: &FleetView| {
        let own = fleet.boxes.iter().find(|own| own.facts.place.as_str() == path);
        own.map_or(0, |own| own.facts.journal.received)
    };
    let Some(view) = watch.until(&|_, _| true)? else { return Ok(()) };
    let had = received(&view);
    watch.say(&text!(
        "\nCắt đường truyền của {path}: đài vẫn phát báo động tại chỗ. Nhật ký của đài có {rows} dòng, trung tâm mới có {had}.",
        "\nThe line of {path} is cut: an alarm given on the spot sounds all the same. Its journal has {rows} rows, the centre {had}."
    ));
    cable.be(true);
    if watch.until(&|fleet, _| received(fleet) >= rows)?.is_some() {
        watch.say(&text!(
            "Nối lại: trung tâm đã có đủ {rows} dòng, không thiếu dòng nào.",
            "Mended: the centre has all {rows} rows, and none is missing."
        ));
    }
    watch.tell()
}

/// Looks at the board as the page does.
struct Watch<'a> {
    context: &'a Context,
    clock: &'a dyn Clock,
    fleet: &'a Path,
    ended: &'a DemoEnd,
    log: &'a Path,
}

impl Watch<'_> {
    fn say(&self, said: &Text) {
        Page::line(said.get(self.context.lang));
    }

    /// Until it is so; none where somebody has had enough.
    fn until(&self, is: &dyn Fn(&FleetView, &Board) -> bool) -> anyhow::Result<Option<FleetView>> {
        for _ in 0..PATIENCE.as_millis() / LOOK.as_millis() {
            if self.ended.is_so() {
                return Ok(None);
            }
            if let Ok(mut board) = Board::find(self.fleet)
                && let Ok(BoardFleet { facts, wanted, .. }) = board.fleet()
            {
                let view = FleetView::judge(facts, &wanted, self.clock.wall());
                if is(&view, &board) {
                    return Ok(Some(view));
                }
            }
            self.clock.wait(LOOK);
        }
        let said = fs::read_to_string(self.log).unwrap_or_default();
        let why = text!(
            "trung tâm không thấy đủ các đài trong {PATIENCE:?}: {said}",
            "the centre has not seen all stations within {PATIENCE:?}: {said}"
        );
        Err(Failure::new(Exit::Io, why).into())
    }

    /// The page's first sentence, and its alarms.
    fn tell(&self) -> anyhow::Result<()> {
        let mut board = Board::find(self.fleet)?;
        let fleet = board.fleet()?;
        let alarms = board.open_alarms()?;
        let view = FleetView::judge(fleet.facts, &fleet.wanted, self.clock.wall());
        let tz = TimeZone::get(TIME_ZONE)?;
        self.say(&sentence(&view.counts(), alarms.len()));
        for alarm in &alarms {
            self.say(&alarm_sentence(alarm, &fleet.names, &tz));
        }
        let rows: u64 = view.boxes.iter().map(|own| own.facts.journal.received).sum();
        let rows = counted(usize::try_from(rows).unwrap_or(usize::MAX));
        self.say(
            &text!(rows = rows; "Nhật ký: trung tâm đã nhận {rows} dòng.", "Journals: the centre has {rows} rows."),
        );
        Ok(())
    }
}

/// The district's page, with a link for somebody who may do everything on it.
fn page(context: &Context, clock: &dyn Clock, dir: &Path, fleet: &Path) -> anyhow::Result<(Held, String)> {
    let station = dir.join("huyen");
    fs::create_dir(&station)?;
    let fleet = fleet.display().to_string();
    let toml = format!("name = \"Trung tâm thử\"\n[zones.loa]\noutput = \"null\"\n[fleet]\ndir = {fleet:?}\n");
    fs::write(Site::new(&station).station(), toml)?;
    let link = {
        let new = NewPerson { name: "Cán bộ thử", role: Role::Admin, zones: &[], approves: false };
        let now = clock.wall();
        let mut people = People::open(&Site::new(&station).people())?;
        let person = people.add(&new, now)?.context("console.db")?;
        people.invite(person.id, now)?.token
    };
    let mut command = program(context, &station)?;
    command.args(["console", "--listen", "127.0.0.1:0"]).stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(fs::File::create(dir.join("page.log"))?);
    let mut page = Held::start(&mut command).context("loa console")?;
    let mut said = String::new();
    if let Some(out) = page.out() {
        BufReader::new(out).read_line(&mut said)?;
    }
    let address = said.split_whitespace().find(|word| word.starts_with("http"));
    let address = address.with_context(|| format!("loa console: {said}"))?;
    Ok((page, format!("{address}invite/{link}")))
}
