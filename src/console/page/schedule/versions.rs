//! What was changed, by whom, when and how; any of it brought back as a new version. And files that are broken, with the
//! last version that was right.

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::ask::{Sight, may_write_all, work};
use super::{rousing, trial};
use crate::act::Undone;
use crate::app::App;
use crate::diag::{Lang, Text, text};
use crate::edit::{Asked, Change, Done, FileView as File, Of, Part, Version};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::role::Right;
use crate::sentence::sentence;
use crate::shell::{self, Page};

/// So many rows stand on one page.
const ROWS: usize = 50;

fn at(desk: &Sight, version: &Version) -> String {
    version.at.zoned(&desk.station().timezone).strftime("%H:%M %d/%m/%Y").to_string()
}

fn by(lang: Lang, version: &Version) -> String {
    let how = version.how.text();
    if version.who.is_empty() { how.get(lang).to_owned() } else { format!("{}, {}", version.who, how.get(lang)) }
}

/// `GET /schedule/versions?id=ID&before=N`.
pub(super) async fn list(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let desk = Sight::of(&app, &who).await;
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let lang = who.lang;
    let entry = (!fields.get("id").is_empty()).then(|| (Of::Broadcast, fields.get("id").to_owned()));
    let asked = Asked { entry, before: fields.get("before").parse().ok(), most: ROWS, ..Asked::default() };
    let reading = desk.clone();
    let versions = work(move || {
        // What was changed on the machine meanwhile is in the list too; where it cannot be kept, the list is as it was.
        let _ = reading.editor.notice(reading.now);
        reading.editor.versions(&asked)
    })
    .await;
    let versions = match versions {
        Ok(versions) => versions,
        Err(refusal) => return shell::failed(&app, &who, &refusal.message),
    };
    let more = versions.last().filter(|_| versions.len() == ROWS).map(|last| last.seq);
    let body = html! {
        @if versions.is_empty() { p { (text!("Chưa có lần sửa nào.", "Nothing was changed yet.").get(lang)) } }
        ul.list {
            @for version in &versions {
                li { a.row href={ "/schedule/version?seq=" (version.seq) } {
                    span { (version.told.get(lang)) } small { (at(&desk, version)) " · " (by(lang, version)) }
                } }
            }
        }
        @if let Some(before) = more { p { a.button href={ "/schedule/versions?before=" (before) } { (text!("Cũ hơn", "Older").get(lang)) } } }
        p.actions { a.button href="/schedule/deleted" { (text!("Mục đã xóa", "Deleted").get(lang)) } }
        p { a.back href="/schedule" { (text!("Về lịch phát", "Back to the schedule").get(lang)) } }
    };
    shell::page(&app, &who, Page::of(text!("Các lần sửa lịch", "Changes of the schedule")), &body)
}

fn restore(lang: Lang, seq: i64, part: usize, before: bool, label: &Text) -> Markup {
    html! {
        form method="post" action="/schedule/restore" {
            input type="hidden" name="seq" value=(seq);
            input type="hidden" name="part" value=(part);
            @if before { input type="hidden" name="before" value="1"; }
            button { (label.get(lang)) }
        }
    }
}

/// `GET /schedule/version?seq=N`.
pub(super) async fn one(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let desk = Sight::of(&app, &who).await;
    let seq: i64 = Fields::read(query.unwrap_or_default().as_bytes()).get("seq").parse().unwrap_or(-1);
    let lang = who.lang;
    let reading = desk.clone();
    let version = match work(move || reading.editor.version(seq)).await {
        Ok(Some(version)) => version,
        Ok(None) => {
            return shell::refused(&app, &who, &text!("không còn giữ bản này", "this version is not kept any more"));
        }
        Err(refusal) => return shell::failed(&app, &who, &refusal.message),
    };
    let may = who.may(Right::Schedule);
    let lines = |title: Text, lines: &Option<String>| {
        html! { div { p.hint { (title.get(lang)) }
        @match lines { Some(lines) => pre { (lines) }, None => p { (text!("(không có)", "(none)").get(lang)) } } } }
    };
    let body = html! {
        p { (at(&desk, &version)) " · " (by(lang, &version)) }
        p { (version.told.get(lang)) }
        @for (number, part) in version.parts.iter().enumerate() {
            section.card {
                h2 { (part.title) }
                details { summary { (text!("Xem trong tệp", "See it in the file").get(lang)) }
                    p.hint { (version.file) }
                    div.two { (lines(text!("Trước", "Before"), &part.before)) (lines(text!("Sau", "After"), &part.after)) } }
                @if may {
                    p.actions {
                        @if part.before.is_some() { (restore(lang, version.seq, number, true, &text!("Trở lại như trước lần sửa này", "Back to what it was before"))) }
                        @if part.after.is_some() { (restore(lang, version.seq, number, false, &text!("Khôi phục bản này", "Restore this version"))) }
                    }
                }
            }
        }
        p { a.back href="/schedule/versions" { (text!("Các lần sửa lịch", "Changes of the schedule").get(lang)) } }
    };
    shell::page(&app, &who, Page::of(text!("Một lần sửa", "One change")), &body)
}

/// `GET /schedule/deleted`.
pub(super) async fn deleted(State(app): State<App>, who: Who) -> Response {
    let desk = Sight::of(&app, &who).await;
    let lang = who.lang;
    let found = gone_entries(&app, &who).await;
    let found = match found {
        Ok(found) => found,
        Err(refusal) => return shell::failed(&app, &who, &refusal.message),
    };
    let body = html! {
        @if found.is_empty() { p { (text!("Không có mục nào bị xóa trong 90 ngày qua.", "Nothing was deleted in the last 90 days.").get(lang)) } }
        @for (number, version, part) in &found {
            section.card {
                h2 { (part.title) }
                p { (at(&desk, version)) " · " (by(lang, version)) }
                (restore(lang, version.seq, *number, true, &text!("Khôi phục", "Restore")))
            }
        }
        p { a.back href="/schedule" { (text!("Về lịch phát", "Back to the schedule").get(lang)) } }
    };
    shell::page(&app, &who, Page::of(text!("Mục đã xóa", "Deleted")), &body)
}

