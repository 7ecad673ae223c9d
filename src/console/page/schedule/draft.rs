//! A broadcast in the form: what an entry says, what somebody typed, and the keys that are others between the two. What the
//! form cannot show is held: it is not in the form, and no change ever names it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::said;
use super::written::{
    DAYS, EVERY_DAY, date_value, days_written, firsts_first, in_order, length, line, list, moment, shown_date,
    shown_sound, sound,
};
use crate::diag::{Text, text};
use crate::edit::{Field, FileEntry, Value};
use crate::fields::Fields;
use crate::schedule::weekdays_of;
use crate::typed::time_of;

/// Keys of a line or a choice that stand in the file as they stand in the form.
const PLAIN: [&str; 7] = ["title", "campaign", "chime", "bed", "by", "why", "gap"];

/// On which days.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum On {
    /// Of the week.
    #[default]
    Week,
    /// Of the calendar.
    Dates,
    /// Of the moon.
    Lunar,
}

/// What the form says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Typed {
    /// Lines that are written as they stand, by key.
    pub(super) plain: BTreeMap<&'static str, String>,
    pub(super) all: bool,
    pub(super) zones: Vec<String>,
    pub(super) at: Vec<String>,
    pub(super) on: On,
    pub(super) days: u8,
    pub(super) dates: Vec<String>,
    pub(super) lunar: Vec<String>,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) holidays: bool,
    pub(super) except: Vec<String>,
    /// Single occurrences that are called off, as the file has them.
    pub(super) except_at: Vec<String>,
    /// Single occurrences beside the others.
    pub(super) also: Vec<String>,
    pub(super) play: Vec<String>,
    pub(super) music: bool,
    pub(super) repeat: String,
    pub(super) class: String,
    pub(super) wait: String,
    pub(super) if_missed: String,
    pub(super) late: String,
    pub(super) if_interrupted: String,
}

/// Whether a draft says something else than it began from.
fn other<T: PartialEq>(draft: &Typed, base: Option<&Typed>, of: impl Fn(&Typed) -> T) -> bool {
    base.is_none_or(|base| of(base) != of(draft))
}

/// Keys with their values; none where a key is taken out.
pub(super) type Keys = Vec<(String, Option<Value>)>;

impl Typed {
    /// A new broadcast: nothing is chosen but what is harmless.
    pub(super) fn new() -> Self {
        let word = str::to_owned;
        Self { class: word("normal"), if_missed: word("skip"), if_interrupted: word("resume"), ..Self::default() }
    }

    /// What an entry says, and which of its fields the form cannot show.
    pub(super) fn of(entry: &FileEntry) -> (Self, Vec<Field>) {
        let mut draft = Self { all: true, days: EVERY_DAY, ..Self::new() };
        let held = entry.fields.iter().filter(|field| field.key != "id" && (field.by_hand || !draft.take(field)));
        let held = held.cloned().collect();
        in_order(&mut draft.dates, Date::MIN);
        firsts_first(&mut draft.lunar);
        (draft, held)
    }

    /// Take a field in; false where the form has no way to show it.
    fn take(&mut self, field: &Field) -> bool {
        self.taken(&field.key, &field.value).is_some()
    }

    fn taken(&mut self, key: &str, value: &Value) -> Option<()> {
        let text = || value.text().map(line);
        let words = || value.items().iter().map(|item| item.text().map(line)).collect::<Option<Vec<_>>>();
        if let Some(key) = PLAIN.into_iter().find(|plain| *plain == key) {
            self.plain.insert(key, text()?);
            return Some(());
        }
        match key {
            "zones" => {
                let zones = words()?;
                self.all = zones.iter().any(|zone| zone.eq_ignore_ascii_case("all"));
                self.zones = if self.all { Vec::new() } else { zones };
                self.zones.sort_unstable();
            }
            "at" => {
                let time = |value: &Value| match value {
                    Value::Text(written) => Some(line(written)),
                    Value::Time(time) => Some(said::clock(*time)),
                    _ => None,
                };
                self.at = value.items().iter().map(time).collect::<Option<_>>()?;
            }
            "days" => {
                let days = words()?.iter().map(|word| weekdays_of(word)).collect::<Option<Vec<u8>>>()?;
                (self.on, self.days) = (On::Week, days.into_iter().fold(0, |all, one| all | one));
            }
            "dates" => {
                self.dates = value.items().iter().map(shown_date).collect::<Option<_>>()?;
                (self.on, self.days) = (On::Dates, 0);
            }
            "lunar" => {
                self.lunar = words()?;
                (self.on, self.days) = (On::Lunar, 0);
            }
            "from" => self.from = shown_date(value)?,
            "until" => self.until = shown_date(value)?,
            "except" => {
                let (mut days, mut moments, mut holidays) = (Vec::new(), Vec::new(), false);
                for item in value.items() {
                    match item {
                        Value::Moment(at) => moments.push(at.to_string()),
                        Value::Text(word) if word == "holidays" => holidays = true,
                        other => days.push(shown_date(other)?),
                    }
                }
                (self.except, self.except_at, self.holidays) = (days, moments, holidays);
            }
            "also" => {
                let moment = |item: &Value| if let Value::Moment(at) = item { Some(at.to_string()) } else { None };
                self.also = value.items().iter().map(moment).collect::<Option<_>>()?;
            }
            "play" => self.play = value.items().iter().map(shown_sound).collect::<Option<_>>()?,
            "kind" => match text()?.as_str() {
                "music" => self.music = true,
                "bulletin" => {}
                _ => return None,
            },
            "repeat" => {
                let Value::Integer(count) = value else { return None };
                self.repeat = count.to_string();
            }
            "class" => self.class = text().filter(|word| ["normal", "priority", "emergency"].contains(&&**word))?,
            "wait" => self.wait = text()?,
            "if_missed" => {
                let written = text()?;
                let (word, length) = written.split_once(' ').unwrap_or((&written, ""));
                ["skip", "join", "late"].contains(&word).then_some(())?;
                (self.if_missed, self.late) = (word.to_owned(), length.trim().to_owned());
            }
            "if_interrupted" => {
                self.if_interrupted = text().filter(|word| ["resume", "restart", "drop"].contains(&&**word))?;
            }
            _ => return None,
        }
        Some(())
    }

