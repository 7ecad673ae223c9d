//! A recording that is whole goes the way of every sound: `loa load`, a process of its own, measures it, judges it and
//! puts it into `audio/`. Here it is started, waited for, and what it says is kept for the one who handed it in.

use std::ffi::OsString;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::child::{self, Ended};
use super::handed::Handed;
use super::note::{HandState, Note};
use super::refusal::{UploadError, bad_name};
use crate::app::App;
use crate::diag::{Lang, Text, text};
use crate::site;

/// Four hours of sound take the slowest machine a quarter of an hour.
const PATIENCE: Duration = Duration::from_mins(20);

/// Besides its bytes, what a sound needs in `audio/`: its picture, what is remembered of it.
const LEFT_LEAST: u64 = 1 << 20;

/// What `loa load` says of a file.
#[derive(Deserialize)]
struct Said {
    file: Option<String>,
    verdict: String,
    sha256: Option<String>,
    reason: Option<Reason>,
    #[serde(default)]
    warnings: Vec<Better>,
}

#[derive(Deserialize)]
struct Reason {
    code: String,
    message: String,
}

#[derive(Deserialize)]
struct Better {
    code: String,
    message: String,
    help: Option<String>,
}

/// The words that call this very program for the station of `app`, in `lang`.
pub(crate) fn own_words(app: &App, lang: Lang) -> std::io::Result<Vec<OsString>> {
    let own = std::env::current_exe()?;
    let lang = if lang == Lang::En { "en" } else { "vi" };
    Ok(vec![own.into(), "--dir".into(), app.dir().into(), "--lang".into(), lang.into(), "--json".into()])
}

/// Begin to take in the recording `id`, all of which has come; it goes on when the page is left. Begun once, however often
/// it is asked for.
pub(crate) fn begin(app: &App, id: String, mut note: Note) -> Result<(), UploadError> {
    note.state = HandState::Taking;
    if !app.uploads().claim(&id, &note)? {
        return Ok(());
    }
    let app = app.clone();
    tokio::spawn(async move {
        // Where the station cannot put it away now it waits as it is: all of it has come, and its owner is told.
        if let Some(state) = take(&app, &id, &note).await {
            note.state = state;
            // What cannot be written down is taken in again when the console is started again, and found to be there.
            let _ = app.uploads().keep(&id, &note);
            app.uploads().drop_bytes(&id);
        }
        app.uploads().release(&id);
        app.look_again();
    });
    Ok(())
}

/// What was left when the console ended: taken in now.
pub(crate) fn go_on(app: &App) {
    for (id, note, has) in app.uploads().all() {
        let is_whole = has == note.length && matches!(note.state, HandState::Receiving);
        if is_whole || matches!(note.state, HandState::Taking) {
            // One that cannot be begun now is begun at the next start.
            let _ = begin(app, id, note);
        }
    }
}

/// What becomes of it; none where the station cannot put it away now, which is no fault of the recording.
async fn take(app: &App, id: &str, note: &Note) -> Option<HandState> {
    let mut words = own_words(app, note.lang()).ok()?;
    words.extend(["load".into(), app.uploads().path(id).into()]);
    words.push(format!("--as={}", note.sound).into());
    words.extend(note.replace.then(|| "--replace".into()));
    let _alone = app.uploads().children().acquire().await.ok()?;
    let has_no_room = || site::room(&app.site().audio()).is_some_and(|left| left < note.length + LEFT_LEAST);
    let (said, is_whole) = match child::run(&words, &[], PATIENCE).await {
        Ended::Itself { said, is_whole, .. } => (said, is_whole),
        Ended::Late => return Some(failed(note, &late())),
        Ended::NotStarted(_) => return None,
    };
    let rows = serde_json::from_slice::<Vec<Value>>(&said).ok();
    let row = rows.and_then(|mut rows| rows.pop()).and_then(|row| serde_json::from_value::<Said>(row).ok());
    Some(match row {
        Some(Said { file: Some(file), verdict, sha256, warnings, .. }) if verdict != "refused" => {
            app.uploads().was_handed_in(Handed {
                file: file.clone(),
                sha256: sha256.unwrap_or_default(),
                by: note.by,
                person: note.person.clone(),
                token: note.token.clone(),
                at: app.clock().wall().timestamp().as_second(),
                spoken: note.spoken,
            });
            let warnings = warnings.into_iter().map(|one| better(one, note.lang())).collect();
            HandState::Taken { file, warnings }
        }
        // What lies in the intake is the station's own copy: where that cannot be read, its disk is at fault.
        Some(Said { reason: Some(Reason { code, .. }), .. }) if code == "unreadable" && !is_readable(app, id).await => {
            return None;
        }
        Some(Said { reason: Some(Reason { code, message }), .. }) => {
            let why = plainly(&code).map_or(message, |why| why.get(note.lang()).to_owned());
            HandState::Refused { code, why }
        }
        // It judged the recording, or fell over it, else: what it says nothing of is the place where it writes.
        _ if is_whole || has_no_room() => return None,
        _ => failed(note, &fell()),
    })
}

