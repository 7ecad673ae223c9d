use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::look::{DistrictLook, looked, on_board};
use super::{boxes, top};
use crate::app::App;
use crate::board::{BoardStation, RecentRow};
use crate::diag::{Lang, Text, text};
use crate::district::{JudgedBox, alarm_sentence, commune, consequence_sentence, counted, short_moment};
use crate::escaped::escaped;
use crate::gate::Who;
use crate::instant::Wall;
use crate::reason::Reason;
use crate::sentence::{capital, sentence};
use crate::shell::{self, Page};
use crate::signature::Locality;

/// A box's own page: the three facts, what is missing of its journal as rows, its alarms, its zones' last sound, its last rows.
pub(super) async fn station(State(app): State<App>, who: Who, Path(place): Path<String>) -> Response {
    let look = match looked(&app, &who).await {
        Ok(look) => look,
        Err(answer) => return answer,
    };
    let lang = who.lang;
    let place = Locality::read(&place);
    let own = look.fleet().view.boxes.iter().find(|own| Some(&own.facts.place) == place.as_ref());
    let Some(own) = own else {
        let page =
            Page { title: text!("Không có đài này", "There is no such station"), status: StatusCode::NOT_FOUND };
        let back = text!("Về mạng loa", "Back to the fleet");
        return shell::page(&app, &who, page, &html! { p { a.button href="/district" { (back.get(lang)) } } });
    };
    let asked = own.facts.place.clone();
    let known = match on_board(&app, move |board| board.station(&asked)).await {
        Ok(known) => known,
        Err(error) => return shell::failed(&app, &who, &error.text()),
    };
    let rows = known.as_ref().map(|known: &BoardStation| known.rows.as_slice()).unwrap_or_default();
    let area = commune(&own.facts.place);
    let title = boxes::title(own);
    let body = html! {
        p { a.back href={ "/district?area=" (escaped(area.as_str())) } { (look.fleet().area(&area)) } }
        p.said.bad[own.consequence.is_red()] { (sentence(consequence_sentence(own, &look.tz).get(lang))) }
        (facts(&look, own, lang))
        (alarms(&look, own, lang))
        (gaps(own, lang))
        (proofs(&look, own, lang))
        (recent(&look, rows, lang))
    };
    shell::page(&app, &who, Page::of(text!("{title}", "{title}")), &body)
}

fn facts(look: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    let pairs: [(Text, Markup); 7] = [
        (text!("Nơi", "Place"), html! { (own.facts.place) }),
        (text!("Báo lần cuối", "Last heard"), boxes::heard(look, own, lang)),
        (text!("Lịch", "Schedule"), boxes::schedule(look, own, lang)),
        (text!("Nhật ký đã nhận", "Journal received"), boxes::journal(look, own, lang)),
        (text!("Máy", "Machine"), boxes::machine(look, own, lang)),
        (text!("Buổi gần nhất", "Last session"), boxes::last(look, own, lang)),
        (text!("Gọi ai", "Whom to call"), boxes::call(look, own, lang)),
    ];
    html! {
        section.card {
            dl.fleet-facts {
                @for (name, value) in pairs { div { dt { (name.get(lang)) } dd { (value) } } }
                @if let Some(next) = own.next() {
                    div { dt { (text!("Buổi tới", "Next session").get(lang)) } dd { (short_moment(next, look.now, &look.tz).get(lang)) } }
                }
            }
        }
    }
}

fn alarms(look: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    let fleet = look.fleet();
    let mut about = fleet.alarms.iter().filter(|alarm| alarm.boxes.contains(&own.facts.place)).peekable();
    html! {
        @if about.peek().is_some() {
            section.card {
                h2 { (text!("Sự cố", "Troubles").get(lang)) }
                ul.list { @for alarm in about {
                    li { a.row href={ "/district/alarms#a" (alarm.id) } {
                        span { (sentence(alarm_sentence(alarm, fleet.names(), &look.tz).get(lang))) }
                        small { (top::state(alarm.state(look.now)).get(lang)) }
                    } }
                } }
            }
        }
    }
}

