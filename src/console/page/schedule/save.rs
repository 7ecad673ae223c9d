//! The form's way: opened new or on a broadcast, tried while somebody types, saved. What is refused comes back with
//! everything that was typed.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use jiff::civil::Date;
use maud::{Markup, html};

use super::ask::{Sight, places, query, work};
use super::draft::Typed;
use super::faults::Wrong;
use super::form::Form;
use super::sent::Sent;
use super::written::is_over;
use super::{airing, clash, read_only, rousing, said, trial};
use crate::app::App;
use crate::diag::{Lang, Text, text};
use crate::edit::{Done, Refusal};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::page::{approvals, clock_doubt};
use crate::role::Right;
use crate::sentence::sentence;
use crate::shell::{self, Page};
use crate::typed::time_of;

/// `GET /schedule/new`.
pub(super) async fn new(State(app): State<App>, who: Who, RawQuery(asked): RawQuery) -> Response {
    let desk = Sight::of(&app, &who).await;
    let asked = Fields::read(asked.unwrap_or_default().as_bytes());
    let mut draft = Typed::new();
    draft.zones = asked.all("zone").filter(|zone| !zone.is_empty()).map(str::to_owned).collect();
    if let Some(date) = said::date_of(asked.get("day"), desk.today) {
        draft.dates = vec![said::date(date)];
    }
    let sent = Sent { draft, base: None, page: None, chosen: None };
    drawn(&app, &who, &desk, &sent, Drawn::default()).await
}

/// `GET /schedule/broadcast?id=ID&at=T&zone=Z`.
pub(super) async fn open(State(app): State<App>, who: Who, RawQuery(asked): RawQuery) -> Response {
    let asked = Fields::read(asked.unwrap_or_default().as_bytes());
    let desk = Sight::of(&app, &who).await;
    show(&app, &who, desk, asked, None).await
}

/// The page of a broadcast; `refused` is what somebody asked of one of its airings and did not get.
pub(super) async fn show(app: &App, who: &Who, desk: Sight, asked: Fields, refused: Option<Markup>) -> Response {
    let (id, lang, may) = (asked.get("id").to_owned(), who.lang, who.may(Right::Schedule));
    let reading = desk.clone();
    let found = work(move || reading.entry(&id)).await;
    let (entry, page) = match found {
        Ok(Some(found)) => found,
        Ok(None) => return not_there(app, who, &desk, asked.get("id")).await,
        Err(refusal) => return shell::refused(app, who, &refusal.message),
    };
    if let Some(refusal) = entry.kept() {
        let why = read_only::kept(lang, &refusal);
        return read_only::page(app, who, &desk, entry, (refused.unwrap_or_default(), why)).await;
    }
    let (draft, held) = Typed::of(&entry);
    let seen = Some((page.file.clone(), page.digest.clone()));
    let sent = Sent { draft: draft.clone(), base: Some((entry.clone(), draft, held)), page: seen, chosen: None };
    let (above, below) = work({
        let desk = desk.clone();
        let asked = asked.clone();
        let entry = entry.clone();
        let clock = clock_doubt::question(app, who);
        move || {
            let above = airing::above(&desk, lang, &entry, &asked, (may, &clock));
            (
                html! { (read_only::silent(&desk, &entry, lang)) (above) },
                if may {
                    airing::below(lang, &entry, &clock)
                } else {
                    html! {}
                },
            )
        }
    })
    .await;
    let saved = work({
        let (desk, asked) = (desk.clone(), asked.clone());
        move || saved(&desk, lang, &asked)
    })
    .await;
    let state = approvals::state(&desk.look.world, &entry.name, desk.now);
    let above = html! {
        (saved)
        @if let Some(state) = &state { p { strong { (state.get(lang)) } } }
        @if let Some(refused) = &refused { (refused) }
        (above)
    };
    let below = html! {
        (below)
        (read_only::in_file(&entry, lang))
    };
    drawn(app, who, &desk, &sent, Drawn { above, below, is_refused: refused.is_some(), ..Drawn::default() }).await
}

