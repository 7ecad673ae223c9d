use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use super::sheet::{self, Sheet};
use super::{Context, Exit, door, page};
use crate::checkup::{Finding, PowerStanding, Words};
use crate::clock::Clock;
use crate::daemon::protocol::Command;
use crate::diag::{Lang, Text, figure, plain, shown, text};
use crate::disk;
use crate::reason::Reason;
use crate::site::Site;
use crate::status::{OrderState, OrderZone, SetAsideStatus, Status, ZoneStatus};
use crate::warning::CapStanding;

/// So long nothing may begin after the wait: whoever waited wants to restart something.
const CLEAR: Duration = Duration::from_mins(1);

/// How often it is looked while somebody waits for silence.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// `loa status`.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(super) struct StatusArgs {
    /// Chờ đến khi không có gì kêu và một phút nữa cũng không, lâu nhất ngần ấy phút. | Wait until nothing sounds, nor will for a minute; so many minutes at most.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=1440))]
    when_quiet: Option<u64>,
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    if let Some(minutes) = args.when_quiet {
        return when_quiet(context, clock, Duration::from_secs(60 * minutes));
    }
    let status = door::ask(context, &Command::Status)?;
    if context.json {
        page::Page::data(serde_json::to_string_pretty(&status)? + "\n");
        return Ok(ExitCode::SUCCESS);
    }
    let status: Status = serde_json::from_value(status).context("status")?;
    let today = status.at.get(..10).unwrap_or_default().to_owned();
    let mut said = Page { lang: context.lang, today, lines: Vec::new() };
    said.station(context, &status);
    said.zones(&status);
    said.orders(&status);
    said.stops(&status);
    let standing = &status.standing;
    let sounds = standing.sound_warnings;
    for power in &standing.amplifiers {
        said.say(&amplifier(power));
    }
    for proof in &standing.proof {
        said.say(&proof.words());
    }
    for one in standing.findings().into_iter().chain(outside(context, &status, clock)) {
        let (message, help) = (plain(one.message.get(said.lang)), plain(one.help.get(said.lang)));
        said.lines.push(format!("{message}\n  → {help}"));
    }
    if sounds > 0 {
        said.say(&text!(
            "Âm thanh: {sounds} chỗ không phát được hoặc nên thu lại cho rõ hơn; «loa check» chỉ từng chỗ.",
            "Sounds: {sounds} findings that a good recording would cure; \"loa check\" shows each."
        ));
    }
    page::Page::line(said.lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}

/// Alarms from outside that wait for a person.
fn outside(context: &Context, status: &Status, clock: &dyn Clock) -> Option<Finding> {
    let station = disk::station::load(&context.dir).0;
    let now = status.clock.why.is_none().then(|| clock.wall().timestamp());
    let standing = station.cap.is_written().then(|| CapStanding::read(&Site::new(&context.dir)))?;
    standing.finding(&station, now)
}

/// Wait for silence: for whoever upgrades. Where no daemon runs, nothing sounds.
fn when_quiet(context: &Context, clock: &dyn Clock, most: Duration) -> anyhow::Result<ExitCode> {
    super::files::is_station(context)?;
    let began = clock.mono();
    while door::is_running(context) {
        let status: Status = serde_json::from_value(door::ask(context, &Command::Status)?).context("status")?;
        if is_quiet(&status) {
            break;
        }
        if clock.mono().after(began) >= most {
            let said = text!(
                "loa còn đang phát, hoặc sắp phát trong một phút",
                "loa is still playing, or will within a minute"
            );
            page::Page::aside(said.get(context.lang));
            return Ok(Exit::Findings.into());
        }
        clock.wait(LOOK_EVERY);
    }
    Ok(ExitCode::SUCCESS)
}

/// Nothing sounds or waits, and nothing begins within [`CLEAR`].
fn is_quiet(status: &Status) -> bool {
    let at = |said: &str| said.parse::<jiff::Timestamp>().ok();
    let end = at(&status.at).map(|now| now + CLEAR);
    status.orders.is_empty()
        && status.zones.iter().all(|zone| {
            let begins = zone.next.as_ref().is_some_and(|next| match (at(&next.start), end) {
                (Some(start), Some(end)) => start < end,
                _ => true,
            });
            zone.playing.is_none() && zone.waiting == 0 && !begins
        })
}

/// What is said of a station, line by line.
struct Page {
    lang: Lang,
    /// `2026-12-01`, by the station's clock.
    today: String,
    lines: Vec<String>,
}

impl Page {
    fn say(&mut self, text: &Text) {
        self.lines.push(plain(text.get(self.lang)).into_owned());
    }

    /// "2026-12-01T05:30:00.000+07:00" as people say it: `05:30:00` today, `05:30 02/12` on another day.
    fn instant(&self, said: &str) -> String {
        let part = |range| said.get(range).unwrap_or("?");
        if part(0..10) == self.today {
            return part(11..19).to_owned();
        }
        self.date(said)
    }

