use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::list::until;
use super::one::{shown, told};
use super::{Seen, title};
use crate::act;
use crate::app::{App, Peer};
use crate::daemon::protocol::Command;
use crate::diag::{Text, capital, figure, shown as shown_name, text};
use crate::entry;
use crate::escaped::escaped;
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::instant::Wall;
use crate::page::people::square;
use crate::pending::{Approver, Slip, SlipError, SlipSignature, Slips};
use crate::shell::{self, Page};

/// Whom wrong codes are counted for, with the number of who types them.
const LOGIN: &str = "ma phieu";

/// Longest name that is typed for who signed.
const NAME_MOST: usize = 80;

/// `POST /approvals/slip`: a page to be printed, with a code that stands nowhere else.
pub(super) async fn slip(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let (lang, id) = (who.lang, fields.get("id"));
    let Seen { look, items } = Seen::one(&app, id).await;
    let item = items.ok().and_then(|mut items| items.pop());
    let Some(item) = item.filter(|item| item.what.missing.is_empty()) else {
        return shown(&app, &who, id, None, "").await;
    };
    let (slips, now, by) = (Slips::of(app.site()), app.now().wall, who.person().name.clone());
    let asked = item.clone();
    let printed = tokio::task::spawn_blocking(move || slips.print(&asked, &by, now)).await;
    let (code, good_until) = match printed.expect("printing a slip does not panic") {
        Ok(printed) => printed,
        Err(error) => return shell::failed(&app, &who, &error.text()),
    };
    let (tz, station) = (&look.world.station.timezone, &look.world.station);
    let Text { vi, en } = figure::moment(good_until, tz);
    let short = item.what.digest.short();
    let qr = text!("Mã duyệt {code}", "Code {code}");
    let body = html! {
        section.slip {
            p { (station.name) }
            h2 { (title(&item)) " (" (item.broadcast.id) ")" }
            p { (until(&item, tz).get(lang)) }
            (told(&item, &look.world, lang))
            ul { @for (file, sha256) in &item.what.sounds {
                li { (file)
                    @if let Some(Ok(facts)) = look.world.library.sounds.get(file).map(|sound| &sound.facts) { ", " (figure::length_exact(facts.length()).get(lang)) }
                    " (SHA-256 " (sha256.get(..12).unwrap_or_default()) "…)" }
            } }
            @if !item.changes.is_empty() {
                p { (text!("Khác bản đã duyệt", "Since it was approved").get(lang)) ": "
                    (item.changes.iter().map(|change| change.get(lang)).collect::<Vec<_>>().join(", ")) }
            }
            p { (text!("Mã nội dung: {short}", "Digest: {short}").get(lang)) }
            p { (text!("MÃ DUYỆT", "CODE").get(lang)) ": " strong.code { (code) } }
            (square(&code, &qr, &who))
            p { (text!(
                "Dùng một lần, đến {vi}. Nội dung hay bản ghi thay đổi thì mã này không còn giá trị.",
                "Good once, until {en}. It is void once the broadcast or a sound of it changes."
            ).get(lang)) }
            p { (text!("Người duyệt (ký, ghi rõ họ tên):", "Approved by (signature, name):").get(lang)) }
            p { (text!("Ngày:", "Date:").get(lang)) }
        }
        p.hint.no-print { (text!(
            "Mã chỉ hiện lần này: in hoặc chép ra giấy ngay. Ký xong, vào Duyệt, Nhập mã phiếu đã ký.",
            "The code is shown this once: print or copy it now. Once it is signed: Approvals, Enter the code of a signed slip."
        ).get(lang)) }
        p.actions.no-print {
            button.main type="button" data-print hidden { (text!("In phiếu này", "Print this slip").get(lang)) }
            a.button href="/approvals/code" { (text!("Nhập mã phiếu đã ký", "Enter the code of a signed slip").get(lang)) }
        }
    };
    shell::page(&app, &who, Page::of(text!("Phiếu duyệt mục phát", "Approval of a broadcast")), &body)
}

/// `GET /approvals/code`.
pub(super) async fn ask(State(app): State<App>, who: Who) -> Response {
    form(&app, &who, None, &Fields::default())
}

fn form(app: &App, who: &Who, said: Option<(StatusCode, &Text)>, typed: &Fields) -> Response {
    let lang = who.lang;
    let body = html! {
        @if let Some((_, said)) = said { p.said.bad role="alert" { (capital(said.get(lang))) "." } }
        form.narrow method="post" action="/approvals/code" {
            label { (text!("Mã duyệt trên phiếu", "The code on the slip").get(lang))
                input name="code" value=(typed.get("code")) maxlength="40" autocapitalize="characters" required; }
            label { (text!("Người đã ký", "Who signed it").get(lang))
                input name="by" value=(typed.get("by")) maxlength=(NAME_MOST) required; }
            button.main { (text!("Nhập mã", "Enter the code").get(lang)) }
        }
        p { a.back href="/approvals" { (text!("Về danh sách chờ duyệt", "Back to what waits").get(lang)) } }
    };
    let status = said.map_or(StatusCode::OK, |(status, _)| status);
    let page = Page { title: text!("Nhập mã phiếu đã ký", "Enter the code of a signed slip"), status };
    shell::page(app, who, page, &body)
}

