//! `loa backup`: all that the station needs to go on elsewhere, in one file, while it runs; and a look whether such a
//! file is whole.

use std::io::{BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::destination::{Destination, Product};
use super::page::Page;
use super::{Context, Exit, Failure, account, files};
use crate::backup::{self, BackupError, LeftBehind, List, Owners};
use crate::clock::Clock;
use crate::diag::figure::{self, bytes};
use crate::diag::{Text, plain, text};
use crate::journal::seal;
use crate::site::{Folder, Site, room};

/// Left free on the disk that a backup goes to, and that one is set up on: what else is written there meanwhile.
pub(super) const SPARE: u64 = 16 << 20;

/// `loa backup`.
#[derive(Args, Debug)]
pub(super) struct BackupArgs {
    /// Tệp sao lưu. | The backup.
    #[arg(value_name = "F.tar")]
    file: PathBuf,
    /// Chỉ đọc lại tệp ấy: còn nguyên không, có gì. | Only read it: whether it is whole, and what it holds.
    #[arg(long)]
    verify: bool,
}

/// The accounts of this machine.
pub(super) const OWNERS: Owners = Owners {
    account_name: account::name,
    group_name: account::group_name,
    account: |name| account::find(name).map(|account| account.uid),
    group: account::group,
};

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &BackupArgs) -> anyhow::Result<ExitCode> {
    if args.verify {
        let list = looked(&args.file)?;
        say(context, &args.file, &list, None);
        return Ok(ExitCode::SUCCESS);
    }
    files::is_station(context)?;
    let site = Site::new(&context.dir);
    let destination = Destination::new(site.dir(), &args.file, Product::Backup)?;
    let above = args.file.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let station = crate::disk::station::load(&context.dir).0;
    // Keys and certificates lie where somebody put them.
    let named = station.named_files();
    let needed = backup::size(&site, &named).map_err(Failure::from)?;
    if let Some(left) = room(above).filter(|left| *left < needed + SPARE) {
        return Err(Failure::from(BackupError::NoRoom { needed: needed + SPARE, left }).into());
    }
    let beside = Folder::open(above).map_err(|error| destination.failure(&error))?;
    let made = clock.wall().rfc3339(&station.timezone);
    // Hashes of passwords are in it.
    let mut draft = destination.closed_draft()?;
    let mut out = BufWriter::new(draft.file());
    let packed =
        backup::pack(&site, &mut out, &beside, &OWNERS, (&station.name, &made), &named).map_err(Failure::from)?;
    drop(out);
    // A backup that nobody has read is none.
    let written = draft
        .reread()
        .map_err(|refused| BackupError::Archive(std::io::Error::other(refused)))
        .map_err(Failure::from)?;
    let list = backup::look(BufReader::new(written)).map_err(Failure::from)?;
    draft.place().map_err(|error| destination.failure(&error))?;
    say(context, &args.file, &list, Some(&packed.left));
    Ok(ExitCode::SUCCESS)
}

/// What a backup says of itself, once all of it was read and compared.
pub(super) fn looked(file: &Path) -> Result<List, Failure> {
    backup::look(BufReader::new(open(file)?)).map_err(Failure::from)
}

/// The file that somebody named.
pub(super) fn open(file: &Path) -> Result<impl Read, Failure> {
    crate::site::open(file).map_err(|refused| {
        let (shown, Text { vi, en }) = (file.to_string_lossy(), refused.text());
        let shown = plain(&shown);
        let exit = if refused.is_forbidden() { Exit::Permission } else { Exit::Io };
        Failure::new(exit, text!("không đọc được «{shown}»: {vi}", "cannot read \"{shown}\": {en}"))
    })
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        use BackupError::{Archive, Damaged, Foreign, NoBackup, Taken, Unplaced, Unread};
        use std::io::ErrorKind::PermissionDenied;
        let exit = match &error {
            Unread(_, why) | Unplaced(_, why) | Archive(why) if why.kind() == PermissionDenied => Exit::Permission,
            NoBackup | Damaged(_) | Foreign(_) => Exit::Findings,
            Taken(_) => Exit::Usage,
            _ => Exit::Io,
        };
        Self::new(exit, error.text())
    }
}

