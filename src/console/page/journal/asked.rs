//! What of the journal is asked for: the fields of the form above the rows. Nothing written means the last week; what is
//! not understood is said beside the form with everything kept, and never means "all".

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::words;
use crate::diag::{Text, fold, shown, text};
use crate::fact::{Entry, EntryKind, Outcome};
use crate::fields::Fields;
use crate::instant::Wall;
use crate::journal::Bookmark;
use crate::reason::Reason;
use crate::station::{Station, ZoneIx};
use crate::typed::date_behind;

/// Days that are shown where none are chosen.
const USUAL: i64 = 7;

/// Days that may be chosen at once; a year's book is printed from these.
const DAYS_MOST: i32 = 366;

/// Letters of a name that is looked for.
const WHO_MOST: usize = 80;

/// Which rows are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Show {
    /// What was to sound, and what became of it.
    #[default]
    Airings,
    /// What people ordered.
    Acts,
    /// What the machine has noted by itself.
    Machine,
}

impl Show {
    pub(crate) const ALL: [Self; 3] = [Self::Airings, Self::Acts, Self::Machine];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Airings => "airings",
            Self::Acts => "acts",
            Self::Machine => "machine",
        }
    }

    pub(crate) fn title(self) -> Text {
        match self {
            Self::Airings => text!("Mục phát", "Broadcasts"),
            Self::Acts => text!("Việc người làm", "People's acts"),
            Self::Machine => text!("Máy ghi", "The machine's notes"),
        }
    }

    /// Whether a row belongs here: each belongs somewhere, and what sounded by order in two places.
    pub(crate) fn has(self, entry: &Entry) -> bool {
        match self {
            Self::Airings => entry.kind == EntryKind::Airing,
            Self::Acts => is_act(entry),
            Self::Machine => entry.kind == EntryKind::Note && !is_act(entry),
        }
    }
}

/// A person stands behind it.
fn is_act(entry: &Entry) -> bool {
    words::who(entry).is_some()
        || entry.order.is_some()
        || matches!(entry.reason, Some(Reason::OrderRefused(_) | Reason::ClockConfirmed(_)))
}

/// The outcomes that can be chosen, by name.
pub(crate) const OUTCOMES: [(&str, Outcome); 4] = [
    ("played", Outcome::Played),
    ("partial", Outcome::Partial),
    ("missed", Outcome::Missed),
    ("refused", Outcome::Refused),
];

/// What is asked for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct RowsAsked {
    /// The first day.
    pub(crate) from: Date,
    /// The last day.
    pub(crate) to: Date,
    /// A zone or a group as it was chosen; empty for all.
    pub(crate) zone: String,
    /// Its zones.
    pub(crate) zones: Vec<String>,
    pub(crate) outcome: Option<Outcome>,
    /// A part of a person's name.
    pub(crate) who: String,
    pub(crate) show: Show,
    /// Where this page begins; the first where there is none.
    pub(crate) place: Option<Bookmark>,
    /// What was not understood.
    pub(crate) said: Option<Text>,
}

impl RowsAsked {
    /// Out of an address.
    pub(crate) fn read(fields: &Fields, station: &Station, now: Wall) -> Self {
        let today = now.zoned(&station.timezone).date();
        let mut said = None;
        let mut day = |name: &str| match fields.get(name) {
            "" => None,
            written => {
                let read = date_behind(written, today);
                if read.is_none() {
                    let written = shown(written);
                    said = Some(text!(
                        "Ngày «{written}» chưa đúng. Ví dụ: 28/11/2026.",
                        "\"{written}\" is not a date. For example: 28/11/2026."
                    ));
                }
                read
            }
        };
        let (from, to) = (day("from"), day("to"));
        let to = to.or_else(|| from.map(|from| from.max(today))).unwrap_or(today);
        let from = from.unwrap_or_else(|| to.saturating_sub((USUAL - 1).days()));
        let mut asked = Self {
            from,
            to,
            zone: fields.get("zone").to_owned(),
            zones: Vec::new(),
            outcome: OUTCOMES.iter().find(|(name, _)| *name == fields.get("outcome")).map(|(_, outcome)| *outcome),
            who: fields.get("who").chars().take(WHO_MOST).collect(),
            show: Show::ALL.into_iter().find(|show| show.name() == fields.get("show")).unwrap_or_default(),
            place: Bookmark::read(fields.get("at")),
            said,
        };
        asked.settle(station);
        asked
    }

    /// Nothing is asked for but the airings of some days.
    pub(crate) fn is_unfiltered(&self) -> bool {
        let is_of_all = self.zone.is_empty() && self.outcome.is_none() && self.who.is_empty();
        is_of_all && self.show == Show::Airings && self.place.is_none()
    }

    fn settle(&mut self, station: &Station) {
        if self.to < self.from {
            self.said = Some(text!(
                "Ngày cuối đứng trước ngày đầu. Xin chọn lại.",
                "The last day is before the first. Choose again."
            ));
        } else if self.to.since(self.from).is_ok_and(|span| span.get_days() >= DAYS_MOST) {
            let most = DAYS_MOST;
            self.said = Some(text!(
                "Mỗi lần xem được {most} ngày. Xin chọn ít ngày hơn.",
                "{most} days can be seen at once. Choose fewer."
            ));
        }
        if self.zone.is_empty() {
            return;
        }
        match station.find(&self.zone) {
            Ok(zones) => {
                let zone = |ZoneIx(place): ZoneIx| station.zones.get(usize::from(place)).map(|zone| zone.id.clone());
                self.zones = zones.into_iter().filter_map(zone).collect();
            }
            // One that is gone from `loa.toml` has its rows all the same.
            Err(_) => self.zones = vec![self.zone.clone()],
        }
    }