/// `POST /approvals/code`.
pub(super) async fn enter(
    State(app): State<App>,
    who: Who,
    Extension(Peer(peer)): Extension<Peer>,
    fields: Fields,
) -> Response {
    // A code is short enough to be guessed by a program that tries for a week: each wrong one waits, as a password does.
    let (tries, address) = (format!("{LOGIN} {}", who.person().id), entry::counted(peer.ip()));
    if let Err(wait) = app.throttle().may(&tries, &address, app.clock().mono()) {
        let Text { vi, en } = entry::wait_for_code(wait);
        let bare = Text { vi: vi.trim_end_matches('.').to_owned(), en: en.trim_end_matches('.').to_owned() };
        return form(&app, &who, Some((StatusCode::TOO_MANY_REQUESTS, &bare)), &fields);
    }
    let code = fields.get("code");
    match entered(&app, &who, code, fields.get("by")).await {
        Ok(id) => {
            app.throttle().right(&tries, &address);
            go_to(&format!("/approvals?done={}", escaped(&id)))
        }
        Err(why) => {
            if why == SlipError::Unknown.text() {
                app.throttle().wrong(&tries, &address, app.clock().mono());
            }
            form(&app, &who, Some((StatusCode::UNPROCESSABLE_ENTITY, &why)), &fields)
        }
    }
}

/// The id of what the slip has approved.
async fn entered(app: &App, who: &Who, code: &str, signed_by: &str) -> Result<String, Text> {
    if code.is_empty() || signed_by.is_empty() {
        return Err(text!("Xin ghi mã trên phiếu và người đã ký", "Give the code on the slip, and who signed it"));
    }
    let now = app.now().wall;
    let slip = found(app, code, now).await.map_err(|error| error.text())?;
    let Seen { items, .. } = Seen::one(app, &slip.broadcast).await;
    let item = items.map_err(|refusal| refusal.message)?.pop().ok_or_else(|| SlipError::Settled.text())?;
    slip.still_for(&item).map_err(|error| error.text())?;
    let entered_by = &who.person().name;
    let signature = SlipSignature { printed_by: &slip.by, entered_by, signed_by };
    let people = app.people().known().map_err(|error| error.text())?;
    if let Some(why) = signature.objection(&people) {
        return Err(why);
    }
    // Neither who signed it nor who enters it may have touched it.
    let touched = |name: &str| {
        let approver = Approver { name: name.to_owned(), accounts: Vec::new() };
        approver.objection(&item.touches).is_some()
    };
    if touched(signed_by) {
        let signed_by = shown_name(signed_by);
        return Err(text!(
            "{signed_by} đã sửa mục này nên không ký phiếu của mục này được. Xin nhờ người khác ký",
            "{signed_by} has changed this, and cannot sign its slip. Ask somebody else to sign"
        ));
    }
    if touched(entered_by) {
        return Err(text!(
            "Người đã sửa mục này không nhập mã phiếu của mục này được. Xin nhờ người khác nhập",
            "Who has changed this cannot enter the code of its slip. Ask somebody else to"
        ));
    }
    let (by, entered_by) = (signed_by.to_owned(), Some(entered_by.clone()));
    let command = |broadcast, digest| Command::Approve { broadcast, digest, by, entered_by };
    act::ordered(app, &item, &slip.digest, command).await?;
    // What was not taken uses nothing up; entered twice at once it is the same decision.
    match used_up(app, code, now).await {
        Ok(()) | Err(SlipError::Used) => Ok(item.broadcast.id.clone()),
        Err(error) => Err(error.text()),
    }
}

async fn found(app: &App, code: &str, now: Wall) -> Result<Slip, SlipError> {
    let (slips, code) = (Slips::of(app.site()), code.to_owned());
    tokio::task::spawn_blocking(move || slips.find(&code, now)).await.expect("reading the slips does not panic")
}

async fn used_up(app: &App, code: &str, now: Wall) -> Result<(), SlipError> {
    let (slips, code) = (Slips::of(app.site()), code.to_owned());
    let used = tokio::task::spawn_blocking(move || slips.enter(&code, now, |_| Ok::<(), ()>(()))).await;
    used.expect("writing the slips does not panic").map(|_| ())
}
