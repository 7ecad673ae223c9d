use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::added::Added;
use super::{AudioRef, Entry, EntryKind, Outcome};
use crate::instant::Wall;
use crate::reason::Reason;
use crate::schedule::Class;

/// Longest text of one field, in bytes. What people write is far shorter; what is longer is cut with
/// an ellipsis, since a record that says less is better than no record.
const MAX_TEXT: usize = 4_000;
/// Most files of one row. A programme has a handful.
const MAX_AUDIO: usize = 500;
/// Largest number, in thousandths: a million seconds is eleven days.
const MAX_THOUSANDTHS: i64 = 1_000_000_000_000;

/// An [`Entry`] as it stands in the file. The order of the fields is the order of the keys, and part
/// of the format: `docs/journal.md` describes it.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
pub struct RowBody {
    /// Its number.
    pub seq: u64,
    /// When it was written.
    pub written: String,
    /// The hash of the row before it.
    pub prev: String,
    /// The hash of the last mark at that moment.
    pub marks: String,
    /// Airing or note.
    pub kind: EntryKind,
    /// Zone id.
    pub zone: Option<String>,
    /// Broadcast id.
    pub broadcast: Option<String>,
    /// What people call it.
    pub title: String,
    /// How urgent.
    pub class: Option<Class>,
    /// When it was to begin.
    pub planned: Option<String>,
    /// When it was heard first.
    pub started: Option<String>,
    /// When it was heard last.
    pub ended: Option<String>,
    /// Measured start minus intended start.
    pub start_error_ms: Option<Thousandths>,
    /// The length of its programme.
    pub seconds_planned: Option<Thousandths>,
    /// How much of it was heard.
    pub seconds_played: Option<Thousandths>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// Why, as code and detail.
    pub reason: Option<String>,
    /// What it played.
    pub audio: Vec<AudioRef>,
    /// The campaign it counts for.
    #[serde(default, skip_serializing_if = "Added::is_absent")]
    pub campaign: Added,
    /// The order that it sounded by.
    #[serde(default, skip_serializing_if = "Added::is_absent")]
    pub order: Added,
    /// Who approved it.
    pub approved_by: Option<String>,
}

impl RowBody {
    /// `entry` as it will stand in the file behind `prev`, with instants in `tz`.
    pub fn of(entry: &Entry, prev: &str, marks: &str, tz: &TimeZone) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(clipped);
        let instant = |at: Option<Wall>| at.map(|at| at.rfc3339(tz));
        Self {
            seq: entry.seq,
            written: entry.written.rfc3339(tz),
            prev: prev.to_owned(),
            marks: marks.to_owned(),
            kind: entry.kind,
            zone: text(&entry.zone),
            broadcast: text(&entry.broadcast),
            title: clipped(&entry.title),
            class: entry.class,
            planned: instant(entry.planned),
            started: instant(entry.started),
            ended: instant(entry.ended),
            start_error_ms: entry.start_error_ms.and_then(Thousandths::nearest),
            seconds_planned: entry.seconds_planned.and_then(Thousandths::nearest),
            seconds_played: entry.seconds_played.and_then(Thousandths::nearest),
            outcome: entry.outcome,
            reason: text(&entry.reason_text()),
            audio: clipped_audio(&entry.audio),
            campaign: Added::Is(text(&entry.campaign)),
            order: Added::Is(text(&entry.order)),
            approved_by: text(&entry.approved_by),
        }
    }

    /// Out of the bytes of a row; `Err` says what no loa writes.
    pub fn read(text: &str) -> Result<Self, String> {
        let body: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if body.text().ok().as_deref() != Some(text) {
            return Err("not canonical".to_owned());
        }
        body.version().ok_or("campaign, order")?;
        Ok(body)
    }

    /// The version of the journal that a row like this was first written by; `None` where no version
    /// writes such a mixture of keys.
    pub const fn version(&self) -> Option<i64> {
        version_by(self.campaign.is_absent(), self.order.is_absent())
    }

    /// The canonical bytes.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The entry that this is the body of, as reading it back would give it, without the reading.
    pub fn settled(self, entry: &Entry, hash: String) -> Entry {
        Entry {
            seq: self.seq,
            kind: self.kind,
            written: to_millis(entry.written),
            zone: self.zone,
            broadcast: self.broadcast,
            title: self.title,
            class: self.class,
            planned: entry.planned.map(to_millis),
            started: entry.started.map(to_millis),
            ended: entry.ended.map(to_millis),
            start_error_ms: self.start_error_ms.map(Thousandths::value),
            seconds_planned: self.seconds_planned.map(Thousandths::value),
            seconds_played: self.seconds_played.map(Thousandths::value),
            outcome: self.outcome,
            reason: self.reason.map(Reason::from),
            audio: self.audio,
            campaign: self.campaign.text(),
            order: self.order.text(),
            approved_by: self.approved_by,
            no_horn: false,
            hash,
        }
    }

    /// Back to the row that readers get. `Err` names the field that makes no sense.
    pub fn entry(self, hash: String) -> Result<Entry, &'static str> {
        Ok(Entry {
            seq: self.seq,
            kind: self.kind,
            written: read_instant(&self.written).ok_or("written")?,
            zone: self.zone,
            broadcast: self.broadcast,
            title: self.title,
            class: self.class,
            planned: optional(self.planned.as_deref(), "planned")?,
            started: optional(self.started.as_deref(), "started")?,
            ended: optional(self.ended.as_deref(), "ended")?,
            start_error_ms: self.start_error_ms.map(Thousandths::value),
            seconds_planned: self.seconds_planned.map(Thousandths::value),
            seconds_played: self.seconds_played.map(Thousandths::value),
            outcome: self.outcome,
            reason: self.reason.map(Reason::from),
            audio: self.audio,
            campaign: self.campaign.text(),
            order: self.order.text(),
            approved_by: self.approved_by,
            no_horn: false,
            hash,
        })
    }
}

