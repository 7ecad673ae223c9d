use std::collections::BTreeMap;
use std::time::Duration;

use super::{More, PersonsAct};
use crate::diag::{Lang, Text, figure, plain, text};
use crate::fact::{Entry, EntryKind};
use crate::instant::Wall;
use crate::journal::Names;
use crate::page::journal::{Show, who};
use crate::reason::{Approved, Reason};

/// Rows of what one stop has ended are written within this of its note: each card fades out first.
const STOP_APART: Duration = Duration::from_mins(1);

pub(super) const STOP_APART_NANOS: i64 = STOP_APART.as_secs() as i64 * 1_000_000_000;

/// Rows of the journal that a person stands behind, put together: an order has a note, and a row in each of its zones; it is
/// one act.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct ActRows {
    /// One for each act, as they were read.
    acts: Vec<Entry>,
    /// By the number of its note: what sounded by an order, or was ended by it.
    heard: BTreeMap<u64, Vec<Entry>>,
    /// What was ended by an order, as it was read.
    stopped: Vec<Entry>,
    /// Notes that stand behind what is told, and tell of it.
    later: Vec<Entry>,
}

impl ActRows {
    /// One more row, from the last to the first.
    pub(super) fn add(&mut self, row: Entry) {
        match row.kind {
            EntryKind::Note if Show::Acts.has(&row) => self.acts.push(row),
            EntryKind::Airing if stopped_by(&row).is_some() => self.stopped.push(row),
            _ => {}
        }
    }

    /// One that stands behind `until`, where what is told ends: an act of another part of the list.
    pub(super) fn add_later(&mut self, until: Wall, row: Entry) {
        if row.kind == EntryKind::Note && super::moment(&row) > until {
            self.later.push(row);
        }
    }

    /// Find what came of each act: `around` has the rows among which it has to be, wherever in the list they stand.
    pub(super) fn find<E>(&mut self, around: impl Fn(&Entry) -> Result<Vec<Entry>, E>) -> Result<(), E> {
        for note in &self.acts {
            let rows = around(note)?;
            let own = rows.iter().filter(|row| row.kind == EntryKind::Airing && belongs(row, note, &rows)).cloned();
            self.heard.insert(note.seq, own.collect());
        }
        Ok(())
    }

    /// How many acts there are.
    pub(super) fn len(&self) -> usize {
        self.acts.len()
    }

    /// Each act up to `until` in words, with its zones in the order of `order`; `token` tells by which token it was done.
    pub(super) fn told(
        &self,
        until: Wall,
        (names, order): (&Names, &[String]),
        token: &dyn Fn(&Entry) -> String,
    ) -> Vec<PersonsAct> {
        let noted = self.acts.iter().map(|note| (note, self.heard.get(&note.seq).into_iter().flatten().collect()));
        let acts = noted.chain(self.lone_stops(until));
        acts.map(|(note, rows)| PersonsAct { token: token(note), ..one(note, &rows, names, order) }).collect()
    }

    /// What was stopped and has no note, as older versions of loa wrote it: the last row of each stop, and all of them.
    fn lone_stops(&self, until: Wall) -> Vec<(&Entry, Vec<&Entry>)> {
        let mut stops: Vec<(&Entry, Vec<&Entry>)> = Vec::new();
        let is_lone = |row: &&Entry| !self.acts.iter().chain(&self.later).any(|note| is_stop_of(note, row));
        let mut lone: Vec<&Entry> = self.stopped.iter().filter(is_lone).collect();
        // The same stops, whatever part of the list is read.
        lone.sort_by_key(|row| std::cmp::Reverse(over(row)));
        for row in lone {
            let same = |first: &Entry| stopped_by(first) == stopped_by(row) && is_near(over(first), over(row));
            match stops.iter_mut().find(|(first, _)| same(first)) {
                Some((_, rows)) => rows.push(row),
                None => stops.push((row, vec![row])),
            }
        }
        stops.retain(|(last, _)| over(last) <= until);
        stops
    }
}

fn one(note: &Entry, rows: &[&Entry], names: &Names, order: &[String]) -> PersonsAct {
    let mut zones: Vec<&str> = rows.iter().copied().chain([note]).filter_map(|row| row.zone.as_deref()).collect();
    let place = |id: &str| (order.iter().position(|known| known == id).unwrap_or(usize::MAX), id.to_owned());
    zones.sort_by_key(|id| place(id));
    zones.dedup();
    let zones = figure::joined(zones.into_iter().map(|id| names.zone(id)));
    let said = |lang| {
        let said = did(note, rows, names).get(lang).to_owned();
        plain(&if zones.is_empty() { said } else { format!("{said} ({zones})") }).into_owned()
    };
    let (who_said, account) = names.own.part(who(note).unwrap_or_default());
    PersonsAct {
        at: if note.kind == EntryKind::Note { super::moment(note) } else { over(note) },
        who: who_said.to_owned(),
        account: account.unwrap_or_default().to_owned(),
        token: String::new(),
        code: note.reason.as_ref().map_or_else(String::new, |reason| reason.code().to_owned()),
        said: Text { vi: said(Lang::Vi), en: said(Lang::En) },
        more: More::Row(note.seq),
    }
}

