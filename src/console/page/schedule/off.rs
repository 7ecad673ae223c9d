//! Days off and quiet hours: one switch with from, until, where and why; and those that are written already.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use maud::{Markup, html};

use super::ask::{Sight, every, may_write, may_write_all, target, work, zone_named};
use super::faults::all_or_some;
use super::written::line;
use super::{said, trial};
use crate::act::Undone;
use crate::app::App;
use crate::diag::{Lang, Text, text};
use crate::edit::{Change, FileEntry, For, Of, Refusal, Value, value_said};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::instant::Wall;
use crate::page::clock_doubt;
use crate::pending::called;
use crate::plan::Verdict;
use crate::schedule::Class;
use crate::sentence::sentence;
use crate::shell::{self, Page};
use crate::station::ZoneIx;
use crate::typed;
use crate::typed::time_of;

/// Longer than a mourning, a repair or the busy days of a harvest.
const SILENT_MOST: i64 = 92;

/// The longest night: hours that end before they begin and are more than this are more likely a slip.
const NIGHT_HOURS: i64 = 14;

/// A year that was mistyped would silence a village for ten.
pub(crate) fn too_long(from: Date, until: Date) -> Option<Text> {
    (from.saturating_add(SILENT_MOST.days()) < until).then(|| {
        text!(
            "Mỗi lần im hay nghỉ phát lâu nhất {SILENT_MOST} ngày. Xin xem lại ngày và năm.",
            "It may be silent for {SILENT_MOST} days at a time. Look at the day and the year."
        )
    })
}

/// What was asked for, checked.
struct Off {
    change: Change,
    zones: Vec<ZoneIx>,
    from: DateTime,
    until: DateTime,
}

fn read(desk: &Sight, fields: &Fields) -> Result<Off, Text> {
    let station = desk.station();
    let (to_all, why) = (fields.get("for") == "all", line(fields.get("why")));
    let named: Vec<String> = fields.all("zone").filter(|zone| !zone.is_empty()).map(str::to_owned).collect();
    if to_all && !named.is_empty() {
        return Err(all_or_some());
    }
    let zones = if to_all { every(station) } else { named.iter().filter_map(|id| zone_named(station, id)).collect() };
    if zones.is_empty() {
        return Err(text!("Xin chọn ít nhất một cụm loa.", "Choose at least one zone."));
    }
    if why.is_empty() {
        return Err(text!("Xin ghi lý do, ví dụ: đám tang ông Bảy.", "Say why, such as: a funeral."));
    }
    let date = |name: &str| said::date_of(fields.get(name), desk.today).ok_or_else(said::bad_date);
    let first = date("first")?;
    let last = if fields.get("last").is_empty() { first } else { date("last")? };
    let whom = if to_all { For::All } else { For::Zones(named) };
    if fields.get("kind") == "hours" {
        let time = |name: &str| time_of(fields.get(name)).ok_or_else(said::bad_time);
        let from = first.to_datetime(time("from")?);
        let mut until = typed::end_of(fields.get("until"), last).ok_or_else(said::bad_time)?;
        // `22h` to `5h` of one day is a night.
        if until <= from && fields.get("last").is_empty() {
            until = until.saturating_add(1.day());
            let hours = until.duration_since(from).as_hours();
            if hours > NIGHT_HOURS {
                let (begin, end) = (said::clock(from.time()), fields.get("until"));
                let (last, next) = (said::date(first), said::date(first.saturating_add(1.day())));
                return Err(text!(
                    "Từ {begin} ngày {last} đến {end} ngày hôm sau là {hours} giờ. Xin xem lại giờ; nếu đúng là im đến hôm sau, ghi {next} vào ô «Đến hết ngày».",
                    "From {begin} on {last} until {end} the day after is {hours} hours. Look at the times; if that is meant, write {next} into \"Until\"."
                ));
            }
        }
        if until <= from {
            return Err(text!(
                "Lúc hết im phải sau lúc bắt đầu. Im qua đêm: để trống ô «Đến hết ngày», hoặc ghi ngày hôm sau vào đó.",
                "It must end after it begins. For a night: leave \"Until\" empty, or write the day after into it."
            ));
        }
        return bounded(Off { change: Change::Quiet { from, until, zones: whom, why }, zones, from, until }, desk);
    }
    if !fields.get("from").is_empty() || !fields.get("until").is_empty() {
        return Err(text!(
            "Có ghi giờ mà đang chọn «Cả ngày». Xin chọn «Im trong một khoảng giờ», hoặc xóa giờ.",
            "Times are given, but whole days are chosen. Choose some hours, or empty the times."
        ));
    }
    if last < first {
        return Err(said::turned(first, last));
    }
    let midnight = |date: Date| date.to_datetime(jiff::civil::Time::midnight());
    let (from, until) = (midnight(first), midnight(last.saturating_add(1.day())));
    bounded(Off { change: Change::DayOff { first, last, zones: whom, why }, zones, from, until }, desk)
}

