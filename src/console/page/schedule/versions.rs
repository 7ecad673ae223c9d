//! What was changed, by whom, when and how; any of it brought back as a new version. And files that are broken, with the
//! last version that was right.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::DateTime;
use maud::{Markup, html};

use super::ask::{Sight, may_write_all, places, query, work};
use super::{rousing, said, trial};
use crate::act::Undone;
use crate::app::App;
use crate::diag::{Lang, Text, text};
use crate::edit::{Asked, Change, Done, FileView as File, How, Of, Part, Refusal, Version};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::role::Right;
use crate::sentence::sentence;
use crate::shell::{self, Page};
use crate::station::ZoneIx;

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

/// A session that has just been moved: what it was, in every place where its entries are heard, and how many they are.
fn moved(desk: &Sight, lang: Lang, asked: &Fields, entries: &[(Version, Part)]) -> Markup {
    let Ok(at) = asked.get("moved").parse::<DateTime>() else { return html! {} };
    let (time, day) = (said::clock(at.time()), said::day(at.date()));
    let zones: BTreeSet<ZoneIx> = entries.iter().flat_map(|(_, part)| desk.zones_planned(&part.name)).collect();
    let places = places(desk.station(), &zones.into_iter().collect::<Vec<_>>());
    let count = entries.len();
    html! {
        p.said.good role="status" { (text!(day = day, places = places;
            "Đã dời cả buổi phát có lượt {time} {day} ở {places}: {count} mục cùng lúc, giờ mới ghi dưới đây. Muốn trở lại thì trở lại cả {count} mục, bằng nút cuối trang này.",
            "The whole session with the airing of {time}, {day} in {places} was moved: {count} broadcasts at once, their new times are below. All {count} are brought back by the button at the end of this page."
        ).get(lang)) }
    }
}

/// Entries, each with the version that changed it.
type Entries = Vec<(Version, Part)>;

/// Every entry of what was changed together, where all of it can be brought back together: broadcasts that were there before.
fn all_of(versions: &[Version]) -> Entries {
    let of = |version: &Version| version.parts.iter().map(|part| (version.clone(), part.clone())).collect::<Vec<_>>();
    let parts: Vec<(Version, Part)> = versions.iter().flat_map(of).collect();
    let can = parts.iter().all(|(_, part)| part.of == Of::Broadcast && part.before.is_some());
    if can { parts } else { Vec::new() }
}

/// `GET /schedule/version?seq=N`.
pub(super) async fn one(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let desk = Sight::of(&app, &who).await;
    let asked = Fields::read(query.unwrap_or_default().as_bytes());
    let seq: i64 = asked.get("seq").parse().unwrap_or(-1);
    let lang = who.lang;
    let reading = desk.clone();
    let together = match work(move || reading.editor.history()?.together(seq)).await {
        Ok(together) => together,
        Err(refusal) => return shell::failed(&app, &who, &refusal.message),
    };
    // What somebody saved in one go is one; what was noticed together was not made together.
    let (own, saved): (Vec<Version>, Vec<Version>) = (
        together.iter().filter(|one| one.seq == seq).cloned().collect(),
        together.into_iter().filter(|one| one.how == How::Form).collect(),
    );
    let versions = if saved.len() > 1 { saved } else { own };
    let Some(version) = versions.first() else {
        return shell::refused(&app, &who, &text!("không còn giữ bản này", "this version is not kept any more"));
    };
    let may = who.may(Right::Schedule);
    let entries = all_of(&versions);
    let all = entries.len();
    let body = html! {
        @if all > 1 { (moved(&desk, lang, &asked, &entries)) }
        p { (at(&desk, version)) " · " (by(lang, version)) }
        @for version in &versions {
            p { (version.told.get(lang)) }
            @for (number, part) in version.parts.iter().enumerate() { (changed(lang, version, (number, part), may)) }
        }
        @if may && all > 1 {
            form method="post" action="/schedule/restore" {
                input type="hidden" name="seq" value=(version.seq);
                input type="hidden" name="all" value="1";
                button { (text!("Trở lại cả {all} mục như trước lần lưu này", "Bring back all {all} as they were before").get(lang)) }
            }
        }
        p { a.back href="/schedule/versions" { (text!("Các lần sửa lịch", "Changes of the schedule").get(lang)) } }
    };
    shell::page(&app, &who, Page::of(text!("Một lần sửa", "One change")), &body)
}

