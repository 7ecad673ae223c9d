use jiff::Timestamp;
use serde::Serialize;

use super::stage::CapDeed;
use super::standing::{KnownPart, titles};
use crate::cap::{
    CapAlert, CapIdentity, CapInfo, CapJudgement, CapTimes, CapTrust, CapVerdict, Untrusted, judge, unverified,
};
use crate::checkup::Words;
use crate::diag::{Text, figure, shown, text};
use crate::instant::Wall;
use crate::station::{CapAct, CapCertainty, CapSeverity, CapUrgency, Station};

/// What this station makes of a document: who has signed it, where it is meant for, what would be done.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CapOpinion {
    /// Somebody whose alarms count has signed it: his id.
    pub sender: Option<String>,
    /// Why it does not count: a code.
    pub code: Option<&'static str>,
    /// Why it does not count.
    pub untrusted: Option<Words>,
    /// What it is known by, where it could be read.
    pub identity: Option<CapIdentity>,
    /// In a sentence.
    pub title: String,
    /// How bad, how soon, how sure, in the words of CAP, of each danger that it tells of.
    pub levels: Vec<[&'static str; 3]>,
    /// When the first danger itself begins, where that is said.
    pub onset: Option<Timestamp>,
    /// What belongs to it, by name: nobody has signed what lies there, and it is not fetched.
    pub resources: Vec<String>,
    /// Why nothing would be done.
    pub nothing: Option<Words>,
    /// It takes earlier ones back.
    pub cancels: Vec<CapIdentity>,
    /// What would be done, in zones where that is the same.
    pub parts: Vec<PartOpinion>,
}

/// What would be done in some zones.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PartOpinion {
    /// Ids.
    pub zones: Vec<String>,
    /// What.
    pub act: CapAct,
    /// Why.
    pub why: Words,
    /// The alarm that it plays.
    pub preset: Option<String>,
    /// From when on it holds.
    pub from: Timestamp,
    /// When it is over.
    pub until: Timestamp,
    /// Why it would not be done now.
    pub not_now: Option<Words>,
    /// It is over.
    pub is_over: bool,
    /// When it holds.
    #[serde(skip)]
    pub(super) times: CapTimes,
    /// By what clock it was judged; none where that is not believed.
    #[serde(skip)]
    pub(super) now: Option<Timestamp>,
}

impl CapOpinion {
    /// Judge a document as the process does, and order nothing. `now` is none where the clock is not believed.
    pub fn of(bytes: &[u8], trust: &CapTrust, station: &Station, now: Option<Timestamp>) -> Self {
        let admitted = trust.admit(bytes, now, &station.timezone);
        let (sender, why, alert) = match admitted {
            Ok((verified, sender)) => (Some(sender.id.clone()), None, Some(verified.alert)),
            Err(why) => (None, Some(why), unverified(bytes).ok()),
        };
        let judged = alert.as_ref().map(|alert| judge(alert, sender.as_deref().unwrap_or_default(), station));
        let (mut nothing, mut cancels, mut parts) = (None, Vec::new(), Vec::new());
        match (&alert, judged) {
            (_, Some(CapJudgement::Nothing(why))) => nothing = Some(why.text().into()),
            (Some(alert), Some(CapJudgement::Cancel)) => cancels.clone_from(&alert.references),
            (Some(alert), Some(CapJudgement::Zones(verdicts))) => {
                let sent = alert.identity.sent;
                parts = grouped(&verdicts).iter().map(|group| PartOpinion::of(group, sent, station, now)).collect();
            }
            _ => {}
        }
        let infos = alert.iter().flat_map(|alert| &alert.infos);
        Self {
            sender,
            code: why.as_ref().map(Untrusted::code),
            untrusted: why.map(|why| why.text().into()),
            identity: alert.as_ref().map(|alert| alert.identity.clone()),
            title: alert.as_ref().map(title_of).unwrap_or_default(),
            levels: infos.clone().map(levels).collect(),
            onset: infos.clone().find_map(|info| info.onset),
            resources: infos.flat_map(|info| &info.resources).map(|one| one.description.clone()).collect(),
            nothing,
            cancels,
            parts,
        }
    }

