use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Context, Exit, files, page::Page};
use super::asked::asked;
use super::past;
use crate::daemon::{Happened, WrittenPast, heard_so_far, journal_json};
use crate::diag::{Lang, SourceFile, Text, capital, text};
use crate::fact::{Entry, Outcome};
use crate::instant::Wall;
use crate::plan::{self, Audience, Item, Meeting, PlanContext, Row, Verdict, Why, WhyZone};
use crate::player::World;
use crate::schedule::{Broadcast, Class, IfInterrupted, IfMissed, Place, Recurrence};

/// `loa plan --why BROADCAST AT`; exit 1 where it does not play.
pub(super) fn run(
    context: &Context,
    world: &World,
    sources: &[SourceFile],
    words: &[String],
    zone: Option<&str>,
    now: Wall,
) -> anyhow::Result<ExitCode> {
    let World { station, schedule, library } = world;
    let (broadcast, at) = asked(schedule, words, now, &station.timezone)?;
    let zones = files::zones(station, zone)?;
    let ground = PlanContext::knowing(schedule, station, library, heard_so_far(&context.dir, station, now));
    let why = plan::why(&ground, broadcast, at, &zones);
    let past = WrittenPast::read(&context.dir, why.at, why.at + Duration::from_mins(1), now);
    let zones: Vec<&str> = zones.iter().map(|zone| station.zones[usize::from(zone.0)].id.as_str()).collect();
    let rows = past.at(&broadcast.id, why.at, &zones);
    let teller =
        Teller { ground: &ground, why: &why, sources, lang: context.lang, past: &past, rows, has_come: why.at < now };
    let said = if context.json { serde_json::to_string(&teller.json())? + "\n" } else { teller.text() };
    if context.json {
        Page::data(said);
    } else {
        Page::text(said);
    }
    // Of what is over and stands nowhere nobody can say that it was heard.
    let plays = || why.plays() && (!teller.has_come || teller.is_due());
    Ok(if teller.was_heard().unwrap_or_else(plays) { ExitCode::SUCCESS } else { Exit::Findings.into() })
}

/// Tells a [`Why`], in one language.
struct Teller<'a> {
    ground: &'a PlanContext<'a>,
    why: &'a Why,
    sources: &'a [SourceFile],
    lang: Lang,
    past: &'a WrittenPast,
    /// What the journal has of it, by zone.
    rows: Vec<&'a Entry>,
    /// Its time has come.
    has_come: bool,
}

