use std::collections::BTreeMap;

use super::facts::FleetBox;
use super::habit::BoxHabit;
use crate::instant::Wall;

/// What comes of how a box stands, the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Consequence {
    /// Something will be silent at its next session.
    SilentNext,
    /// Something was silent in its last session.
    DidNotPlay,
    /// Nothing is known of it past its own limit.
    Unknown,
    /// The box was told to be stolen, and no other stands there: nothing plays.
    Lost,
    /// Its journal contradicts itself, or goes on after the box was stolen.
    Unproven,
    /// It does not go by the newest schedule.
    OldSchedule,
    /// Rows of its journal are missing.
    RowsMissing,
    /// It was not heard when it should have been; all that is known of it is good.
    OutOfReach,
    /// Nobody has ever heard of a box there.
    Vacant,
    /// It plays, is heard, and its journal is there.
    Well,
}

/// By sender, the highest number of a bundle that is known: what every box below it should go by.
pub type NewestBundles = BTreeMap<String, u64>;

/// A box, and what follows from what is known of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JudgedBox {
    /// What is known.
    pub facts: FleetBox,
    /// The worst that comes of it.
    pub consequence: Consequence,
    /// When it should be heard again, by its own habit.
    pub expected: Option<Wall>,
    /// It was not heard by then.
    pub is_late: bool,
    /// By sender, the numbers it should go by and does not.
    pub wanted: NewestBundles,
}

impl Consequence {
    /// All of them, the worst first.
    pub const ALL: [Self; 10] = [
        Self::SilentNext,
        Self::DidNotPlay,
        Self::Unknown,
        Self::Lost,
        Self::Unproven,
        Self::OldSchedule,
        Self::RowsMissing,
        Self::OutOfReach,
        Self::Vacant,
        Self::Well,
    ];

    /// It did not play, will not, or nothing is known of it past its own limit.
    pub const fn is_red(self) -> bool {
        matches!(self, Self::SilentNext | Self::DidNotPlay | Self::Unknown | Self::Lost)
    }
}

impl JudgedBox {
    /// Judge one box.
    pub fn judge(facts: FleetBox, newest: &NewestBundles, now: Wall) -> Self {
        let habit = facts.heard.map(|heard| BoxHabit::of(heard.by));
        let expected = facts.heard.zip(habit).map(|(heard, habit)| heard.at + habit.expected);
        let is_late = facts.heard.zip(habit).is_some_and(|(heard, habit)| habit.is_late(heard.at, now));
        let is_over = facts.heard.zip(habit).is_some_and(|(heard, habit)| habit.is_over(heard.at, now));
        let wanted = wanted(&facts, newest);
        let consequence = worst(&facts, (is_late, is_over), !wanted.is_empty(), now);
        Self { facts, consequence, expected, is_late, wanted }
    }

    /// When it sounds next, as far as it has said.
    pub fn next(&self) -> Option<Wall> {
        self.facts.state.as_ref().and_then(|state| state.next).map(Wall::from_secs)
    }

    /// The first code why it will be silent, or was; empty where neither is so.
    pub fn code(&self) -> &str {
        let state = || self.facts.state.as_ref().and_then(|state| state.silent.first());
        match self.consequence {
            Consequence::SilentNext => state().map_or("", String::as_str),
            Consequence::DidNotPlay => {
                let failed = self.facts.session.as_ref().and_then(|session| session.failed().next());
                failed.map_or_else(|| state().map_or("", String::as_str), |(_, came)| came.code())
            }
            _ => "",
        }
    }

    /// By what the worst stand first: what comes of it, how soon, and then how long ago it was heard.
    pub fn rank(&self) -> impl Ord + use<> {
        let next = (self.consequence == Consequence::SilentNext).then(|| self.next().unwrap_or(Wall::MAX));
        (self.consequence, next, self.facts.heard.map(|heard| heard.at), self.facts.place.clone())
    }
}

/// Bundles of senders under whom the box stands, or of whom it has one, and that it does not go by.
fn wanted(facts: &FleetBox, newest: &NewestBundles) -> NewestBundles {
    // Nothing is said of the schedules of a box that has said nothing of them.
    if facts.state.is_none() {
        return NewestBundles::new();
    }
    let is_behind = |(sender, version): &(&String, &u64)| facts.bundles.get(*sender).is_none_or(|held| held < *version);
    // What was sent to others, wave by wave, is not wanted here yet.
    if let Some(sent) = &facts.sent {
        let behind = sent.iter().filter(is_behind);
        return behind.map(|(sender, version)| (sender.clone(), *version)).collect();
    }
    let is_under = |sender: &str| {
        let sender = sender.strip_prefix("vn.").unwrap_or(sender);
        let rest = facts.place.as_str().strip_prefix(sender);
        sender == "vn" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    newest
        .iter()
        .filter(|(sender, _)| is_under(sender) || facts.bundles.contains_key(*sender))
        .filter(is_behind)
        .map(|(sender, version)| (sender.clone(), *version))
        .collect()
}

fn worst(facts: &FleetBox, (is_late, is_over): (bool, bool), is_old: bool, now: Wall) -> Consequence {
    if facts.lost.is_some() {
        return Consequence::Lost;
    }
    let Some(_) = facts.heard else { return Consequence::Vacant };
    let foretold = facts.state.as_ref().filter(|state| !state.silent.is_empty());
    // What it foretold has come to pass, and nobody has heard otherwise.
    let has_passed =
        foretold.is_some_and(|state| is_late && state.next.is_some_and(|next| Wall::from_secs(next) < now));
    let journal = &facts.journal;
    match () {
        () if foretold.is_some() && !has_passed => Consequence::SilentNext,
        () if has_passed || facts.session.as_ref().is_some_and(super::BoxSession::has_failed) => {
            Consequence::DidNotPlay
        }
        () if is_over => Consequence::Unknown,
        () if journal.after_lost || !journal.breaks.is_empty() || !journal.others.is_empty() => Consequence::Unproven,
        () if is_old || !facts.refused.is_empty() => Consequence::OldSchedule,
        () if !journal.gaps.is_empty() => Consequence::RowsMissing,
        () if is_late => Consequence::OutOfReach,
        () => Consequence::Well,
    }
}
