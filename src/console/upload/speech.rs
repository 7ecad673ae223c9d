//! A text read by a machine: the program that `loa.toml` names (or espeak-ng, where it is installed) gets the text on its
//! standard input and writes a file. No shell; the file is new, and what is in it goes the way of every recording.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::Uploads;
use super::child::{self, Ended};
use super::note::{HandState, Note};
use super::refusal::UploadError;
use super::spoken::written_out;
use crate::app::App;
use crate::audio::limit;
use crate::diag::{Text, shown, text};
use crate::station::Station;

/// Letters of a text: a quarter of an hour of speech.
pub(crate) const LETTERS_MOST: usize = 10_000;

/// The slowest voices take a tenth of what they say.
const PATIENCE: Duration = Duration::from_mins(3);

/// What stands for the file that is to be written.
const OUT: &str = "{out}";

/// Where it is installed, a machine reads with this.
const OWN: [&str; 7] = ["/usr/bin/espeak-ng", "-v", "vi", "-s", "120", "-w", OUT];

/// The words of the program that reads; none where there is none.
pub(crate) fn command(station: &Station) -> Option<Vec<String>> {
    let own = || Path::new(OWN[0]).is_file().then(|| OWN.map(str::to_owned).to_vec());
    station.speech.clone().or_else(own)
}

/// Have `text` read: a recording of this person's that he must hear before he hands it in.
pub(crate) async fn read(app: &App, mut note: Note, text: &str) -> Result<String, UploadError> {
    let Some(words) = command(&app.station()) else { return Err(UploadError::Asks(no_program())) };
    let said = written_out(text, &app.station().speech_words);
    if !said.chars().any(char::is_alphanumeric) {
        return Err(UploadError::Asks(text!("Xin nhập lời cần đọc.", "Write what is to be read.")));
    }
    if said.chars().count() > LETTERS_MOST * 2 || text.chars().count() > LETTERS_MOST {
        return Err(UploadError::Asks(text!(
            "Lời quá dài: máy đọc nhiều nhất {LETTERS_MOST} chữ cái một lần. Xin chia làm nhiều bản ghi.",
            "The text is too long: {LETTERS_MOST} letters at a time. Make several recordings of it."
        )));
    }
    (note.state, note.spoken, note.length) = (HandState::Unheard, true, limit::FILE_BYTES / 16);
    let uploads = app.uploads();
    let id = uploads.begin(&note, app.clock().wall())?;
    let made = speak(app, &words, &uploads.path(&id), &said).await;
    match made.and_then(|()| finish(uploads, &id, &mut note)) {
        Ok(()) => Ok(id),
        Err(refusal) => {
            uploads.forget(&id);
            Err(refusal)
        }
    }
}

async fn speak(app: &App, words: &[String], out: &Path, said: &str) -> Result<(), UploadError> {
    let words: Vec<OsString> = words.iter().map(|word| with_out(word, out)).collect();
    let Ok(_alone) = app.uploads().children().acquire().await else { return Err(UploadError::Unclear) };
    match child::run(&words, said.as_bytes(), PATIENCE).await {
        Ended::Itself { is_well: true, .. } => Ok(()),
        Ended::Itself { complaint, .. } => Err(UploadError::Asks(failed(&complaint))),
        Ended::Late => Err(UploadError::Asks(text!(
            "Chương trình đọc chạy quá lâu nên đã dừng. Xin thử lời ngắn hơn.",
            "The reading program took too long and was stopped. Try a shorter text."
        ))),
        Ended::NotStarted(why) => Err(UploadError::Asks(failed(&why))),
    }
}

/// Its words, with the file's name where it is to be.
fn with_out(word: &str, out: &Path) -> OsString {
    let mut parts = word.split(OUT);
    let mut whole = OsString::from(parts.next().unwrap_or_default());
    for part in parts {
        whole.push(out);
        whole.push(part);
    }
    whole
}

fn finish(uploads: &Uploads, id: &str, note: &mut Note) -> Result<(), UploadError> {
    let (_, has) = uploads.find(id, note.by)?;
    if has == 0 {
        return Err(UploadError::Asks(failed("")));
    }
    if has > limit::FILE_BYTES {
        return Err(UploadError::TooLarge(has));
    }
    note.length = has;
    uploads.keep(id, note)
}

fn failed(complaint: &str) -> Text {
    let complaint = shown(complaint.lines().next().unwrap_or_default());
    if complaint.is_empty() {
        return text!(
            "Chương trình đọc không đọc được. Xin báo người quản trị xem [speech] trong loa.toml.",
            "The reading program failed. Tell the administrator to look at [speech] in loa.toml."
        );
    }
    text!(
        "Chương trình đọc không đọc được («{complaint}»). Xin báo người quản trị xem [speech] trong loa.toml.",
        "The reading program failed (\"{complaint}\"). Tell the administrator to look at [speech] in loa.toml."
    )
}

/// Nothing reads here.
pub(crate) fn no_program() -> Text {
    text!(
        "Đài chưa có chương trình đọc. Người quản trị ghi vào loa.toml, mục [speech], dòng command (xem docs/speech.md)",
        "The station has no reading program. The administrator names one in loa.toml, [speech] command (see docs/speech.md)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_stands_where_the_words_say_so_and_is_one_word() {
        let out = Path::new("/tmp/a b; rm");
        assert_eq!(with_out("{out}", out), "/tmp/a b; rm");
        assert_eq!(with_out("--file={out}", out), "--file=/tmp/a b; rm");
        assert_eq!(with_out("-s", out), "-s");
    }
}