impl Teller<'_> {
    fn say<'t>(&self, text: &'t Text) -> &'t str {
        text.get(self.lang)
    }

    fn quoted(&self, title: &str) -> String {
        match self.lang {
            Lang::Vi => format!("«{title}»"),
            Lang::En => format!("\"{title}\""),
        }
    }

    /// `05:30 thứ Hai 07/12/2026`.
    fn moment(&self, at: Wall) -> String {
        let (day, date) = (plan::weekday_name(at, self.ground.tz()), plan::date(at, self.ground.tz()));
        format!("{} {} {}", plan::clock(at, self.ground.tz()), self.say(&day), self.say(&date))
    }

    /// Where a key of the broadcast is written: its line, or that of the broadcast.
    fn place(&self, key: &str) -> Place {
        let Some(place) = self.why.broadcast.place() else { return Place::default() };
        let source = self.sources.iter().find(|source| source.path == place.file);
        let line = source.and_then(|source| line_of(&source.text, place.line, key)).unwrap_or(place.line);
        Place { line, ..place.clone() }
    }

    fn text(&self) -> String {
        let Why { broadcast, at, obstacles, zones, .. } = self.why;
        let Broadcast { id, title, .. } = &**broadcast;
        let mut out = String::new();
        // Writing to a string does not fail.
        let title = self.quoted(title);
        let _ = writeln!(out, "{title} ({id}{}): {}", behind(broadcast), self.moment(*at));
        if self.has_come {
            self.journal(&mut out);
        }
        let class = broadcast.class.name(self.lang);
        if obstacles.is_empty() {
            let (day, class) = (plan::written(&self.place(self.time_key())), class);
            let due = text!("Có trong lịch ({day}); loại {class}.", "It is due ({day}); class {class}.");
            let _ = writeln!(out, "{}", self.say(&due));
        } else {
            let _ = writeln!(out, "{}", self.say(&text!("Không phát lúc này:", "It does not play then:")));
            for obstacle in obstacles {
                let _ =
                    writeln!(out, "  - {} ({})", self.say(&obstacle.message), plan::written(&self.place(obstacle.key)));
            }
        }
        self.neighbours(&mut out);
        // Zones of the same story are told together.
        let mut told: Vec<(String, Vec<&str>)> = Vec::new();
        for zone in zones {
            let story = self.zone(zone);
            let title = self.zone_title(zone);
            match told.iter_mut().find(|(known, _)| *known == story) {
                Some((_, titles)) => titles.push(title),
                None => told.push((story, vec![title])),
            }
        }
        for (story, titles) in told {
            let _ = write!(out, "\n{}\n{story}", titles.join(", "));
        }
        if !zones.is_empty() {
            let (missed, cut) = (if_missed(self.why), if_interrupted(broadcast));
            let _ = writeln!(out, "\n{}\n{}", self.say(&missed), self.say(&cut));
        }
        out
    }

    /// What happened, as the journal has it; zones of the same story together.
    fn journal(&self, out: &mut String) {
        let mut told: Vec<(Text, Vec<&str>)> = Vec::new();
        for row in &self.rows {
            let sentence = past::sentence(row, self.ground.tz());
            let id = row.zone.as_deref().unwrap_or_default();
            let title = self.ground.station().zones.iter().find(|zone| zone.id == id).map_or(id, |zone| &zone.title);
            match told.iter_mut().find(|(known, _)| *known == sentence) {
                Some((_, titles)) => titles.push(title),
                None => told.push((sentence, vec![title])),
            }
        }
        if told.is_empty() && self.why.obstacles.is_empty() {
            let said = if self.is_due() { past::due() } else { self.past.silence() };
            let _ = writeln!(out, "{}.", self.say(&said));
        }
        let alone = told.len() == 1;
        for (sentence, titles) in told {
            let titles = if alone { String::new() } else { titles.join(", ") + ": " };
            let _ = writeln!(out, "{titles}{}.", self.say(&sentence));
        }
    }

    /// Whether any of it was heard, where the journal knows.
    fn was_heard(&self) -> Option<bool> {
        let heard = |row: &&Entry| matches!(row.outcome, Some(Outcome::Played | Outcome::Partial));
        (!self.rows.is_empty()).then(|| self.rows.iter().any(heard))
    }

    /// Whether it is not over anywhere, so that there can be no row yet.
    fn is_due(&self) -> bool {
        let fate = |zone: &WhyZone| self.past.fate(&zone.airing, self.ground.station());
        self.why.zones.iter().any(|zone| matches!(fate(zone), Happened::Due))
    }

    fn time_key(&self) -> &'static str {
        if matches!(self.why.broadcast.recurrence, Recurrence::Cron(_)) { "cron" } else { "at" }
    }

    fn zone_title(&self, zone: &WhyZone) -> &str {
        self.ground.station().zones.get(usize::from(zone.airing.zone.0)).map_or("", |zone| &zone.title)
    }

    fn neighbours(&self, out: &mut String) {
        let none = text!("không có", "none");
        let tell = |at: Option<Wall>| at.map_or_else(|| self.say(&none).to_owned(), |at| self.moment(at));
        let (before, after) = (tell(self.why.before), tell(self.why.after));
        let text = text!("Lần trước: {before}. Lần sau: {after}.", "Before it: {before}. After it: {after}.");
        let _ = writeln!(out, "{}", self.say(&text));
    }

    fn zone(&self, zone: &WhyZone) -> String {
        let WhyZone { airing, lawful, meets } = zone;
        let tz = self.ground.tz();
        let mut out = String::new();
        let total = seconds(airing.programme.length.as_secs_f64(), self.lang);
        let _ = writeln!(out, "  {}", self.say(&text!("Nội dung, dài {total}:", "It plays {total}:")));
        for item in Row::new(airing, self.ground, self.lang).items {
            let missing = airing.programme.missing.contains(&item.name) && item.file.is_none();
            let length = if missing {
                self.say(&text!("chưa có tệp tốt", "no good file")).to_owned()
            } else {
                seconds(item.seconds, self.lang)
            };
            let file = item.file.map(|file| format!(" (audio/{file})")).unwrap_or_default();
            let _ = writeln!(out, "    {}{file}: {length}", item.name);
        }
        if let Some((file, _)) = airing.programme.bed.as_ref().and_then(Item::source) {
            let _ =
                writeln!(out, "  {}", self.say(&text!("Nhạc nền: audio/{file}.", "On a bed of music: audio/{file}.")));
        }
        let hours = self.ground.hours(airing.zone, Audience::Files);
        let is_none = self.ground.no_hours(airing.zone, Audience::Files).is_some();
        let held = match lawful {
            Some(stretch) if stretch.end == Wall::MAX => text!("mọi giờ đều được phát", "every hour is lawful"),
            Some(stretch) => {
                let (from, to) = (plan::clock(stretch.start, tz), plan::clock(stretch.end, tz));
                text!("lúc này thuộc {from}-{to}", "it falls into {from}-{to}")
            }
            None if airing.broadcast.class == Class::Emergency => {
                text!("lúc này nằm ngoài, nhưng khẩn cấp được phát mọi giờ", "it falls outside, which an emergency may")
            }
            None if is_none => text!("", ""),
            // The cancel is told below; whether the hours would allow it is not the question then.
            None if matches!(airing.reason.as_deref(), Some(plan::Cause::Cancelled(_))) => {
                text!("nhưng ngày này đã tạm nghỉ", "but this day is cancelled")
            }
            None => text!("lúc này nằm ngoài", "it falls outside of them"),
        };
        let (rule, held) = (capital(self.say(&hours)), self.say(&held).to_owned());
        let _ = writeln!(out, "  {rule}{}.", if held.is_empty() { held } else { format!(": {held}") });
        if meets.is_empty() {
            let alone =
                text!("Không gặp mục nào trong 10 phút trước và sau.", "Nothing else in the 10 minutes around.");
            let _ = writeln!(out, "  {}", self.say(&alone));
        } else {
            let _ = writeln!(out, "  {}", self.say(&text!("Trong 10 phút trước và sau:", "In the 10 minutes around:")));
            for meeting in meets {
                let _ = writeln!(out, "    {}", self.meeting(meeting));
            }
        }
        let (start, end) = (plan::clock(airing.start, tz), plan::clock(airing.end, tz));
        let verdict = match airing.verdict {
            // What has come is told from the journal; this is only what was to be.
            Verdict::Play if self.has_come => {
                text!(
                    "Theo lịch thì phát lúc {start}, hết lúc {end}.",
                    "By the schedule it was to play at {start}, until {end}."
                )
            }
            Verdict::Wait if self.has_come => text!(
                "Theo lịch thì phải chờ, phát lúc {start}, hết lúc {end}.",
                "By the schedule it was to wait, and to play at {start}, until {end}."
            ),
            Verdict::Refuse if self.has_come => {
                text!("Theo lịch thì bị từ chối, không phát.", "By the schedule it was to be refused.")
            }
            Verdict::Miss if self.has_come => {
                text!("Theo lịch thì không phát được.", "By the schedule it could not play.")
            }
            Verdict::Play => text!("Kết luận: phát đúng {start}, hết lúc {end}.", "It plays at {start}, until {end}."),
            Verdict::Wait => {
                text!("Kết luận: chờ, phát lúc {start}, hết lúc {end}.", "It waits, and plays at {start}, until {end}.")
            }
            Verdict::Refuse => text!("Kết luận: bị từ chối, không phát.", "It is refused and does not play."),
            Verdict::Miss => text!("Kết luận: không phát được.", "It cannot play."),
        };
        let _ = writeln!(out, "  {}", self.say(&verdict));
        if let Some(because) = plan::because(airing, self.ground) {
            let _ = writeln!(out, "  {}", self.say(&because));
        }
        out
    }

    /// `05:30 «Mở đầu» (mo-dau, schedules/a.toml:4), thông thường: xong trước, không vướng`.
    fn meeting(&self, meeting: &Meeting) -> String {
        let Meeting { airing, clash, first, because } = meeting;
        let tz = self.ground.tz();
        let Broadcast { id, title, class, .. } = &*airing.broadcast;
        let (from, to) = (plan::clock(airing.start, tz), plan::clock(airing.end, tz));
        let because = self.say(because);
        let told = match (clash, first) {
            (false, _) => text!("không tranh giờ", "they do not compete"),
            (true, true) => {
                text!("trùng giờ, mục kia đi trước: {because}", "at the same time, and the other goes first: {because}")
            }
            (true, false) => {
                text!("trùng giờ, mục này đi trước: {because}", "at the same time, and this one goes first: {because}")
            }
        };
        let span = match airing.verdict {
            Verdict::Play | Verdict::Wait => format!("{from}–{to}"),
            Verdict::Refuse | Verdict::Miss => {
                format!("{} {}", plan::clock(airing.scheduled, tz), airing.verdict.name(self.lang))
            }
        };
        let (class, place) = (class.name(self.lang), behind(&airing.broadcast));
        format!("{span} {} ({id}{place}), {class}: {}", self.quoted(title), self.say(&told))
    }

    fn json(&self) -> Value {
        let (why, tz) = (self.why, self.ground.tz());
        let stamp = |at: Wall| at.rfc3339(tz);
        let obstacles = why.obstacles.iter().map(|obstacle| {
            let place = self.place(obstacle.key);
            json!({"key": obstacle.key, "file": place.file, "line": place.line, "message": self.say(&obstacle.message)})
        });
        let zones = why.zones.iter().map(|zone| {
            let meets = zone.meets.iter().map(|meeting| {
                let Meeting { airing, clash, first, because } = meeting;
                let Broadcast { id, title, class, .. } = &*airing.broadcast;
                let place = airing.broadcast.place();
                json!({
                    "broadcast": id, "title": title, "class": class,
                    "file": place.map(|place| &place.file), "line": place.map(|place| place.line),
                    "start": stamp(airing.start), "end": stamp(airing.end), "verdict": airing.verdict.code(),
                    "clash": clash, "goes_first": first, "why": self.say(because),
                })
            });
            let lawful = zone.lawful.as_ref().map(|stretch| {
                let edge = |at: Wall| (at > Wall::MIN && at < Wall::MAX).then(|| stamp(at));
                json!({"from": edge(stretch.start), "to": edge(stretch.end)})
            });
            json!({
                "airing": Row::new(&zone.airing, self.ground, self.lang),
                "seconds": zone.airing.programme.length.as_secs_f64(),
                "lawful": lawful,
                "meets": meets.collect::<Vec<_>>(),
            })
        });
        let Broadcast { id, title, .. } = &*why.broadcast;
        let place = why.broadcast.place();
        json!({
            "broadcast": id, "title": title, "file": place.map(|place| &place.file), "line": place.map(|place| place.line),
            "at": stamp(why.at), "due": why.obstacles.is_empty(), "plays": why.plays(),
            "obstacles": obstacles.collect::<Vec<_>>(),
            "before": why.before.map(stamp), "after": why.after.map(stamp),
            "if_missed": self.say(&if_missed(why)),
            "zones": zones.collect::<Vec<_>>(),
            "journal": self.rows.iter().filter_map(|row| journal_json(row, tz)).collect::<Vec<_>>(),
        })
    }
}