/// When a row was over.
fn over(row: &Entry) -> Wall {
    row.ended.unwrap_or(row.written)
}

fn is_near(a: Wall, b: Wall) -> bool {
    a.since(b).abs() <= jiff::SignedDuration::try_from(STOP_APART).unwrap_or_default()
}

/// Who has ended an airing.
fn stopped_by(row: &Entry) -> Option<&str> {
    match &row.reason {
        Some(Reason::Stopped(by) | Reason::Recalled(by)) => Some(&by.by),
        _ => None,
    }
}

/// Whether the row of a zone is of the act that `note` tells; `rows` has the other stops of those minutes.
fn belongs(row: &Entry, note: &Entry, rows: &[Entry]) -> bool {
    match &note.reason {
        Some(Reason::Stopped(_)) => {
            let is_nearer = |other: &Entry| {
                let (own, its) = (apart(note, row), apart(other, row));
                other.seq != note.seq && is_stop_of(other, row) && (its, other.seq) < (own, note.seq)
            };
            is_stop_of(note, row) && !rows.iter().any(is_nearer)
        }
        Some(reason) if reason.is_order() => note.order.is_some() && row.order == note.order,
        _ => false,
    }
}

/// Whether this stop may have ended what the row tells: the same person's, at that time, in that zone or in several.
fn is_stop_of(note: &Entry, row: &Entry) -> bool {
    let Some(Reason::Stopped(by)) = note.reason.as_ref().filter(|_| note.kind == EntryKind::Note) else { return false };
    let is_there = note.zone.is_none() || note.zone == row.zone;
    is_there && stopped_by(row) == Some(&by.by) && is_near(over(row), note.written)
}

/// How far a stop is from the end of what it may have ended, in nanoseconds: it comes before, by the length of a fade. What
/// comes later is as far as can be.
fn apart(note: &Entry, row: &Entry) -> i64 {
    let fade = over(row).nanos().saturating_sub(super::moment(note).nanos());
    if fade >= -STEP_NANOS { fade.max(0) } else { i64::MAX }
}

/// A first or last sample is measured, a stop is not: so far the two may be from each other.
const STEP_NANOS: i64 = 100_000_000;

/// What was done, without who and where.
fn did(note: &Entry, rows: &[&Entry], names: &Names) -> Text {
    let title = |row: &Entry| {
        // The title of a decision says itself what was done, and of what it was then called.
        let decided = row.reason.as_ref().is_some_and(Reason::is_decision).then(|| quoted(&row.title));
        decided.map_or_else(
            || Text { vi: names.title(row, Lang::Vi), en: names.title(row, Lang::En) },
            |title| Text { vi: title.to_owned(), en: title.to_owned() },
        )
    };
    let Some(reason) = &note.reason else { return title(note) };
    if !matches!(reason, Reason::Stopped(_) | Reason::Recalled(_)) {
        return act(reason, &title(note), names);
    }
    let mut ended: Vec<Text> = rows.iter().map(|row| title(row)).collect();
    ended.dedup();
    if ended.is_empty() {
        return text!("ra lệnh dừng", "ordered a stop");
    }
    let all = |lang| figure::titles(ended.iter().map(|title| title.get(lang)), lang);
    let (vi, en) = (all(Lang::Vi), all(Lang::En));
    text!("dừng {vi}", "stopped {en}")
}

/// What stands between the first and the last quotation mark: `Tin sáng` of `duyệt «Tin sáng»`; all of it where none stand there.
fn quoted(title: &str) -> &str {
    let inside = title.split_once('«').and_then(|(_, rest)| rest.rsplit_once('»'));
    inside.map_or(title, |(inside, _)| inside)
}