    /// What was typed.
    pub(super) fn read(fields: &Fields, today: Date) -> Self {
        let listed = |name: &str| list(fields.get(name));
        let chosen = |name: &str| fields.all(name).filter(|one| !one.is_empty()).map(line).collect::<Vec<_>>();
        let own = |name: &str| line(fields.get(name));
        let mut dates: Vec<String> = chosen("date").into_iter().chain(listed("dates")).collect();
        let mut except = listed("except");
        for one in dates.iter_mut().chain(&mut except) {
            if let Some(date) = said::date_of(one, today) {
                *one = said::date(date);
            }
        }
        in_order(&mut dates, today);
        let mut lunar: Vec<String> = chosen("lunar").into_iter().chain(listed("lunar_more")).collect();
        firsts_first(&mut lunar);
        let date = |name: &str| said::date_of(fields.get(name), today).map_or_else(|| own(name), said::date);
        let mut zones = chosen("zone");
        zones.sort_unstable();
        let days = fields.all("day").filter_map(|day| DAYS.iter().position(|name| *name == day));
        let days = days.fold(0, |all, day| all | 1 << day);
        let on = match fields.get("on") {
            "dates" => On::Dates,
            "lunar" => On::Lunar,
            _ => On::Week,
        };
        Self {
            plain: PLAIN.into_iter().map(|key| (key, own(key))).filter(|(_, said)| !said.is_empty()).collect(),
            all: fields.get("for") == "all",
            zones,
            at: chosen("at"),
            on: meant(on, [(On::Week, days != 0), (On::Dates, !dates.is_empty()), (On::Lunar, !lunar.is_empty())]),
            days,
            dates,
            lunar,
            from: date("from"),
            until: date("until"),
            holidays: fields.is_ticked("holidays"),
            except,
            except_at: chosen("except_at"),
            also: chosen("also"),
            play: chosen("play"),
            music: fields.is_ticked("music"),
            repeat: own("repeat"),
            class: own("class"),
            wait: own("wait"),
            if_missed: own("if_missed"),
            late: own("late"),
            if_interrupted: own("if_interrupted"),
        }
    }

    /// A line of the form that is written as it stands.
    pub(super) fn line(&self, key: &str) -> &str {
        self.plain.get(key).map_or("", String::as_str)
    }

