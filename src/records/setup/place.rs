use std::io::{self, Write as _};
use std::path::Path;

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
    /// There is no `loa.toml`, but there are schedules, or something that was meant to be it.
    IsBegun,
    /// The answers make no station.
    Answers(Text),
    /// The disk.
    Io(io::Error),
}

impl NotSet {
    /// Of a directory that is not [unset](is_unset).
    pub fn taken(dir: &Path) -> Self {
        if Site::new(dir).station().symlink_metadata().is_ok() { Self::IsSet } else { Self::IsBegun }
    }

    /// What to tell a person.
    pub fn text(&self) -> Text {
        match self {
            Self::IsSet => text!(
                "đài này đã cài đặt rồi: muốn đổi tên hay thêm thôn thì sửa loa.toml",
                "this station is set up already: to change its name or its hamlets, edit loa.toml"
            ),
            Self::IsBegun => text!(
                "ở đây không có loa.toml nhưng đã có lịch trong schedules/, hoặc một tệp tên gần giống loa.toml («loa check» chỉ ra): loa setup chỉ cài đài mới. Chuyển những tệp ấy ra chỗ khác, gõ lại loa setup, rồi chuyển lịch về schedules/",
                "there is no loa.toml here, but there are schedules in schedules/ or a file whose name is nearly loa.toml (\"loa check\" names it): loa setup is for new stations. Move those files elsewhere, type loa setup again, then move the schedules back into schedules/"
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
        return Err(NotSet::taken(site.dir()));
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