/// An entry that a version changed.
fn changed(lang: Lang, version: &Version, (number, part): (usize, &Part), may: bool) -> Markup {
    let lines = |title: Text, lines: &Option<String>| {
        html! { div { p.hint { (title.get(lang)) }
        @match lines { Some(lines) => pre { (lines) }, None => p { (text!("(không có)", "(none)").get(lang)) } } } }
    };
    html! {
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

/// What somebody wants back: an entry of a version, or all that was saved with it.
fn wanted(desk: &Sight, sent: &Fields) -> Result<(Entries, Vec<Change>), Undone> {
    let history = desk.editor.history()?;
    let seq = sent.get("seq").parse().unwrap_or(-1);
    let is_all = sent.is_ticked("all");
    let wanted = if is_all {
        all_of(&history.together(seq)?)
    } else {
        let number = sent.get("part").parse::<usize>().ok();
        let found = history.version(seq)?;
        let part = found.as_ref().and_then(|version| version.parts.get(number?).cloned());
        found.zip(part).into_iter().collect()
    };
    if wanted.is_empty() {
        return Err(Undone::Gone(text!("không còn giữ bản này", "this version is not kept any more")));
    }
    let before = is_all || sent.is_ticked("before");
    let changes = wanted.iter().map(|(version, part)| desk.editor.restore(version, part, before));
    let changes = changes.collect::<Result<_, Refusal>>()?;
    Ok((wanted, changes))
}

/// An entry brought back as it was before a version, or as that version left it; or all that was saved together, as before.
pub(crate) async fn restored(app: &App, who: &Who, fields: &Fields) -> Result<(Part, Done), Undone> {
    let desk = Sight::of(app, who).await;
    may_write_all(who, desk.station()).map_err(Undone::NotAllowed)?;
    let sent = fields.clone();
    let done = work(move || {
        let (wanted, changes) = wanted(&desk, &sent)?;
        let part = wanted[0].1.clone();
        Ok((part, desk.change(changes)?))
    })
    .await;
    app.look_again();
    done
}

/// What would be undone along with it: later changes of the same entries, the newest first, and what would be another than
/// it is now. None where nothing was changed since.
fn undoes(desk: &Sight, sent: &Fields) -> Result<Option<(Vec<Version>, Text)>, Undone> {
    let _ = desk.editor.notice(desk.now);
    let (wanted, changes) = wanted(desk, sent)?;
    let history = desk.editor.history()?;
    let mut later: Vec<Version> = Vec::new();
    for (version, part) in &wanted {
        let asked = Asked { entry: Some((part.of, part.name.clone())), most: ROWS, ..Asked::default() };
        let newer = history.list(&asked)?.into_iter().filter(|one| one.seq > version.seq && one.batch != version.batch);
        later.extend(newer);
    }
    if later.is_empty() {
        return Ok(None);
    }
    later.sort_by_key(|one| std::cmp::Reverse(one.seq));
    later.dedup_by_key(|one| one.seq);
    let edit = desk.edit(changes, BTreeMap::new());
    let told = desk.editor.try_out(&edit, &desk.world())?.told;
    Ok(told.map(|told| (later, told)))
}

/// Asked before what was changed later is undone as well: what that is, and what would be another than now.
fn asked_first(app: &App, who: &Who, desk: &Sight, fields: &Fields, (later, told): &(Vec<Version>, Text)) -> Response {
    let (lang, count) = (who.lang, later.len());
    let body = html! {
        p.said role="alert" { (text!(
            "Chưa đổi gì. Sau lần sửa này còn {count} lần sửa nữa; trở lại thì những lần ấy cũng mất:",
            "Nothing was changed yet. After this change there were {count} more; going back undoes those too:"
        ).get(lang)) }
        ul.list { @for version in later {
            li { span { (version.told.get(lang)) } " " small { (at(desk, version)) " · " (by(lang, version)) } }
        } }
        h2 { (text!("So với bây giờ sẽ đổi", "What would be another than now").get(lang)) }
        p { (sentence(told.get(lang))) }
        form method="post" action="/schedule/restore" {
            @for (name, value) in fields.iter().filter(|(name, _)| ["seq", "part", "before", "all"].contains(name)) {
                input type="hidden" name=(name) value=(value);
            }
            input type="hidden" name="sure" value="1";
            button { (text!("Vẫn trở lại, bỏ cả những lần sửa sau", "Go back all the same, and undo those too").get(lang)) }
        }
        p { a.back href={ "/schedule/version?" (query(&[("seq", fields.get("seq"))])) } { (text!("Thôi, giữ như bây giờ", "No, leave it as it is").get(lang)) } }
    };
    let title = text!("Mất cả những lần sửa sau", "Later changes would be undone");
    shell::page(app, who, Page { title, status: StatusCode::CONFLICT }, &body)
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
    let desk = Sight::of(&app, &who).await;
    if !fields.is_ticked("sure") {
        let (reading, sent) = (desk.clone(), fields.clone());
        // What cannot be brought back is said by the attempt itself.
        if let Ok(Some(undone)) = work(move || undoes(&reading, &sent)).await {
            return asked_first(&app, &who, &desk, &fields, &undone);
        }
    }
    let sent = fields.clone();
    let asked = work(move || {
        let (_, changes) = wanted(&desk, &sent).ok()?;
        rousing::doubt(&desk, &desk.edit(changes, BTreeMap::new()), &sent)
    })
    .await;
    if let Some(asked) = asked {
        let title = text!("Khôi phục mục khẩn cấp", "Restore an emergency");
        let page = Page { title, status: StatusCode::UNPROCESSABLE_ENTITY };
        return shell::page(&app, &who, page, &rousing::ask_again(&asked, &fields, &who));
    }
    match restored(&app, &who, &fields).await {
        Ok((_, done)) if fields.is_ticked("all") => {
            let seq = done.versions.last().map_or_else(String::new, i64::to_string);
            go_to(&format!("/schedule/version?{}", query(&[("seq", &seq)])))
        }
        Ok((part, done)) if part.of == Of::Broadcast => {
            let seq = done.versions.last().map_or_else(String::new, i64::to_string);
            go_to(&format!("/schedule/broadcast?{}", query(&[("id", &part.name), ("saved", &seq)])))
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
