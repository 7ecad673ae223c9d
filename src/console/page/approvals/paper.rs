use axum::extract::State;
use axum::response::Response;
use maud::html;

use super::list::until;
use super::one::shown;
use super::{Seen, title};
use crate::console::app::App;
use crate::console::fields::Fields;
use crate::console::gate::{Who, go_to};
use crate::console::page::people::square;
use crate::console::shell::{self, Page};
use crate::daemon::protocol::Command;
use crate::diag::{Text, figure, text};
use crate::instant::Wall;
use crate::pending::{Approver, Slip, SlipError, Slips};

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
    let (broadcast, digest) = (item.broadcast.id.clone(), item.what.digest.clone());
    let printed = tokio::task::spawn_blocking(move || slips.print(&broadcast, &digest, &by, now)).await;
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
        p.hint { (text!(
            "Mã chỉ hiện lần này: in hoặc chép ra giấy ngay. Ký xong, vào Duyệt, Nhập mã phiếu đã ký.",
            "The code is shown this once: print or copy it now. Once it is signed: Approvals, Enter the code of a signed slip."
        ).get(lang)) }
        p { a.button href="/approvals/code" { (text!("Nhập mã phiếu đã ký", "Enter the code of a signed slip").get(lang)) } }
    };
    shell::page(&app, &who, Page::of(text!("Phiếu duyệt mục phát", "Approval of a broadcast")), &body)
}

/// `GET /approvals/code`.
pub(super) async fn ask(State(app): State<App>, who: Who) -> Response {
    form(&app, &who, None, &Fields::default())
}

fn form(app: &App, who: &Who, said: Option<&Text>, typed: &Fields) -> Response {
    let lang = who.lang;
    let body = html! {
        @if let Some(said) = said { p.said.bad role="alert" { (said.get(lang)) "." } }
        form.narrow method="post" action="/approvals/code" {
            label { (text!("Mã duyệt trên phiếu", "The code on the slip").get(lang))
                input name="code" value=(typed.get("code")) maxlength="40" autocapitalize="characters" required; }
            label { (text!("Người đã ký", "Who signed it").get(lang))
                input name="by" value=(typed.get("by")) maxlength=(NAME_MOST) required; }
            button.main { (text!("Nhập mã", "Enter the code").get(lang)) }
        }
        p { a href="/approvals" { (text!("Về danh sách chờ duyệt", "Back to what waits").get(lang)) } }
    };
    let status = if said.is_some() { axum::http::StatusCode::UNPROCESSABLE_ENTITY } else { axum::http::StatusCode::OK };
    let page = Page { title: text!("Nhập mã phiếu đã ký", "Enter the code of a signed slip"), status };
    shell::page(app, who, page, &body)
}

/// `POST /approvals/code`.
pub(super) async fn enter(State(app): State<App>, who: Who, fields: Fields) -> Response {
    match entered(&app, &who, fields.get("code"), fields.get("by")).await {
        Ok(()) => go_to("/approvals"),
        Err(why) => form(&app, &who, Some(&why), &fields),
    }
}

async fn entered(app: &App, who: &Who, code: &str, signed_by: &str) -> Result<(), Text> {
    if code.is_empty() || signed_by.is_empty() {
        return Err(text!("Xin ghi mã trên phiếu và người đã ký", "Give the code on the slip, and who signed it"));
    }
    let now = app.now().wall;
    let slip = found(app, code, now).await.map_err(|error| error.text())?;
    let Seen { items, .. } = Seen::one(app, &slip.broadcast).await;
    let item = items.map_err(|refusal| refusal.message)?.pop().ok_or_else(|| SlipError::Changed.text())?;
    if item.what.digest.as_str() != slip.digest {
        return Err(SlipError::Changed.text());
    }
    // Neither who signed it nor who enters it may have touched it.
    for name in [signed_by, &who.person().name] {
        let approver = Approver { name: name.to_owned(), accounts: Vec::new() };
        if let Some(Text { vi, en }) = approver.objection(&item.touches) {
            return Err(Text { vi: vi.trim_end_matches('.').to_owned(), en: en.trim_end_matches('.').to_owned() });
        }
    }
    let (by, entered_by) = (signed_by.to_owned(), Some(who.person().name.clone()));
    let command = |broadcast, digest| Command::Approve { broadcast, digest, by, entered_by };
    super::decide::order(app, &item, &slip.digest, command).await?;
    // What was not taken uses nothing up; entered twice at once it is the same decision.
    match used_up(app, code, now).await {
        Ok(()) | Err(SlipError::Used) => Ok(()),
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
