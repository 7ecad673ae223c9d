//! `Im đến 18:00 vì …`: a hamlet that mourns is quiet until a time that is written into the schedule with its reason, and
//! can be let go on before. Nothing but an emergency sounds meanwhile.

use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::DateTime;
use maud::{Markup, html};
use tokio::time::timeout;

use super::now::is_now;
use super::said::instant;
use super::view::View;
use crate::act;
use crate::app::App;
use crate::day::Quiet;
use crate::diag::{Text, text};
use crate::edit::{Change, Edit, Editor, For, How, Refusal, Surroundings, Value};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::instant::Wall;
use crate::page::clock_doubt;
use crate::page::schedule::{line, too_long};
use crate::plan::{Airing, Verdict};
use crate::role::Right;
use crate::sentence::sentence;
use crate::shell::{self, Page};
use crate::station::{Zone, ZoneIx};
use crate::status::NextStatus;
use crate::typed;

/// A reason is a sentence, not a letter.
const WHY_MOST: usize = 120;

/// So long it is waited until the station goes by what was written: it reads the files a moment after.
const TAKEN_WITHIN: Duration = Duration::from_secs(2);

/// The form, for the zones that the address names: they are ticked, and read before it is sent.
pub(super) async fn ask(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let asked = Fields::read(query.unwrap_or_default().as_bytes());
    form(&app, &who, &asked, None)
}

fn form(app: &App, who: &Who, fields: &Fields, said: Option<&Text>) -> Response {
    let lang = who.lang;
    let station = app.station();
    let zones = who.zones(Right::Quiet, &station);
    let today = typed::date(app.now().wall.zoned(&station.timezone).date());
    let day = if fields.get("day").is_empty() { &today } else { fields.get("day") };
    let one = zones.len() == 1;
    let body = html! {
        @if let Some(said) = said { p.said.bad role="alert" { (said.get(lang)) } }
        p { (text!(
            "Loa ở những nơi được chọn im đến giờ này, rồi phát tiếp theo lịch. Báo khẩn cấp vẫn kêu.",
            "The horns chosen are quiet until then, and go on by the schedule. An emergency still sounds."
        ).get(lang)) }
        form.narrow method="post" action="/quiet" {
            fieldset {
                legend { (text!("Ở đâu", "Where").get(lang)) }
                @for zone in &zones {
                    label.tick {
                        input type="checkbox" name="zone" value=(zone.id) checked[one || fields.all("zone").any(|own| own == zone.id)];
                        (zone.title)
                    }
                }
            }
            label { (text!("Im đến mấy giờ", "Quiet until").get(lang))
                input name="until" value=(fields.get("until")) placeholder="18:00" inputmode="numeric" required; }
            label { (text!("Ngày", "Day").get(lang))
                input name="day" value=(day) inputmode="numeric"; }
            label { (text!("Vì sao", "Why").get(lang))
                input name="why" value=(fields.get("why")) maxlength=(WHY_MOST) placeholder=(text!("tang lễ", "a funeral").get(lang)) required; }
            (clock_doubt::question(app, who))
            button.main { (text!("Cho im đến giờ này", "Be quiet until then").get(lang)) }
        }
    };
    let status = if said.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    shell::page(app, who, Page { title: text!("Cho loa im đến một giờ", "Quiet until a time"), status }, &body)
}

/// What was typed, or the sentence that says what is missing.
fn read(fields: &Fields, here: DateTime) -> Result<(DateTime, String), Text> {
    let day = match fields.get("day") {
        "" => here.date(),
        day => typed::date_of(day, here.date()).ok_or_else(typed::bad_date)?,
    };
    let until = typed::end_of(fields.get("until"), day).ok_or_else(typed::bad_time)?;
    if until <= here {
        let now = here.strftime("%H:%M").to_string();
        return Err(text!(
            "Bây giờ đã {now}: xin chọn giờ sau đó, hoặc ngày khác.",
            "It is {now} already: choose a later time, or another day."
        ));
    }
    if let Some(why) = too_long(here.date(), until.date()) {
        return Err(why);
    }
    let why = line(fields.get("why"));
    if why.is_empty() || why.chars().count() > WHY_MOST {
        return Err(text!(
            "Xin ghi lý do, tối đa {WHY_MOST} chữ: bà con và người kiểm tra sẽ đọc.",
            "Write the reason, at most {WHY_MOST} letters: people and the inspector read it."
        ));
    }
    Ok((until, why))
}

