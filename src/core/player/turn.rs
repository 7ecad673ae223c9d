//! Whose turn it is in a zone: what comes before another is told to start before it, however long its sound takes to be ready.

use super::lane::{Lane, attention};
use super::run::Run;
use super::scene::ZoneContext;
use crate::instant::Wall;
use crate::plan::Guard;

impl Lane {
    /// Whether something comes before the run at `place` that has not been told to start: the output would let it wait behind
    /// this one. No emergency is held by anything else.
    fn is_held(&self, place: usize) -> bool {
        let own = &self.runs[place];
        let Some(start) = own.is_to_start_at() else { return false };
        let before = |run: &Run| run.is_to_start_at().is_some_and(|at| at < start);
        self.runs.iter().any(|run| before(run) && (run.is_emergency() || !own.is_emergency()))
    }

    /// Let every run do what is due; finish those that are over.
    pub(super) fn step(&mut self, scene: &mut ZoneContext<'_>) {
        let mut over = Vec::new();
        for place in 0..self.runs.len() {
            let held = self.is_held(place);
            self.runs[place].relay_goes_on(scene);
            if self.runs[place].step(held, scene) {
                over.push(place);
            }
        }
        for place in over.into_iter().rev() {
            self.finish(place, scene);
        }
    }

    /// Whether something sounds that comes behind the run at `place`.
    pub(super) fn is_overtaken(&self, place: usize, now: Wall) -> bool {
        let start = self.runs[place].under_way_since();
        let behind = |run: &&Run| run.under_way_since() > start && run.because.is_none() && run.is_on_air(now);
        self.runs.iter().any(|run| behind(&run))
    }

    /// The next instant at which this lane has something to do.
    pub(super) fn deadline(&self, now: Wall, guard: &Guard) -> Option<Wall> {
        let tally = if self.runs.is_empty() { None } else { self.tally_ahead(now, guard) };
        let due = (0..self.runs.len())
            .filter_map(|place| self.runs[place].deadline(self.is_held(place), guard, tally.as_ref()))
            .min();
        let begins = self.future.front().map(attention);
        due.into_iter().chain(begins).min()
    }
}
