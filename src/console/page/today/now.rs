//! The part of Today that changes by itself: what is wrong, what sounds in each zone and how far it is, what comes next. The
//! figures are the daemon's; a script only moves the bar on from them.

use jiff::civil::DateTime;
use maud::{Markup, html};

use super::said::{instant, left, span, when};
use super::view::View;
use super::wrong;
use crate::checkup::alarms::of_an_alarm;
use crate::day::Quiet;
use crate::diag::{Lang, Text, figure, text};
use crate::escaped::escaped;
use crate::page::remedy::About;
use crate::plan::weekday_name;
use crate::role::Right;
use crate::sentence::capital;
use crate::station::{EmergencyRole, ZoneIx};
use crate::status::{OrderState, ZoneStatus};

/// Cards on one page. Beyond that those come first in which something plays or is wrong, and the others are counted.
const CARDS_MOST: usize = 60;

/// Names of zones on one card; of more their number is told.
const NAMES_MOST: usize = 5;

/// What is said of a page that has not heard from the station for a while; the script puts its minute in.
pub(super) fn stale(view: &View) -> Markup {
    let lang = view.who.lang;
    let words =
        text!("Trang này lúc {{at}}, có thể đã cũ", "This page is of {{at}} and may be old").get(lang).to_owned();
    let at = view.seen().zoned(view.tz()).strftime("%H:%M").to_string();
    html! { p.stale hidden[!view.age.is_old()] data-words=(words) { (words.replace("{at}", &at)) } }
}

/// All of it.
pub(super) fn fragment(view: &View) -> Markup {
    let lang = view.who.lang;
    let seen = view.seen();
    let at = seen.zoned(view.tz()).strftime("%H:%M:%S").to_string();
    let mut groups = together(view);
    let more: usize = groups.iter().skip(CARDS_MOST).map(Vec::len).sum();
    if more > 0 {
        groups.sort_by_key(|zones| (zones[0].playing.is_none(), zones[0].trouble.is_none()));
        groups.truncate(CARDS_MOST);
    }
    html! {
        p.age { (day_of(view)) ", " (text!("lúc", "at").get(lang)) " " time data-at=(seen.nanos() / 1_000_000) data-age=(view.age.millis()) { (at) } }
        (wrong::strip(view))
        section.zones aria-label=(text!("Các cụm loa", "Zones").get(lang)) {
            @for zones in groups { (card(view, &zones)) }
        }
        @if more > 0 {
            p.hint { (text!("{more} cụm loa khác không có gì đang phát.", "{more} more zones, where nothing plays.").get(lang)) }
        }
        @if let Some(status) = &view.status {
            @for stops in &status.stops {
                @if !view.who.person().role.has_zones() {
                    @let at = instant(&stops.at).map_or_else(|| text!("?", "?"), |at| when(at, view.now, view.tz()));
                    @let (by, times, vi, en) = (view.own.named(&stops.by, lang), stops.times, at.vi, at.en);
                    @let titles = figure::titles(stops.ended.iter().map(String::as_str), lang);
                    p.hint { (if times == 1 {
                        text!("{by} đã dừng {titles} lúc {vi}.", "{by} stopped {titles} at {en}.")
                    } else {
                        text!(
                            "{by} đã dừng {times} lần trong một giờ qua, lần cuối lúc {vi}: {titles}.",
                            "{by} stopped sound {times} times within an hour, last at {en}: {titles}."
                        )
                    }.get(lang)) }
                }
            }
        }
    }
}

/// The zones; those of which the same is to be said, now and next, are told in one.
fn together(view: &View) -> Vec<Vec<&ZoneStatus>> {
    let mut groups: Vec<Vec<&ZoneStatus>> = Vec::new();
    let is_plain =
        |zone: &ZoneStatus| zone.trouble.is_none() && !has_order(view, &zone.zone) && quiet_of(view, zone).is_empty();
    let next = |zone: &ZoneStatus| zone.next.as_ref().map(|next| (next.start.clone(), next.title.clone()));
    // Two cards begin a millisecond apart.
    let second = |written: &str| instant(written).map(|at| at.nanos().div_euclid(1_000_000_000));
    let now = |zone: &ZoneStatus| {
        zone.playing.as_ref().map(|playing| (playing.broadcast.clone(), second(&playing.started), zone.no_horn))
    };
    for zone in view.standing() {
        let is_same = |other: &ZoneStatus| {
            is_plain(other) && is_plain(zone) && next(other) == next(zone) && now(other) == now(zone)
        };
        let same = groups.iter_mut().find(|zones| is_same(zones[0]));
        match same {
            Some(zones) => zones.push(zone),
            None => groups.push(vec![zone]),
        }
    }
    groups
}

fn has_order(view: &View, zone: &str) -> bool {
    let mut orders = view.status.iter().flat_map(|status| &status.orders).flat_map(|order| &order.zones);
    orders.any(|own| own.zone == zone)
}

fn place_of(view: &View, zone: &ZoneStatus) -> Option<ZoneIx> {
    let place = view.station().zones.iter().position(|known| known.id == zone.zone);
    place.and_then(|place| u16::try_from(place).ok()).map(ZoneIx)
}

