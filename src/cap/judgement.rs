//! What is to be done about an alarm that somebody has signed: in each zone that it is meant for, by the rules of the station. A
//! pure function of the document and `loa.toml`; what the clock says of it is [`crate::CapTimes::at`].

use loa_core::diag::{Text, text};
use loa_core::station::{CapAct, CapCertainty, CapRule, CapSettings, CapSeverity, CapUrgency, Station, Zone, ZoneIx};

use crate::alert::{CapAlert, CapMessage, CapScope, CapStatus};
use crate::drill::says_drill;
use crate::event::{is_event, says_over};
use crate::info::CapInfo;
use crate::place::is_in_area;
use crate::refusal::BadCap;
use crate::time::CapTimes;

/// What zones understand that say nothing else.
const HOUSE_LANGUAGE: &str = "vi";

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
    /// This element of it is not written as CAP has it.
    Odd(&'static str),
    /// It says that a danger is over.
    AllClear,
    /// It is called a drill or a test, and not marked as one.
    Drill,
    /// A rule that does not look at how sure it is, or how soon, would sound it; and it is unlikely, or past.
    Unsure,
    /// A rule would sound it, and there is no alarm that it could be.
    NoPreset,
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
    let is_drill = says_drill(alert);
    let in_zone = |(zone, own): (ZoneIx, &Zone)| verdict((alert, is_drill), sender, station, zone, own);
    let zones = station.every_zone().into_iter().zip(&station.zones);
    let verdicts: Vec<CapVerdict> = zones.filter_map(in_zone).collect();
    if verdicts.is_empty() { CapJudgement::Nothing(CapNothing::Elsewhere) } else { CapJudgement::Zones(verdicts) }
}

/// The strictest of what its infos are worth in a zone, told in the zone's language.
fn verdict(
    (alert, is_drill): (&CapAlert, bool),
    sender: &str,
    station: &Station,
    zone: ZoneIx,
    own: &Zone,
) -> Option<CapVerdict> {
    let place = station.place_of(own);
    // What could not be read may be here.
    let is_meant = |info: &CapInfo| {
        info.areas.is_empty() || info.areas.iter().any(|area| area.is_unclear || is_in_area(&place, area))
    };
    let mut meant: Vec<(usize, &CapInfo)> = alert.infos.iter().enumerate().filter(|(_, info)| is_meant(info)).collect();
    // Of those that are worth the same, the one that the zone understands.
    let languages: Vec<&str> = own.languages.iter().map(String::as_str).chain([HOUSE_LANGUAGE]).collect();
    let strange = |info: &CapInfo| languages.iter().position(|wanted| speaks(info, wanted)).unwrap_or(languages.len());
    meant.sort_by_key(|(_, info)| strange(info));
    let judged = meant.iter().map(|&(place, info)| {
        let Ruled { act, why, preset } = weighed(alert, is_drill, info, ruled(&station.cap, station, sender, info));
        CapVerdict { zone, act, why, preset, info: place, times: info.times }
    });
    // The first of those that ask for most: `max_by_key` would take the last.
    let strictest = judged.reduce(|best, other| if other.act > best.act { other } else { best })?;
    let told = in_language(&meant, &alert.infos[strictest.info], &languages).unwrap_or(strictest.info);
    Some(CapVerdict { info: told, ..strictest })
}

/// The info that says the same as `judged` in the first of these languages: of the same danger as far as codes tell.
fn in_language(meant: &[(usize, &CapInfo)], judged: &CapInfo, languages: &[&str]) -> Option<usize> {
    let same = |info: &CapInfo| {
        (info.severity, info.urgency, info.certainty, &info.categories, info.times.until)
            == (judged.severity, judged.urgency, judged.certainty, &judged.categories, judged.times.until)
    };
    languages
        .iter()
        .find_map(|wanted| meant.iter().find(|(_, info)| speaks(info, wanted) && same(info)).map(|(place, _)| *place))
}

fn speaks(info: &CapInfo, language: &str) -> bool {
    main_tag(&info.language) == main_tag(language)
}

