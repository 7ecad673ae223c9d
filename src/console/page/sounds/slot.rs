//! A recording that somebody is to hand in: what for, until when, and the one button.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::asked::Handing;
use super::stock::SoundStock;
use crate::app::App;
use crate::audio::limit;
use crate::checkup::alarms::of_an_alarm;
use crate::diag::{Lang, Text, figure, text};
use crate::escaped::escaped;
use crate::shell::{self, Page};
use crate::station::{EmergencyRole, Preset};
use crate::upload::refusal::UploadError;
use crate::who::Who;

/// Endings and kinds, one by one: an iPhone greys out its own recordings where a page says only that it wants sound.
pub(super) const ACCEPT: &str = ".m4a,.mp3,.aac,.wav,.ogg,.oga,.opus,.webm,.mp4,.mov,.flac,.amr,.3gp,.3gpp,.qta,.m4r,.caf,.aif,.aiff,\
                                 audio/mp4,audio/x-m4a,audio/mpeg,audio/aac,audio/wav,audio/x-wav,audio/ogg,audio/opus,\
                                 audio/webm,audio/flac,audio/amr,audio/3gpp,audio/aiff,video/mp4,video/quicktime,video/webm,\
                                 video/3gpp";

/// A sound that a broadcast waits for.
pub(super) async fn slot(State(app): State<App>, who: Who, Path(name): Path<String>) -> Response {
    let asked = Handing { sound: name, ..Handing::default() };
    draw(&app, &who, &asked, None).await
}

/// A sound of a new name.
pub(super) async fn new(State(app): State<App>, who: Who) -> Response {
    draw(&app, &who, &Handing::default(), None).await
}

/// The same once more, with what was wrong and what was typed.
pub(super) async fn again(app: &App, who: &Who, asked: &Handing, refusal: &UploadError) -> Response {
    draw(app, who, asked, Some(refusal)).await
}

async fn draw(app: &App, who: &Who, asked: &Handing, refusal: Option<&UploadError>) -> Response {
    let (lang, stock) = (who.lang, SoundStock::of(app).await);
    let name = asked.sound.as_str();
    let allowed = if name.is_empty() {
        Ok(false)
    } else {
        SoundStock::name_for(name, "").and_then(|name| stock.may_hand_in(app, who.person(), &name))
    };
    let status = match (refusal, &allowed) {
        (Some(refusal), _) => refusal.status(),
        (None, Err(_)) => StatusCode::FORBIDDEN,
        (None, Ok(_)) => StatusCode::OK,
    };
    let is_wanted = || stock.wanting(name).next().is_some() || of_an_alarm(stock.station(), name).is_some();
    // Whoever did not know that it is there may want another name.
    let is_taken = matches!(refusal, Some(UploadError::Taken(_)));
    let is_new = is_taken || name.is_empty() || (!is_wanted() && stock.rivals(name).is_empty());
    let body = html! {
        @if let Some(refusal) = refusal { p.said.bad role="alert" { (refusal.text().get(lang)) } }
        @if !is_new { (wanted(&stock, name, lang)) }
        @match &allowed {
            Err(why) => {
                @if refusal.is_none() { p.said role="alert" { (why.get(lang)) "." } }
                p { a.button href="/sounds" { (text!("Về trang Bản ghi", "Back to Sounds").get(lang)) } }
            }
            Ok(has_rivals) => (form(name, is_new, *has_rivals && !is_taken, is_taken, lang)),
        }
    };
    let title = if is_new {
        text!("Nộp bản ghi", "Hand in a recording")
    } else {
        let title = stock.wanting(name).next().map_or(name, |broadcast| broadcast.title.as_str());
        match of_an_alarm(stock.station(), name) {
            Some(sound) => {
                let Text { vi, en } = sound.role.title();
                text!("Cần ghi âm: {vi}", "To be recorded: {en}")
            }
            None if !stock.rivals(name).is_empty() => text!("Thay bản ghi: {title}", "Replace the recording: {title}"),
            None => text!("Cần nộp: {title}", "To be handed in: {title}"),
        }
    };
    shell::page(app, who, Page { title, status }, &body)
}

/// What it is for, and until when.
fn wanted(stock: &SoundStock, name: &str, lang: Lang) -> Markup {
    html! {
        section.card {
            p { (text!("Tên bản ghi", "Name").get(lang)) ": " strong { (name) } }
            @if let Some(due) = stock.due(name).filter(|_| stock.rivals(name).is_empty()) {
                p { (text!("Cần trước", "Needed before").get(lang)) " " strong { (due.words.get(lang)) } }
            }
            @for broadcast in stock.wanting(name).take(3) {
                p.hint { (broadcast.title) " · " (stock.zones(broadcast)) }
            }
            @if let Some(sound) = of_an_alarm(stock.station(), name) {
                @for line in what_to_say(sound.role) { p { (line.get(lang)) } }
            }
            @for rival in stock.rivals(name) {
                p { (text!("Đã có", "There is").get(lang)) " " a href={ "/sounds/" (escaped(rival)) } { (rival) }
                    ". " (text!("Nộp bản mới thì bản này được cất, lấy lại được.",
                        "It is kept when another is handed in, and can be brought back.").get(lang)) }
            }
        }
    }
}