fn say(context: &Context, file: &Path, list: &List, left: Option<&LeftBehind>) {
    let (shown, count) = (file.to_string_lossy(), list.files.len());
    if context.json {
        let names =
            |paths: &[PathBuf]| paths.iter().map(|path| path.to_string_lossy().into_owned()).collect::<Vec<_>>();
        let journal = list.journal.as_ref().map(|head| json!({ "row": head.row, "hash": head.hash }));
        let said = json!({
            "file": shown, "station": list.station, "made": list.made, "files": count, "bytes": list.bytes(),
            "journal": journal,
            "left": left.map_or_else(Vec::new, |left| names(&left.other)),
            "damaged": left.map_or_else(Vec::new, |left| names(&left.damaged)),
            "elsewhere": left.map_or_else(Vec::new, |left| names(&left.elsewhere)),
        });
        return Page::data(format_args!("{said}\n"));
    }
    let lang = context.lang;
    let (size, station, shown) = (bytes(list.bytes()), plain(&list.station), plain(&shown));
    let (vi, en, files) = (size.vi, size.en, figure::count(count, "file"));
    let said = if left.is_some() {
        text!(
            "Đã sao lưu «{station}» vào {shown}: {count} tệp, {vi}. Đã đọc lại: nguyên vẹn.",
            "Backed up \"{station}\" into {shown}: {files}, {en}. Read again: whole."
        )
    } else {
        let made = plain(&list.made);
        text!(
            "{shown} nguyên vẹn: bản sao lưu của «{station}» lúc {made}, {count} tệp, {vi}.",
            "{shown} is whole: a backup of \"{station}\" made at {made}, {files}, {en}."
        )
    };
    Page::line(said.get(lang));
    if let Some(head) = &list.journal {
        let end = seal(head.row, &head.hash);
        Page::line(text!("Nhật ký đến dòng {end}.", "The journal ends with row {end}.").get(lang));
    }
    for path in left.iter().flat_map(|left| &left.other) {
        let path = path.to_string_lossy();
        let path = plain(&path);
        Page::line(
            text!(
                "Không lấy {path}: không phải tệp thường, hay là liên kết dẫn ra ngoài.",
                "Left out {path}: no ordinary file, or a link that leads out."
            )
            .get(lang),
        );
    }
    for path in left.iter().flat_map(|left| &left.elsewhere) {
        let path = path.to_string_lossy();
        let path = plain(&path);
        Page::line(
            text!(
                "KHÔNG có trong đó: {path}, mà loa.toml cần; tệp ấy không nằm ngay trong thư mục của đài, xin chép riêng.",
                "NOT in it: {path}, which loa.toml needs; it does not lie at the top of the station: copy it by itself."
            )
            .get(lang),
        );
    }
    for path in left.iter().flat_map(|left| &left.damaged) {
        let path = path.to_string_lossy();
        let path = plain(&path);
        Page::line(
            text!("{path} bị hỏng, được lấy nguyên như nó đang có.", "{path} is damaged and was taken as it is.")
                .get(lang),
        );
    }
    if list.files.iter().any(|file| is_secret(&file.name)) {
        Page::line(
            text!(
                "Trong đó có mật khẩu đã băm và khóa của trang: xin cất như cất chìa khóa.",
                "It holds hashes of passwords and the page's keys: keep it as one keeps keys."
            )
            .get(lang),
        );
    }
}

fn is_secret(name: &str) -> bool {
    let name = Path::new(name);
    name.ends_with("console.db")
        || name.components().any(|step| step.as_os_str() == "cert")
        || name.extension().is_some_and(|ending| ["key", "creds", "seed"].iter().any(|known| ending == *known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_person_and_one_of_the_disk_end_differently() {
        let exit = |error| Failure::from(error).exit();
        assert_eq!(exit(BackupError::NoBackup), Exit::Findings);
        assert_eq!(exit(BackupError::Taken("x".into())), Exit::Usage);
        assert_eq!(exit(BackupError::Archive(std::io::ErrorKind::StorageFull.into())), Exit::Io);
        assert_eq!(
            exit(BackupError::Unread("x".into(), std::io::ErrorKind::PermissionDenied.into())),
            Exit::Permission
        );
    }
}