    /// From when.
    pub(crate) fn begins(&self, tz: &TimeZone) -> Wall {
        midnight(self.from, tz)
    }

    /// Until when.
    pub(crate) fn ends(&self, tz: &TimeZone) -> Wall {
        midnight(self.to.saturating_add(1.day()), tz)
    }

    /// Whether a row of these days is asked for.
    pub(crate) fn wants(&self, entry: &Entry) -> bool {
        self.show.has(entry)
            && (self.zones.is_empty() || entry.zone.as_ref().is_some_and(|zone| self.zones.contains(zone)))
            && (self.outcome.is_none() || entry.outcome == self.outcome)
            && (self.who.is_empty() || self.names(entry))
    }

    fn names(&self, entry: &Entry) -> bool {
        let wanted = fold(&self.who);
        let people = words::who(entry).into_iter().chain(entry.approved_by.as_deref());
        people.into_iter().any(|name| fold(name).contains(&wanted))
    }

    /// The same in an address, without a place: `from=2026-11-22&to=…`.
    pub(crate) fn written(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        out.append_pair("from", &self.from.to_string()).append_pair("to", &self.to.to_string());
        let outcome = OUTCOMES.iter().find(|(_, outcome)| Some(*outcome) == self.outcome).map_or("", |(name, _)| name);
        let show = if self.show == Show::default() { "" } else { self.show.name() };
        for (name, value) in [("zone", self.zone.as_str()), ("outcome", outcome), ("who", &self.who), ("show", show)] {
            if !value.is_empty() {
                out.append_pair(name, value);
            }
        }
        out.finish()
    }
}

fn midnight(date: Date, tz: &TimeZone) -> Wall {
    date.to_zoned(tz.clone()).map_or(Wall::MAX, |zoned| zoned.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::Zone;

    /// 2026-11-30T07:53:20+07:00.
    const NOW: Wall = Wall::from_secs(1_796_000_000);

    fn station() -> Station {
        let zone = |id: &str| Zone::named(id.to_owned());
        let timezone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        Station { zones: vec![zone("thon-1"), zone("thon-2"), zone("thon-3")], timezone, ..Station::default() }
    }

    fn asked(query: &str) -> RowsAsked {
        RowsAsked::read(&Fields::read(query.as_bytes()), &station(), NOW)
    }

    #[test]
    fn nothing_written_is_the_last_week() {
        let asked = asked("");
        assert_eq!((asked.from.to_string(), asked.to.to_string()), ("2026-11-24".into(), "2026-11-30".into()));
        assert_eq!(asked.said, None);
        let tz = station().timezone;
        assert_eq!(asked.ends(&tz).since(asked.begins(&tz)).as_hours(), 7 * 24);
    }

    #[test]
    fn what_is_not_understood_is_said_and_never_means_all() {
        for query in ["from=32/11/2026", "from=x", "from=2026-12-02&to=2026-12-01", "from=2020-01-01&to=2026-11-30"] {
            assert!(asked(query).said.is_some(), "{query}");
        }
        for query in ["from=28/11/2026&to=30/11/2026", "from=2026-11-28", "to=1.11.2026", "from=2026-12-24"] {
            assert_eq!(asked(query).said, None, "{query}");
        }
        let gone = asked("zone=thon-9");
        let row = |zone: &str| Entry { kind: EntryKind::Airing, zone: Some(zone.into()), ..Entry::default() };
        assert!(gone.wants(&row("thon-9")) && !gone.wants(&row("thon-1")));
    }

    #[test]
    fn each_filter_lets_through_what_it_names() {
        let row = |zone: &str, outcome, reason: &str| Entry {
            kind: EntryKind::Airing,
            zone: Some(zone.into()),
            outcome: Some(outcome),
            reason: (!reason.is_empty()).then(|| reason.into()),
            ..Entry::default()
        };
        let rows = [
            row("thon-1", Outcome::Played, ""),
            row("thon-2", Outcome::Missed, "power_lost"),
            row("thon-1", Outcome::Partial, "stopped: Trần Thị Hai"),
            Entry { reason: Some("started".into()), ..Entry::default() },
            Entry { reason: Some("clock_confirmed: ông Năm".into()), ..Entry::default() },
        ];
        for (query, expected) in [
            ("", vec![0, 1, 2]),
            ("zone=thon-1", vec![0, 2]),
            ("outcome=missed", vec![1]),
            ("who=tran+thi+hai", vec![2]),
            ("who=ong+nam", vec![]),
            ("show=acts", vec![2, 4]),
            ("show=machine", vec![3]),
        ] {
            let asked = asked(query);
            let found: Vec<usize> = (0..rows.len()).filter(|ix| asked.wants(&rows[*ix])).collect();
            assert_eq!(found, expected, "{query}");
        }
    }

    #[test]
    fn an_address_says_the_same_when_it_is_read_again() {
        for query in ["", "from=28/11/2026&zone=thon-1&outcome=missed&who=b%C3%A0+Hai&show=acts"] {
            let first = asked(query);
            assert_eq!(asked(&first.written()), first);
        }
    }
}
