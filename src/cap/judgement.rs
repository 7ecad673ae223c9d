//! What is to be done about an alarm that somebody has signed: in each zone that it is meant for, by the rules of the station. A
//! pure function of the document and `loa.toml`; what the clock says of it is [`crate::CapTimes::at`].

use loa_core::diag::{Text, fold, text};
use loa_core::station::{CapAct, CapRule, CapSettings, CapSeverity, Station, Zone, ZoneIx};

use crate::alert::{CapAlert, CapInfo, CapMessage, CapScope, CapStatus};
use crate::place::is_in_area;
use crate::time::CapTimes;

/// What is to be done.
#[derive(Clone, PartialEq, Debug)]
pub enum CapJudgement {
    /// Nothing sounds, and nobody is asked.
    Nothing(CapNothing),
    /// Earlier ones are over; nothing else.
    Cancel,
    /// In each zone that it is meant for, in the station's order; never none.
    Zones(Vec<CapVerdict>),
}

/// Why an alarm moves nothing here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapNothing {
    /// It is no real one: a drill, a test, a draft.
    NotActual(CapStatus),
    /// Somebody has taken or refused another one.
    Answer,
    /// It says nothing.
    Empty,
    /// No zone lies where it is meant for.
    Elsewhere,
}

/// What is to be done in a zone.
#[derive(Clone, PartialEq, Debug)]
pub struct CapVerdict {
    /// Which.
    pub zone: ZoneIx,
    /// What.
    pub act: CapAct,
    /// Why nobody is spared the question, where the rule alone would sound it.
    pub why: CapWhy,
    /// The alarm of `[emergency]` that it plays; none where none fits.
    pub preset: Option<String>,
    /// Which of the infos is the zone's, in its language.
    pub info: usize,
    /// When it holds.
    pub times: CapTimes,
}

/// By what it was judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapWhy {
    /// By the rule of this place in the list, from 0.
    Rule(usize),
    /// No rule is meant for it: a severe one asks, another one is shown.
    NoRule,
    /// A rule would sound it, and it names no area that could be compared with a zone.
    NoArea,
    /// A rule would sound it, and it is not for everybody.
    NotPublic,
}

/// Judge an alarm that the sender of this id has signed.
pub fn judge(alert: &CapAlert, sender: &str, station: &Station) -> CapJudgement {
    if alert.status != CapStatus::Actual {
        return CapJudgement::Nothing(CapNothing::NotActual(alert.status));
    }
    match alert.message {
        CapMessage::Cancel => return CapJudgement::Cancel,
        CapMessage::Ack | CapMessage::Error => return CapJudgement::Nothing(CapNothing::Answer),
        CapMessage::Alert | CapMessage::Update if alert.infos.is_empty() => {
            return CapJudgement::Nothing(CapNothing::Empty);
        }
        CapMessage::Alert | CapMessage::Update => {}
    }
    let in_zone = |(zone, own): (ZoneIx, &Zone)| verdict(alert, sender, station, zone, own);
    let zones = station.every_zone().into_iter().zip(&station.zones);
    let verdicts: Vec<CapVerdict> = zones.filter_map(in_zone).collect();
    if verdicts.is_empty() { CapJudgement::Nothing(CapNothing::Elsewhere) } else { CapJudgement::Zones(verdicts) }
}

/// The strictest of what its infos are worth in a zone, told in the zone's language.
fn verdict(alert: &CapAlert, sender: &str, station: &Station, zone: ZoneIx, own: &Zone) -> Option<CapVerdict> {
    let place = station.place_of(own);
    let is_meant = |info: &CapInfo| info.areas.is_empty() || info.areas.iter().any(|area| is_in_area(&place, area));
    let meant: Vec<(usize, &CapInfo)> = alert.infos.iter().enumerate().filter(|(_, info)| is_meant(info)).collect();
    let judged = meant.iter().map(|&(place, info)| {
        let (mut act, mut why, preset) = ruled(&station.cap, station, sender, info);
        if act == CapAct::Sound && alert.scope != CapScope::Public {
            (act, why) = (CapAct::Ask, CapWhy::NotPublic);
        }
        if act == CapAct::Sound && info.areas.is_empty() {
            (act, why) = (CapAct::Ask, CapWhy::NoArea);
        }
        CapVerdict { zone, act, why, preset, info: place, times: info.times }
    });
    // The first of those that ask for most: `max_by_key` would take the last.
    let strictest = judged.reduce(|best, other| if other.act > best.act { other } else { best })?;
    let told = in_language(&meant, &alert.infos[strictest.info], &own.languages).unwrap_or(strictest.info);
    Some(CapVerdict { info: told, ..strictest })
}

