//! Why an airing is as it is, for somebody at a page: the sentence without files, ids and keys, and beside it what would
//! cure it, as something that the page can make a button of. The command line has its own words for the cure.

use super::{Audience, FactAndCure, spoken};
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::{Airing, Cause, PlanContext, Verdict};

/// What somebody at a page can do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Remedy {
    /// Hand in the recording of this name.
    HandIn(String),
    /// Move this airing there, where it is lawful and free.
    MoveTo(Wall),
    /// Open the broadcast, and change its time or what it plays.
    Change,
    /// Have somebody approve it.
    Approve,
    /// Take out the day off, if it is none any more.
    DaysOff,
}

/// What is to be said of an airing to somebody at a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plain {
    /// What happens, and why, as a whole sentence.
    pub said: Text,
    /// What cures it, where something does.
    pub remedy: Option<Remedy>,
}

/// Why an airing is as it is. `None` for one that plays at its time, undisturbed.
pub fn plainly(airing: &Airing, ground: &PlanContext<'_>) -> Option<Plain> {
    let FactAndCure { fact: Text { vi, en }, .. } = spoken(airing, ground, Audience::Page)?;
    Some(Plain { said: text!("{vi}.", "{en}."), remedy: remedy(airing, ground) })
}

fn remedy(airing: &Airing, ground: &PlanContext<'_>) -> Option<Remedy> {
    let tz = ground.tz();
    let day = |at: Wall| at.zoned(tz).date();
    // A page moves an airing within its day.
    let to =
        |at: Option<Wall>| at.filter(|at| day(*at) == day(airing.scheduled)).map_or(Remedy::Change, Remedy::MoveTo);
    Some(match airing.reason.as_deref()? {
        Cause::Waits(by) | Cause::WaitExpired(by) if by.broadcast.id == airing.broadcast.id => Remedy::Change,
        Cause::Waits(_) | Cause::WaitExpired(_) => to(Some(airing.start)),
        // It is told, and goes on by itself; and a line of loa.toml is nothing for a button.
        Cause::Interrupted(_) | Cause::Changing | Cause::NoOutput => return None,
        Cause::OutsideHours | Cause::PastHours | Cause::SessionTooLong(_) | Cause::TooManySessions(_)
            if airing.verdict == Verdict::Refuse =>
        {
            to(ground.nearest(airing))
        }
        Cause::OutsideHours | Cause::PastHours | Cause::SessionTooLong(_) | Cause::TooManySessions(_) => Remedy::Change,
        Cause::NoSound | Cause::Changed(_) => {
            airing.programme.missing.first().map_or(Remedy::Change, |name| Remedy::HandIn(name.clone()))
        }
        Cause::Mourning(_) | Cause::Cancelled(_) => Remedy::DaysOff,
        Cause::NotApproved(_) => Remedy::Approve,
    })
}

/// The sentence alone, for one reader.
pub fn said(airing: &Airing, ground: &PlanContext<'_>, reader: Audience) -> Option<Text> {
    match reader {
        Audience::Files => super::because(airing, ground),
        Audience::Page => plainly(airing, ground).map(|plain| plain.said),
    }
}