    fn date(&self, said: &str) -> String {
        let part = |range| said.get(range).unwrap_or("?");
        match self.lang {
            Lang::Vi => format!("{} {}/{}", part(11..16), part(8..10), part(5..7)),
            Lang::En => format!("{} {}", part(0..10), part(11..16)),
        }
    }

    fn in_words<'a>(&self, words: &'a Words) -> &'a str {
        if self.lang == Lang::Vi { &words.vi } else { &words.en }
    }

    fn station(&mut self, context: &Context, status: &Status) {
        self.lines.push(format!("{}   {}", plain(&status.name), self.date(&status.at)));
        if let Some(said) = super::journal::look_back(context, &status.at) {
            self.say(&said);
        }
        let is_unset = status.standing.problems.iter().any(|one| one.code == "not_set_up");
        if status.broadcasts == 0 && status.standing.broken.is_empty() && !is_unset {
            self.say(&text!(
                "Lịch còn trống: loa chưa phát gì theo lịch, cho đến khi có mục phát trong schedules/.",
                "The schedule is empty: nothing is played by it until there is a broadcast in schedules/."
            ));
        }
        self.troubles(status);
        let clock = &status.clock;
        if let Some(why) = clock.why.as_deref() {
            let Text { vi, en } = Reason::from(why).words();
            self.say(&text!(
                "{vi}. Chưa phát gì theo lịch: «loa clock» chỉ cách sửa; nếu giờ máy đúng, gõ: loa clock confirm",
                "{en}. Nothing scheduled plays: \"loa clock\" shows the cure; if the clock is right, type: loa clock confirm"
            ));
        } else if let Some(because) = &clock.because {
            self.say(&Reason::from(format!("clock_trusted: {because}")).words());
        }
        if let Some(drift) = clock.drift.as_deref() {
            self.say(&Reason::from(drift).words());
        }
        let journal = &status.journal;
        if let (Some(false), Some(why)) = (journal.writes, &journal.why) {
            let (why, waiting) = (self.in_words(why), journal.waiting);
            self.say(&text!(
                "Nhật ký chưa ghi được: {why} ({waiting} dòng đang chờ); loa vẫn phát.",
                "The journal cannot be written: {why} ({waiting} rows wait); sound goes on."
            ));
        }
        if let Some(SetAsideStatus { file, why }) = &journal.set_aside {
            let why = self.in_words(why);
            self.say(&text!(
                "Nhật ký cũ bị hỏng ({why}), đã cất vào state/{file}: hãy chép sang nơi khác làm bằng chứng.",
                "The old journal was damaged ({why}) and is now state/{file}: copy it elsewhere as evidence."
            ));
        }
        for said in super::journal::trouble(journal) {
            self.say(&said);
        }
    }

    /// Whether each zone can sound, as far as its output was used.
    fn troubles(&mut self, status: &Status) {
        let zones = &status.zones;
        let broken: Vec<_> = zones.iter().filter_map(|zone| Some((zone, zone.trouble.as_ref()?))).collect();
        for (zone, trouble) in &broken {
            let (title, why) = (title_of(zone), self.in_words(&trouble.why));
            let since = self.instant(&trouble.since);
            self.say(&text!(
                "{title}: KHÔNG PHÁT ĐƯỢC từ {since}: {why}.",
                "{title}: CANNOT SOUND since {since}: {why}."
            ));
        }
        // An older loa does not say.
        let is_untried = |zone: &&ZoneStatus| zone.trouble.is_none() && zone.tried == Some(false);
        let untried = zones.iter().filter(is_untried).count();
        if untried > 0 {
            let untried_en = figure::count(untried, "zone");
            self.say(&text!(
                "{untried} cụm loa: chưa dùng tới từ khi khởi động, chưa biết có kêu được không; «loa doctor» thử card.",
                "{untried_en}: not used since the start, so it is not known whether a sound comes out; \"loa doctor\" tries the card."
            ));
        }
        self.hornless(status);
        let is_well = |zone: &&ZoneStatus| zone.trouble.is_none() && !is_untried(zone) && !zone.no_horn;
        let well = zones.iter().filter(is_well).count();
        let well_en = if well == 1 { "zone".to_owned() } else { figure::count(well, "zone") };
        match (zones.len() - well, well) {
            (0, 0) => {}
            (0, 1) => self.say(&text!("Cụm loa: không thấy trục trặc gì.", "The zone: nothing is known to be wrong.")),
            (0, _) => self.say(&text!(
                "Cả {well} cụm loa: không thấy trục trặc gì.",
                "All {well} zones: nothing is known to be wrong."
            )),
            (_, 0) => {}
            _ => self.say(&text!(
                "{well} cụm loa còn lại: không thấy trục trặc gì.",
                "The other {well_en}: nothing is known to be wrong."
            )),
        }
    }

    fn zones(&mut self, status: &Status) {
        let mut table = Sheet::new(match self.lang {
            Lang::Vi => ["Cụm loa", "Đang phát", "Tiếp theo", "Đang chờ"],
            Lang::En => ["Zone", "On air", "Next", "Waiting"],
        });
        for zone in &status.zones {
            let named = |part: Option<(&str, &str)>| {
                part.map_or_else(|| "-".to_owned(), |(at, title)| format!("{}  {}", self.instant(at), shown(title)))
            };
            table.row([
                title_of(zone),
                named(zone.playing.as_ref().map(|playing| (&*playing.started, &*playing.title))),
                named(zone.next.as_ref().map(|next| (&*next.start, &*next.title))),
                zone.waiting.to_string(),
            ]);
        }
        self.lines.push(table.text(sheet::columns()).trim_end().to_owned());
        for zone in &status.zones {
            if let Some(Words { vi, en }) = zone.playing.as_ref().and_then(|playing| playing.relay.clone()) {
                let name = title_of(zone);
                self.say(&text!("{name}: {vi}.", "{name}: {en}."));
            }
            let (name, times) = (title_of(zone), zone.underruns);
            if times > 0 {
                self.say(&text!(
                    "{name}: tiếng bị ngắt quãng {times} lần từ khi loa chạy (máy quá bận hoặc ổ đĩa chậm); hãy tắt bớt chương trình khác.",
                    "{name}: the sound had {times} gaps since loa started (the machine is too busy, or the disk slow); close other programs."
                ));
            }
        }
    }

    /// Zones without a horn: what plays there is heard by nobody, and nothing is wrong with that.
    fn hornless(&mut self, status: &Status) {
        let titles: Vec<String> = status.zones.iter().filter(|zone| zone.no_horn).map(title_of).collect();
        let titles = titles.join(", ");
        if !titles.is_empty() {
            self.say(&text!(
                "{titles}: không có loa (output là \"null\" hoặc tệp .wav), phát ở đây thì không ai nghe.",
                "{titles}: no horn (the output is \"null\" or a .wav file), nobody hears what plays there."
            ));
        }
    }

    /// Who has silenced what of late.
    fn stops(&mut self, status: &Status) {
        for stops in &status.stops {
            let (by, at, times) = (shown(&stops.by), self.instant(&stops.at), stops.times);
            let titles: Vec<String> = stops.ended.iter().map(|title| shown(title)).collect();
            let said = |lang| figure::titles(titles.iter().map(String::as_str), lang);
            let (vi, en) = (said(Lang::Vi), said(Lang::En));
            self.say(&if times == 1 {
                text!("Tài khoản {by} đã dừng {vi} lúc {at}.", "The account {by} stopped {en} at {at}.")
            } else {
                text!(
                    "Tài khoản {by} đã dừng {times} lần trong một giờ qua, lần cuối lúc {at}: {vi}.",
                    "The account {by} stopped sound {times} times within an hour, last at {at}: {en}."
                )
            });
        }
    }

    /// Orders by hand that are under way.
    fn orders(&mut self, status: &Status) {
        for order in &status.orders {
            let (title, id) = (shown(&order.title), &order.order);
            let zone = |own: &OrderZone| {
                let known = status.zones.iter().find(|known| known.zone == own.zone);
                let name = known.map_or_else(|| own.zone.clone(), title_of);
                let state = match own.state {
                    OrderState::Sounding => text!("đang phát", "sounding"),
                    OrderState::Unheard => text!("không có loa nào kêu", "no horn sounds"),
                    OrderState::Waits => {
                        let start = self.instant(own.start.as_deref().unwrap_or_default());
                        text!("chờ đến {start}", "waits until {start}")
                    }
                    OrderState::Silent => text!("CHƯA PHÁT ĐƯỢC", "CANNOT SOUND YET"),
                    OrderState::Accepted => text!("sắp phát", "about to sound"),
                };
                format!("{name} {}", state.get(self.lang))
            };
            let zones: Vec<String> = order.zones.iter().map(zone).collect();
            let zones = zones.join("; ");
            self.say(&text!("Lệnh «{title}» ({id}): {zones}.", "Order \"{title}\" ({id}): {zones}."));
        }
    }
}

/// What people call a zone; an older daemon says its id only.
fn title_of(zone: &ZoneStatus) -> String {
    shown(zone.title.as_deref().unwrap_or(&zone.zone))
}

fn amplifier(power: &PowerStanding) -> Text {
    let zones = power.named();
    let Text { vi, en } = power.state();
    match power.since.as_deref().and_then(|since| since.get(11..19)) {
        Some(since) => text!("Tăng âm {zones}: {vi}, từ {since}", "Amplifier of {zones}: {en}, since {since}"),
        None => text!("Tăng âm {zones}: {vi}", "Amplifier of {zones}: {en}"),
    }
}
