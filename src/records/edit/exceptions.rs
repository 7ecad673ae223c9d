//! What was said of single occurrences of a broadcast, when its times, days or end become others: an occurrence that was
//! called off stays off at its new time, and none sounds that only a word about an occurrence that is gone asks for. What the change itself says of
//! an occurrence is done as it says.

use jiff::civil::{Date, DateTime, Time};

use super::Value;
use crate::schedule::{time_of, weekdays_of};

/// Keys and values, as a change has them; none where a key is taken out.
type Keys = [(String, Option<Value>)];

/// `except` and `also` of a broadcast as they are to be once `wanted` is set; only what becomes another. `before` gives what
/// a key says until then.
pub(super) fn carried(before: impl Fn(&str) -> Option<Value>, wanted: &Keys) -> Vec<(String, Option<Value>)> {
    let touched = |key: &str| wanted.iter().any(|(other, _)| other == key);
    if !["at", "days", "dates", "until"].into_iter().any(touched) {
        return Vec::new();
    }
    let after = |key: &str| match wanted.iter().find(|(other, _)| other == key) {
        Some((_, value)) => value.clone(),
        None => before(key),
    };
    let listed = |key: &str| after(key).map_or_else(Vec::new, |value| value.items().to_vec());
    let lists = || ["except", "also"].into_iter();
    let given: Vec<DateTime> = lists().filter(|key| touched(key)).flat_map(|key| moments(&listed(key))).collect();
    let known: Vec<DateTime> = lists().filter_map(&before).flat_map(|value| moments(value.items())).collect();
    let asked = given.iter().copied().filter(|at| !known.contains(at)).collect();
    let mut said = Occurrences { except: listed("except"), also: listed("also"), asked };
    let old = said.clone();
    if let (Some(was), Some(is)) = (clocks(before("at").as_ref()), clocks(after("at").as_ref())) {
        said.at_other_times(&was, &is);
    }
    if ["days", "dates"].into_iter().any(touched) {
        said.on_other_days(after("days").as_ref(), after("dates").as_ref());
    }
    if let Some(Some(Value::Date(last))) = touched("until").then(|| after("until")) {
        said.end_with(last, &given);
    }
    let value = |list: Vec<Value>| (!list.is_empty()).then_some(Value::List(list));
    let mut keys = Vec::new();
    if said.except != old.except {
        keys.push(("except".to_owned(), value(said.except)));
    }
    if said.also != old.also {
        keys.push(("also".to_owned(), value(said.also)));
    }
    keys
}

/// What a broadcast says of single occurrences.
#[derive(Clone)]
struct Occurrences {
    except: Vec<Value>,
    also: Vec<Value>,
    /// Of these, what the change itself has added.
    asked: Vec<DateTime>,
}

impl Occurrences {
    /// Occurrences that were moved: when they were to be heard, and when they are.
    fn moved(&self) -> Vec<(DateTime, DateTime)> {
        let (off, on) = (moments(&self.except), moments(&self.also));
        let of_day = |all: &[DateTime], day: Date| all.iter().filter(|at| at.date() == day).count();
        let pairs = off.iter().filter_map(|from| {
            let day = from.date();
            let same = of_day(&off, day) == of_day(&on, day);
            let place = off.iter().filter(|at| at.date() == day && *at < from).count();
            let to = on.iter().filter(|at| at.date() == day).nth(place)?;
            same.then_some((*from, *to))
        });
        pairs.collect()
    }

    fn forget(&mut self, gone: impl Fn(DateTime) -> bool) {
        for list in [&mut self.except, &mut self.also] {
            list.retain(|value| value.moment().is_none_or(|at| !gone(at)));
        }
    }

