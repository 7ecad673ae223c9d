use std::time::Duration;

use crate::diag::Lang;
use crate::instant::Wall;
use crate::plan::{Airing, Audience, PlanContext, Verdict};
use crate::station::ZoneIx;

/// What is to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The plan of `from..to`, in its order.
    pub airings: &'a [Airing],
    /// What it was made from.
    pub ground: &'a PlanContext<'a>,
    /// The zones that have a row, in order. Airings of others are not drawn.
    pub zones: &'a [ZoneIx],
    /// Start of the window.
    pub from: Wall,
    /// End of the window, exclusive.
    pub to: Wall,
    /// The language of labels.
    pub lang: Lang,
    /// Who reads the notes below it.
    pub reader: Audience,
    /// A line is drawn at this instant: what is left of it is past.
    pub now: Option<Wall>,
}

/// A stretch of the window that has its own set of rows: all of it up to [`ONE_BAND`], else a day.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct DayBand {
    /// Where its seconds are counted from: the window's start, or the day's midnight.
    pub(super) origin: Wall,
    /// The part of the window that it shows.
    pub(super) from: Wall,
    pub(super) to: Wall,
}

/// The longest window that is one band: a day, and the evening before or the morning after it.
const ONE_BAND: Duration = Duration::from_hours(36);

impl DayBand {
    /// The bands of a window; one at least.
    pub(super) fn of(subject: &Subject<'_>) -> Vec<Self> {
        let Subject { from, to, .. } = *subject;
        if to.after(from) <= ONE_BAND {
            return vec![Self { origin: from, from, to }];
        }
        let tz = subject.ground.tz();
        let mut bands = Vec::new();
        let mut day = from.zoned(tz).date();
        while let Ok(midnight) = day.to_zoned(tz.clone()) {
            let origin = Wall::from(midnight.timestamp());
            if origin >= to {
                break;
            }
            let Ok(next) = day.tomorrow() else { break };
            let end = next.to_zoned(tz.clone()).map_or(to, |next| Wall::from(next.timestamp()));
            bands.push(Self { origin, from: origin.max(from), to: end.min(to) });
            day = next;
        }
        bands
    }

    /// Seconds from its origin. In a band of one day they are the time of day, except after the clocks
    /// were changed on that very day.
    pub(super) fn seconds(&self, at: Wall) -> f64 {
        at.since(self.origin).as_secs_f64()
    }

    /// Whether an airing is drawn here: by its scheduled start, so that it is drawn once.
    pub(super) fn holds(&self, airing: &Airing) -> bool {
        self.from <= airing.scheduled && airing.scheduled < self.to
    }
}

/// When an airing is something on the page: from its time, if it waits, to its end; one that does not
/// sound, at its time only.
pub(super) fn extent(airing: &Airing) -> (Wall, Wall) {
    if sounds(airing) { (airing.scheduled.min(airing.start), airing.end) } else { (airing.scheduled, airing.scheduled) }
}

pub(super) const fn sounds(airing: &Airing) -> bool {
    matches!(airing.verdict, Verdict::Play | Verdict::Wait)
}