/// The info that says the same as `judged` in one of the zone's languages: of the same danger as far as codes tell.
fn in_language(meant: &[(usize, &CapInfo)], judged: &CapInfo, languages: &[String]) -> Option<usize> {
    let same = |info: &&CapInfo| {
        (info.severity, info.urgency, info.certainty, &info.categories, info.times.until)
            == (judged.severity, judged.urgency, judged.certainty, &judged.categories, judged.times.until)
    };
    languages.iter().find_map(|wanted| {
        let speaks = |info: &&CapInfo| main_tag(&info.language) == main_tag(wanted);
        meant.iter().find(|(_, info)| speaks(info) && same(info)).map(|(place, _)| *place)
    })
}

/// `vi` of `vi-VN`.
fn main_tag(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// What the rules say: the first that fits.
fn ruled(settings: &CapSettings, station: &Station, sender: &str, info: &CapInfo) -> (CapAct, CapWhy, Option<String>) {
    let fits = |rule: &CapRule| {
        (rule.senders.is_empty() || rule.senders.iter().any(|id| id == sender))
            && (rule.severity.is_empty() || rule.severity.contains(&info.severity))
            && (rule.urgency.is_empty() || rule.urgency.contains(&info.urgency))
            && (rule.certainty.is_empty() || rule.certainty.contains(&info.certainty))
            && (rule.events.is_empty() || rule.events.iter().any(|event| is_event(event, info)))
    };
    let found = settings.rules.iter().enumerate().find(|(_, rule)| fits(rule));
    let (act, why, preset) = match found {
        Some((place, rule)) => (rule.act, CapWhy::Rule(place), rule.preset.clone()),
        None if info.severity >= CapSeverity::Severe => (CapAct::Ask, CapWhy::NoRule, None),
        None => (CapAct::Show, CapWhy::NoRule, None),
    };
    (act, why, preset.or_else(|| guessed(station, info)))
}

/// The alarm whose title stands in what the danger is called; else the one for everything else, if there is one.
fn guessed(station: &Station, info: &CapInfo) -> Option<String> {
    let presets = &station.emergency.presets;
    let is_named = |title: &str| is_event(title, info);
    let found = presets.iter().find(|preset| is_named(&preset.title.vi) || is_named(&preset.title.en));
    let other = || presets.iter().find(|preset| preset.id == "khac");
    found.or_else(other).map(|preset| preset.id.clone())
}

/// Whether the danger is called so: the words stand in its name one after the other, or it is the value of one of its codes.
fn is_event(wanted: &str, info: &CapInfo) -> bool {
    let wanted_words = folded_words(wanted);
    let words = folded_words(&info.event);
    let is_code = info.event_codes.iter().any(|(_, value)| value == wanted);
    is_code || (!wanted_words.is_empty() && words.windows(wanted_words.len()).any(|window| window == wanted_words))
}

fn folded_words(said: &str) -> Vec<String> {
    said.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|word| !word.is_empty()).collect()
}

impl CapNothing {
    /// Why, as a sentence without its full stop.
    pub fn text(self) -> Text {
        match self {
            Self::NotActual(CapStatus::Exercise) => text!("đây là diễn tập", "it is a drill"),
            Self::NotActual(CapStatus::Test) => text!("đây là tin thử", "it is a test"),
            Self::NotActual(CapStatus::Draft) => text!("đây mới là bản nháp", "it is a draft"),
            Self::NotActual(CapStatus::System | CapStatus::Actual) => {
                text!("đây là tin giữa các máy", "it is meant for programs")
            }
            Self::Answer => text!("đây là trả lời cho một bản tin khác", "it is an answer to another one"),
            Self::Empty => text!("không có nội dung", "it says nothing"),
            Self::Elsewhere => text!("không cụm loa nào nằm trong vùng báo động", "no zone lies in its area"),
        }
    }
}

impl CapWhy {
    /// Why, as a sentence without its full stop.
    pub fn text(self) -> Text {
        match self {
            Self::Rule(place) => {
                let place = place + 1;
                text!("theo quy tắc {place} trong [[cap.rules]]", "by rule {place} in [[cap.rules]]")
            }
            Self::NoRule => text!("không có quy tắc nào cho việc này", "no rule is meant for it"),
            Self::NoArea => {
                text!("bản tin không nói rõ vùng nào, nên hỏi người", "it names no area, so a person is asked")
            }
            Self::NotPublic => {
                text!(
                    "bản tin không dành cho mọi người, nên hỏi người",
                    "it is not for everybody, so a person is asked"
                )
            }
        }
    }
}