fn bounded(off: Off, desk: &Sight) -> Result<Off, Text> {
    if off.until <= desk.now.zoned(&desk.station().timezone).datetime() {
        return Err(text!(
            "Khoảng ấy đã qua. Xin xem lại ngày và năm.",
            "That is over already. Look at the day and the year."
        ));
    }
    match too_long(off.from.date(), off.until.date()) {
        Some(why) => Err(why),
        None => Ok(off),
    }
}

/// How much would be silent.
fn silent(desk: &Sight, off: &Off) -> usize {
    let at =
        |at: DateTime| at.to_zoned(desk.station().timezone.clone()).map_or(desk.now, |at| Wall::from(at.timestamp()));
    let (from, until) = (at(off.from).max(desk.now), at(off.until));
    // A season of rest is not counted to its end.
    let until = until.min(from + std::time::Duration::from_hours(31 * 24));
    let airings = if from < until { desk.look.plan(from, until) } else { Vec::new() };
    let sounds = |verdict: Verdict| matches!(verdict, Verdict::Play | Verdict::Wait);
    let own = airings
        .iter()
        .filter(|one| sounds(one.verdict) && one.broadcast.class != Class::Emergency && off.zones.contains(&one.zone));
    own.count()
}

/// Those that are written, with the digest by which they are known.
fn written(desk: &Sight) -> Result<Vec<FileEntry>, Refusal> {
    let pages = desk.editor.read()?;
    Ok(pages.into_iter().flat_map(|page| page.entries).filter(|entry| entry.of == Of::Cancel).collect())
}

/// Whether all that an entry names is behind us: nothing can be taken back of it. What is written otherwise may come again.
fn is_over(entry: &FileEntry, here: DateTime) -> bool {
    let over = |value: &Value| match value {
        Value::Date(day) => *day < here.date(),
        Value::Moment(at) => *at <= here,
        _ => false,
    };
    let ends: Vec<&Value> = ["until", "date", "dates"]
        .into_iter()
        .filter_map(|key| entry.field(key))
        .flat_map(|field| field.value.items())
        .collect();
    !ends.is_empty() && ends.into_iter().all(over)
}

/// `GET /schedule/off`.
pub(super) async fn page(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let desk = Sight::of(&app, &who).await;
    let asked = Fields::read(query.unwrap_or_default().as_bytes());
    drawn(&app, &who, desk, &asked, html! {}, StatusCode::OK).await
}