/// The version of a row without a campaign, or without an order. Version 2 added both at once.
pub const fn version_by(no_campaign: bool, no_order: bool) -> Option<i64> {
    match (no_campaign, no_order) {
        (true, true) => Some(1),
        (false, false) => Some(2),
        _ => None,
    }
}

/// `at` in milliseconds since 1970, the nearest, as [`Wall::rfc3339`] writes it.
pub const fn millis(at: Wall) -> i64 {
    at.nanos().saturating_add(500_000).div_euclid(1_000_000)
}

fn to_millis(at: Wall) -> Wall {
    Wall::from_nanos(millis(at).saturating_mul(1_000_000))
}

/// An RFC 3339 instant with offset; `None` where it is not one.
pub fn read_instant(written: &str) -> Option<Wall> {
    written.parse::<Timestamp>().ok().map(Wall::from)
}

fn optional(written: Option<&str>, field: &'static str) -> Result<Option<Wall>, &'static str> {
    written.map(|written| read_instant(written).ok_or(field)).transpose()
}

/// `text`, cut at a character so that it keeps within `MAX_TEXT`.
pub fn clipped(text: &str) -> String {
    if text.len() <= MAX_TEXT {
        return text.to_owned();
    }
    let end = (0..=MAX_TEXT - '…'.len_utf8()).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    format!("{}…", &text[..end])
}

/// `audio`, cut so that it keeps within `MAX_AUDIO`; the last one then says how many are left out.
pub fn clipped_audio(audio: &[AudioRef]) -> Vec<AudioRef> {
    let kept = if audio.len() > MAX_AUDIO { MAX_AUDIO - 1 } else { audio.len() };
    let mut refs: Vec<_> = audio[..kept]
        .iter()
        .map(|audio| AudioRef { file: clipped(&audio.file), sha256: clipped(&audio.sha256) })
        .collect();
    if kept < audio.len() {
        refs.push(AudioRef { file: format!("… (+{})", audio.len() - kept), sha256: String::new() });
    }
    refs
}

/// A number with at most three decimals, written in the one shortest way: `3`, `12.5`, `-0.013`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Thousandths(i64);

impl Thousandths {
    /// The nearest to `value`, within bounds; `None` for what is not a number.
    pub fn nearest(value: f64) -> Option<Self> {
        let limit = MAX_THOUSANDTHS as f64;
        value.is_finite().then(|| Self((value * 1_000.0).round().clamp(-limit, limit) as i64))
    }

    /// As a float.
    pub fn value(self) -> f64 {
        self.0 as f64 / 1_000.0
    }
}

impl Serialize for Thousandths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1_000 == 0 {
            serializer.serialize_i64(self.0 / 1_000)
        } else {
            serializer.serialize_f64(self.value())
        }
    }
}