fn act(reason: &Reason, Text { vi, en }: &Text, names: &Names) -> Text {
    let with = |Text { vi, en }: Text, why: &str| {
        if why.is_empty() { Text { vi, en } } else { text!("{vi}: {why}", "{en}: {why}") }
    };
    match reason {
        Reason::Alert(by) => with(text!("phát khẩn cấp «{vi}»", "gave the alert \"{en}\""), &by.why),
        Reason::Say(by) => with(text!("phát ngay «{vi}»", "played \"{en}\" at once"), &by.why),
        Reason::Talk(_) => text!("nói trực tiếp", "spoke live"),
        Reason::TestTone(_) => text!("phát tiếng thử", "played test tones"),
        Reason::Drill(_) => text!("cho diễn tập «{vi}»", "gave the drill \"{en}\""),
        Reason::Approved(Approved { entered_by: Some(entered), .. }) => {
            let (by_vi, by_en) = (names.own.named(entered, Lang::Vi), names.own.named(entered, Lang::En));
            text!(
                "duyệt «{vi}», ký trên giấy, {by_vi} nhập vào máy",
                "approved \"{en}\", signed on paper, entered by {by_en}"
            )
        }
        Reason::Approved(_) => text!("duyệt «{vi}»", "approved \"{en}\""),
        Reason::Returned(returned) => with(text!("trả lại «{vi}», chưa duyệt", "returned \"{en}\""), &returned.note),
        Reason::OrderRefused(refused) => {
            let (order, because) =
                (act(&refused.order, &Text { vi: vi.clone(), en: en.clone() }, names), refused.because.brief());
            let ((order_vi, order_en), (vi, en)) = ((order.vi, order.en), (because.vi, because.en));
            text!("{order_vi}; đài không nhận: {vi}", "{order_en}; it was refused: {en}")
        }
        Reason::ClockConfirmed(_) => text!("xác nhận đồng hồ đúng", "found the clock right"),
        Reason::AlarmUnsent(by)
        | Reason::AlarmDropped(by)
        | Reason::AlarmAgreed(by)
        | Reason::AlarmAlone(by)
        | Reason::AlarmRead(by)
        | Reason::AlarmRemark(by)
        | Reason::AlarmReceived(by)
        | Reason::AlarmDeclined(by)
        | Reason::AlarmUnheard(by)
        | Reason::DrillMeasured(by) => {
            let Text { vi: brief_vi, en: brief_en } = reason.brief();
            with(text!("{brief_vi} «{vi}»", "{brief_en} \"{en}\""), &by.why)
        }
        Reason::NightCode(by) | Reason::NightCodes(by) => with(reason.brief(), &by.why),
        other => other.brief(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Outcome;
    use crate::reason::OwnAccounts;

    const NOW: Wall = Wall::from_secs(1_796_000_000);

    fn note(seq: u64, reason: &str, title: &str, order: &str) -> Entry {
        Entry {
            seq,
            written: NOW,
            reason: Some(reason.into()),
            title: title.into(),
            order: Some(order.into()),
            ..Entry::default()
        }
    }

    fn airing(zone: &str, reason: &str, order: Option<&str>) -> Entry {
        Entry {
            kind: EntryKind::Airing,
            zone: Some(zone.into()),
            title: "Bản tin sáng".into(),
            outcome: Some(Outcome::Partial),
            reason: Some(reason.into()),
            order: order.map(str::to_owned),
            written: NOW + Duration::from_secs(1),
            ..Entry::default()
        }
    }

    #[test]
    fn an_order_and_a_stop_are_one_act_each_with_their_zones_and_their_person() {
        let mut rows = ActRows::default();
        let all = [
            airing("b", "alert: ông Năm (hoa): nước lên", Some("7")),
            airing("a", "alert: ông Năm (hoa): nước lên", Some("7")),
            note(9, "alert: ông Năm (hoa): nước lên", "canh-bao-lu", "7"),
            note(8, "stopped: Bà Hai (root)", "lệnh dừng", "6"),
            airing("a", "stopped: Bà Hai (root)", None),
            airing("b", "stopped: Bà Hai (root)", None),
            airing("c", "stopped: Bà Hai (root)", None),
            // Somebody else, and another hour.
            airing("d", "stopped: ông Ba", None),
            Entry { written: NOW - Duration::from_hours(1), ..airing("d", "stopped: Bà Hai (root)", None) },
            note(7, "drill: Bà Hai (root)", "dien-tap", "5"),
            note(6, "alarm_read: Bà Hai (root)", "Lũ", "4"),
            note(5, "order_refused: outside_hours: say: root", "ban-tin", "3"),
            Entry {
                broadcast: Some("tin".into()),
                ..note(4, "approved: v1:00: Bà Hai (root)", "duyệt «Tin sáng»", "2")
            },
            Entry {
                broadcast: Some("tin".into()),
                ..note(3, "approved: v1:00: Bà Ba: paper: Anh Nam (root)", "duyệt «Tin «cũ»»", "1")
            },
            Entry { reason: Some("started".into()), ..Entry::default() },
        ];
        for row in all.clone() {
            rows.add(row);
        }
        rows.find(|_| Ok::<_, ()>(all.to_vec())).unwrap();
        let names = Names {
            zones: ["a", "b", "c"].map(|id| (id.to_owned(), format!("Thôn {id}"))).into(),
            sounds: [("canh-bao-lu".to_owned(), text!("Báo động: Lũ", "Alarm: Flood"))].into(),
            broadcasts: [("tin".to_owned(), "Tên hôm nay".to_owned())].into(),
            own: OwnAccounts::of(["root".to_owned()]),
            ..Names::default()
        };
        let told = rows.told(Wall::MAX, (&names, &["a", "b", "c"].map(str::to_owned)), &|_| String::new());
        let said: Vec<(&str, &str)> = told.iter().map(|act| (act.who.as_str(), act.said.vi.as_str())).collect();
        let accounts: Vec<&str> = told.iter().map(|act| act.account.as_str()).collect();
        assert_eq!(accounts, ["hoa", "", "", "", "", "", "", "", ""], "the page's own account goes without saying");
        assert_eq!(
            said,
            [
                ("ông Năm", "phát khẩn cấp «Báo động: Lũ»: nước lên (Thôn a, Thôn b)"),
                ("Bà Hai", "dừng «Bản tin sáng» (Thôn a, Thôn b, Thôn c)"),
                ("Bà Hai", "cho diễn tập «dien-tap»"),
                ("Bà Hai", "đã đọc kết quả báo động «Lũ»"),
                ("root", "phát ngay «ban-tin»; đài không nhận: ngoài giờ được phép phát"),
                ("Bà Hai", "duyệt «Tin sáng»"),
                ("Bà Ba", "duyệt «Tin «cũ»», ký trên giấy, Anh Nam nhập vào máy"),
                // Of these there is no note.
                ("ông Ba", "dừng «Bản tin sáng» (d)"),
                ("Bà Hai", "dừng «Bản tin sáng» (d)"),
            ]
        );
    }

    #[test]
    fn of_several_stops_each_is_told_with_what_it_has_ended() {
        let at = |seconds| NOW + Duration::from_millis(seconds);
        let stop = |seq, zone: Option<&str>, after| Entry {
            written: at(after),
            zone: zone.map(str::to_owned),
            ..note(seq, "stopped: Bà Hai", "lệnh dừng", "9")
        };
        let ended = |zone, title: &str, after| Entry {
            ended: Some(at(after)),
            title: title.into(),
            ..airing(zone, "stopped: Bà Hai", None)
        };
        let all = [
            stop(1, Some("c"), 0),
            stop(2, Some("d"), 500),
            ended("d", "Tin A", 600),
            stop(3, None, 20_000),
            ended("c", "Tin B", 20_300),
            ended("d", "Tin C", 20_300),
            // Of the same zone once more, with nothing left to end.
            stop(4, Some("d"), 25_000),
        ];
        let mut rows = ActRows::default();
        for row in all.clone() {
            rows.add(row);
        }
        rows.find(|_| Ok::<_, ()>(all.to_vec())).unwrap();
        let told = rows.told(Wall::MAX, (&Names::default(), &[]), &|_| String::new());
        let said: Vec<&str> = told.iter().map(|act| act.said.vi.as_str()).collect();
        assert_eq!(said, ["ra lệnh dừng (c)", "dừng «Tin A» (d)", "dừng «Tin B», «Tin C» (c, d)", "ra lệnh dừng (d)"]);
    }

    #[test]
    fn a_stop_whose_note_stands_just_behind_is_told_by_that_alone_wherever_the_list_is_cut() {
        let mut rows = ActRows::default();
        rows.add_later(
            NOW,
            Entry { written: NOW + Duration::from_millis(3), ..note(8, "stopped: Bà Hai", "lệnh dừng", "6") },
        );
        rows.add(Entry { written: NOW, ended: Some(NOW), ..airing("a", "stopped: Bà Hai", None) });
        let names = Names::default();
        let told = |rows: &ActRows, until| rows.told(until, (&names, &[]), &|_| String::new()).len();
        assert_eq!(told(&rows, NOW), 0);
        // Without a note a stop is one act, at its last row.
        let mut lone = ActRows::default();
        let late = NOW + Duration::from_secs(9);
        lone.add(Entry { ended: Some(NOW), ..airing("a", "stopped: Bà Hai", None) });
        lone.add(Entry { ended: Some(late), ..airing("b", "stopped: Bà Hai", None) });
        assert_eq!((told(&lone, late), told(&lone, late - Duration::from_nanos(1))), (1, 0));
    }
}