async fn drawn(app: &App, who: &Who, desk: Sight, asked: &Fields, above: Markup, status: StatusCode) -> Response {
    let lang = who.lang;
    let reading = desk.clone();
    let mut entries = work(move || written(&reading)).await.unwrap_or_default();
    let station = desk.station();
    let here = desk.now.zoned(&station.timezone).datetime();
    entries.retain(|entry| !is_over(entry, here));
    let is_hours = asked.get("kind") == "hours";
    let value = |name: &str, otherwise: String| {
        if asked.get(name).is_empty() { otherwise } else { asked.get(name).to_owned() }
    };
    let day = said::date_of(asked.get("day"), desk.today).unwrap_or(desk.today);
    let say = |text: &Text| text.get(lang).to_owned();
    let body = html! {
        (above)
        form.broadcast method="post" action="/schedule/off" {
            button.unseen name="do" value="try" tabindex="-1" { (say(&text!("Xem trước", "Preview"))) }
            fieldset {
                legend { (say(&text!("Nghỉ phát", "Silence"))) }
                label.chip { input type="radio" name="kind" value="days" checked[!is_hours]; (say(&text!("Cả ngày", "Whole days"))) }
                label.chip { input type="radio" name="kind" value="hours" checked[is_hours]; (say(&text!("Im trong một khoảng giờ", "Some hours"))) }
                label { (say(&text!("Từ ngày", "From"))) input name="first" value=(value("first", said::date(day))) inputmode="numeric"; }
                label { (say(&text!("Đến hết ngày (bỏ trống là một ngày)", "Until (empty: one day)"))) input name="last" value=(asked.get("last")) inputmode="numeric"; }
                label { (say(&text!("Từ giờ (khi im trong một khoảng giờ)", "From the time (for some hours)"))) input name="from" value=(asked.get("from")) placeholder="07:00"; }
                label { (say(&text!("Đến giờ", "Until the time"))) input name="until" value=(asked.get("until")) placeholder="18:00"; }
            }
            fieldset {
                legend { (say(&text!("Ở đâu", "Where"))) }
                label.chip { input type="radio" name="for" value="all" checked[asked.get("for") == "all"]; (say(&text!("Tất cả các cụm loa", "All zones"))) }
                label.chip { input type="radio" name="for" value="some" checked[asked.get("for") != "all"]; (say(&text!("Chỉ những cụm loa đánh dấu dưới đây", "Only those ticked below"))) }
                div.chips { @for zone in &station.zones {
                    label.chip { input type="checkbox" name="zone" value=(zone.id) checked[asked.all("zone").any(|one| one == zone.id)]; (zone.title) }
                } }
            }
            label { (say(&text!("Lý do", "Why"))) input name="why" value=(asked.get("why")) maxlength="200"; }
            p.hint { (say(&text!("Báo khẩn cấp vẫn phát.", "An emergency still sounds."))) }
            (clock_doubt::question(app, who))
            p.actions {
                button.main name="do" value="save" { (say(&text!("Lưu", "Save"))) }
                button name="do" value="try" { (say(&text!("Xem trước", "Preview"))) }
            }
        }
        @if !entries.is_empty() {
            h2 { (say(&text!("Đã ghi trong lịch", "Written already"))) }
            @for entry in &entries { (one(lang, entry, &desk)) }
        }
        p { a.back href="/schedule" { (say(&text!("Về lịch phát", "Back to the schedule"))) } }
    };
    let title = text!("Nghỉ phát, im tiếng", "Days off and quiet hours");
    shell::page(app, who, Page { title, status }, &body)
}

fn one(lang: Lang, entry: &FileEntry, desk: &Sight) -> Markup {
    // Zones as people call them.
    let known = |key: &str, id: &str| called(&desk.look.world, key, id);
    let said = |key: &str| entry.field(key).map(|field| value_said(key, &field.value, &known).get(lang).to_owned());
    let zones = said("zones").unwrap_or_else(|| text!("tất cả các cụm loa", "all zones").get(lang).to_owned());
    html! {
        section.card {
            strong { (entry.title()) }
            @for key in ["date", "dates", "from", "until", "zones"] { @if let Some(said) = said(key) {
                " · " (crate::edit::name(key).get(lang)) " " (said)
            } }
            @if !entry.by_hand {
                form method="post" action="/schedule/off/end" {
                    input type="hidden" name="file" value=(entry.file);
                    input type="hidden" name="name" value=(entry.name);
                    input type="hidden" name="seen" value=(entry.digest);
                    button { (text!("Bỏ, cho phát lại ở {zones}", "Take it out for {zones}").get(lang)) }
                }
            }
        }
    }
}