impl<'de> Deserialize<'de> for Thousandths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        Self::nearest(value).ok_or_else(|| serde::de::Error::custom("not a finite number"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tz() -> TimeZone {
        TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
    }

    #[test]
    fn the_bytes_of_a_row_are_fixed() {
        let entry = Entry {
            seq: 7,
            kind: EntryKind::Airing,
            written: Wall::from_secs(1_796_000_000),
            zone: Some("thon-1".into()),
            broadcast: Some("nop-ho-so".into()),
            title: "Hướng dẫn \"nộp hồ sơ\"\n".into(),
            class: Some(Class::Priority),
            planned: Some(Wall::from_secs(1_795_999_000)),
            started: Some(Wall::from_nanos(1_795_999_000_000_499_999)),
            ended: None,
            start_error_ms: Some(-0.0134),
            seconds_planned: Some(125.0),
            seconds_played: Some(12.5),
            outcome: Some(Outcome::Partial),
            reason: Some("interrupted: lu-quet".into()),
            audio: vec![AudioRef { file: "nop-ho-so.vi.mp3".into(), sha256: "ab".into() }],
            campaign: Some("cai-cach".into()),
            order: None,
            approved_by: None,
            no_horn: false,
            hash: String::new(),
        };
        let expected = concat!(
            r#"{"seq":7,"written":"2026-11-30T07:53:20.000+07:00","prev":"p","marks":"m","kind":"airing","#,
            r#""zone":"thon-1","broadcast":"nop-ho-so","title":"Hướng dẫn \"nộp hồ sơ\"\n","class":"priority","#,
            r#""planned":"2026-11-30T07:36:40.000+07:00","started":"2026-11-30T07:36:40.000+07:00","ended":null,"#,
            r#""start_error_ms":-0.013,"seconds_planned":125,"seconds_played":12.5,"outcome":"partial","#,
            r#""reason":"interrupted: lu-quet","audio":[{"file":"nop-ho-so.vi.mp3","sha256":"ab"}],"#,
            r#""campaign":"cai-cach","order":null,"approved_by":null}"#,
        );
        assert_eq!(RowBody::of(&entry, "p", "m", &tz()).text().unwrap(), expected);
    }

    #[test]
    fn a_long_text_is_cut_at_a_character() {
        let cut = clipped(&"ế".repeat(5_000));
        assert!(cut.len() <= MAX_TEXT && cut.ends_with("ế…"), "{}", cut.len());
        assert_eq!(clipped("ngắn"), "ngắn");
        let many = vec![AudioRef { file: "a".into(), sha256: "b".into() }; 600];
        let kept = clipped_audio(&many);
        assert_eq!((kept.len(), kept[499].file.as_str()), (500, "… (+101)"));
    }

    #[test]
    fn a_doubled_or_foreign_key_is_no_body() {
        let good = RowBody::of(&Entry::default(), "p", "m", &tz()).text().unwrap();
        assert!(serde_json::from_str::<RowBody>(&good).is_ok());
        assert!(serde_json::from_str::<RowBody>(&good.replace("{\"seq\":0", "{\"seq\":0,\"seq\":0")).is_err());
        assert!(serde_json::from_str::<RowBody>(&good.replace("{\"seq\":0", "{\"seq\":0,\"x\":0")).is_err());
    }

    #[test]
    fn a_row_of_version_1_keeps_its_bytes_and_a_mixture_is_no_row() {
        let new = RowBody::of(&Entry::default(), "p", "m", &tz()).text().unwrap();
        let old = new.replace(r#","campaign":null,"order":null"#, "");
        let read = |text: &str| serde_json::from_str::<RowBody>(text).unwrap();
        assert_eq!((read(&new).version(), read(&old).version()), (Some(2), Some(1)));
        assert_eq!((read(&new).text().unwrap(), read(&old).text().unwrap()), (new.clone(), old));
        for missing in [r#","campaign":null"#, r#","order":null"#] {
            assert_eq!(read(&new.replace(missing, "")).version(), None, "{missing}");
        }
    }

    prop_compose! {
        fn any_entry()(
            seq in 0..=i64::MAX as u64,
            texts in prop::array::uniform4(".{0,40}"),
            (campaign, order) in (".{0,40}", ".{0,40}"),
            present in prop::array::uniform8(any::<bool>()),
            instants in prop::array::uniform4(any::<i64>()),
            numbers in prop::array::uniform3(prop::num::f64::ANY),
            audio in prop::collection::vec((".{0,20}", "[0-9a-f]{64}"), 0..4),
            outcome in 0..4usize,
            class in 0..3usize,
        ) -> Entry {
            let [zone, broadcast, title, reason] = texts;
            let at = |ix: usize| Wall::from_nanos(instants[ix]);
            Entry {
                seq,
                kind: if present[0] { EntryKind::Airing } else { EntryKind::Note },
                written: at(0),
                zone: present[1].then_some(zone),
                broadcast: present[2].then_some(broadcast),
                title,
                class: present[3].then_some([Class::Normal, Class::Priority, Class::Emergency][class]),
                planned: present[4].then_some(at(1)),
                started: present[5].then_some(at(2)),
                ended: present[5].then_some(at(3)),
                start_error_ms: present[6].then_some(numbers[0]),
                seconds_planned: Some(numbers[1]),
                seconds_played: Some(numbers[2]),
                outcome: present[7].then_some(
                    [Outcome::Played, Outcome::Partial, Outcome::Missed, Outcome::Refused][outcome]
                ),
                reason: present[0].then_some(reason.into()),
                audio: audio.into_iter().map(|(file, sha256)| AudioRef { file, sha256 }).collect(),
                campaign: present[1].then_some(campaign),
                order: present[2].then_some(order),
                approved_by: None,
                no_horn: false,
                hash: String::new(),
            }
        }
    }

    proptest! {
        #[test]
        fn a_row_read_and_written_again_has_the_same_bytes(entry in any_entry()) {
            for tz in [tz(), TimeZone::UTC, TimeZone::get("America/St_Johns").unwrap()] {
                let first = RowBody::of(&entry, "p", "m", &tz).text().unwrap();
                let read: RowBody = serde_json::from_str(&first).unwrap();
                prop_assert_eq!(&read.text().unwrap(), &first);
                let settled = read.clone().settled(&entry, String::new());
                let again = read.entry(String::new()).unwrap();
                prop_assert_eq!(&again, &settled);
                prop_assert_eq!(&RowBody::of(&again, "p", "m", &tz).text().unwrap(), &first);
            }
        }
    }
}