    /// Whether it is truly signed.
    pub const fn is_trusted(&self) -> bool {
        self.sender.is_some()
    }

    /// For people, one thing a line.
    pub fn lines(&self, station: &Station) -> Vec<Text> {
        let mut lines = Vec::new();
        match (&self.sender, &self.untrusted) {
            (Some(id), _) => {
                let title = shown(station.cap.sender(id).map_or(id.as_str(), |sender| &sender.title));
                lines.push(text!("Chữ ký: đúng, của «{title}»", "Signature: true, of \"{title}\""));
            }
            (None, Some(why)) => {
                let Text { vi, en } = Text::from(why.clone());
                lines.push(text!(
                    "KHÔNG ĐƯỢC TIN: {vi}. Đài không phát gì, cũng không hỏi ai.",
                    "NOT BELIEVED: {en}. Nothing sounds, and nobody is asked."
                ));
            }
            (None, None) => {}
        }
        if let Some(identity) = &self.identity {
            let (title, sender, identifier) =
                (shown(&self.title), shown(&identity.sender), shown(&identity.identifier));
            let sent = moment(identity.sent, station);
            lines.push(text!(
                sent = sent;
                "Bản tin: «{title}» (số {identifier} của {sender}, gửi lúc {sent})",
                "It says: \"{title}\" ({identifier} of {sender}, sent at {sent})"
            ));
        }
        if !self.is_trusted() {
            return lines;
        }
        let mut levels = self.levels.clone();
        levels.dedup();
        for [severity, urgency, certainty] in levels {
            lines.push(text!(
                "Mức độ: {severity}, {urgency}, {certainty}",
                "How bad, how soon, how sure: {severity}, {urgency}, {certainty}"
            ));
        }
        if let Some(onset) = self.onset {
            let at = moment(onset, station);
            lines.push(text!(at = at; "Việc bắt đầu lúc {at}", "It begins at {at}"));
        }
        for name in &self.resources {
            let name = shown(name);
            lines.push(text!("Có kèm «{name}», đài không lấy về", "\"{name}\" belongs to it, and is not fetched"));
        }
        if let Some(nothing) = &self.nothing {
            let Text { vi, en } = Text::from(nothing.clone());
            lines.push(text!("Không phát: {vi}", "Does not sound: {en}"));
        }
        for identity in &self.cancels {
            let identifier = shown(&identity.identifier);
            lines.push(text!("Hủy bản tin số {identifier}", "Takes {identifier} back"));
        }
        lines.extend(self.parts.iter().map(|part| part.line(station)));
        lines
    }
}

impl PartOpinion {
    fn of(group: &[&CapVerdict], sent: Timestamp, station: &Station, now: Option<Timestamp>) -> Self {
        let first = group[0];
        let times = CapTimes { sent, ..first.times };
        let deed = CapDeed::of(first.act, &times, now);
        Self {
            zones: ids(group, station),
            act: first.act,
            why: first.why.text().into(),
            preset: first.preset.clone(),
            from: first.times.from,
            until: first.times.until,
            not_now: deed.why().map(Into::into),
            is_over: deed == CapDeed::Over,
            times,
            now,
        }
    }

    /// As it was decided in the end: a rule that would sound it is not the last word.
    pub(super) fn decide(&mut self, known: &KnownPart) {
        (self.act, self.why) = (known.act, known.why.clone());
        self.not_now = CapDeed::of(self.act, &self.times, self.now).why().map(Into::into);
    }

