use super::cause::FleetCause;
use super::group::FleetTrouble;
use crate::instant::Wall;
use crate::signature::Locality;

/// Letters of a reason, and of a name.
const WORDS_MOST: usize = 500;

/// An alarm of a fleet, as it is written down.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FleetAlarm {
    /// Its number.
    pub id: i64,
    /// A commune; for the centre's own, the province.
    pub area: Locality,
    /// What it is about.
    pub cause: FleetCause,
    /// Since when.
    pub raised: Wall,
    /// When it passed by itself; none while it is so.
    pub over: Option<Wall>,
    /// The boxes it is about; once it has passed, those it was about last.
    pub boxes: Vec<Locality>,
    /// Who looks after it.
    pub taken: Option<TakenAlarm>,
    /// Who has closed it, when, and what was found.
    pub closed: Option<(String, Wall, String)>,
}

/// Somebody looks after an alarm.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakenAlarm {
    /// Who.
    pub by: String,
    /// Since when.
    pub at: Wall,
    /// Until when nobody else need.
    pub until: Wall,
    /// What is done about it.
    pub why: String,
}

/// The four states of an alarm.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FleetAlarmState {
    /// Nobody looks after it.
    New,
    /// Somebody does, until a moment that has not come.
    Taken,
    /// It has passed by itself; nobody has closed it.
    Over,
    /// Closed by a person.
    Closed,
}

/// What becomes of the alarms that are written down.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AlarmStep {
    /// It is new.
    Raise(FleetTrouble),
    /// It is about these boxes now.
    Change(i64, Vec<Locality>),
    /// It has passed by itself.
    Pass(i64),
    /// It had passed, and is there again, about these boxes.
    Return(i64, Vec<Locality>),
}

/// Why an alarm is not taken, or not closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotHandled {
    /// It says not who, or not why.
    Silent,
    /// The moment until when has passed, or is more than a month away.
    Until,
    /// It is still so: it can be taken, not closed.
    StillThere,
    /// It has passed: there is nothing to look after.
    Passed,
    /// Somebody has closed it.
    Closed,
}

impl FleetAlarm {
    /// In which state it is.
    pub fn state(&self, now: Wall) -> FleetAlarmState {
        if self.closed.is_some() {
            FleetAlarmState::Closed
        } else if self.over.is_some() {
            FleetAlarmState::Over
        } else if self.taken.as_ref().is_some_and(|taken| now < taken.until) {
            FleetAlarmState::Taken
        } else {
            FleetAlarmState::New
        }
    }

    /// Somebody looks after it until then.
    pub fn take(&mut self, by: &str, until: Wall, why: &str, now: Wall) -> Result<(), NotHandled> {
        let (by, why) = (words(by)?, words(why)?);
        match self.state(now) {
            FleetAlarmState::Closed => return Err(NotHandled::Closed),
            FleetAlarmState::Over => return Err(NotHandled::Passed),
            FleetAlarmState::New | FleetAlarmState::Taken => {}
        }
        if until <= now || until.after(now) > std::time::Duration::from_hours(31 * 24) {
            return Err(NotHandled::Until);
        }
        self.taken = Some(TakenAlarm { by, at: now, until, why });
        Ok(())
    }

    /// Somebody has looked at it. What passes by itself is closed once it has passed; what a journal shows stays so, and is closed as it is.
    pub fn close(&mut self, by: &str, why: &str, now: Wall) -> Result<(), NotHandled> {
        let (by, why) = (words(by)?, words(why)?);
        if self.closed.is_some() {
            return Err(NotHandled::Closed);
        }
        if self.over.is_none() && !self.cause.stays() {
            return Err(NotHandled::StillThere);
        }
        self.closed = Some((by, now, why));
        Ok(())
    }
}

/// What becomes of the alarms that nobody has closed, by what is wrong now.
pub fn step(open: &[FleetAlarm], troubles: &[FleetTrouble]) -> Vec<AlarmStep> {
    let open = || open.iter().filter(|alarm| alarm.closed.is_none());
    let is_of = |alarm: &FleetAlarm, trouble: &FleetTrouble| alarm.area == trouble.area && alarm.cause == trouble.cause;
    let mut steps = Vec::new();
    for trouble in troubles {
        // Of several, which nobody should find, the newest goes on.
        match open().filter(|alarm| is_of(alarm, trouble)).max_by_key(|alarm| alarm.id) {
            None => steps.push(AlarmStep::Raise(trouble.clone())),
            Some(alarm) if alarm.over.is_some() => steps.push(AlarmStep::Return(alarm.id, trouble.boxes.clone())),
            Some(alarm) if alarm.boxes != trouble.boxes => {
                steps.push(AlarmStep::Change(alarm.id, trouble.boxes.clone()));
            }
            Some(_) => {}
        }
    }
    let has_passed =
        |alarm: &&FleetAlarm| alarm.over.is_none() && !troubles.iter().any(|trouble| is_of(alarm, trouble));
    steps.extend(open().filter(has_passed).map(|alarm| AlarmStep::Pass(alarm.id)));
    steps
}

fn words(said: &str) -> Result<String, NotHandled> {
    let said = said.trim();
    if said.is_empty() { Err(NotHandled::Silent) } else { Ok(said.chars().take(WORDS_MOST).collect()) }
}