/// The change that brings an entry back, and which.
fn restoring(desk: &Sight, fields: &Fields) -> Result<(Part, Change), Undone> {
    let version = desk.editor.version(fields.get("seq").parse().unwrap_or(-1))?;
    let part = version.as_ref().and_then(|version| version.parts.get(fields.get("part").parse::<usize>().ok()?));
    let (Some(version), Some(part)) = (&version, part) else {
        return Err(Undone::Gone(text!("không còn giữ bản này", "this version is not kept any more")));
    };
    Ok((part.clone(), desk.editor.restore(version, part, fields.is_ticked("before"))?))
}

/// An entry brought back as it was before a version, or as that version left it.
pub(crate) async fn restored(app: &App, who: &Who, fields: &Fields) -> Result<(Part, Done), Undone> {
    let desk = Sight::of(app, who).await;
    may_write_all(who, desk.station()).map_err(Undone::NotAllowed)?;
    let sent = fields.clone();
    let done = work(move || {
        let (part, change) = restoring(&desk, &sent)?;
        Ok((part, desk.change(vec![change])?))
    })
    .await;
    app.look_again();
    done
}

/// Every entry that was deleted and is kept: its number among the parts of its version is what restores it.
pub(crate) async fn gone_entries(app: &App, who: &Who) -> Result<Vec<(usize, Version, Part)>, crate::edit::Refusal> {
    let desk = Sight::of(app, who).await;
    work(move || {
        let _ = desk.editor.notice(desk.now);
        let history = desk.editor.history()?;
        let number = |version: &Version, part: &Part| {
            let whole = history.version(version.seq).ok().flatten()?;
            whole.parts.iter().position(|one| one == part)
        };
        let deleted = desk.editor.deleted(desk.now)?.into_iter();
        Ok(deleted.filter_map(|(version, part)| Some((number(&version, &part)?, version, part))).collect())
    })
    .await
}

/// `POST /schedule/restore`.
pub(super) async fn back(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let (desk, sent) = (Sight::of(&app, &who).await, fields.clone());
    let asked = work(move || {
        let (_, change) = restoring(&desk, &sent).ok()?;
        rousing::doubt(&desk, &desk.edit(vec![change], BTreeMap::new()), &sent)
    })
    .await;
    if let Some(asked) = asked {
        let title = text!("Khôi phục mục khẩn cấp", "Restore an emergency");
        let page = Page { title, status: StatusCode::UNPROCESSABLE_ENTITY };
        return shell::page(&app, &who, page, &rousing::ask_again(&asked, &fields, &who));
    }
    match restored(&app, &who, &fields).await {
        Ok((part, done)) if part.of == Of::Broadcast => {
            let seq = done.versions.last().map_or_else(String::new, i64::to_string);
            go_to(&format!("/schedule/broadcast?{}", super::ask::query(&[("id", &part.name), ("saved", &seq)])))
        }
        Ok(_) => go_to("/schedule/versions"),
        Err(why) => shell::refused(&app, &who, why.text()),
    }
}

/// Files that cannot be read as they are: each with its line, the cure, and what was right last.
pub(super) fn broken(desk: &Sight, lang: Lang, may: bool, pages: &[File]) -> Markup {
    html! {
        @for page in pages {
            @if let Some(refused) = &page.refused {
                @let file = &page.file;
                p.said.bad role="alert" { (text!("Tệp {file}: ", "File {file}: ").get(lang)) (sentence(refused.get(lang))) }
            }
            @if let Some(first) = page.broken.first() {
                section.card role="alert" {
                    p.said.bad { @let (file, line) = (&page.file, first.line);
                        @if line > 0 { (text!("Tệp {file} hỏng ở dòng {line}. Đài phát theo bản đúng gần nhất, nếu có.", "The file {file} is broken at line {line}. The last good version plays, where there is one.").get(lang)) }
                        @else { (text!("Tệp {file} hỏng. Đài phát theo bản đúng gần nhất, nếu có.", "The file {file} is broken. The last good version plays, where there is one.").get(lang)) } }
                    (trial::finding(lang, first))
                    @if may && let Ok(Some((version, _))) = desk.editor.last_good(&page.file) {
                        form method="post" action="/schedule/mend" {
                            input type="hidden" name="file" value=(page.file);
                            @let at = at(desk, &version);
                            button { (text!("Khôi phục bản đúng lúc {at}", "Restore the version of {at}").get(lang)) }
                        }
                    }
                }
            }
        }
    }
}

/// `POST /schedule/mend`.
pub(super) async fn mend(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let desk = Sight::of(&app, &who).await;
    if let Err(why) = may_write_all(&who, desk.station()) {
        return shell::refused(&app, &who, &why);
    }
    let (writing, file) = (desk.clone(), fields.get("file").to_owned());
    let done = work(move || {
        let Some((_, text)) = writing.editor.last_good(&file)? else { return Ok(None) };
        writing.change(vec![Change::Whole { file, text }]).map(Some)
    })
    .await;
    app.look_again();
    match done {
        Ok(Some(_)) => go_to("/schedule"),
        Ok(None) => shell::refused(
            &app,
            &who,
            &text!(
                "không có bản đúng nào được giữ; xin chữa dòng ấy trong tệp",
                "no good version was kept; mend that line in the file"
            ),
        ),
        Err(refusal) => shell::refused(&app, &who, &refusal.message),
    }
}
