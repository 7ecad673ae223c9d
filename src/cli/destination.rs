use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Exit, Failure};
use crate::diag::{Text, plain, system, text};
use crate::site::{Draft, Folder, ReadRefused, Site};
use crate::station::is_loas_wav;

/// So much of a file that is there already tells what it is. A drawing program writes its notices first.
const HEAD: u64 = 4096;

/// What a command writes where a person says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Product {
    /// What `loa backup` writes.
    Backup,
    /// `--xlsx`
    Workbook,
    /// `--svg`
    Picture,
    /// `--html`
    Paper,
    /// `--docx`
    Document,
    /// `--csv`
    Table,
    /// `--out`
    Sound,
}

/// A file that a person named for a command to write, looked at before anything is written: it is none of the
/// station's own, no link, nothing but an ordinary file, and what is there already is of the same kind.
#[derive(Debug)]
pub(super) struct Destination {
    folder: Folder,
    path: PathBuf,
    name: PathBuf,
}

impl Product {
    const fn option(self) -> &'static str {
        match self {
            Self::Backup => "loa backup",
            Self::Workbook => "--xlsx",
            Self::Picture => "--svg",
            Self::Paper => "--html",
            Self::Document => "--docx",
            Self::Table => "--csv",
            Self::Sound => "--out",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Backup => "tar",
            Self::Workbook => "xlsx",
            Self::Picture => "svg",
            Self::Paper => "html",
            Self::Document => "docx",
            Self::Table => "csv",
            Self::Sound => "wav",
        }
    }

    /// Whether a file that begins so may be written over. An empty one holds nothing that could be lost.
    fn is_begun_by(self, head: &[u8]) -> bool {
        let text = head.trim_ascii_start();
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
        head.is_empty()
            || match self {
                Self::Workbook | Self::Document => head.starts_with(b"PK\x03\x04"),
                // A page, and no picture.
                Self::Paper => text.starts_with(b"<!DOCTYPE html"),
                // A byte-order mark, as loa writes it; a table of somebody else's may lack it.
                Self::Table => head.starts_with(b"\xef\xbb\xbf"),
                Self::Backup => head.get(257..262) == Some(b"ustar") && is_part(head),
                Self::Picture => text.starts_with(b"<") && text.windows(4).any(|word| word == b"<svg"),
                Self::Sound => is_loas_wav(head),
            }
    }

    fn wrong_ending(self, path: &Path) -> Text {
        let (option, ending, shown) = (self.option(), self.ending(), path.to_string_lossy());
        let better = path.with_extension(ending);
        let (shown, better) = (plain(&shown).into_owned(), better.to_string_lossy());
        let better = plain(&better);
        match self {
            Self::Sound => text!(
                "loa chỉ ghi tệp WAV: thay cho «{shown}», hãy viết {option} \"{better}\"; cần loại khác thì đổi tệp WAV ấy bằng chương trình khác",
                "loa writes WAV files only: in place of \"{shown}\" write {option} \"{better}\"; for another kind, convert that file with another program"
            ),
            _ => text!(
                "tên tệp phải có đuôi .{ending}: thay cho «{shown}», hãy viết {option} \"{better}\"",
                "the name must end in .{ending}: in place of \"{shown}\" write {option} \"{better}\""
            ),
        }
    }

    fn taken(self, shown: &str) -> Text {
        match self {
            Self::Backup => text!(
                "«{shown}» đã có sẵn và không phải là bản sao lưu của loa, nên không ghi đè: hãy đặt tên khác",
                "\"{shown}\" is there already and is no backup made by loa, so it is not written over: choose another name"
            ),
            Self::Workbook => text!(
                "«{shown}» đã có sẵn và không phải là tệp Excel, nên không ghi đè: hãy đặt tên khác",
                "\"{shown}\" is there already and is no workbook, so it is not written over: choose another name"
            ),
            Self::Paper | Self::Document | Self::Table => {
                let kind = self.ending();
                text!(
                    "«{shown}» đã có sẵn và không phải là tệp {kind}, nên không ghi đè: hãy đặt tên khác",
                    "\"{shown}\" is there already and is no {kind} file, so it is not written over: choose another name"
                )
            }
            Self::Picture => text!(
                "«{shown}» đã có sẵn và không phải là bức vẽ SVG, nên không ghi đè: hãy đặt tên khác",
                "\"{shown}\" is there already and is no SVG picture, so it is not written over: choose another name"
            ),
            Self::Sound => text!(
                "«{shown}» đã có sẵn và không phải do loa ghi, nên không ghi đè: hãy đặt tên khác",
                "\"{shown}\" is there already and was not written by loa, so it is not written over: choose another name"
            ),
        }
    }
}

/// The first name of an archive that is a station.
fn is_part(head: &[u8]) -> bool {
    ["loa.toml", "schedules/"].iter().any(|name| head.starts_with(name.as_bytes()))
}

