use std::path::PathBuf;

use super::change::Texts;
use super::entry::{FileEntry, seats};
use super::layout::FileLayout;
use super::{Digest, Refusal};
use crate::diag::document::{MAX_BYTES, decode};
use crate::diag::{Diagnostic, Text};
use crate::site::{Folder, ReadRefused, Site};

/// The directory of the schedules, as paths begin in messages.
const DIRECTORY: &str = "schedules";
/// Names that are looked at: ten times the files that are read.
const NAMES_MOST: usize = 10_000;

/// A file of `schedules/` as it is now.
#[derive(Clone, PartialEq, Debug)]
pub struct FileView {
    /// The file, relative to the station.
    pub file: String,
    /// Of its text: what a change hands back to learn what others changed meanwhile.
    pub digest: Digest,
    /// Its text.
    pub text: String,
    /// Its entries, in the order written; none where it is broken.
    pub entries: Vec<FileEntry>,
    /// What is wrong with its syntax: it is not written into.
    pub broken: Vec<Diagnostic>,
    /// Why it cannot be read at all: a link, no right.
    pub refused: Option<Text>,
}

/// In which way the text of a file is bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Coding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl Coding {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xff, 0xfe, ..] => Self::Utf16Le,
            [0xfe, 0xff, ..] => Self::Utf16Be,
            _ => Self::Utf8,
        }
    }

    /// The bytes of a text, as Notepad saved the file before.
    pub(super) fn bytes(self, text: &str) -> Vec<u8> {
        let units = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
        };
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16Le => units([0xff, 0xfe], u16::to_le_bytes),
            Self::Utf16Be => units([0xfe, 0xff], u16::to_be_bytes),
        }
    }
}

/// A file that was read.
pub(super) struct File {
    /// Its name in the directory.
    pub(super) name: PathBuf,
    /// Relative to the station.
    pub(super) path: String,
    pub(super) read: Result<(String, Coding), Unread>,
}

/// Why a file has no text.
pub(super) enum Unread {
    /// It may not be read, or is no file.
    Refused(ReadRefused),
    /// Its letters are no text.
    NoText(String, Box<Diagnostic>),
}

/// Every file of `schedules/`, by name; none where there is no such directory.
pub(super) fn files(site: &Site) -> Result<Vec<File>, Refusal> {
    let folder = match Folder::open(site.schedules()) {
        Ok(folder) => folder,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Refusal::unread(DIRECTORY, &ReadRefused::Io(error))),
    };
    let entries = folder.entries(NAMES_MOST).map_err(|error| Refusal::unread(DIRECTORY, &ReadRefused::Io(error)))?;
    let mut names: Vec<String> = entries.into_iter().filter_map(|entry| entry.name.into_string().ok()).collect();
    names.retain(|name| name.strip_suffix(".toml").is_some_and(|stem| !stem.starts_with('.')));
    names.sort();
    Ok(names.into_iter().map(|name| file(&folder, &name)).collect())
}

/// One file as it is now.
pub(super) fn file(folder: &Folder, name: &str) -> File {
    let path = format!("{DIRECTORY}/{name}");
    let read = match folder.read(name, MAX_BYTES as u64) {
        Err(refused) => Err(Unread::Refused(refused)),
        Ok(bytes) => match decode(path.clone(), &bytes) {
            (source, None) => Ok((source.text, Coding::of(&bytes))),
            (source, Some(fault)) => Err(Unread::NoText(source.text, Box::new(fault))),
        },
    };
    File { name: PathBuf::from(name), path, read }
}

/// The texts of files that have one.
pub(super) fn texts(files: &[File]) -> Texts {
    let text = |file: &File| Some((file.path.clone(), file.read.as_ref().ok()?.0.clone()));
    files.iter().filter_map(text).collect()
}

/// A file as it is shown.
pub(super) fn page(file: File) -> FileView {
    let none = |text: String| FileView {
        file: file.path.clone(),
        digest: Digest::of(text.as_bytes()),
        text,
        entries: Vec::new(),
        broken: Vec::new(),
        refused: None,
    };
    match file.read {
        Err(Unread::Refused(refused)) => FileView { refused: Some(refused.text()), ..none(String::new()) },
        Err(Unread::NoText(text, fault)) => FileView { broken: vec![*fault], ..none(text) },
        Ok((text, _)) => match FileLayout::of(&file.path, &text) {
            Err(refusal) => FileView { broken: refusal.found, ..none(text) },
            Ok(layout) => {
                let entries = seats(&layout).iter().map(|seat| seat.entry(&layout, &file.path)).collect();
                FileView { entries, ..none(text) }
            }
        },
    }
}