/// `vi` of `vi-VN`.
fn main_tag(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}

/// What an info is worth, and why.
struct Ruled {
    act: CapAct,
    why: CapWhy,
    preset: Option<String>,
}

/// What the rules say: the first that fits, and which it is.
fn ruled<'s>(
    settings: &'s CapSettings,
    station: &Station,
    sender: &str,
    info: &CapInfo,
) -> (Ruled, Option<&'s CapRule>) {
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
    let preset = preset.or_else(|| guessed(station, info));
    (Ruled { act, why, preset }, found.map(|(_, rule)| rule))
}

/// The same, where what it says is in doubt: a person is asked.
fn weighed(alert: &CapAlert, is_drill: bool, info: &CapInfo, (ruled, rule): (Ruled, Option<&CapRule>)) -> Ruled {
    if says_over(info) {
        // Whatever a rule says of the danger, its end is no alarm; and none is offered with one tap.
        let act = ruled.act.min(CapAct::Ask);
        let why = if ruled.act == CapAct::Sound { CapWhy::AllClear } else { ruled.why };
        return Ruled { act, why, preset: None };
    }
    let odd = alert.doubts.iter().chain(&info.doubts).map(BadCap::name).next();
    // That no rule is meant for it says nothing, where it could not be read what it is.
    let is_unruled = ruled.act == CapAct::Show || ruled.why == CapWhy::NoRule;
    if let (true, true, Some(name)) = (is_unruled, info.is_unread(), odd) {
        return Ruled { act: CapAct::Ask, why: CapWhy::Odd(name), ..ruled };
    }
    if ruled.act != CapAct::Sound {
        return ruled;
    }
    let is_free = |looks_at: fn(&CapRule) -> bool| !rule.is_some_and(looks_at);
    let is_unsure = info.certainty == CapCertainty::Unlikely && is_free(|rule| !rule.certainty.is_empty())
        || info.urgency == CapUrgency::Past && is_free(|rule| !rule.urgency.is_empty());
    let doubt = match odd {
        Some(name) => Some(CapWhy::Odd(name)),
        None if alert.scope != CapScope::Public => Some(CapWhy::NotPublic),
        None if info.areas.is_empty() => Some(CapWhy::NoArea),
        None if is_drill => Some(CapWhy::Drill),
        None if is_unsure => Some(CapWhy::Unsure),
        None if ruled.preset.is_none() => Some(CapWhy::NoPreset),
        None => None,
    };
    match doubt {
        Some(why) => Ruled { act: CapAct::Ask, why, ..ruled },
        None => ruled,
    }
}

/// The alarm whose title stands in what the danger is called; else the one for everything else, if there is one.
fn guessed(station: &Station, info: &CapInfo) -> Option<String> {
    let presets = &station.emergency.presets;
    let is_named = |title: &str| is_event(title, info);
    let found = presets.iter().find(|preset| is_named(&preset.title.vi) || is_named(&preset.title.en));
    let other = || presets.iter().find(|preset| preset.id == "khac");
    found.or_else(other).map(|preset| preset.id.clone())
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
            Self::Odd(name) => text!(
                "phần «{name}» của bản tin viết sai cách, nên hỏi người",
                "its `{name}` is not written as CAP has it, so a person is asked"
            ),
            Self::AllClear => text!(
                "bản tin báo đã hết nguy hiểm, nên hỏi người",
                "it says that a danger is over, so a person is asked"
            ),
            Self::Drill => text!(
                "bản tin gọi mình là diễn tập hay thử mà không ghi status như vậy, nên hỏi người",
                "it is called a drill or a test, and its status says otherwise, so a person is asked"
            ),
            Self::Unsure => text!(
                "bản tin nói việc khó xảy ra, hoặc đã qua, mà quy tắc không xét điều đó, nên hỏi người",
                "it is unlikely, or past, and the rule does not look at that, so a person is asked"
            ),
            Self::NoPreset => text!(
                "không có báo động nào trong [emergency] hợp với việc này, nên hỏi người",
                "no alarm of [emergency] fits it, so a person is asked"
            ),
        }
    }
}