/// What is missing of its journal stands as rows, and so does a chain that does not hold.
fn gaps(own: &JudgedBox, lang: Lang) -> Markup {
    let journal = &own.facts.journal;
    let big = |number: u64| counted(usize::try_from(number).unwrap_or(usize::MAX));
    let has_any = !journal.gaps.is_empty() || !journal.breaks.is_empty() || !journal.others.is_empty();
    html! {
        @if has_any {
            section.card {
                h2 { (text!("Nhật ký còn thiếu hay không nối liền", "What is missing or broken in its journal").get(lang)) }
                ul.list {
                    @for row in &journal.breaks { li.bad { @let row = big(*row);
                        (text!(row = row; "SỰ CỐ: chuỗi nhật ký đứt ở dòng {row}", "TROUBLE: the chain is broken at row {row}").get(lang)) } }
                    @for row in &journal.others { li.bad { @let row = big(*row);
                        (text!(row = row; "SỰ CỐ: dòng {row} được gửi lên hai lần mà khác nhau: giữ bản đến trước, để riêng bản đến sau", "TROUBLE: row {row} came twice, and not the same: the first one stays, the later one is held back").get(lang)) } }
                    @for (first, last) in &journal.gaps { li {
                        @let (first, last) = (big(*first), big(*last));
                        (text!(first = first, last = last; "chưa nhận dòng {first} đến {last}", "rows {first} to {last} have not come").get(lang))
                    } }
                }
            }
        }
    }
}

/// When each zone was heard last, by the journal: dead horns are usual, and a zone that nobody has heard for weeks is looked at.
fn proofs(look: &DistrictLook, own: &JudgedBox, lang: Lang) -> Markup {
    html! {
        @if !own.facts.proofs.is_empty() {
            section.card {
                h2 { (text!("Từng cụm loa, phát lần cuối", "Each zone, last played").get(lang)) }
                ul.list { @for (zone, at) in &own.facts.proofs {
                    li.split { span { (crate::diag::shown(zone)) } span.time { (short_moment(Wall::from_secs(*at), look.now, &look.tz).get(lang)) } }
                } }
            }
        }
    }
}

fn recent(look: &DistrictLook, rows: &[RecentRow], lang: Lang) -> Markup {
    html! {
        section.card {
            h2 { (text!("Những dòng nhật ký mới nhất", "The newest rows of its journal").get(lang)) }
            @if rows.is_empty() { p { (text!("Chưa có dòng nào.", "No rows yet.").get(lang)) } }
            ul.list { @for row in rows {
                li { (line(look, row, lang)) }
            } }
        }
    }
}

fn line(look: &DistrictLook, row: &RecentRow, lang: Lang) -> Markup {
    let outcome = match row.outcome.as_str() {
        "played" => Some(text!("đã phát", "played")),
        "partial" => Some(text!("phát một phần", "partly")),
        "missed" => Some(text!("bị lỡ", "missed")),
        "refused" => Some(text!("bị từ chối", "refused")),
        _ => None,
    };
    let why = (!row.reason.is_empty()).then(|| Reason::from(row.reason.as_str()).words());
    html! {
        span.time { (short_moment(Wall::from_secs(row.at), look.now, &look.tz).get(lang)) } " "
        (crate::diag::shown(&row.title))
        @if !row.zone.is_empty() { " " small { (crate::diag::shown(&row.zone)) } }
        @if let Some(outcome) = outcome { " · " span.came class=(row.outcome) { (outcome.get(lang)) } }
        @if let Some(why) = why { br; small { (capital(&crate::diag::shown_whole(why.get(lang)))) } }
        " " small { (text!("dòng", "row").get(lang)) " " (row.seq) }
    }
}
