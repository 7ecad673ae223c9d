use std::io;

use crate::site::{Folder, OWN_DIR_MODE, Site};

/// The directories of a station that begins, `schedules/` first: wherever this is cut off, what lies there is nothing yet
/// or a station that waits to be set up, and never something else. What was made is taken away again unless it is kept.
pub(super) struct NewGround<'s> {
    site: &'s Site,
    made: Vec<&'static str>,
    is_kept: bool,
}

impl<'s> NewGround<'s> {
    /// Lay it out, with `more` beside what people write in.
    pub(super) fn lay(site: &'s Site, more: &[&'static str]) -> io::Result<Self> {
        let top = Folder::make(site.dir(), OWN_DIR_MODE)?;
        let mut ground = Self { site, made: Vec::new(), is_kept: false };
        for name in ["schedules", "audio"].iter().chain(more) {
            let is_there = Folder::open(site.dir().join(name)).is_ok();
            Folder::make(site.dir().join(name), OWN_DIR_MODE)?;
            if !is_there {
                ground.made.push(name);
            }
        }
        top.sync()?;
        Ok(ground)
    }

    /// It is a station's, or waits to be one.
    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for NewGround<'_> {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        // What somebody has put there meanwhile stays.
        let Ok(top) = Folder::open(self.site.dir()) else { return };
        for name in self.made.iter().rev() {
            let _ = top.remove_empty(name);
        }
    }
}
