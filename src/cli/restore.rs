//! `loa restore`: a station set up again from a backup, in an empty place. What is damaged or foreign is not unpacked.

use std::io::BufReader;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::page::Page;
use super::{Context, Exit, Failure, backup as made};
use crate::backup::{self, List};
use crate::clock::Clock;
use crate::diag::{plain, text};
use crate::fact::{Entry, EntryKind};
use crate::journal::Journal;
use crate::reason::Reason;
use crate::site::Site;
use crate::station::Approval;

/// `loa restore`.
#[derive(Args, Debug)]
pub(super) struct RestoreArgs {
    /// Tệp sao lưu. | The backup.
    #[arg(value_name = "F.tar")]
    file: PathBuf,
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    backup::is_free(&context.dir).map_err(Failure::from)?;
    let list = made::looked(&args.file)?;
    backup::has_room(&list, &context.dir, made::SPARE).map_err(Failure::from)?;
    let file = made::open(&args.file)?;
    backup::unpack(BufReader::new(file), &context.dir, &made::OWNERS).map_err(Failure::from)?;
    note(context, clock, &list)?;
    let shown = context.dir.display().to_string();
    if context.json {
        let journal = list.journal.as_ref().map(|head| json!({ "row": head.row, "hash": head.hash }));
        let said = json!({ "dir": shown, "station": list.station, "made": list.made, "files": list.files.len(), "journal": journal });
        Page::data(format_args!("{said}\n"));
        return Ok(ExitCode::SUCCESS);
    }
    let (station, when, count) = (plain(&list.station), plain(&list.made), list.files.len());
    let dir = plain(&shown);
    let said = text!(
        "Đã dựng lại «{station}» ở {dir} từ bản sao lưu lúc {when}: {count} tệp.\nXem còn thiếu gì ở máy này: loa --dir {dir} doctor\nMáy cũ nếu còn thì đừng cho chạy nữa: hai máy cùng ghi tiếp một nhật ký thì không còn biết dòng nào là thật.",
        "Set up \"{station}\" in {dir} again, from the backup made at {when}: {count} files.\nWhat this machine still lacks: loa --dir {dir} doctor\nIf the old machine is still there, do not let it run: where two go on with one journal, nobody knows which rows are true."
    );
    Page::line(said.get(context.lang));
    if crate::disk::station::load(&context.dir).0.approval == Approval::Required {
        let said = text!(
            "Đài này đòi phê duyệt: mọi mục phải được duyệt lại rồi mới phát (loa approve).",
            "This station asks for approval: every broadcast has to be approved again before it sounds (loa approve)."
        );
        Page::line(said.get(context.lang));
    }
    Ok(ExitCode::SUCCESS)
}

/// The journal says itself that it goes on from a copy: whoever reads it, and whoever holds a row that came later, sees why.
fn note(context: &Context, clock: &dyn Clock, list: &List) -> Result<(), Failure> {
    let path = Site::new(&context.dir).journal();
    if list.journal.is_none() || !path.exists() {
        return Ok(());
    }
    let now = clock.wall();
    let tz = crate::disk::station::load(&context.dir).0.timezone;
    let head = list.journal.as_ref().map_or_else(String::new, |head| format!(": head {} {}", head.row, head.hash));
    let entry = Entry {
        kind: EntryKind::Note,
        written: now,
        title: "đài được dựng lại từ bản sao lưu".to_owned(),
        reason: Some(Reason::StationRestored(format!("{}{head}", list.made))),
        ..Entry::default()
    };
    let written = Journal::open(&path, now, &tz).and_then(|mut opened| opened.journal.note(&entry));
    written.map(drop).map_err(|error| {
        let crate::diag::Text { vi, en } = error.text();
        Failure::new(
            Exit::Io,
            text!(
                "đài đã được dựng lại, nhưng không ghi được điều ấy vào nhật ký: {vi}",
                "the station was set up again, but that could not be noted in its journal: {en}"
            ),
        )
    })
}