impl Destination {
    /// Look at `path`, where somebody at the station in `station` wants `product`.
    pub(super) fn new(station: &Path, path: &Path, product: Product) -> Result<Self, Failure> {
        let refused = |text| Failure::new(Exit::Usage, text);
        let shown = path.to_string_lossy();
        let shown = plain(&shown);
        let Some(name) = path.file_name() else { return Err(refused(not_written(path, &ReadRefused::Directory))) };
        let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Some(own) = own_place(&Site::new(station), above, Path::new(name)) {
            return Err(refused(text!(
                "{own} là của đài, không ghi «{shown}» vào đó được: hãy chọn tên tệp ở ngoài state/, audio/ và schedules/",
                "{own} is the station's own, and \"{shown}\" is not written there: choose a name outside of state/, audio/ and schedules/"
            )));
        }
        if !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(product.ending())) {
            return Err(refused(product.wrong_ending(path)));
        }
        let failed = |error| failure(path, &error);
        let folder = Folder::open(above).map_err(failed)?;
        let mut head = Vec::new();
        match folder.file(name) {
            Ok(file) => {
                file.take(HEAD).read_to_end(&mut head).map_err(failed)?;
                if !product.is_begun_by(&head) {
                    return Err(refused(product.taken(&shown)));
                }
            }
            Err(gone) if gone.is_absent() => {}
            Err(ReadRefused::Io(error)) => return Err(failed(error)),
            Err(other) => return Err(refused(not_written(path, &other))),
        }
        let name = PathBuf::from(name);
        Ok(Self { folder, path: path.to_owned(), name })
    }

    /// Begin the file beside its place; nothing has its name before [`Draft::place`].
    pub(super) fn draft(&self) -> Result<Draft<'_>, Failure> {
        self.folder.draft_of_a_person(&self.name).map_err(|error| self.failure(&error))
    }

    /// The same for what is to be kept as one keeps keys.
    pub(super) fn closed_draft(&self) -> Result<Draft<'_>, Failure> {
        self.folder.closed_draft(&self.name).map_err(|error| self.failure(&error))
    }

    /// Take away what is there, for a file that grows in its place: another name of the same file keeps its bytes.
    pub(super) fn clear(&self) -> Result<(), Failure> {
        self.folder.remove(&self.name).map_err(|error| self.failure(&error))
    }

    /// What to say where the file could not be written.
    pub(super) fn failure(&self, error: &io::Error) -> Failure {
        failure(&self.path, error)
    }
}

/// Which place of the station's own it is, if it is any, whichever way its name is written.
fn own_place(site: &Site, above: &Path, name: &Path) -> Option<&'static str> {
    let above = above.canonicalize().ok()?;
    let is = |own: PathBuf| own.canonicalize().is_ok_and(|own| above.starts_with(own));
    let is_at = |own: &Path| own.canonicalize().is_ok_and(|own| above == own);
    // The page has samples made there, for a moment each.
    if is(site.uploads()) {
        return None;
    }
    if is(site.state()) {
        Some("state/")
    } else if is(site.audio()) {
        Some("audio/")
    } else if is(site.schedules()) {
        Some("schedules/")
    } else if site.station().file_name() == Some(name.as_os_str()) && is_at(site.dir()) {
        Some("loa.toml")
    } else {
        None
    }
}

fn not_written(path: &Path, why: &ReadRefused) -> Text {
    let (shown, Text { vi, en }) = (path.to_string_lossy(), why.text());
    let shown = plain(&shown);
    text!("không ghi «{shown}»: {vi}; hãy đặt tên khác", "\"{shown}\" is not written: {en}; choose another name")
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    let shown = path.to_string_lossy();
    let shown = plain(&shown);
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            Failure::new(Exit::Permission, text!("không có quyền ghi «{shown}»", "no right to write \"{shown}\""))
        }
        _ => Failure::new(
            Exit::Io,
            text!(error = system(error); "không ghi được «{shown}»: {error}", "cannot write \"{shown}\": {error}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_over_by_its_own_kind_only() {
        let archive = |first: &str| {
            let mut head = vec![0; 512];
            head[..first.len()].copy_from_slice(first.as_bytes());
            head[257..262].copy_from_slice(b"ustar");
            head
        };
        assert!(Product::Backup.is_begun_by(&archive("loa.toml")));
        assert!(!Product::Backup.is_begun_by(&archive("photos/1.jpg")));
        let heads: [(&[u8], [bool; 3]); 7] = [
            (b"", [true; 3]),
            (b"PK\x03\x04\x14\0", [true, false, false]),
            (b"<svg xmlns", [false, true, false]),
            (b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- a -->\n<svg ", [false, true, false]),
            (b"<?xml version=\"1.0\"?><html/>", [false; 3]),
            (b"SQLite format 3\0", [false; 3]),
            (b"name = \"<svg\"", [false; 3]),
        ];
        for (head, expected) in heads {
            let found = [Product::Workbook, Product::Picture, Product::Sound].map(|one| one.is_begun_by(head));
            assert_eq!(found, expected, "{}", String::from_utf8_lossy(head));
        }
    }
}