    /// The keys that are others than `base` has them: all that are said where there is none. What is held is left alone.
    pub(super) fn other_keys(&self, base: Option<&Self>, held: &[Field], today: Date) -> Keys {
        let mut keys: Keys = Vec::new();
        let is_held = |key: &str| held.iter().any(|field| field.key == key);
        let (by_hand, by_cron) = (["cron", "days", "dates", "lunar"].into_iter().any(is_held), is_held("cron"));
        let mut put = |key: &str, differs: bool, value: Option<Value>| {
            let is_new = base.is_none();
            // The days are drawn all or none, as are the times beside `cron`.
            let is_out = (by_hand && matches!(key, "days" | "dates" | "lunar")) || (by_cron && key == "at");
            let is_left = is_out || is_held(key) || (is_new && value.is_none());
            if differs && !is_left {
                keys.push((key.to_owned(), value));
            }
        };
        let word = |word: &str| Some(Value::Text(word.to_owned()));
        let unless = |is_default: bool, value: Option<Value>| if is_default { None } else { value };
        for key in PLAIN {
            let said = self.line(key);
            let length = (key == "gap").then(|| length(said, "s")).flatten();
            let value = word(length.as_deref().unwrap_or(said));
            put(key, other(self, base, |draft| draft.line(key).to_owned()), unless(said.is_empty(), value));
        }
        let zones = if self.all { word("all") } else { Some(Value::texts(self.zones.iter().cloned())) };
        put("zones", other(self, base, |draft| (draft.all, draft.zones.clone())), zones);
        let times = self.at.iter().map(|at| time_of(at).map_or_else(|| at.clone(), said::clock));
        put("at", other(self, base, |draft| draft.at.clone()), Some(Value::texts(times)));
        let on = other(self, base, |draft| draft.on);
        let days = on || (self.on == On::Week && other(self, base, |draft| draft.days));
        put("days", days, if self.on == On::Week { Some(days_written(self.days)) } else { None });
        let dates = on || (self.on == On::Dates && other(self, base, |draft| draft.dates.clone()));
        let listed = || self.dates.iter().map(|one| date_value(one, today)).collect();
        put("dates", dates, (self.on == On::Dates).then(|| Value::List(listed())));
        let lunar = on || (self.on == On::Lunar && other(self, base, |draft| draft.lunar.clone()));
        put("lunar", lunar, (self.on == On::Lunar).then(|| Value::texts(self.lunar.iter().cloned())));
        for (key, of) in [
            ("from", (|draft: &Self| draft.from.clone()) as fn(&Self) -> String),
            ("until", |draft| draft.until.clone()),
        ] {
            let said = of(self);
            put(key, other(self, base, of), unless(said.is_empty(), Some(date_value(&said, today))));
        }
        let mut except: Vec<Value> = self.holidays.then(|| Value::Text("holidays".to_owned())).into_iter().collect();
        except.extend(self.except.iter().map(|one| date_value(one, today)));
        except.extend(self.except_at.iter().map(|at| moment(at)));
        let differs = other(self, base, |draft| (draft.holidays, draft.except.clone(), draft.except_at.clone()));
        put("except", differs, unless(except.is_empty(), Some(Value::List(except))));
        let also: Vec<Value> = self.also.iter().map(|at| moment(at)).collect();
        put("also", other(self, base, |draft| draft.also.clone()), unless(also.is_empty(), Some(Value::List(also))));
        let kind = unless(!self.music, word("music"));
        put("kind", other(self, base, |draft| draft.music), kind);
        let sounds = self.play.iter().map(|name| sound(name)).collect();
        put("play", other(self, base, |draft| draft.play.clone()), Some(Value::List(sounds)));
        let repeat = self.repeat.parse().ok().map(Value::Integer);
        put("repeat", other(self, base, |draft| draft.repeat.clone()), repeat);
        let class = unless(self.class == "normal", word(&self.class));
        put("class", other(self, base, |draft| draft.class.clone()), class);
        put(
            "wait",
            other(self, base, |draft| draft.wait.clone()),
            unless(self.wait.is_empty(), word(&length(&self.wait, "m").unwrap_or_else(|| self.wait.clone()))),
        );
        let missed = match self.if_missed.as_str() {
            "late" => word(&format!("late {}", late(&self.late))),
            other => unless(other == "skip", word(other)),
        };
        let differs = other(self, base, |draft| {
            (draft.if_missed.clone(), (draft.if_missed == "late").then(|| draft.late.clone()))
        });
        put("if_missed", differs, missed);
        let interrupted = unless(self.if_interrupted == "resume", word(&self.if_interrupted));
        put("if_interrupted", other(self, base, |draft| draft.if_interrupted.clone()), interrupted);
        keys
    }
}

/// How late, as the file has it: ten minutes where nothing is said.
fn late(written: &str) -> String {
    let written = if written.is_empty() { "10" } else { written };
    length(written, "m").unwrap_or_else(|| written.to_owned())
}

/// Which days are meant: those of the group that is marked; where that has none and one other group has some, that one.
fn meant(marked: On, filled: [(On, bool); 3]) -> On {
    let mut others = filled.into_iter().filter(|(_, is_filled)| *is_filled).map(|(on, _)| on);
    match (others.next(), others.next()) {
        (Some(only), None) => only,
        _ => marked,
    }
}

/// The days of the week as the form names them.
pub(super) fn day_names() -> [(&'static str, Text); 7] {
    [
        ("mon", text!("T2", "Mon")),
        ("tue", text!("T3", "Tue")),
        ("wed", text!("T4", "Wed")),
        ("thu", text!("T5", "Thu")),
        ("fri", text!("T6", "Fri")),
        ("sat", text!("T7", "Sat")),
        ("sun", text!("CN", "Sun")),
    ]
}