/// No file has this broadcast as it is now: one that is broken may have had it.
async fn not_there(app: &App, who: &Who, desk: &Sight, id: &str) -> Response {
    let (reading, name) = (desk.clone(), id.to_owned());
    if let Some((entry, why)) = work(move || read_only::last_good(&reading, &name)).await {
        let why = read_only::broken(who, &entry.file, &why);
        return read_only::page(app, who, desk, entry, (html! {}, why)).await;
    }
    let gone = text!(
        "không còn mục phát này; xem «Mục đã xóa» trong trang Lịch phát",
        "this broadcast is gone; see \"Deleted\" on the schedule page"
    );
    shell::refused(app, who, &gone)
}

/// What was just saved.
fn saved(desk: &Sight, lang: Lang, asked: &Fields) -> Markup {
    let version = asked.get("saved").parse().ok().and_then(|seq| desk.editor.version(seq).ok().flatten());
    let Text { vi, en } = places(desk.station(), &desk.zones_planned(asked.get("id")));
    html! {
        @if asked.is_ticked("same") { p.said role="status" { (text!("Không có gì thay đổi, nên không ghi gì.", "Nothing changed, so nothing was written.").get(lang)) } }
        @if let Some(version) = version {
            p.said.good role="status" { (text!("Đã lưu: ", "Saved: ").get(lang)) (version.told.get(lang))
                ". " (text!("Mục này phát ở: {vi}.", "It is heard in: {en}.").get(lang)) }
        }
        @if asked.is_ticked("merged") {
            p.said role="status" { (text!("Người khác vừa sửa cùng tệp; phần ấy được giữ nguyên.", "Others have just changed the same file; that is kept.").get(lang)) " "
                a href="/schedule/versions" { (text!("Xem các lần sửa", "See the changes").get(lang)) } }
        }
    }
}

/// `POST /schedule/try`: only what would come of it.
pub(super) async fn attempt(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let desk = Sight::of(&app, &who).await;
    let lang = who.lang;
    let markup = work(move || {
        let sent = Sent::read(&desk, &fields);
        if sent.is_lost(&fields) {
            return html! { p.said.bad { (sentence(read_only::lost(&desk, fields.get("id")).get(lang))) } };
        }
        let come = match sent.edit(&desk) {
            // What is still empty is no mistake yet: it is said what the preview waits for.
            Err(wrong) => html! {
                p.hint { (text!("Chưa xem trước được:", "No preview yet:").get(lang)) }
                ul.hint { @for wrong in &wrong { li { (wrong.said.get(lang)) } } }
            },
            Ok(_) => sent.tried(&desk, lang),
        };
        html! { (read_back(&fields, lang)) (come) }
    })
    .await;
    Html(markup.into_string()).into_response()
}

/// Each time that was typed, in words: the script puts them beside the boxes.
fn read_back(fields: &Fields, lang: Lang) -> Markup {
    html! {
        @for (at, time) in fields.all("at").enumerate() {
            @match (time, said::read_back(time)) {
                ("", _) => p hidden data-time=(at) {},
                (_, Ok(words)) => p.hint hidden data-time=(at) { (words.get(lang)) },
                (_, Err(bad)) => p.hint.bad hidden data-time=(at) { (bad.get(lang)) },
            }
        }
    }
}

/// What a button of the form does to what was typed, and of which field it wants one more empty box.
fn press(draft: &mut Typed, button: &str, more: &mut String) {
    match button.split(':').collect::<Vec<_>>().as_slice() {
        ["more", field] => (*field).clone_into(more),
        ["days", days] => {
            draft.on = super::draft::On::Week;
            draft.days = days.parse().unwrap_or(draft.days) & super::written::EVERY_DAY;
        }
        ["up", at] => {
            if let Some(at) = at.parse::<usize>().ok().filter(|at| (1..draft.play.len()).contains(at)) {
                draft.play.swap(at - 1, at);
            }
        }
        ["time", at, time @ ..] => {
            let at = at.parse::<usize>().unwrap_or(usize::MAX);
            if at == draft.at.len() {
                draft.at.push(String::new());
            }
            let place = draft.at.get_mut(at);
            if let (Some(place), Some(time)) = (place, time_of(&time.join(":"))) {
                *place = said::clock(time);
            }
        }
        _ => {}
    }
}

