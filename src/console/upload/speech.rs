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
use crate::diag::figure::{bytes, length};
use crate::diag::{Text, foreign, shown, text};
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
    // A program that writes more than may be is ended in it.
    let is_large = || uploads.find(&id, note.by).is_ok_and(|(_, has)| has > limit::FILE_BYTES);
    let made = made.map_err(|refusal| if is_large() { too_large() } else { refusal });
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
        Ended::Itself { complaint, ending, .. } => Err(failed(&with_complaint(ending, &complaint))),
        Ended::Late => Err(UploadError::Asks(text!(
            most = length(PATIENCE);
            "Chương trình đọc chạy quá {most} nên đã dừng. Xin thử lời ngắn hơn.",
            "The reading program took over {most} and was stopped. Try a shorter text."
        ))),
        Ended::NotStarted(Text { vi, en }) => {
            let name = shown(&words.first().map(|name| name.to_string_lossy()).unwrap_or_default());
            Err(failed(&text!("không chạy được {name}: {vi}", "{name} cannot be started: {en}")))
        }
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
        return Err(failed(&text!("chạy xong mà không ghi gì ra {OUT}", "it ended, and wrote nothing to {OUT}")));
    }
    if has > limit::FILE_BYTES {
        return Err(too_large());
    }
    note.length = has;
    uploads.keep(id, note)
}

/// Why the program failed, for whoever wanted it to read.
fn failed(Text { vi, en }: &Text) -> UploadError {
    UploadError::Asks(text!(
        "Chương trình đọc không đọc được: {vi}. Xin báo người quản trị xem [speech] trong loa.toml.",
        "The reading program failed: {en}. Tell the administrator to look at [speech] in loa.toml."
    ))
}

/// How it ended, and the last line of what it said: the error stands there, behind what it tells of its work.
fn with_complaint(ending: Text, complaint: &str) -> Text {
    let Some(last) = complaint.lines().rev().find(|line| !line.trim().is_empty()) else { return ending };
    let (Text { vi, en }, said) = (ending, foreign(&shown(last.trim())));
    text!(said = said; "{vi}, {said}", "{en}, {said}")
}

fn too_large() -> UploadError {
    UploadError::Asks(text!(
        most = bytes(limit::FILE_BYTES);
        "Chương trình đọc ghi ra tệp nặng hơn {most}, là mức đài nhận. Xin thử lời ngắn hơn.",
        "The reading program wrote a file of more than {most}, which is the most that is taken. Try a shorter text."
    ))
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

    #[test]
    fn how_it_ended_and_the_last_line_that_it_said_reach_the_person() {
        let exit = || crate::diag::ending(Some(1), None);
        let said = |complaint: &str| with_complaint(exit(), complaint).vi;
        assert_eq!(said("INFO: x\nError: voice xa missing.\n\n"), "mã thoát 1, máy báo: «Error: voice xa missing»");
        assert_eq!(said(" \n"), "mã thoát 1");
        assert!(said(&"x".repeat(4_000)).chars().count() < 120);
        let UploadError::Asks(whole) = failed(&exit()) else { panic!("it asks for something else") };
        assert!(whole.vi.contains("không đọc được: mã thoát 1. Xin báo"), "{whole:?}");
    }
}