    /// `Thôn 1: phát ngay «Lũ», theo quy tắc 1 trong [[cap.rules]], đến 09:00`. What hinders it comes before what a rule says.
    pub(super) fn line(&self, station: &Station) -> Text {
        let zones = titles(&self.zones, station);
        let preset =
            self.preset.as_deref().and_then(|id| station.emergency.preset(id)).map(|preset| preset.title.clone());
        let deed = CapDeed::of(self.act, &self.times, self.now);
        let Text { vi, en } = match (self.act, preset) {
            (CapAct::Show, _) => text!("chỉ để xem", "to be read only"),
            (CapAct::Sound, Some(Text { vi, en })) if !deed.is_asked() => {
                text!("phát ngay «{vi}»", "sounds at once: \"{en}\"")
            }
            (CapAct::Sound | CapAct::Ask, Some(Text { vi, en })) => {
                text!("hỏi người có phát «{vi}» không", "a person is asked whether \"{en}\" sounds")
            }
            (CapAct::Sound | CapAct::Ask, None) => {
                text!("hỏi người, chưa rõ phát báo động nào", "a person is asked, and chooses the alarm")
            }
        };
        let Text { vi: why_vi, en: why_en } = Text::from(self.why.clone());
        let Text { vi: until_vi, en: until_en } = moment(self.until, station);
        if deed == CapDeed::Over {
            return text!(
                "{zones}: KHÔNG phát, đã hết hạn lúc {until_vi} (còn hạn thì: {vi}, {why_vi})",
                "{zones}: does NOT sound, it is over since {until_en} (else: {en}, {why_en})"
            );
        }
        match deed.why() {
            Some(Text { vi: not_vi, en: not_en }) if deed.is_asked() => text!(
                "{zones}: {vi}, {not_vi} ({why_vi}, đến {until_vi})",
                "{zones}: {en}, {not_en} ({why_en}, until {until_en})"
            ),
            Some(Text { vi: not_vi, en: not_en }) => text!(
                "{zones}: chưa phát, {not_vi} (sau đó: {vi}, {why_vi}, đến {until_vi})",
                "{zones}: does not sound yet, {not_en} (then: {en}, {why_en}, until {until_en})"
            ),
            None => text!("{zones}: {vi}, {why_vi}, đến {until_vi}", "{zones}: {en}, {why_en}, until {until_en}"),
        }
    }
}

/// Verdicts of which all but the zone and the language are the same, in the order of their first zone.
pub(super) fn grouped(verdicts: &[CapVerdict]) -> Vec<Vec<&CapVerdict>> {
    let mut groups: Vec<Vec<&CapVerdict>> = Vec::new();
    for verdict in verdicts {
        let same = |group: &&mut Vec<&CapVerdict>| {
            let first = group[0];
            (first.act, first.why, &first.preset, first.info, first.times)
                == (verdict.act, verdict.why, &verdict.preset, verdict.info, verdict.times)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(verdict),
            None => groups.push(vec![verdict]),
        }
    }
    groups
}

fn levels(info: &CapInfo) -> [&'static str; 3] {
    fn word<T: PartialEq>(known: &[(&'static str, T)], wanted: &T) -> &'static str {
        known.iter().find(|(_, one)| one == wanted).map_or("", |(word, _)| word)
    }
    [
        word(CapSeverity::ALL, &info.severity),
        word(CapUrgency::ALL, &info.urgency),
        word(CapCertainty::ALL, &info.certainty),
    ]
}

pub(super) fn ids(group: &[&CapVerdict], station: &Station) -> Vec<String> {
    group.iter().filter_map(|one| station.zones.get(usize::from(one.zone.0))).map(|zone| zone.id.clone()).collect()
}

/// Its title in Vietnamese, or in the first language that it has.
pub(super) fn title_of(alert: &CapAlert) -> String {
    let is_own = |info: &&CapInfo| info.language.to_ascii_lowercase().starts_with("vi");
    let info = alert.infos.iter().find(is_own).or_else(|| alert.infos.first());
    info.map_or_else(|| alert.note.clone(), |info| info.title().to_owned())
}

fn moment(at: Timestamp, station: &Station) -> Text {
    figure::moment(Wall::from(at), &station.timezone)
}
