//! A broadcast that the page shows and does not change: written in a way that no form can keep, or standing in a file that is
//! broken at the moment. What is in the way comes first, then what the entry says, and no button that would write it.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::ask::{Sight, work};
use super::trial;
use crate::app::App;
use crate::diag::{Diagnostic, Lang, Text, text};
use crate::edit::{self, FileEntry, Of, Refusal};
use crate::gate::Who;
use crate::role::Right;
use crate::sentence::sentence;
use crate::shell::{self, Page};

/// The page of an entry that stands as it is; `above` is what the page has to say besides.
pub(super) async fn page(
    app: &App,
    who: &Who,
    desk: &Sight,
    entry: FileEntry,
    (above, why): (Markup, Markup),
) -> Response {
    let lang = who.lang;
    let title = entry.title();
    let title = text!("{title}", "{title}");
    let reading = desk.clone();
    let body = work(move || {
        let rows = edit::coming(&reading.look.world.schedule, &reading.world(), &entry.name);
        html! {
            (above)
            (why)
            (said(&entry, lang))
            (trial::airings(&reading, lang, &rows))
            (in_file(&entry, lang))
            p { a.back href="/schedule" { (text!("Về lịch phát", "Back to the schedule").get(lang)) } }
        }
    })
    .await;
    shell::page(app, who, Page { title, status: StatusCode::OK }, &body)
}

/// What the entry says, key by key.
fn said(entry: &FileEntry, lang: Lang) -> Markup {
    html! {
        section.card.held {
            @for field in &entry.fields {
                p.hint { (edit::name(&field.key).get(lang)) ": " code { (field.key) " = " (field.written) } }
            }
        }
    }
}

/// The lines of the entry, and where they stand.
pub(super) fn in_file(entry: &FileEntry, lang: Lang) -> Markup {
    html! {
        details { summary { (text!("Xem trong tệp", "See it in the file").get(lang)) }
            p.hint { (entry.file) ", " (text!("dòng", "line").get(lang)) " " (entry.line) }
            pre { (entry.lines) }
        }
    }
}

/// Why no form changes it, in the sentence that refuses it everywhere.
pub(super) fn kept(lang: Lang, refusal: &Refusal) -> Markup {
    html! { p.said { (sentence(refusal.message.get(lang))) " " (sentence(refusal.help.get(lang))) } }
}

/// What is wrong with the file of a broadcast.
pub(super) struct Broken {
    found: Vec<Diagnostic>,
    plays: bool,
}

/// A broadcast of a file that is broken at the moment, as the file last was right: from what plays, else from what was kept.
pub(super) fn last_good(desk: &Sight, id: &str) -> Option<(FileEntry, Broken)> {
    let of = |file: &str, text: &str| FileEntry::of_lines(file, Of::Broadcast, id, text);
    let played = desk.look.last_good(id).and_then(|source| of(&source.path, &source.text));
    let pages = desk.editor.read().unwrap_or_default();
    let mut broken = pages.iter().filter(|page| !page.broken.is_empty());
    let entry = played.clone().or_else(|| {
        broken.find_map(|page| {
            let (_, text) = desk.editor.last_good(&page.file).ok()??;
            of(&page.file, &text)
        })
    })?;
    let own = pages.into_iter().find(|page| page.file == entry.file).map_or_else(Vec::new, |page| page.broken);
    Some((entry, Broken { found: own, plays: played.is_some() }))
}

/// The file is broken at the moment: where, how it is mended, and that the version before plays on.
pub(super) fn broken(who: &Who, file: &str, Broken { found, plays }: &Broken) -> Markup {
    let lang = who.lang;
    html! {
        div.said.bad role="alert" {
            p { (text!(
                "Tệp {file} đang hỏng, nên mục này chưa sửa được.",
                "The file {file} is broken at the moment, so that this broadcast cannot be changed."
            ).get(lang)) " "
                (if *plays {
                    text!("Đài phát theo bản đúng gần nhất, ghi dưới đây.", "What plays is the last good version, which stands below.")
                } else {
                    text!("Bản đúng gần nhất ghi dưới đây.", "The last good version stands below.")
                }.get(lang)) }
            @for one in found.iter().take(3) {
                @let Text { vi, en } = &one.message;
                @let line = one.line;
                p { (sentence(if line == 0 { text!("{vi}", "{en}") } else { text!("dòng {line}: {vi}", "line {line}: {en}") }.get(lang))) }
                @if let Some(help) = &one.help { p.hint { (sentence(help.get(lang))) } }
            }
            @if who.may(Right::Schedule) { p.actions { a.button href="/schedule" { (text!("Xem cách chữa ở trang Lịch phát", "See the cure on the schedule page").get(lang)) } } }
        }
    }
}

/// What the check says of an entry that is in no schedule: it does not play, and no form of it makes it.
pub(super) fn silent(desk: &Sight, entry: &FileEntry, lang: Lang) -> Markup {
    let own = |one: &&Diagnostic| one.is_error() && one.file == entry.file && entry.holds(one.line);
    let found: Vec<&Diagnostic> = desk.look.diagnostics.iter().filter(own).collect();
    let plays = desk.look.world.schedule.broadcasts.iter().any(|one| one.id == entry.name);
    html! {
        @if !found.is_empty() {
            div role="alert" {
                @if !plays { p.said.bad { (text!("Mục này không phát lần nào, vì trong tệp có chỗ sai:", "Nothing of this broadcast plays, since something is wrong in the file:").get(lang)) } }
                @for one in found { (trial::finding(lang, one)) }
            }
        }
    }
}

/// A form came back without the entry that it began from: an edit is never written as something new.
pub(super) fn lost(desk: &Sight, id: &str) -> Text {
    if let Ok(Some((entry, _))) = desk.entry(id)
        && let Some(refusal) = entry.kept()
    {
        let (message, help) = (refusal.message, *refusal.help);
        return text!(message = message, help = help; "{message}; {help}", "{message}; {help}");
    }
    text!(
        "biểu mẫu này không còn đủ để biết đang sửa mục nào, nên chưa ghi gì; xin mở lại mục ấy từ Lịch phát rồi sửa",
        "this form does not say any more which broadcast it changes, so nothing was written; open the broadcast again from the schedule"
    )
}