/// What is said in a sound of alarms, and how.
fn what_to_say(role: EmergencyRole<'_>) -> Vec<Text> {
    let how = text!(
        "Nói chậm, rõ, một giọng, không nhạc, khoảng 20 đến 40 giây. Không cần ghi tiếng còi: đài tự phát tiếng báo hiệu trước lời. Ghi sẵn nên đừng nói ngày giờ.",
        "Slowly, clearly, one voice, no music, some 20 to 40 s. No siren is needed: the station sounds its tone before the words. It is kept for later: name no day and no time."
    );
    let what = match role {
        EmergencyRole::Alarm(Preset { title: Text { vi, en }, .. }) => text!(
            "Bản ghi này phát ở mọi cụm loa khi báo động thật «{vi}». Cần nói: có chuyện gì, ở đâu, bà con phải làm gì ngay, đi đâu, gọi số nào.",
            "Every zone hears it in a real alarm \"{en}\". Say what happens, where, what people do at once, where they go, and whom they call."
        ),
        EmergencyRole::DrillOf(Preset { title: Text { vi, en }, .. }) => text!(
            "Bản ghi này phát khi diễn tập «{vi}», giữa hai lần nói rõ đây là diễn tập.",
            "It is heard in a drill of \"{en}\", between the words that say that it is a drill."
        ),
        EmergencyRole::Correction => text!(
            "Bản ghi này phát khi một báo động là nhầm. Cần nói: báo động vừa rồi là nhầm, không có nguy hiểm, bà con yên tâm.",
            "It is heard when an alarm was a mistake. Say that it was one, and that there is no danger."
        ),
        EmergencyRole::Lifted => text!(
            "Bản ghi này phát khi hết nguy hiểm. Cần nói: đã hết báo động, bà con trở lại bình thường.",
            "It is heard when the danger is over. Say that it is, and that people may go back."
        ),
        EmergencyRole::Drill => text!(
            "Bản ghi này phát ở đầu và cuối mỗi buổi diễn tập. Cần nói: đây là diễn tập, không phải báo động thật.",
            "It begins and ends every drill. Say that this is a drill and no real alarm."
        ),
    };
    vec![what, how]
}

/// What is ticked by whoever means to replace.
pub(super) fn replaces() -> Text {
    text!("Thay bản ghi cùng tên (bản cũ được cất)", "Replace the sound of that name (the old one is kept)")
}

/// Choose or record, and hand in.
fn form(name: &str, is_new: bool, has_rivals: bool, is_taken: bool, lang: Lang) -> Markup {
    let say = |text: Text| text.get(lang).to_owned();
    let most = limit::FILE_BYTES;
    html! {
        form.hand #hand method="post" action="/sounds/upload" enctype="multipart/form-data" data-most=(most)
            data-sending=(say(text!("Đang gửi", "Sending")))
            data-lost=(say(text!("Mất mạng, đã nhận %. Có mạng lại thì gửi tiếp từ chỗ này.", "The line is lost, % received. It goes on from there when the line is back.")))
            data-done=(say(text!("Máy đã nhận đủ. Có thể tắt điện thoại.", "Received. The phone may be switched off.")))
            data-none=(say(text!("Xin ghi âm hoặc chọn tệp ghi âm trước.", "Record, or choose a recording first.")))
            data-recording=(say(text!("Đang ghi", "Recording")))
            data-again=(say(text!("Ghi lại", "Record again")))
            data-refused=(say(text!("Điện thoại không cho trang này dùng micrô. Xin cho phép, hoặc chọn tệp ghi âm.", "The phone does not let this page use the microphone. Allow it, or choose a recording.")))
            data-large=(UploadError::large().get(lang)) {
            @if is_new {
                label { (text!("Tên bản ghi", "Name of the sound").get(lang))
                    input name="sound" value=(name) maxlength="80" placeholder=(text!("lịch tiêm chủng", "vaccination").get(lang)); }
                p.hint { (text!(
                    "Để trống thì lấy tên của tệp. Tên chỉ giữ chữ và số; hình và dấu lạ thành gạch nối.",
                    "Leave it empty to call it after the file. A name keeps letters and digits; pictures and odd signs become a hyphen."
                ).get(lang)) }
            } @else {
                input type="hidden" name="sound" value=(name);
            }
            @if has_rivals {
                input type="hidden" name="replace" value="1";
            } @else {
                // The script shows it where the station has asked.
                label.tick #replace hidden[!is_taken] { input type="checkbox" name="replace" value="1"; " " (replaces().get(lang)) }
            }
            div.record #record hidden {
                button.big type="button" data-does="record" { (text!("Ghi âm", "Record").get(lang)) }
                button.big type="button" data-does="enough" hidden { (text!("Ghi xong", "Enough").get(lang)) }
                p.hint #clock role="status" {}
            }
            p.hint #nomic { (text!(
                "Ghi âm thẳng trên trang cần kết nối mã hóa (https). Ở đây xin ghi bằng máy ghi âm của điện thoại rồi chọn tệp; iPhone: lưu bản ghi vào Tệp trước.",
                "Recording in the page needs an encrypted line (https). Here, record with the phone's own recorder and choose the file; iPhone: save the recording to Files first."
            ).get(lang)) }
            // The box itself would speak the browser's language: it lies under a button of ours, and its name is told below.
            div.file {
                input #file type="file" name="file" accept=(ACCEPT) required aria-describedby="chosen";
                label.button.big for="file" { (text!("Chọn tệp ghi âm", "Choose a recording").get(lang)) }
            }
            p.chosen #chosen role="status" {}
            audio #heard controls hidden {}
            @let most = figure::bytes(most);
            p.hint { (text!(most = most; "Tệp ghi âm hay video, đến {most}, dài đến 4 giờ.", "Sound or video, up to {most}, four hours at most.").get(lang)) }
            div #progress hidden { progress max="100" value="0" {} p role="status" aria-live="polite" {} }
            button.main.big { (text!("Nộp bản ghi", "Hand in").get(lang)) }
        }
    }
}