/// Write it into the schedule.
pub(super) async fn begin(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let station = app.station();
    let zones: Vec<String> = fields.all("zone").map(str::to_owned).collect();
    if zones.is_empty() {
        let said = text!("Xin chọn ít nhất một cụm loa.", "Choose at least one zone.");
        return form(&app, &who, &fields, Some(&said));
    }
    let zones = match act::zones_of(&who, Right::Quiet, &station, zones) {
        Ok(zones) => zones,
        Err(why) => return shell::refused(&app, &who, why.text()),
    };
    let here = app.now().wall.zoned(&station.timezone).datetime();
    let (until, why) = match read(&fields, here) {
        Ok(read) => read,
        Err(said) => return form(&app, &who, &fields, Some(&said)),
    };
    if let Err(Text { vi, en }) = clock_doubt::answered(&app, &fields) {
        return form(&app, &who, &fields, Some(&Text { vi: sentence(&vi), en: sentence(&en) }));
    }
    // From this minute on: what plays now is stopped by the button beside it.
    let from = here.date().to_datetime(jiff::civil::Time::constant(here.hour(), here.minute(), 0, 0));
    let quiet = Change::Quiet { from, until, zones: For::Zones(zones.clone()), why };
    match write(&app, &who, vec![quiet]).await {
        Ok(()) => {
            taken_over(&app, &zones).await;
            go_to("/")
        }
        Err(refusal) => form(&app, &who, &fields, Some(&told(&refusal))),
    }
}

/// Let it go on before its time, in the zones that are named; elsewhere it stays quiet. None named: in all of them.
pub(super) async fn end(State(app): State<App>, who: Who, fields: Fields) -> Response {
    app.look_again();
    let (look, day) = (app.look().await, app.day().await);
    let asked: Vec<&str> = fields.all("entry").filter(|one| !one.is_empty()).collect();
    let meant: Vec<&Quiet> =
        day.quiet.iter().filter(|one| one.word().is_some_and(|word| asked.contains(&word.as_str()))).collect();
    let station = &look.world.station;
    let named: Vec<&str> = fields.all("zone").filter(|zone| !zone.is_empty()).collect();
    let mut parted: Vec<(&Quiet, Vec<&Zone>, Vec<&Zone>)> = meant
        .iter()
        .map(|one| {
            let zones = one.zones.iter().filter_map(|zone| station.zones.get(usize::from(zone.0)));
            let is_meant = |zone: &&Zone| named.is_empty() || named.contains(&zone.id.as_str());
            let (lifted, left): (Vec<&Zone>, Vec<&Zone>) = zones.partition(is_meant);
            (*one, lifted, left)
        })
        .collect();
    let is_elsewhere = parted.iter().any(|(_, lifted, _)| lifted.is_empty());
    if meant.is_empty() || meant.len() < asked.len() || is_elsewhere {
        let gone = text!(
            "lần im này không còn trong lịch như lúc mở trang: đã hết giờ, đã được cho phát tiếp, hoặc vừa được sửa. Chưa làm gì; xin xem lại trang Hôm nay",
            "this time of quiet is not in the schedule any more as it was shown: it is over, was ended, or has just been changed. Nothing was done; look at Today again"
        );
        return shell::refused(&app, &who, &gone);
    }
    let zones = parted.iter().flat_map(|(_, lifted, _)| lifted).map(|zone| zone.id.clone()).collect();
    let zones = match act::zones_of(&who, Right::Quiet, station, zones) {
        Ok(zones) => zones,
        Err(why) => return shell::refused(&app, &who, why.text()),
    };
    // From the last to the first: entries are named by their place, and one that is taken out moves those behind it.
    parted.sort_by(|(a, ..), (b, ..)| (&b.place.file, b.place.line).cmp(&(&a.place.file, a.place.line)));
    let change = |(one, _, left): &(&Quiet, Vec<&Zone>, Vec<&Zone>)| {
        let at = one.entry.clone()?;
        if left.is_empty() {
            return Some(Change::Delete { at });
        }
        let left = Value::texts(left.iter().map(|zone| zone.id.as_str()));
        Some(Change::Keys { at, keys: vec![("zones".to_owned(), Some(left))] })
    };
    match write(&app, &who, parted.iter().filter_map(change).collect()).await {
        Ok(()) => {
            taken_over(&app, &zones).await;
            go_to(&on_path(&zones))
        }
        Err(refusal) => shell::refused(&app, &who, &told(&refusal)),
    }
}