/// Whether the bytes that have come can be read to their end.
async fn is_readable(app: &App, id: &str) -> bool {
    let path = app.uploads().path(id);
    let read = tokio::task::spawn_blocking(move || {
        let mut file = site::open_here(&path).ok()?;
        std::io::copy(&mut file, &mut std::io::sink()).ok()
    });
    read.await.is_ok_and(|read| read.is_some())
}

/// What is in the way of a recording that waits, as far as it can be seen from here.
pub(crate) fn hindrance(app: &App, note: &Note) -> Text {
    match app.site().room() {
        Some(left) if left.read_only => text!(
            "kho bản ghi (thư mục audio) đang ở chế độ chỉ đọc",
            "the place of the sounds (audio/) can only be read"
        ),
        Some(left) if left.bytes < note.length + LEFT_LEAST => {
            text!("ổ đĩa của kho bản ghi (thư mục audio) đầy", "the disk of the sounds (audio/) is full")
        }
        _ => text!(
            "máy không ghi được vào kho bản ghi (thư mục audio)",
            "the station cannot write into the place of the sounds (audio/)"
        ),
    }
}

/// The page's own words for what happens most: the cures of the command line, and what is said of a file that lies in
/// `audio/` already, help nobody here.
fn plainly(code: &str) -> Option<Text> {
    Some(match code {
        "name_taken" => taken(),
        "bad_name" => bad_name(),
        "silent" => text!("Bản ghi không có tiếng. Xin ghi lại", "The recording is silent. Record it again"),
        "not_audio" => text!(
            "Tệp này không phải âm thanh máy đọc được. Xin chọn đúng tệp ghi âm (MP3, M4A, WAV), hoặc ghi lại",
            "This is no sound that the station can read. Choose the recording itself (MP3, M4A, WAV), or record it again"
        ),
        "truncated" => text!(
            "Bản ghi bị cụt ở cuối, có lẽ điện thoại chưa ghi xong tệp. Xin mở nghe lại trên điện thoại; nếu thiếu thì ghi lại rồi nộp",
            "The recording is cut off at its end; the phone may not have finished the file. Listen to it on the phone; if something is missing, record it again and hand that in"
        ),
        _ => return None,
    })
}

/// What could be better, as a hamlet head reads it.
fn better(one: Better, lang: Lang) -> (String, String) {
    let (what, how) = match one.code.as_str() {
        "sound_quiet" => (
            text!("Tiếng nhỏ quá", "Too soft"),
            text!(
                "Xin để điện thoại cách miệng một gang tay rồi ghi lại",
                "Hold the phone a hand's width from the mouth, and record it again"
            ),
        ),
        "sound_clipped" => (
            text!("Tiếng bị vỡ", "The sound breaks up"),
            text!("Xin nói xa máy hơn một chút", "Speak a little further from the phone"),
        ),
        "sound_unfinished" => (
            text!(
                "Tệp không có phần kết: có thể thiếu những lời cuối",
                "The file has no end: its last words may be missing"
            ),
            text!(
                "Xin nghe lại đoạn cuối; nếu thiếu thì ghi lại rồi nộp",
                "Listen to its end; if something is missing, record it again"
            ),
        ),
        _ => return (one.message, one.help.unwrap_or_default()),
    };
    (what.get(lang).to_owned(), how.get(lang).to_owned())
}

fn failed(note: &Note, why: &Text) -> HandState {
    HandState::Refused { code: "not_taken".to_owned(), why: why.get(note.lang()).to_owned() }
}

fn taken() -> Text {
    text!(
        "Trong kho đã có bản ghi tên này, nội dung khác. Xin đặt tên khác, hoặc mở bản ghi ấy rồi chọn thay",
        "There is another sound of this name. Give another name, or open that sound and replace it"
    )
}

fn late() -> Text {
    text!(
        "Máy nghe bản ghi này quá lâu nên đã dừng. Xin ghi ngắn hơn, hoặc chọn tệp mp3, m4a",
        "Listening to this recording took too long and was stopped. Record a shorter one, or choose an mp3 or m4a"
    )
}

fn fell() -> Text {
    text!(
        "Máy không đọc được tệp này: tệp hỏng hoặc không phải âm thanh. Xin chọn tệp khác hoặc ghi lại",
        "The station cannot read this file: it is damaged, or no sound. Choose another, or record it again"
    )
}