    /// The times of the day are others: what was called off is called off at the new time.
    fn at_other_times(&mut self, was: &[Time], is: &[Time]) {
        let lost: Vec<Time> = was.iter().copied().filter(|time| !is.contains(time)).collect();
        let new: Vec<Time> = is.iter().copied().filter(|time| !was.contains(time)).collect();
        let moved = self.moved();
        let to = |at: DateTime| {
            let place = lost.iter().position(|time| *time == at.time())?;
            // One for one in their order; else the nearest.
            if lost.len() == new.len() {
                return new.get(place).copied();
            }
            new.iter().copied().min_by_key(|time| time.duration_since(at.time()).unsigned_abs())
        };
        let called_off = |list: &[Value], at: DateTime| list.iter().any(|value| value.moment() == Some(at));
        let old = self.except.clone();
        let whole = |day: Date| was.iter().all(|time| called_off(&old, day.to_datetime(*time)));
        let mut except: Vec<Value> = Vec::new();
        for value in &old {
            let Some(at) = value.moment().filter(|at| lost.contains(&at.time())) else {
                except.push(value.clone());
                continue;
            };
            let is_moved = moved.iter().any(|(from, _)| *from == at);
            let value = match to(at) {
                // A day on which nothing was to be heard stays one, however many times it has now.
                _ if whole(at.date()) && !is_moved && !new.is_empty() && was.len() != is.len() => {
                    Value::Date(at.date())
                }
                Some(time) => Value::Moment(at.date().to_datetime(time)),
                None => continue,
            };
            if !except.contains(&value) {
                except.push(value);
            }
        }
        // Of a time that is gone, what was moved is gone with it.
        let gone: Vec<DateTime> =
            moved.iter().filter(|(from, _)| lost.contains(&from.time()) && new.is_empty()).map(|(_, to)| *to).collect();
        self.except = except;
        let asked = &self.asked;
        self.also.retain(|value| value.moment().is_none_or(|at| !gone.contains(&at) || asked.contains(&at)));
        // What is called off and added at one moment plays: neither has to be said.
        let both: Vec<DateTime> =
            self.also.iter().filter_map(Value::moment).filter(|at| called_off(&self.except, *at)).collect();
        self.forget(|at| both.contains(&at));
    }

    /// The days are others: of a day that is none any more, nothing that was moved within it is heard.
    fn on_other_days(&mut self, days: Option<&Value>, dates: Option<&Value>) {
        let week = days
            .and_then(|days| days.items().iter().try_fold(0_u8, |week, one| Some(week | weekdays_of(one.text()?)?)));
        let date = |value: &Value| if let Value::Date(date) = value { Some(*date) } else { None };
        let listed: Option<Vec<Date>> = dates.and_then(|dates| dates.items().iter().map(date).collect());
        let is_day = |day: Date| match (dates, &listed, week) {
            (Some(_), Some(listed), _) => listed.contains(&day),
            (None, _, Some(week)) => week >> day.weekday().to_monday_zero_offset() & 1 == 1,
            // A span, a name, a day of the moon: nobody knows here.
            _ => true,
        };
        let gone = self.moved().into_iter().filter(|(from, _)| !is_day(from.date())).flat_map(|(a, b)| [a, b]);
        let gone: Vec<DateTime> = gone.filter(|at| !self.asked.contains(at)).collect();
        self.forget(|at| gone.contains(&at));
    }

    /// Nothing is heard after this day but what the change itself gives.
    fn end_with(&mut self, last: Date, given: &[DateTime]) {
        self.forget(|at| at.date() > last && !given.contains(&at));
    }
}

/// The moments of a list, the first ones first.
fn moments(list: &[Value]) -> Vec<DateTime> {
    let mut all: Vec<DateTime> = list.iter().filter_map(Value::moment).collect();
    all.sort_unstable();
    all
}

/// The times of `at`, where they are plain ones.
fn clocks(at: Option<&Value>) -> Option<Vec<Time>> {
    let time = |value: &Value| match value {
        Value::Text(written) => time_of(written),
        Value::Time(time) => Some(*time),
        _ => None,
    };
    at?.items().iter().map(time).collect()
}