/// `POST /schedule/off`.
pub(super) async fn save(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let desk = Sight::of(&app, &who).await;
    let lang = who.lang;
    let bad = |said: &str| html! { p.said.bad role="alert" { (said) } };
    let off = match read(&desk, &fields) {
        Ok(off) => off,
        Err(said) => {
            return drawn(&app, &who, desk, &fields, bad(said.get(lang)), StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    if fields.get("do") != "save" {
        let counting = desk.clone();
        let count = work(move || silent(&counting, &off)).await;
        let told = text!(
            "Trong khoảng ấy có {count} lượt phát sẽ im (đếm nhiều nhất 31 ngày).",
            "{count} airings would be silent (31 days are counted at most)."
        );
        let above = html! { p.said role="status" { (told.get(lang)) } };
        return drawn(&app, &who, desk, &fields, above, StatusCode::OK).await;
    }
    if let Err(said) = clock_doubt::answered(&app, &fields) {
        let above = bad(&sentence(said.get(lang)));
        return drawn(&app, &who, desk, &fields, above, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    match silenced(&app, &who, &desk, off).await {
        Ok(day) => go_to(&format!("/schedule?week={}", said::monday(day))),
        Err(Undone::Refused(refusal)) => {
            drawn(&app, &who, desk, &fields, trial::refused(lang, &refusal), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(why) => {
            let said = sentence(why.text().get(lang));
            drawn(&app, &who, desk, &fields, bad(&said), StatusCode::FORBIDDEN).await
        }
    }
}

async fn silenced(app: &App, who: &Who, desk: &Sight, off: Off) -> Result<Date, Undone> {
    may_write(who, desk.station(), &off.zones).map_err(Undone::NotAllowed)?;
    let (writing, day) = (desk.clone(), off.from.date());
    let done = work(move || writing.change(vec![off.change])).await;
    app.look_again();
    Ok(done.map(|_| day)?)
}

/// Days off and quiet hours, as a form names them.
pub(crate) async fn silence(app: &App, who: &Who, fields: &Fields) -> Result<(), Undone> {
    let desk = Sight::of(app, who).await;
    let off = read(&desk, fields).map_err(Undone::Wrong)?;
    silenced(app, who, &desk, off).await.map(drop)
}

/// Those that are written.
pub(crate) async fn silences(app: &App, who: &Who) -> Result<Vec<FileEntry>, Undone> {
    let desk = Sight::of(app, who).await;
    Ok(work(move || written(&desk)).await?)
}

/// Take one out, which is known by its file, its name there, and its lines.
pub(crate) async fn sound_again(app: &App, who: &Who, fields: &Fields) -> Result<bool, Undone> {
    let desk = Sight::of(app, who).await;
    may_write_all(who, desk.station()).map_err(Undone::NotAllowed)?;
    let sent = fields.clone();
    let done = work(move || {
        let entries = written(&desk)?;
        let is_it = |entry: &&FileEntry| entry.file == sent.get("file") && entry.digest.as_str() == sent.get("seen");
        // By its lines: its number is another as soon as one before it is taken out.
        let found = entries
            .iter()
            .find(|entry| is_it(entry) && entry.name == sent.get("name"))
            .or_else(|| entries.iter().find(is_it));
        let Some(entry) = found else { return Ok(false) };
        desk.change(vec![Change::Delete { at: target(entry) }]).map(|_| true)
    })
    .await;
    app.look_again();
    Ok(done?)
}

/// `POST /schedule/off/end`.
pub(super) async fn end(State(app): State<App>, who: Who, fields: Fields) -> Response {
    match sound_again(&app, &who, &fields).await {
        Ok(true) => go_to("/schedule/off"),
        Ok(false) => {
            let gone = text!(
                "mục nghỉ phát này không còn trong lịch như lúc mở trang, nên chưa làm gì; xin xem lại trang «Nghỉ phát, im tiếng»",
                "this entry is not in the schedule any more as it was shown, so nothing was done; look at \"Days off and quiet hours\" again"
            );
            shell::refused(&app, &who, &gone)
        }
        Err(why) => shell::refused(&app, &who, why.text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_told_by_its_last_day_or_its_end() {
        let here: DateTime = "2026-12-02T14:05".parse().unwrap();
        let over = |lines: &str| {
            let lines = format!("[[cancel]]\n{lines}\nwhy = \"a\"\n");
            is_over(&FileEntry::of_lines("schedules/a.toml", Of::Cancel, "1", &lines).unwrap(), here)
        };
        for past in [
            "date = 2026-12-01",
            "dates = [2026-11-30, 2026-12-01]",
            "from = 2026-11-30\nuntil = 2026-12-01",
            "from = 2026-12-02T07:00:00\nuntil = 2026-12-02T14:05:00",
        ] {
            assert!(over(past), "{past}");
        }
        for ahead in [
            "date = 2026-12-02",
            "dates = [2026-12-01, 2026-12-02]",
            "from = 2026-11-30\nuntil = 2026-12-02",
            "from = 2026-12-02T07:00:00\nuntil = 2026-12-02T14:06:00",
            "from = 2026-11-30",
            "dates = [\"2026-11-01..2026-11-03\"]",
        ] {
            assert!(!over(ahead), "{ahead}");
        }
    }
}
