use jiff::Timestamp;
use tokio::sync::mpsc;

use super::memory::OrderEnd;
use super::opinion::{CapOpinion, grouped, ids, title_of};
use super::running::{Brought, ORDER_MOST, Watching};
use super::stage::CapStage;
use super::standing::{CapStanding, KnownCap, KnownPart};
use crate::cap::{
    CapAlert, CapIdentity, CapJudgement, CapMessage, CapStatus, CapVerdict, Untrusted, VerifiedCap, judge,
};
use crate::checkup::Words;
use crate::daemon::client;
use crate::daemon::protocol::{AlarmMark, Command};
use crate::diag::{Text, shown, text};
use crate::digest::sha256;
use crate::station::{CapAct, CapSender};

/// Letters of what an alarm says, as the page shows it.
const WORDS_MOST: usize = 2_000;
/// Refused documents that the journal is told of in an hour; more are counted.
const REFUSED_NOTES_MOST: usize = 6;
const HOUR: i64 = 3_600;
/// Within an hour so many alarms of one name sound by themselves, and so many of one sender; more ask a person.
const SAME_MOST: usize = 3;
const SOUNDED_MOST: usize = 12;

impl Watching<'_> {
    /// Judge what comes, remember it, and tell the journal. What is ordered is ordered elsewhere.
    pub(super) async fn take(&self, mut brought: mpsc::Receiver<Brought>) {
        let mut noted: Vec<Timestamp> = Vec::new();
        self.tell_damage().await;
        while let Some(one) = brought.recv().await {
            let admitted = self.trust.admit(&one.bytes, self.believed(), &self.watch.station.timezone);
            match admitted {
                Ok((verified, sender)) => self.keep(&one, verified, sender).await,
                // It is still being copied: it comes again.
                Err(_) if !one.is_whole => {}
                Err(why) => self.refuse(&one, &why, &mut noted).await,
            }
        }
    }

    async fn refuse(&self, one: &Brought, why: &Untrusted, noted: &mut Vec<Timestamp>) {
        let mut is_new = false;
        let is_signed = matches!(why, Untrusted::Bad(_));
        self.remember(|memory| is_new = memory.is_new_refusal(&sha256(&one.bytes), is_signed));
        if !is_new {
            return;
        }
        let (whence, Text { vi, en }) = (&one.whence, why.text());
        self.say(&text!("bỏ {whence}: {vi}", "{whence} is dropped: {en}"));
        let now = self.now();
        noted.retain(|at| now.duration_since(*at).abs().as_secs() < HOUR);
        // Whoever floods a feed does not flood the journal.
        if noted.len() < REFUSED_NOTES_MOST {
            noted.push(now);
            let (title, said) = if is_signed {
                ("Báo động ký đúng mà không đọc được", format!("CHƯA PHÁT, hỏi nơi gửi về {whence}: {vi}"))
            } else {
                ("Báo động từ ngoài không được tin", format!("KHÔNG PHÁT, bỏ {whence}: {vi}"))
            };
            self.note(AlarmMark::Received, None, title, &said).await;
        }
    }

    /// That the record of alarms was damaged, once a start.
    async fn tell_damage(&self) {
        let Some(at) = self.memory().standing.damaged.filter(|at| self.now().duration_since(*at).as_secs() < 60) else {
            return;
        };
        self.remember(|memory| memory.standing.damaged = Some(at));
        let file = CapStanding::DAMAGED;
        let said = format!("bản hỏng để riêng ở state/cap/{file}; bản tin cũ nào đã phát thì không phát lại");
        self.note(AlarmMark::Received, None, "Sổ báo động từ ngoài bị hỏng", &said).await;
    }

    /// Remember an alarm that is truly signed, once; take back what it takes back.
    async fn keep(&self, one: &Brought, verified: VerifiedCap, sender: &CapSender) {
        let VerifiedCap { alert, digest, .. } = verified;
        let known = self
            .memory()
            .alarms()
            .iter()
            .find(|known| known.from == sender.id && known.identity == alert.identity)
            .cloned();
        if let Some(known) = known {
            // The same name for something else would be a way to say it twice.
            if known.digest != digest {
                let identifier = shown(&alert.identity.identifier);
                self.say_once(
                    &digest,
                    &text!(
                        "bỏ {identifier}: nơi gửi đã dùng số này cho một bản tin khác",
                        "{identifier} is dropped: its sender has given that name to another one"
                    ),
                );
            }
            return;
        }
        let mut memo = self.judged(&alert, digest, sender);
        let renews =
            alert.status == CapStatus::Actual && matches!(alert.message, CapMessage::Update | CapMessage::Cancel);
        let ordering = if renews { Some(self.ordering.lock().await) } else { None };
        if renews {
            self.see_decisions(&sender.id, &alert.references).await;
        }
        let (now, mut orders, mut has_room, mut is_lost) = (self.believed(), Vec::new(), true, false);
        let is_kept = self.remember(|memory| {
            if renews {
                orders = memory.withdraw(&sender.id, &alert.references);
            }
            if memory.is_withdrawn(&sender.id, &memo.identity) {
                memo.parts.iter_mut().for_each(|part| part.stage = CapStage::Withdrawn);
            }
            has_room = memory.make_room(&memo, now);
            if has_room {
                memory.standing.lost.retain(|one| one.identity != memo.identity);
                memory.standing.alarms.push(memo.clone());
            } else {
                is_lost = memory.lose(&memo, now);
            }
        });
        // Sound first, words about it afterwards. What ends has ended before the one in its place is ordered: else that would be
        // the same order.
        for end in orders {
            self.end(end, &memo).await;
        }
        drop(ordering);
        self.stirred.notify_one();
        if is_lost {
            let said = "KHÔNG NHẬN ĐƯỢC, CHƯA PHÁT: quá nhiều báo động khác đang chờ hay đang phát; hỏi nơi gửi, và báo dân bằng cách khác nếu là thật";
            let (sender, identifier) = (&memo.sender, shown(&memo.identity.identifier));
            self.note(AlarmMark::Received, None, &memo.title, &format!("{sender}, số {identifier}: {said}")).await;
        }
        if !has_room {
            return;
        }
        if !is_kept {
            self.say(&text!("không ghi được vào state/cap", "state/cap cannot be written"));
        }
        self.tell(one, &memo).await;
    }

    /// What persons have decided about these, before their sender takes them back: that is what became of them.
    async fn see_decisions(&self, sender: &str, about: &[CapIdentity]) {
        let meant: Vec<KnownCap> = {
            let memory = self.memory();
            let is_meant = |known: &&KnownCap| known.from == sender && about.contains(&known.identity);
            memory.alarms().iter().filter(is_meant).cloned().collect()
        };
        for known in &meant {
            for part in known.parts.iter().filter(|part| part.stage == CapStage::Open) {
                self.is_decided(known, part).await;
            }
        }
    }

    /// What is remembered of an alarm: what it says, and what is done about it in which zones.
    fn judged(&self, alert: &CapAlert, digest: String, sender: &CapSender) -> KnownCap {
        let judged = judge(alert, &sender.id, &self.watch.station);
        let came = self.now();
        let mut memo = KnownCap {
            identity: alert.identity.clone(),
            from: sender.id.clone(),
            sender: sender.title.clone(),
            title: shown(&title_of(alert)),
            note: alert.note.trim().chars().take(WORDS_MOST).collect(),
            until: alert.infos.iter().map(|info| info.times.until).max().unwrap_or(came),
            nothing: None,
            parts: Vec::new(),
            digest,
            came,
        };
        match &judged {
            CapJudgement::Nothing(why) => memo.nothing = Some(why.text().into()),
            CapJudgement::Cancel if alert.references.is_empty() || !alert.doubts.is_empty() => {
                memo.nothing = Some(
                    text!(
                        "muốn hủy bản tin trước mà không đọc được hết là bản tin nào: hỏi nơi gửi, cần thì bấm Dừng loa",
                        "takes earlier ones back, and not all of their names could be read: ask its sender, and stop the horns if need be"
                    )
                    .into(),
                );
            }
            CapJudgement::Cancel => memo.nothing = Some(text!("hủy bản tin trước", "takes an earlier one back").into()),
            CapJudgement::Zones(verdicts) => {
                memo.parts = grouped(verdicts)
                    .iter()
                    .enumerate()
                    .map(|(place, group)| self.part(&memo, alert, group, place))
                    .collect();
            }
        }
        if let Some(why) = self.brake(&memo) {
            for part in memo.parts.iter_mut().filter(|part| part.act == CapAct::Sound) {
                (part.act, part.why) = (CapAct::Ask, Words::from(&why));
            }
        }
        memo
    }

    /// Why a person is asked in place of sounding: whoever has had more sounded than any bad night has, by mistake or by a
    /// stolen key. Looked at when it comes, and again before it is ordered.
    pub(super) fn brake(&self, alarm: &KnownCap) -> Option<Text> {
        let (same, all) = self.memory().sounded(alarm, self.now());
        let identifier = shown(&alarm.identity.identifier);
        if same >= SAME_MOST {
            return Some(text!(
                "nơi gửi đã cho phát số {identifier} {same} lần trong một giờ, nên hỏi người",
                "its sender had {identifier} sounded {same} times within an hour, so a person is asked"
            ));
        }
        (all >= SOUNDED_MOST).then(|| {
            text!(
                "nơi gửi đã cho phát {all} báo động trong một giờ, nên hỏi người",
                "{all} alarms of its sender have sounded within an hour, so a person is asked"
            )
        })
    }

    /// End an order that the station itself had given for an alarm; what it interrupted goes on.
    pub(super) async fn end(&self, OrderEnd { order, zones }: OrderEnd, by: &KnownCap) {
        let command = Command::Stop { zones, by: shown(&by.sender), orders: vec![order.clone()], wait: false };
        let ended = client::ask(&self.watch.site.socket(), &command, ORDER_MOST).await;
        let (title, identifier) = (&by.title, shown(&by.identity.identifier));
        let said = match ended {
            Ok(_) => format!("kết thúc theo bản tin {identifier}"),
            Err(_) => format!("bản tin {identifier} bảo kết thúc mà đài không trả lời"),
        };
        self.note(AlarmMark::Received, Some(order), title, &said).await;
    }

    fn part(&self, memo: &KnownCap, alert: &CapAlert, group: &[&CapVerdict], place: usize) -> KnownPart {
        let first = group[0];
        let (title, words) = match alert.infos.get(first.info) {
            Some(info) => {
                let words = [info.description.as_str(), info.instruction.as_str()].join("\n");
                (info.title().to_owned(), words.trim().chars().take(WORDS_MOST).collect())
            }
            None => (memo.title.clone(), String::new()),
        };
        let short = memo.digest.get(..12).unwrap_or(&memo.digest);
        KnownPart {
            mark: format!("[CAP {short}/{}]", place + 1),
            act: first.act,
            why: first.why.text().into(),
            preset: first.preset.clone(),
            zones: ids(group, &self.watch.station),
            title: shown(&title),
            words,
            from: first.times.from,
            until: first.times.until,
            stage: if first.act == CapAct::Show { CapStage::Shown } else { CapStage::Open },
            by_itself: false,
            ends: false,
            shared: Vec::new(),
            order: None,
            given: None,
            refused: None,
            unheard: Vec::new(),
        }
    }

    /// What was received and how it was judged, for the journal.
    async fn tell(&self, one: &Brought, memo: &KnownCap) {
        let mut opinion = CapOpinion::of(&one.bytes, &self.trust, &self.watch.station, self.believed());
        for (judged, known) in opinion.parts.iter_mut().zip(&memo.parts) {
            let kept = self.memory().part(&known.mark).cloned();
            judged.decide(kept.as_ref().unwrap_or(known));
        }
        let mut said: Vec<String> = opinion.parts.iter().map(|part| part.line(&self.watch.station).vi).collect();
        said.extend(memo.nothing.clone().map(|Words { vi, .. }| vi));
        if memo.parts.iter().any(|part| part.stage == CapStage::Withdrawn) {
            said.push("nơi gửi đã hủy hoặc thay".to_owned());
        }
        let marks: Vec<&str> = memo.parts.iter().map(|part| part.mark.as_str()).collect();
        let (sender, identifier) = (shown(&memo.sender), shown(&memo.identity.identifier));
        let marks = received(&marks.join(" "));
        let why = format!("{sender}, số {identifier}: {} {marks}", said.join("; "));
        self.note(AlarmMark::Received, None, &memo.title, why.trim()).await;
    }
}

/// A mark as a note has it: an order carries the mark itself, and is looked for by it.
pub(super) fn received(mark: &str) -> String {
    mark.replace("[CAP ", "[nhận ")
}