/// `, schedules/a.toml:4`.
fn behind(broadcast: &Broadcast) -> String {
    broadcast.place().map_or_else(String::new, |place| format!(", {}", plan::written(place)))
}

fn if_missed(why: &Why) -> Text {
    match why.broadcast.if_missed {
        IfMissed::Skip => text!(
            "Nếu bị lỡ (mất điện, máy tắt): bỏ qua, ghi là bị lỡ.",
            "If it is missed (no power, machine off): left out, and recorded as missed."
        ),
        IfMissed::Late(within) => {
            let within = plan::length(within);
            Text {
                vi: format!(
                    "Nếu bị lỡ (mất điện, máy tắt): phát lại từ đầu nếu chưa trễ quá {}, trong giờ được phép.",
                    within.vi
                ),
                en: format!(
                    "If it is missed (no power, machine off): played whole if not later than {}, in lawful hours.",
                    within.en
                ),
            }
        }
        IfMissed::Join => text!(
            "Nếu bị lỡ (mất điện, máy tắt): vào giữa, đúng chỗ lẽ ra đang phát.",
            "If it is missed (no power, machine off): entered at the place where it would be by then."
        ),
    }
}

fn if_interrupted(broadcast: &Broadcast) -> Text {
    match broadcast.if_interrupted {
        IfInterrupted::Resume => {
            text!("Nếu bị ngắt: phát tiếp từ chỗ dừng.", "If it is interrupted: it goes on where it was cut.")
        }
        IfInterrupted::Restart => text!("Nếu bị ngắt: phát lại từ đầu.", "If it is interrupted: it begins again."),
        IfInterrupted::Drop => text!("Nếu bị ngắt: thôi không phát nữa.", "If it is interrupted: it is left."),
    }
}

/// `45,2 giây`, `45.2 s`; minutes where there are some.
fn seconds(length: f64, lang: Lang) -> String {
    let (minutes, rest) = ((length / 60.0).floor(), length % 60.0);
    let rest = format!("{rest:.1}");
    let rest = rest.strip_suffix(".0").unwrap_or(&rest);
    match lang {
        Lang::Vi if minutes > 0.0 => format!("{minutes} phút {} giây", rest.replace('.', ",")),
        Lang::Vi => format!("{} giây", rest.replace('.', ",")),
        Lang::En if minutes > 0.0 => format!("{minutes} min {rest} s"),
        Lang::En => format!("{rest} s"),
    }
}

/// The line (from 1) of `key` in the table whose header is on the line `header`.
fn line_of(text: &str, header: usize, key: &str) -> Option<usize> {
    let lines = text.lines().zip(1..).skip(header);
    let table = lines.take_while(|(line, _)| !line.trim_start().starts_with('['));
    let is_key =
        |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    table.into_iter().find(|(line, _)| is_key(line)).map(|(_, number)| number)
}