/// The times of quiet that hold here now.
fn quiet_of<'v>(view: &'v View, zone: &ZoneStatus) -> Vec<&'v Quiet> {
    let Some(place) = place_of(view, zone) else { return Vec::new() };
    view.day.quiet.iter().filter(|quiet| is_now(view, quiet, place)).collect()
}

/// `Thôn 1, Thôn 2`; of many, their number.
fn heading(zones: &[&ZoneStatus], all: usize) -> Text {
    let title = |zone: &&ZoneStatus| zone.title.as_deref().unwrap_or(&zone.zone).to_owned();
    let count = zones.len();
    if count > 1 && count == all {
        text!("Mọi cụm loa", "All zones")
    } else if count > NAMES_MOST {
        text!("{count} cụm loa", "{count} zones")
    } else {
        let titles = zones.iter().map(title).collect::<Vec<_>>().join(", ");
        Text { vi: titles.clone(), en: titles }
    }
}

/// `Thứ Bảy 28/11/2026`.
fn day_of(view: &View) -> String {
    let lang = view.who.lang;
    let (day, date) = (weekday_name(view.now, view.tz()), figure::date(view.now, view.tz()));
    capital(&format!("{} {}", day.get(lang), date.get(lang)))
}

fn card(view: &View, zones: &[&ZoneStatus]) -> Markup {
    let (lang, zone) = (view.who.lang, zones[0]);
    let quiet = quiet_of(view, zone);
    let own: Vec<&ZoneStatus> =
        zones.iter().copied().filter(|zone| view.who.person().may_in(Right::Stop, &zone.zone)).collect();
    let asked = zones.iter().map(|zone| format!("zone={}", escaped(&zone.zone))).collect::<Vec<_>>().join("&");
    html! {
        article.zone.plays[zone.playing.is_some()] {
            h2 { (heading(zones, view.zones().len()).get(lang)) }
            @if let Some(playing) = &zone.playing {
                @let started = instant(&playing.started);
                @let passed = started.map_or(0.0, |at| view.seen().since(at).as_secs_f64()).clamp(0.0, playing.seconds);
                // An alarm is called by its danger, however its file is called.
                @match alarm_of(view, &playing.broadcast) {
                    Some(alarm) => p.playing { strong { (capital(alarm.title().get(lang))) } },
                    None => p.playing { strong { (text!("Đang phát", "Playing").get(lang)) } " " (playing.title) },
                }
                @if let Some(said) = playing.relay.clone() {
                    p.relay { (capital(if lang == Lang::En { &said.en } else { &said.vi })) }
                }
                progress value=(format!("{passed:.1}")) max=(format!("{:.1}", playing.seconds))
                    data-started=[started.map(|at| at.nanos() / 1_000_000)]
                    aria-label=(text!("Đã phát được", "Played so far").get(lang)) {}
                p.hint {
                    span.passed { (span(passed)) } " " (text!("trên", "of").get(lang)) " " (span(playing.seconds))
                    @if let Some(at) = started { ", " (text!("từ", "since").get(lang)) " " (at.zoned(view.tz()).strftime("%H:%M:%S")) }
                    @if zone.no_horn { ". " (text!("Không nối với loa nào.", "No horn.").get(lang)) }
                }
            }
            @if let Some(said) = zone.trouble.as_ref().map(|trouble| trouble.why.clone()) {
                p.trouble { (text!("Không phát được", "Cannot sound").get(lang)) ": " (if lang == Lang::En { said.en } else { said.vi }) }
            }
            @if !quiet.is_empty() { (told_quiet(view, zone, &quiet)) }
            (orders(view, &zone.zone))
            (next(view, zone))
            @if !own.is_empty() {
                div.actions {
                    // Where nothing sounds, the button at the foot of the page is enough.
                    @let sounds = zone.playing.is_some() || has_order(view, &zone.zone);
                    @if sounds { (stop(&own, lang)) }
                    @if quiet.is_empty() && view.who.may(Right::Quiet) {
                        a.button.plain href={ "/quiet?" (asked) } { (text!("Im đến…", "Quiet until…").get(lang)) }
                    }
                    @if sounds && own.len() > 1 {
                        details {
                            summary { (text!("Dừng riêng từng nơi", "Stop one of them").get(lang)) }
                            div.actions { @for zone in &own { (stop(&[*zone], lang)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What an alarm or a drill is sounded with, where that is what plays; a broadcast of the schedule has a title of its own.
fn alarm_of<'v>(view: &'v View, broadcast: &str) -> Option<EmergencyRole<'v>> {
    let is_planned = view.look.world.schedule.broadcasts.iter().any(|known| known.id == broadcast);
    let found = of_an_alarm(view.station(), broadcast).filter(|_| !is_planned);
    found.map(|sound| sound.role)
}

/// The button that stops these.
fn stop(zones: &[&ZoneStatus], lang: Lang) -> Markup {
    let titles: Vec<&str> = zones.iter().map(|zone| zone.title.as_deref().unwrap_or(&zone.zone)).collect();
    let (title, count) = (titles.join(", "), titles.len());
    let name = if count > 2 {
        text!("Dừng {count} cụm loa này", "Stop these {count}")
    } else {
        text!("Dừng loa {title}", "Stop {title}")
    };
    html! {
        form method="post" action="/stop" {
            @for zone in zones { input type="hidden" name="zone" value=(zone.zone); }
            button.halt { (name.get(lang)) }
        }
    }
}

fn next(view: &View, zone: &ZoneStatus) -> Markup {
    let lang = view.who.lang;
    html! {
        @match zone.next.as_ref().and_then(|next| Some((next, instant(&next.start)?))) {
            Some((next, at)) => p {
                @let (Text { vi, en }, left) = (when(at, view.now, view.tz()), left(at, view.now));
                (text!("Sắp phát lúc {vi}", "Next at {en}").get(lang))
                @if let Some(left) = left { ", " (left.get(lang)) }
                ": "
                @let scheduled = place_of(view, zone).and_then(|place| view.day.scheduled(place, &next.broadcast, at));
                @match scheduled.filter(|_| view.who.may(Right::Schedule)) {
                    Some(at) => a href=(About { id: &next.broadcast, at, zone: &zone.zone }.page(view.tz())) { strong { (next.title) } },
                    None => strong { (next.title) },
                }
            },
            None if zone.playing.is_none() => p.hint { (text!("Không có gì sắp phát.", "Nothing is to come.").get(lang)) },
            None => {}
        }
    }
}

/// Orders by hand that wait here, or cannot be heard.
fn orders(view: &View, zone: &str) -> Markup {
    let lang = view.who.lang;
    let orders = view.status.iter().flat_map(|status| &status.orders);
    let here = orders.filter_map(|order| Some((order, order.zones.iter().find(|own| own.zone == zone)?)));
    html! {
        @for (order, own) in here {
            @let title = &order.title;
            @match own.state {
                OrderState::Waits => p {
                    @let at = own.start.as_deref().and_then(instant);
                    @let Text { vi, en } = at.map_or_else(|| text!("?", "?"), |at| when(at, view.now, view.tz()));
                    (text!("Lệnh phát ngay «{title}»: chờ đến {vi}.", "Ordered \"{title}\": waits until {en}.").get(lang))
                },
                OrderState::Silent => p.trouble { (text!("Lệnh phát ngay «{title}»: CHƯA PHÁT ĐƯỢC.", "Ordered \"{title}\": CANNOT SOUND YET.").get(lang)) },
                OrderState::Accepted => p { (text!("Lệnh phát ngay «{title}»: đang chuẩn bị.", "Ordered \"{title}\": being got ready.").get(lang)) },
                OrderState::Sounding | OrderState::Unheard => {}
            }
        }
    }
}

pub(super) fn is_now(view: &View, quiet: &Quiet, zone: ZoneIx) -> bool {
    let here = view.now.zoned(view.tz()).datetime();
    quiet.zones.contains(&zone) && quiet.from <= here && here < quiet.until
}

/// Until when it is quiet here: one time of quiet may begin before another ends.
fn quiet_until(view: &View, place: ZoneIx, held: &[&Quiet]) -> Option<DateTime> {
    let mut until = held.iter().map(|quiet| quiet.until).max()?;
    let of_zone: Vec<&Quiet> = view.day.quiet.iter().filter(|quiet| quiet.zones.contains(&place)).collect();
    while let Some(later) =
        of_zone.iter().filter(|one| one.from <= until && one.until > until).map(|one| one.until).max()
    {
        until = later;
    }
    Some(until)
}

fn told_quiet(view: &View, zone: &ZoneStatus, held: &[&Quiet]) -> Markup {
    let lang = view.who.lang;
    let until = place_of(view, zone).and_then(|place| quiet_until(view, place, held));
    let until = until.and_then(|until| until.to_zoned(view.tz().clone()).ok()).map(|until| until.timestamp().into());
    let Text { vi, en } = until.map_or_else(|| text!("?", "?"), |until| when(until, view.now, view.tz()));
    let mut reasons: Vec<&str> = held.iter().map(|quiet| quiet.why.as_str()).filter(|why| !why.is_empty()).collect();
    reasons.dedup();
    let why = reasons.join("; ");
    let words: Vec<String> = held.iter().filter_map(|quiet| quiet.word()).collect();
    html! {
        p.quiet { (if why.is_empty() {
            text!("Im đến {vi}.", "Quiet until {en}.")
        } else {
            text!("Im đến {vi} vì {why}.", "Quiet until {en}: {why}.")
        }.get(lang)) " " span.hint { (text!("Báo khẩn cấp vẫn kêu.", "An emergency still sounds.").get(lang)) } }
        @if words.len() == held.len() && view.who.person().may_in(Right::Quiet, &zone.zone) {
            form method="post" action="/quiet/end" {
                @for word in &words { input type="hidden" name="entry" value=(word); }
                input type="hidden" name="zone" value=(zone.zone);
                @let title = zone.title.as_deref().unwrap_or(&zone.zone);
                button { (text!("Cho phát tiếp: {title}", "Let it go on: {title}").get(lang)) }
            }
        }
    }
}
