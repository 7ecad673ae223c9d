use jiff::tz::TimeZone;
use loa_core::bundle::{Manifest, Parcel};
use loa_core::diag::{Text, figure, shown, text};
use loa_core::digest::sha256;
use loa_core::instant::Wall;
use loa_core::signature::{Locality, PublicKey, UtcSecond};
use loa_core::uplink::{SCHEDULE_STREAM, schedule_subject};
use serde::{Deserialize, Serialize};

use super::outgoing::keys_of;
use super::{Addressee, CentreTrust, DispatchError, Dispatcher, OutgoingBundle, PutError, StoredMessage};
use crate::ledger::{BookKind, BookPage, Ledger};

/// A letter that was sent, as the book has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SentRecord {
    /// Where it was sent.
    pub place: Locality,
    /// Who sends: what it brings takes the place of what he brought before.
    pub sender: Locality,
    /// What people call it.
    pub title: String,
    /// Its number.
    pub version: u64,
    /// Of its manifest.
    pub sha256: String,
    /// Whose signatures count.
    pub signed_by: Vec<String>,
    /// Their public keys.
    pub keys: Vec<PublicKey>,
    /// Who typed the command.
    pub by: String,
    /// When.
    pub at: UtcSecond,
    /// Its number in the stream.
    pub sequence: u64,
}

impl SentRecord {
    /// Of each sender the newest that a box with these zones hears: what it is to go by, and no more. What was sent to others is not its.
    pub fn newest_of_each<'a>(sent: &'a [Self], zones: &[Locality]) -> Vec<&'a Self> {
        let mut newest: Vec<&Self> = Vec::new();
        for letter in sent.iter().filter(|letter| zones.contains(&letter.place)) {
            match newest.iter_mut().find(|known| known.sender == letter.sender) {
                Some(known) if known.version < letter.version => *known = letter,
                Some(_) => {}
                None => newest.push(letter),
            }
        }
        newest
    }
}

/// A letter that is to be sent.
pub struct LetterOrder<'a> {
    /// What.
    pub bundle: &'a OutgoingBundle,
    /// To whom.
    pub targets: &'a [Addressee],
    /// Numbers of letters that it takes the place of on purpose.
    pub after: &'a [u64],
    /// Who sends it.
    pub by: &'a str,
    /// When.
    pub now: Wall,
    /// For times in words.
    pub tz: &'a TimeZone,
}

/// A letter that lies in a stream.
struct LyingLetter {
    manifest: Manifest,
    sha256: String,
    keys: Vec<PublicKey>,
}

impl LyingLetter {
    /// None where what lies there is none: a thief's words, which every box drops.
    fn read(stored: &StoredMessage) -> Option<Self> {
        let (freight, _) = Parcel::open(stored.payload.as_slice()).ok()?;
        let manifest = Manifest::read(&freight.manifest.text).ok()?;
        let (sha256, keys) = (sha256(freight.manifest.text.as_bytes()), keys_of(&freight.manifest));
        (!keys.is_empty()).then_some(Self { manifest, sha256, keys })
    }

    /// Who was there before, for whoever comes second.
    fn told(&self, place: &Locality, trust: &CentreTrust, tz: &TimeZone) -> Text {
        let known = trust.trusted_at(place, None).ok().and_then(|known| known.list());
        let name = |key: &PublicKey| {
            let known = known.as_ref().and_then(|list| list.find(key));
            known.map_or_else(|| key.name(), |known| shown(&known.name))
        };
        let by = self.keys.iter().map(name).collect::<Vec<_>>().join(", ");
        let (title, sender, version) = (shown(&self.manifest.title), &self.manifest.place, self.manifest.version);
        let made = figure::moment(self.manifest.made.wall(), tz);
        text!(
            made = made;
            "nơi {place} đang có «{title}» của {sender}, số {version}, lập lúc {made}, {by} ký",
            "{place} has \"{title}\" of {sender}, number {version}, made at {made}, signed by {by}"
        )
    }
}

/// Send a letter to places: judged for each of them before it goes to any, then stored where nobody else has stored meanwhile. Its sounds are
/// there already. Says what was sent; a place that has this very letter is passed over, once the book has it.
pub async fn send_letters(
    dispatcher: &Dispatcher,
    ledger: &mut dyn Ledger,
    trust: &CentreTrust,
    order: &LetterOrder<'_>,
) -> Result<Vec<SentRecord>, DispatchError> {
    let LetterOrder { bundle, targets, now, tz, .. } = *order;
    let mut known: Vec<SentRecord> = ledger.pages(BookKind::Sent, "")?.iter().filter_map(BookPage::read).collect();
    let mut judged = Vec::new();
    for target in targets {
        let by = bundle.judge(trust, target, now, tz)?;
        rises(bundle, target, &known, tz)?;
        let lying = dispatcher.newest(SCHEDULE_STREAM, &schedule_subject(&target.place)).await?;
        let after = lying.as_ref().map_or(0, |lying| lying.sequence);
        let lying = lying.as_ref().and_then(LyingLetter::read);
        if let Some(lying) = &lying {
            if lying.sha256 == bundle.sha256 {
                // A book that was lost does not have it.
                if !known.iter().any(|known| known.place == target.place && known.sha256 == bundle.sha256) {
                    write_down(ledger, order, target, after, names(&by))?;
                }
                continue;
            }
            may_replace(order, target, lying, trust)?;
        }
        judged.push((target, by, after));
    }
    let mut sent = Vec::new();
    for (target, by, after) in judged {
        let record = put_letter(dispatcher, ledger, trust, order, target, after, names(&by)).await?;
        known.retain(|known| known.place != record.place);
        sent.push(record);
    }
    Ok(sent)
}

