use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::memory::{AlarmMemo, AlarmStage};
use super::running::{LinkMessage, Running};
use crate::bundle::{AdmittedAlarms, AlarmPaper, Endorsed, Rejection, UtcSecond};
use crate::courier::{BundleState, Unfit};
use crate::daemon::client::{self, Unanswered};
use crate::daemon::protocol::Command;
use crate::daemon::receipt::Receipt;
use crate::diag::{Text, shown, text};
use crate::journal::Reader;
use crate::uplink::{AlarmHeard, ZoneHeard, alarm_mark, heard_subject};

/// The daemon answers an order after two seconds at most; one that has not by now hangs.
const ORDER_MOST: Duration = Duration::from_secs(10);
/// An alarm that comes so long after it was given is told as late: whoever hears it must know.
const LATE: i64 = 5 * 60;
/// Letters of the name of who ordered it, as the order takes them.
const BY_MOST: usize = 200;
/// So long after an order nobody knows whether it was taken: the daemon's watchdog is quicker.
const SETTLED: i64 = 40;

impl Running<'_> {
    /// Judge the papers of alarms that come.
    pub(super) async fn take_alarms(&self, mut papers: mpsc::Receiver<LinkMessage>) {
        while let Some(message) = papers.recv().await {
            let judged = self.admit(&message);
            if matches!(judged, Err(Unfit::Bundle(Rejection::NoKeys))) {
                self.put_off(&message).await;
                continue;
            }
            self.is_judged(&message);
            match judged {
                Ok(admitted) => self.keep(&message, &admitted),
                Err(Unfit::Bundle(why)) => {
                    // The same paper again is the usual case of a sweep.
                    if matches!(why, Rejection::Older(..)) && !message.live {
                        continue;
                    }
                    self.remember(|memory| memory.refused += 1);
                    let (place, why) = (&message.place.place, untaken(&why, &self.link.station.timezone));
                    if self.is_news(&format!("alarms {place}"), &why) {
                        let Text { vi, en } = why;
                        self.say(&text!(
                            "chưa nhận báo động gửi cho {place}: {vi}",
                            "an alarm sent to {place} is not taken: {en}"
                        ));
                    }
                    if message.live {
                        self.sweep.notify_one();
                    }
                }
                Err(why) => self.say(&why.text(&self.link.station.timezone)),
            }
        }
    }

    /// What cannot be judged for want of a list of keys is not false: it is told here and to the centre, and judged once a list has come. One that came
    /// by itself anybody on the same server may have said: the one that lies in the stream counts.
    async fn put_off(&self, message: &LinkMessage) {
        if message.live {
            self.sweep.notify_one();
            return;
        }
        let place = &message.place.place;
        let paper = Endorsed::read(&message.bytes).and_then(|paper| AlarmPaper::read(&paper.text).ok());
        let now = self.now_no_earlier();
        let holds = paper.filter(|paper| paper.place == *place).map(|paper| paper.alarms).unwrap_or_default();
        let holds: Vec<_> = holds.into_iter().filter(|alarm| alarm.expires >= now).collect();
        if holds.is_empty() {
            self.is_judged(message);
            return;
        }
        let why = text!(
            "đài chưa có danh sách khóa nên chưa xét được chữ ký của báo động: trung tâm cần gửi cho đài một gói có danh sách khóa",
            "the station has no list of keys yet by which it could judge the alarm's signature: the centre has to send it a bundle with the list"
        );
        if !self.memory().unjudged.contains_key(place) {
            self.remember(|memory| memory.unjudged.insert(place.clone(), now));
        }
        for alarm in holds {
            if !self.is_news(&alarm.id, &why) {
                continue;
            }
            let (title, id, Text { vi, en }) = (shown(&alarm.title), &alarm.id, &why);
            self.say(&text!("chưa phát «{title}» (số {id}): {vi}", "\"{title}\" ({id}) is not sounded yet: {en}"));
            self.tell((id, alarm.made), "refused", None, Some(&why)).await;
        }
    }

    /// What lies in the stream for this place waits for no list of keys any more.
    fn is_judged(&self, message: &LinkMessage) {
        let place = &message.place.place;
        if !message.live && self.memory().unjudged.contains_key(place) {
            self.remember(|memory| memory.unjudged.remove(place));
        }
    }

    fn admit(&self, message: &LinkMessage) -> Result<AdmittedAlarms, Unfit> {
        let paper = Endorsed::read(&message.bytes).ok_or_else(|| Rejection::Foreign("alarms".to_owned()))?;
        let state = BundleState::read(&self.link.site)?;
        let place = &message.place.place;
        let seen = self.memory().papers.get(place).cloned();
        let roots = &self.link.station.bundle;
        Ok(state.trusted.admit_alarms(roots, &paper, place, self.believed(), seen.as_ref())?)
    }

    /// Remember what it says before anything is done about it.
    fn keep(&self, message: &LinkMessage, admitted: &AdmittedAlarms) {
        let place = &message.place.place;
        let AdmittedAlarms { paper, sha256, .. } = admitted;
        if self.memory().papers.get(place).is_some_and(|known| *known == (paper.version, sha256.clone())) {
            return;
        }
        let (by, came) = (admitted.signed_by(), UtcSecond::of(self.now()));
        self.remember(|memory| {
            memory.papers.insert(place.clone(), (paper.version, sha256.clone()));
            let holds = |id: &str| paper.alarms.iter().any(|alarm| alarm.id == id);
            for known in &mut memory.alarms {
                if known.place == *place && known.stage == AlarmStage::New && !holds(&known.id) {
                    known.stage = AlarmStage::Withdrawn;
                }
            }
            for alarm in &paper.alarms {
                if memory.alarms.iter().any(|known| known.id == alarm.id) {
                    continue;
                }
                let alarm = alarm.clone();
                memory.alarms.push(AlarmMemo {
                    id: alarm.id,
                    place: place.clone(),
                    title: alarm.title,
                    sound: alarm.sound,
                    times: alarm.times,
                    tone: alarm.tone,
                    made: alarm.made,
                    expires: alarm.expires,
                    by: by.clone(),
                    stage: AlarmStage::New,
                    came,
                    given: None,
                });
            }
            memory.tidy();
        });
        self.alarmed.notify_one();
    }

    /// Order what is to be ordered, each alarm once.
    pub(super) async fn give_alarms(&self) {
        loop {
            let open: Vec<AlarmMemo> =
                self.memory().alarms.iter().filter(|alarm| alarm.stage.is_open()).cloned().collect();
            for alarm in &open {
                self.give(alarm).await;
            }
            let has_more = self.memory().alarms.iter().any(|alarm| alarm.stage.is_open());
            tokio::select! {
                () = self.alarmed.notified() => {}
                () = tokio::time::sleep(self.link.pace.again), if has_more => {}
            }
        }
    }

    async fn give(&self, alarm: &AlarmMemo) {
        let now = self.now_no_earlier();
        if alarm.stage == AlarmStage::Ordering {
            // A daemon that was about to take it has done so by now, and written it down, or was ended by its watchdog.
            let settled = |given: UtcSecond| (now.seconds() - given.seconds()).abs() >= SETTLED;
            if !alarm.given.is_none_or(settled) {
                return;
            }
            match self.is_in_journal(alarm) {
                Some(true) => {
                    self.set(&alarm.id, AlarmStage::Ordered);
                    return;
                }
                Some(false) => {}
                // Nobody knows: looked at again later.
                None => return,
            }
        }
        if alarm.expires < now {
            self.set(&alarm.id, AlarmStage::Expired);
            let why = text!("báo động đã hết hạn trước khi tới đài", "the alarm was over before it came here");
            self.tell((&alarm.id, alarm.made), "expired", None, Some(&why)).await;
            let (title, id, Text { vi, en }) = (shown(&alarm.title), &alarm.id, why);
            self.say(&text!("không phát «{title}» (số {id}): {vi}", "\"{title}\" ({id}) is not sounded: {en}"));
            return;
        }
        // Before the order: whatever happens now, it is not given twice.
        let is_kept = self.remember(|memory| {
            if let Some(known) = memory.alarms.iter_mut().find(|known| known.id == alarm.id) {
                (known.stage, known.given) = (AlarmStage::Ordering, Some(now));
            }
        });
        if !is_kept {
            self.say(&text!(
                "không ghi được vào state/link; báo động vẫn được phát ngay",
                "state/link cannot be written; the alarm is sounded all the same"
            ));
        }
        let command = self.order(alarm, now);
        match client::ask(&self.link.site.socket(), &command, ORDER_MOST).await {
            Ok(answer) => {
                self.set(&alarm.id, AlarmStage::Ordered);
                let receipt = serde_json::from_value::<Receipt>(answer).ok();
                let said = self.tell((&alarm.id, alarm.made), "ordered", receipt.as_ref(), None).await;
                self.await_sound(said, alarm.expires);
            }
            Err(Unanswered::Unclear) => {}
            Err(Unanswered::Absent) => {
                self.set(&alarm.id, AlarmStage::New);
            }
            Err(Unanswered::Forbidden) => {
                self.set(&alarm.id, AlarmStage::New);
                let why = text!(
                    "tài khoản của đường về trung tâm không được ra lệnh cho đài",
                    "the account of the link may not give orders to the station"
                );
                self.refuse(alarm, &why).await;
            }
            Err(Unanswered::Refused(why)) => {
                // Its sound may come yet.
                self.set(&alarm.id, AlarmStage::New);
                self.refuse(alarm, &why).await;
            }
        }
    }

    /// Tell why it is not ordered yet, once for each reason.
    async fn refuse(&self, alarm: &AlarmMemo, why: &Text) {
        if self.is_news(&alarm.id, why) {
            self.tell((&alarm.id, alarm.made), "refused", None, Some(why)).await;
        }
    }

    fn order(&self, alarm: &AlarmMemo, now: UtcSecond) -> Command {
        let zones = self.link.address.places.iter().find(|heard| heard.place == alarm.place);
        let late = now.seconds() - alarm.made.seconds();
        let mark = alarm_mark(&alarm.id);
        let title = shown(&alarm.title);
        let why = if late >= LATE {
            let minutes = late / 60;
            format!("{title} {mark}, đến muộn {minutes} phút")
        } else {
            format!("{title} {mark}")
        };
        Command::Alert {
            name: alarm.sound.clone(),
            zones: zones.map(|heard| heard.zones.clone()).unwrap_or_default(),
            by: shown(&alarm.by).chars().take(BY_MOST).collect(),
            why,
            times: alarm.times,
            wait: true,
            tone: alarm.tone,
            insists: true,
        }
    }

    /// Whether the order for this alarm was taken before the power went; none where the journal cannot be read.
    fn is_in_journal(&self, alarm: &AlarmMemo) -> Option<bool> {
        let reader = match Reader::open(&self.link.site.journal()) {
            Ok(Some(reader)) => reader,
            Ok(None) => return Some(false),
            Err(_) => return None,
        };
        Some(reader.order_marked(&alarm_mark(&alarm.id)).ok()?.is_some())
    }

    fn set(&self, id: &str, stage: AlarmStage) -> bool {
        self.remember(|memory| {
            if let Some(alarm) = memory.alarms.iter_mut().find(|alarm| alarm.id == id) {
                alarm.stage = stage;
            }
        })
    }

    /// The time, and no earlier than the newest paper of the roots.
    fn now_no_earlier(&self) -> UtcSecond {
        let now = UtcSecond::of(self.now());
        let floor = BundleState::read(&self.link.site).ok().and_then(|state| state.trusted.floor());
        floor.map_or(now, |floor| floor.max(now))
    }

    /// Tell the centre what became of it; what it was told.
    async fn tell(
        &self,
        (alarm, made): (&str, UtcSecond),
        fate: &str,
        receipt: Option<&Receipt>,
        why: Option<&Text>,
    ) -> AlarmHeard {
        let now = self.now();
        let zones = receipt.map(|receipt| receipt.zones.as_slice()).unwrap_or_default().iter().map(|zone| {
            let why = zone.why.as_ref().map(|why| Text::from(why.words.clone()));
            let state = serde_json::to_value(zone.state).ok();
            ZoneHeard {
                zone: zone.zone.clone(),
                title: zone.title.clone(),
                state: state.as_ref().and_then(|state| state.as_str()).unwrap_or_default().to_owned(),
                started: zone.started.clone(),
                same_as: zone.same_as.clone().unwrap_or_default(),
                vi: why.as_ref().map(|why| why.vi.clone()).unwrap_or_default(),
                en: why.map(|why| why.en).unwrap_or_default(),
            }
        });
        let heard = AlarmHeard {
            alarm: alarm.to_owned(),
            at: now.rfc3339(&self.link.station.timezone),
            late_seconds: u64::try_from(UtcSecond::of(now).seconds() - made.seconds()).unwrap_or(0),
            fate: fate.to_owned(),
            order: receipt.map(|receipt| receipt.order.clone()).unwrap_or_default(),
            zones: zones.collect(),
            vi: why.map(|why| why.vi.clone()).unwrap_or_default(),
            en: why.map(|why| why.en.clone()).unwrap_or_default(),
        };
        self.say_heard(&heard).await;
        heard
    }

    /// Send it up.
    pub(super) async fn say_heard(&self, heard: &AlarmHeard) {
        let said = serde_json::to_string(heard).unwrap_or_default();
        self.centre.say(heard_subject(&self.link.address.path), said).await;
    }
}

/// Why a paper of alarms is not taken. Nobody makes one again with a number of his own: the centre's next one has it.
fn untaken(why: &Rejection, tz: &TimeZone) -> Text {
    match why {
        Rejection::Older(held, came) => text!(
            "đài đã có bản báo động số {held}, bản vừa đến là số {came}, cũ hơn, nên không nhận",
            "the station has the paper of alarms number {held}, and the one that came is number {came}, an older one: it is left out on purpose"
        ),
        why => why.text(tz),
    }
}