/// `POST /schedule/save`: every button of the form.
pub(super) async fn save(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let desk = Sight::of(&app, &who).await;
    let mut sent = Sent::read(&desk, &fields);
    if sent.is_lost(&fields) {
        let (reading, id) = (desk.clone(), fields.get("id").to_owned());
        let why = work(move || read_only::lost(&reading, &id)).await;
        return shell::refused(&app, &who, &why);
    }
    let asked = fields.get("do").to_owned();
    let mut drawn_as = Drawn { tries: true, ..Drawn::default() };
    press(&mut sent.draft, &asked, &mut drawn_as.more);
    if asked == "try"
        && let Err(wrong) = sent.edit(&desk)
    {
        let said = text!(
            "Chưa xem trước được. Xin xem chỗ đánh dấu dưới đây.",
            "There is no preview yet. See the marked places below."
        );
        drawn_as.above = html! { p.said role="alert" { (said.get(who.lang)) } };
        drawn_as.wrong = wrong;
    }
    if asked != "save" {
        return drawn(&app, &who, &desk, &sent, drawn_as).await;
    }
    if let Err(why) = sent.may(&desk, &who) {
        return drawn(
            &app,
            &who,
            &desk,
            &sent,
            Drawn {
                above: html! { p.said.bad role="alert" { (sentence(why.get(who.lang))) } },
                is_refused: true,
                ..drawn_as
            },
        )
        .await;
    }
    let edit = match sent.edit(&desk) {
        Ok(Some(edit)) => edit,
        Ok(None) => {
            let id = fields.get("id").to_owned();
            return go_to(&format!("/schedule/broadcast?{}", query(&[("id", &id), ("same", "1")])));
        }
        Err(wrong) => return drawn(&app, &who, &desk, &sent, Drawn { wrong, is_refused: true, ..drawn_as }).await,
    };
    if sent.base.is_none() && never_plays(&desk, &sent, &edit).await {
        let said = text!(
            "Chưa lưu: các ngày giờ đã ghi đều đã qua, nên mục này sẽ không phát lần nào. Xin ghi giờ còn ở phía trước, hoặc một ngày khác.",
            "Not saved: all days and times that are given are over, so that it would never play. Give a time that is still to come, or another day."
        );
        let above = html! { p.said.bad role="alert" { (said.get(who.lang)) } };
        return drawn(&app, &who, &desk, &sent, Drawn { above, is_refused: true, ..drawn_as }).await;
    }
    let asking = (desk.clone(), edit.clone(), fields.clone());
    let doubt = work(move || rousing::doubt(&asking.0, &asking.1, &asking.2)).await;
    if doubt.is_some() {
        let said = text!(
            "Chưa lưu: mục khẩn cấp này kêu ngoài giờ được phép phát. Nếu đúng ý, đánh dấu ô phía trên nút Lưu rồi lưu lại.",
            "Not saved: this emergency sounds outside the lawful hours. If you mean it, tick the box above the button Save, and save again."
        );
        let above = html! { p.said.bad role="alert" { (said.get(who.lang)) } };
        return drawn(&app, &who, &desk, &sent, Drawn { above, doubt, is_refused: true, ..drawn_as }).await;
    }
    let writing = desk.clone();
    let done = work(move || writing.editor.change(&edit, &writing.world())).await;
    app.look_again();
    match done {
        Ok(done) => after(&done, &sent),
        Err(Refusal { conflict: Some(conflict), message, .. }) => clash::page(&app, &who, &fields, &message, &conflict),
        Err(refusal) => {
            // What the check says stands in the form with its cures; what else is in the way stands above it.
            let above = if refusal.found.is_empty() {
                trial::refused(who.lang, &refusal)
            } else {
                let said = text!(
                    "Chưa lưu. Lý do và cách chữa: phía trên nút Lưu.",
                    "Not saved. Why, and what helps: above the button Save."
                );
                html! { p.said.bad role="alert" { (said.get(who.lang)) } }
            };
            let tries = !refusal.found.is_empty();
            drawn(&app, &who, &desk, &sent, Drawn { above, is_refused: true, tries, ..Drawn::default() }).await
        }
    }
}