/// Store it under one place where the newest there is still `after`, and write that down.
pub async fn put_letter(
    dispatcher: &Dispatcher,
    ledger: &mut dyn Ledger,
    trust: &CentreTrust,
    order: &LetterOrder<'_>,
    target: &Addressee,
    after: u64,
    signed_by: Vec<String>,
) -> Result<SentRecord, DispatchError> {
    let (bundle, subject) = (order.bundle, schedule_subject(&target.place));
    let sequence = match dispatcher.put(&subject, bundle.letter.clone(), after).await {
        Ok(sequence) => sequence,
        Err(PutError::Changed) => {
            let lying = dispatcher.newest(SCHEDULE_STREAM, &subject).await?;
            let place = &target.place;
            let told = lying.as_ref().and_then(LyingLetter::read).map(|lying| lying.told(place, trust, order.tz));
            let Text { vi, en } = told.unwrap_or_else(|| text!("không rõ ai", "nobody knows who"));
            return Err(DispatchError::Refused(text!(
                "chưa gửi đến {place}: người khác vừa gửi trước ({vi}). Xem lại rồi gửi lại",
                "not sent to {place}: somebody else was just before you ({en}). Look at it, then send again"
            )));
        }
        Err(error) => return Err(error.into()),
    };
    write_down(ledger, order, target, sequence, signed_by)
}

/// Whose signatures count.
fn names(by: &[(PublicKey, String)]) -> Vec<String> {
    by.iter().map(|(_, name)| name.clone()).collect()
}

/// What lies at a place, under its number in the stream, stands in the book from now on.
fn write_down(
    ledger: &mut dyn Ledger,
    order: &LetterOrder<'_>,
    target: &Addressee,
    sequence: u64,
    signed_by: Vec<String>,
) -> Result<SentRecord, DispatchError> {
    let bundle = order.bundle;
    let record = SentRecord {
        place: target.place.clone(),
        sender: bundle.manifest.place.clone(),
        title: bundle.manifest.title.clone(),
        version: bundle.manifest.version,
        sha256: bundle.sha256.clone(),
        signed_by,
        keys: bundle.keys(),
        by: order.by.to_owned(),
        at: UtcSecond::of(order.now),
        sequence,
    };
    ledger.write_pages(&[BookPage::of(BookKind::Sent, target.place.as_str(), &record, order.now)])?;
    Ok(record)
}

/// A box remembers the highest number of each key, wherever it came from: one that went to a place above or below counts too.
fn rises(
    bundle: &OutgoingBundle,
    target: &Addressee,
    known: &[SentRecord],
    tz: &TimeZone,
) -> Result<(), DispatchError> {
    let keys = bundle.keys();
    let concerns = |record: &&SentRecord| {
        record.sha256 != bundle.sha256
            && record.version >= bundle.manifest.version
            && record.keys.iter().any(|key| keys.contains(key))
            && (record.place.covers(&target.place) || target.place.covers(&record.place))
    };
    let Some(record) = known.iter().filter(concerns).max_by_key(|record| record.version) else { return Ok(()) };
    let (version, number, place) = (bundle.manifest.version, record.version, &record.place);
    let (at, next) = (figure::moment(record.at.wall(), tz), number.saturating_add(1));
    Err(DispatchError::Refused(text!(
        at = at;
        "gói tin số {version} không mới hơn số {number} đã gửi đến {place} lúc {at} bằng cùng khóa, đài sẽ không nhận: đóng gói lại bằng --number {next}",
        "the bundle's number {version} is not above {number}, which was sent to {place} at {at} by the same key; no box would take it: make it again with --number {next}"
    )))
}

/// What lies there is older and of the same hands; or it is replaced on purpose.
fn may_replace(
    order: &LetterOrder<'_>,
    target: &Addressee,
    lying: &LyingLetter,
    trust: &CentreTrust,
) -> Result<(), DispatchError> {
    let (bundle, place) = (order.bundle, &target.place);
    let keys = bundle.keys();
    let is_same_hand = lying.keys.iter().any(|key| keys.contains(key));
    let Text { vi, en } = lying.told(place, trust, order.tz);
    if is_same_hand && lying.manifest.version >= bundle.manifest.version {
        let (version, next) = (bundle.manifest.version, lying.manifest.version.saturating_add(1));
        return Err(DispatchError::Refused(text!(
            "gói tin số {version} không mới hơn: {vi}. Đóng gói lại bằng --number {next}",
            "the bundle's number {version} is not newer: {en}. Make it again with --number {next}"
        )));
    }
    let is_same_sender = lying.manifest.place == bundle.manifest.place;
    if (is_same_hand && is_same_sender) || order.after.contains(&lying.manifest.version) {
        return Ok(());
    }
    let version = lying.manifest.version;
    Err(DispatchError::Refused(text!(
        "{vi}. Một nơi chỉ giữ một lịch: gửi đè thì đài nào chưa nhận sẽ không bao giờ nhận được lịch ấy. Đã hỏi người kia rồi thì thêm --after {version}",
        "{en}. A place holds one letter: a station that has not taken that one would never get it. Once you have asked them, add --after {version}"
    )))
}

/// What lies at a place: its number in the stream, and its manifest where a true letter lies there.
pub(crate) async fn lying(
    dispatcher: &Dispatcher,
    place: &Locality,
) -> Result<(u64, Option<(Manifest, String)>), DispatchError> {
    let stored = dispatcher.newest(SCHEDULE_STREAM, &schedule_subject(place)).await?;
    let sequence = stored.as_ref().map_or(0, |stored| stored.sequence);
    let letter = stored.as_ref().and_then(LyingLetter::read);
    Ok((sequence, letter.map(|letter| (letter.manifest, letter.sha256))))
}
