use serde::{Deserialize, Serialize};

use super::{RolloutRecord, RolloutState};
use loa_core::signature::UtcSecond;

/// How a roll-out stands at a box.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoxStage {
    /// Nothing is known of it: not sent to it yet, or it sleeps.
    Unknown,
    /// It has it, and no session has been heard since.
    Received,
    /// A good session was heard with it.
    Used,
    /// It did not take it, or its first session with it was no good.
    Refused,
    /// The time is over and it is not in use there.
    Overdue,
}

/// What is known of a box, for one roll-out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BoxFacts {
    /// In which wave it is, from 0.
    pub wave: usize,
    /// When it was last heard, by heartbeat or by rows.
    pub heard: Option<UtcSecond>,
    /// The number of the sender's bundle that it goes by.
    pub held: Option<u64>,
    /// Why it does not take what was sent to it: a code.
    pub refusal: Option<String>,
    /// The first session after it took it: good, or why not; none yet.
    pub session: Option<Result<(), String>>,
}

/// What is to be done next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RolloutStep {
    /// Send it to this wave.
    Send(usize),
    /// Wait: of the boxes of the wave that were heard so many have had a good session.
    Wait {
        /// With a good session.
        good: usize,
        /// Heard since it was sent.
        heard: usize,
        /// Of the wave.
        all: usize,
    },
    /// Too many went wrong: send no more, and give those that have it the previous one back.
    Stop(String),
    /// Give the previous one back to these waves.
    GoBack(Vec<usize>),
    /// It was stopped, nothing that could go back was signed, and these boxes have the new one.
    NeedsBack(usize),
    /// The last wave is good: it ends.
    Done,
    /// The day is over: it ends, with a list of those that do not use it.
    Over(Vec<usize>),
    /// It has ended.
    Ended,
}

/// How it stands at a box.
pub fn stage(record: &RolloutRecord, facts: &BoxFacts, now: UtcSecond) -> BoxStage {
    let has_it = facts.held.is_some_and(|held| held >= record.version);
    let stage = match (&facts.session, &facts.refusal) {
        (Some(Ok(())), _) if has_it => BoxStage::Used,
        (Some(Err(_)), _) if has_it => BoxStage::Refused,
        (_, Some(_)) if !has_it && record.is_sent(facts.wave) => BoxStage::Refused,
        _ if has_it => BoxStage::Received,
        _ => BoxStage::Unknown,
    };
    if record.until < now && matches!(stage, BoxStage::Unknown | BoxStage::Received) {
        BoxStage::Overdue
    } else {
        stage
    }
}

/// What to do next, by what is known now. `boxes` are those of all waves.
pub fn next_step(record: &RolloutRecord, boxes: &[BoxFacts], now: UtcSecond) -> RolloutStep {
    match record.state {
        RolloutState::Done | RolloutState::Stopped | RolloutState::Superseded | RolloutState::Over => {
            return RolloutStep::Ended;
        }
        RolloutState::Stopping => return going_back(record, boxes),
        RolloutState::Running => {}
    }
    let stage_of = |facts: &BoxFacts| stage(record, facts, now);
    // Whoever was heard since it was sent to them.
    let heard_in = |wave: usize| {
        let sent = record.waves.get(wave).and_then(|wave| wave.sent);
        boxes
            .iter()
            .filter(move |facts| facts.wave == wave && facts.heard.zip(sent).is_some_and(|(heard, sent)| heard >= sent))
    };
    let sent: Vec<usize> = (0..record.waves.len()).filter(|wave| record.is_sent(*wave)).collect();
    // One that goes wrong in any wave counts: the first may turn bad while the third is out.
    let all_heard: Vec<&BoxFacts> = sent.iter().flat_map(|wave| heard_in(*wave)).collect();
    let bad = all_heard.iter().filter(|facts| stage_of(facts) == BoxStage::Refused).count();
    if bad > 0 && bad * 100 >= usize::from(record.rules.bad) * all_heard.len() {
        let (why, heard) = (why_bad(&all_heard, &stage_of), all_heard.len());
        return RolloutStep::Stop(format!("{bad}/{heard}: {why}"));
    }
    let Some(last) = sent.last().copied() else {
        return if record.until < now { over(record, boxes, now) } else { RolloutStep::Send(0) };
    };
    let heard: Vec<&BoxFacts> = heard_in(last).collect();
    let good = heard.iter().filter(|facts| stage_of(facts) == BoxStage::Used).count();
    let all = boxes.iter().filter(|facts| facts.wave == last).count();
    let is_good = good > 0 && good * 100 >= usize::from(record.rules.good) * heard.len();
    let is_last = last + 1 == record.waves.len();
    // Who sleeps is waited for until the day is over, once all is out.
    if is_last && boxes.iter().all(|facts| stage_of(facts) == BoxStage::Used) {
        return RolloutStep::Done;
    }
    if record.until < now {
        return over(record, boxes, now);
    }
    if is_good && !is_last {
        return RolloutStep::Send(last + 1);
    }
    RolloutStep::Wait { good, heard: heard.len(), all }
}

fn why_bad(heard: &[&BoxFacts], stage_of: &dyn Fn(&BoxFacts) -> BoxStage) -> String {
    let bad = heard.iter().find(|facts| stage_of(facts) == BoxStage::Refused);
    let session = bad.and_then(|facts| facts.session.clone().and_then(Result::err));
    session.or_else(|| bad.and_then(|facts| facts.refusal.clone())).unwrap_or_default()
}

fn over(record: &RolloutRecord, boxes: &[BoxFacts], now: UtcSecond) -> RolloutStep {
    let not = boxes.iter().enumerate().filter(|(_, facts)| stage(record, facts, now) != BoxStage::Used);
    RolloutStep::Over(not.map(|(place, _)| place).collect())
}

/// Boxes that it was sent to and that may have it: they have not been heard since what they say can be about it.
pub fn unheard(record: &RolloutRecord, boxes: &[BoxFacts]) -> usize {
    let is_unheard = |facts: &&BoxFacts| {
        let sent = record.waves.get(facts.wave).and_then(|wave| wave.sent);
        let counts_from = sent.map(|sent| sent.seconds().saturating_add(i64::from(record.rules.grace)));
        let is_heard = |from: i64| facts.heard.is_some_and(|heard| heard.seconds() >= from);
        facts.held != Some(record.version) && counts_from.is_some_and(|from| !is_heard(from))
    };
    boxes.iter().filter(is_unheard).count()
}

/// It was stopped, and this box goes by it though nothing was sent to its wave: it was brought on a stick. What goes back does not reach it.
pub fn is_carried(record: &RolloutRecord, facts: &BoxFacts) -> bool {
    matches!(record.state, RolloutState::Stopping | RolloutState::Stopped)
        && facts.held == Some(record.version)
        && !record.is_sent(facts.wave)
}

/// Those that do not know of it never begin: nothing is sent to their waves. Those that have it get the previous one.
fn going_back(record: &RolloutRecord, boxes: &[BoxFacts]) -> RolloutStep {
    let sent: Vec<usize> =
        (0..record.waves.len()).filter(|wave| record.is_sent(*wave) && !record.waves[*wave].back).collect();
    if sent.is_empty() {
        return RolloutStep::Ended;
    }
    if record.previous.is_none() {
        let with_it = boxes.iter().filter(|facts| facts.held == Some(record.version)).count();
        return RolloutStep::NeedsBack(with_it);
    }
    RolloutStep::GoBack(sent)
}