/// Whether a broadcast on days of the calendar, or with a last day, has none left: what is tried out is only some weeks, so that a day after
/// today is one.
async fn never_plays(desk: &Sight, sent: &Sent, edit: &crate::edit::Edit) -> bool {
    let tomorrow = desk.today.tomorrow().unwrap_or(Date::MAX);
    let days_are_over =
        sent.draft.on == super::draft::On::Dates && sent.draft.dates.iter().all(|day| is_over(day, tomorrow));
    if !days_are_over && !is_over(&sent.draft.until, tomorrow) {
        return false;
    }
    let (desk, edit) = (desk.clone(), edit.clone());
    let tried = work(move || desk.editor.try_out(&edit, &desk.world())).await;
    tried.is_ok_and(|done| done.coming.iter().all(|(_, rows)| rows.is_empty()))
}

/// To the broadcast as it is now.
fn after(done: &Done, sent: &Sent) -> Response {
    let own = sent.base.as_ref().map(|(entry, ..)| entry.name.clone());
    let id = done.coming.first().map(|(id, _)| id.clone()).or(own).unwrap_or_default();
    let seq = done.versions.last().map_or_else(String::new, i64::to_string);
    let mut pairs = vec![("id", id.as_str()), ("saved", seq.as_str())];
    if done.told.is_none() {
        pairs.push(("same", "1"));
    }
    if !done.merged.is_empty() {
        pairs.push(("merged", "1"));
    }
    go_to(&format!("/schedule/broadcast?{}", query(&pairs)))
}

/// How the page of the form is drawn.
#[derive(Default)]
pub(super) struct Drawn {
    above: Markup,
    below: Markup,
    wrong: Vec<Wrong>,
    more: String,
    tries: bool,
    is_refused: bool,
    doubt: Option<Text>,
}

async fn drawn(app: &App, who: &Who, desk: &Sight, sent: &Sent, how: Drawn) -> Response {
    let Drawn { above, below, wrong, more, tries, is_refused, doubt } = how;
    let lang = who.lang;
    let trial = if tries || sent.base.is_some() {
        let (desk, sent) = (desk.clone(), sent.clone());
        work(move || sent.tried(&desk, lang)).await
    } else {
        html! {}
    };
    let form = Form {
        lang: who.lang,
        world: &desk.look.world,
        today: desk.today,
        draft: &sent.draft,
        held: sent.held(),
        wrong: &wrong,
        hidden: sent.hidden(),
        more: &more,
        trial,
        doubt,
    };
    let may = who.may(Right::Schedule);
    let body = html! {
        (above)
        @if is_refused && !wrong.is_empty() { p.said.bad role="alert" { (text!("Chưa lưu. Xin xem chỗ đánh dấu dưới đây.", "Not saved. See the marked places below.").get(who.lang)) } }
        @if may { (form.draw()) } @else { (form.trial) }
        (below)
        p { a.back href="/schedule" { (text!("Về lịch phát", "Back to the schedule").get(who.lang)) } }
    };
    let title = match &sent.base {
        None => text!("Thêm mục phát", "Add a broadcast"),
        Some((entry, ..)) => {
            let title = entry.title();
            text!("{title}", "{title}")
        }
    };
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    shell::page(app, who, Page { title, status }, &body)
}
