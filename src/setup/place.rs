use std::io::{self, Write as _};

use super::ground::NewGround;
use super::{FirstAnswers, Horn};
use crate::diag::{Text, system, text};
use crate::disk::station::is_unset;
use crate::site::{Folder, Site};

/// Its account and its group read it; whose the directory is, that account's it becomes.
const MODE: u32 = 0o640;

/// Why nothing was written.
#[derive(Debug)]
pub enum NotSet {
    /// It is a station already.
    IsSet,
    /// The answers make no station.
    Answers(Text),
    /// The disk.
    Io(io::Error),
}

impl NotSet {
    /// What to tell a person.
    pub fn text(&self) -> Text {
        match self {
            Self::IsSet => text!(
                "đài này đã cài đặt rồi: muốn đổi tên hay thêm thôn thì sửa loa.toml",
                "this station is set up already: to change its name or its hamlets, edit loa.toml"
            ),
            Self::Answers(why) => why.clone(),
            Self::Io(error) => {
                let Text { vi, en } = system(error);
                text!("không ghi được loa.toml: {vi}", "loa.toml cannot be written: {en}")
            }
        }
    }
}

/// Write the first `loa.toml`, and the directories that people write in. All of it or nothing, and only where there is no
/// station yet: what a person has written is never replaced.
pub fn write(site: &Site, answers: &FirstAnswers, horns: &[Horn]) -> Result<(), NotSet> {
    let toml = answers.toml(horns).map_err(NotSet::Answers)?;
    let there = site.dir().is_dir();
    if there && site.schedules().is_dir() && !is_unset(site.dir()) {
        return Err(NotSet::IsSet);
    }
    let io = NotSet::Io;
    let ground = NewGround::lay(site, &[]).map_err(io)?;
    let top = Folder::open(site.dir()).map_err(io)?;
    let mut draft = top.draft("loa.toml", MODE).map_err(io)?;
    draft.file().write_all(toml.as_bytes()).map_err(io)?;
    draft.place_new().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => NotSet::IsSet,
        _ => NotSet::Io(error),
    })?;
    ground.keep();
    Ok(())
}