/// Today, which says of these zones that they go on.
fn on_path(zones: &[String]) -> String {
    let pairs = zones.iter().map(|zone| ("on", zone));
    format!("/?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

/// What was let go on just now, by its name; of a zone that is quiet all the same, nothing.
pub(super) fn on(view: &View, asked: &Fields) -> Markup {
    let is_quiet = |zone: ZoneIx| view.day.quiet.iter().any(|one| is_now(view, one, zone));
    let zones = view.zones().into_iter();
    let on = zones.filter(|(place, zone)| asked.all("on").any(|id| id == zone.id) && !is_quiet(*place));
    let titles = on.map(|(_, zone)| zone.title.as_str()).collect::<Vec<_>>().join(", ");
    html! {
        @if !titles.is_empty() {
            p.said.good role="status" { (text!(
                "Hết im, phát tiếp theo lịch: {titles}.",
                "Quiet no more, goes on by the schedule: {titles}."
            ).get(view.who.lang)) }
        }
    }
}

async fn write(app: &App, who: &Who, changes: Vec<Change>) -> Result<(), Refusal> {
    let (look, site, now) = (app.look().await, app.site().clone(), app.now().wall);
    let edit =
        Edit { changes, seen: std::collections::BTreeMap::new(), who: who.person().name.clone(), how: How::Form };
    let written = tokio::task::spawn_blocking(move || {
        let world = Surroundings { station: &look.world.station, library: &look.world.library, now };
        Editor::new(site).change(&edit, &world).map(drop)
    });
    let written = written.await.expect("the editor does not panic");
    app.look_again();
    written
}

/// Wait until the station says of each of these zones what the plan says comes next: Today, which is shown then, promises
/// nothing that will not be heard. Where the station does not say so, the page follows it later by itself.
async fn taken_over(app: &App, zones: &[String]) {
    if app.door().status().is_none() {
        return;
    }
    let (look, day, now) = (app.look().await, app.day().await, app.now().wall);
    let all = (0..).map(ZoneIx).zip(&look.world.station.zones);
    let meant: Vec<(ZoneIx, &Zone)> = all.filter(|(_, zone)| zones.contains(&zone.id)).collect();
    let mut told = app.door().watch();
    let is_taken = told.wait_for(|status| {
        let Some(status) = status else { return true };
        meant.iter().all(|(place, zone)| {
            let known = status.zones.iter().find(|known| known.zone == zone.id);
            comes_next(&day.plan, *place, known.and_then(|known| known.next.as_ref()), now)
        })
    });
    let _ = timeout(TAKEN_WITHIN, is_taken).await;
}

/// Whether what a zone is said to sound next is what the plan of the day says.
fn comes_next(plan: &[Airing], zone: ZoneIx, said: Option<&NextStatus>, now: Wall) -> bool {
    let here = || plan.iter().filter(move |airing| airing.zone == zone);
    let to_come = here().filter(|airing| airing.start > now && matches!(airing.verdict, Verdict::Play | Verdict::Wait));
    // It is said to the millisecond.
    let is_it = |airing: &Airing, next: &NextStatus| {
        let at = instant(&next.start).map_or(0, Wall::nanos);
        airing.broadcast.id == next.broadcast && airing.start.nanos().abs_diff(at) < 1_000_000_000
    };
    match (to_come.min_by_key(|airing| airing.start), said) {
        (Some(planned), said) => said.is_some_and(|next| is_it(planned, next)),
        // Then it is of another day.
        (None, said) => said.is_none_or(|next| !here().any(|airing| is_it(airing, next))),
    }
}

fn told(refusal: &Refusal) -> Text {
    let (message, help) = (&refusal.message, &*refusal.help);
    text!(message = message, help = help; "{message}: {help}", "{message}: {help}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::calendar::sample::{at, daily, zone};
    use crate::plan::Programme;

    #[test]
    fn what_is_called_off_or_let_go_on_is_taken_over_once_the_station_says_so() {
        let tz = zone("Asia/Ho_Chi_Minh");
        let moment = |time: &str| at(&format!("2026-12-01T{time}"), &tz);
        let airing = |id: &str, time: &str, verdict: Verdict| Airing {
            zone: ZoneIx(0),
            broadcast: Arc::new(daily(id, &[time])),
            programme: Arc::new(Programme::default()),
            scheduled: moment(time),
            start: moment(time),
            end: moment(time),
            breaks: Box::default(),
            verdict,
            reason: None,
        };
        let next = |id: &str, start: Wall| NextStatus {
            broadcast: id.to_owned(),
            title: id.to_owned(),
            start: start.rfc3339(&tz),
        };
        let (chieu, toi) = (next("chieu", moment("17:00")), next("toi", moment("19:00")));
        let tomorrow = next("sang", at("2026-12-02T05:30", &tz));
        let plan = |verdict| [airing("chieu", "17:00", verdict), airing("toi", "19:00", Verdict::Play)];
        let says = |plan: &[Airing], said: Option<&NextStatus>| comes_next(plan, ZoneIx(0), said, moment("16:00"));
        // Until 18:00 nothing sounds.
        let quiet = plan(Verdict::Refuse);
        assert!(!says(&quiet, Some(&chieu)) && !says(&quiet, None) && says(&quiet, Some(&toi)));
        // It goes on.
        let again = plan(Verdict::Play);
        assert!(says(&again, Some(&chieu)) && !says(&again, Some(&toi)) && !says(&again, Some(&tomorrow)));
        // Nothing more today.
        assert!(!says(&quiet[..1], Some(&chieu)) && says(&quiet[..1], None) && says(&quiet[..1], Some(&tomorrow)));
    }

    #[test]
    fn a_time_of_quiet_is_typed_freely_and_is_still_to_come() {
        let here: DateTime = "2026-12-01T14:05:20".parse().unwrap();
        let read = |typed: &str| read(&Fields::read(typed.as_bytes()), here).map_err(|said| said.vi);
        let until: DateTime = "2026-12-01T18:00".parse().unwrap();
        assert_eq!(read("until=18h&why=tang+l%E1%BB%85"), Ok((until, "tang lễ".to_owned())));
        assert_eq!(read("until=1800&day=2026-12-01&why=a"), Ok((until, "a".to_owned())));
        let midnight = Ok(("2026-12-02T00:00".parse().unwrap(), "a".to_owned()));
        assert_eq!((read("until=24h&why=a"), read("until=24:00&why=a")), (midnight.clone(), midnight));
        assert!(read("until=06:00&day=02/12/2026&why=a").is_ok() && read("until=06:00&day=2/12&why=a").is_ok());
        assert!(read("until=06:00&why=a").unwrap_err().contains("14:05"));
        assert_eq!(read("until=mai&why=a").unwrap_err(), "Giờ chưa đúng. Ví dụ: 05:30 hoặc 17h15.");
        assert!(read("until=18h&why=").unwrap_err().contains("lý do"));
        assert!(read("until=18h&day=01/12/2036&why=a").unwrap_err().contains("xem lại ngày và năm"));
    }
}
