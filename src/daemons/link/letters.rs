use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write as _};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;

use super::memory::LetterMark;
use super::running::{LinkMessage, Running};
use super::sounds::{Unfetched, sum};
use crate::bundle::{
    Admitted, BundleFile, Freight, Locality, Manifest, Parcel, Rejection, UtcSecond, own_name, pack, texts,
};
use crate::courier::{BundleFate, BundleState, Delivery, Unfit};
use crate::daemon::client::{self, Unanswered};
use crate::daemon::protocol::Command;
use crate::diag::{Text, shown, system, text};
use crate::digest::sha256;
use crate::site::{Folder, Site};

/// A letter: what a server takes in one message.
const LETTER_MOST: usize = 1024 * 1024;
/// Left free on the disk: what else is written there meanwhile.
const SPARE: u64 = 64 << 20;
/// To read four gigabytes from an old card, judge them and write them again.
const INSTALL_MOST: Duration = Duration::from_mins(30);
/// So often, and so far apart, it is looked whether the unit has installed a bundle.
const UNIT_LOOKS: u32 = 120;
const UNIT_LOOK: Duration = Duration::from_millis(500);
/// The group reads it: it is installed by the station's own account.
const BUNDLE_MODE: u32 = 0o640;

/// A letter whose signatures count.
struct OpenedLetter {
    freight: Freight,
    admitted: Admitted,
    texts: BTreeMap<String, Vec<u8>>,
}

/// What became of a letter.
enum LetterFate {
    /// It is installed, or was before.
    Taken,
    /// It is not to be taken: a code, and why.
    Refused(String, Text),
    /// Not now: the link, the daemon or the disk; why, where somebody should know.
    Later(Option<Text>),
}

impl Running<'_> {
    /// Take what is sent to the places of this box, one letter after the other.
    pub(super) async fn take_letters(&self, mut letters: mpsc::Receiver<LinkMessage>) {
        let mut waiting: BTreeMap<Locality, LinkMessage> = BTreeMap::new();
        loop {
            let more = if waiting.is_empty() {
                letters.recv().await
            } else {
                tokio::select! {
                    more = letters.recv() => more,
                    () = self.pause(self.link.pace.again) => None,
                }
            };
            match more {
                Some(letter) => {
                    waiting.insert(letter.place.place.clone(), letter);
                }
                None if waiting.is_empty() => return,
                None => {}
            }
            let due: Vec<_> = std::mem::take(&mut waiting).into_iter().collect();
            for (place, letter) in due {
                if self.take_letter(&letter).await {
                    continue;
                }
                // A newer one may have come meanwhile.
                waiting.entry(place).or_insert(letter);
            }
        }
    }

    /// Deal with one; whether it is dealt with for now.
    async fn take_letter(&self, letter: &LinkMessage) -> bool {
        let place = &letter.place.place;
        let own = sha256(&letter.bytes);
        let trust = self.trust();
        let is_settled =
            |known: &LetterMark| known.sha256 == own && known.is_settled(self.now_second(), trust.as_ref());
        if self.memory().letters.get(place).is_some_and(is_settled) {
            return true;
        }
        let (fate, is_signed) = match self.open_letter(&letter.bytes) {
            Ok(opened) => (self.install(&opened).await, true),
            Err(Unfit::Bundle(why)) => {
                (LetterFate::Refused(why.code().to_owned(), why.text(&self.link.station.timezone)), false)
            }
            Err(why) => (LetterFate::Later(Some(why.text(&self.link.station.timezone))), true),
        };
        let at = self.now_second();
        match fate {
            LetterFate::Taken => {
                let mark = LetterMark { sha256: own, taken: true, code: String::new(), at, number: None, trust: None };
                self.remember(|memory| {
                    memory.letters.insert(place.clone(), mark);
                });
                self.clear_fetched();
            }
            // Whoever speaks on the same server may have said it: the one that lies in the stream counts.
            LetterFate::Refused(..) if letter.live && !is_signed => {
                self.remember(|memory| memory.refused += 1);
                self.sweep.notify_one();
            }
            LetterFate::Refused(code, why) => {
                let is_known = self.memory().letters.get(place).is_some_and(|known| known.sha256 == own);
                let mark = LetterMark { sha256: own, taken: false, code, at, number: number(&letter.bytes), trust };
                self.remember(|memory| {
                    memory.refused += u64::from(!is_signed && !is_known);
                    memory.letters.insert(place.clone(), mark);
                });
                if !is_known {
                    let Text { vi, en } = why;
                    self.say(&text!(
                        "không nhận lịch gửi cho {place}: {vi}",
                        "the schedule sent to {place} is not taken: {en}"
                    ));
                }
            }
            LetterFate::Later(why) => {
                if let Some(Text { vi, en }) = why.filter(|why| self.is_news(place.as_str(), why)) {
                    self.say(&text!(
                        "chưa nhận được lịch gửi cho {place}: {vi}",
                        "the schedule sent to {place} waits: {en}"
                    ));
                }
                return false;
            }
        }
        true
    }

    fn now_second(&self) -> UtcSecond {
        UtcSecond::of(self.now())
    }

    /// Whether it is truly signed, for this box, and new.
    fn open_letter(&self, bytes: &[u8]) -> Result<OpenedLetter, Unfit> {
        if bytes.len() > LETTER_MOST {
            return Err(Rejection::TooLarge.into());
        }
        let state = BundleState::read(&self.link.site)?;
        let (freight, parcel) = Parcel::open(bytes)?;
        let roots = &self.link.station.bundle;
        let trusted = state.trusted.learn(roots, &freight.keys, freight.revoked.as_ref())?;
        let admitted = trusted.admit(roots, &freight.manifest, self.believed())?;
        let texts = texts(&admitted.manifest, parcel)?;
        Ok(OpenedLetter { freight, admitted, texts })
    }

    /// Fetch what is missing, make the whole bundle, and let the station's own account install it as from a stick.
    async fn install(&self, opened: &OpenedLetter) -> LetterFate {
        if let Err(fate) = self.gather(&opened.admitted).await {
            return fate;
        }
        match self.assemble(opened).await {
            Ok(()) => {}
            Err(error) => return LetterFate::Later(Some(system(&error))),
        }
        let began = self.now_second();
        let answer = client::ask(&self.link.site.socket(), &Command::Install, INSTALL_MOST).await;
        let delivery = match answer {
            Ok(answer) => serde_json::from_value::<Delivery>(answer).ok(),
            Err(Unanswered::Absent | Unanswered::Unclear) => return LetterFate::Later(None),
            // The page's room may be an account's of its own; then a unit that may write both installs what lies there.
            Err(Unanswered::Refused(why)) => match self.installed_meanwhile(&opened.admitted.sha256, began).await {
                Some(delivery) => Some(delivery),
                None => return LetterFate::Later(Some(why)),
            },
            Err(Unanswered::Forbidden) => {
                return LetterFate::Later(Some(text!(
                    "tài khoản này không được ra lệnh cho đài: cho nó vào nhóm loa",
                    "this account may not give orders to the station: it has to be in the group loa"
                )));
            }
        };
        match delivery {
            Some(delivery) if matches!(delivery.fate, BundleFate::Installed | BundleFate::Again) => LetterFate::Taken,
            // What it says stands in the journal, which goes up.
            Some(Delivery { code, vi, en, .. }) => LetterFate::Refused(code, Text { vi, en }),
            None => LetterFate::Later(None),
        }
    }

    /// What has come of this bundle since then, by somebody else's hand; waits a minute for it.
    async fn installed_meanwhile(&self, sha256: &str, began: UtcSecond) -> Option<Delivery> {
        for _ in 0..UNIT_LOOKS {
            let state = BundleState::read(&self.link.site).unwrap_or_default();
            let is_its = |delivery: &Delivery| delivery.sha256 == sha256 && delivery.at >= began;
            if let Some(delivery) = state.deliveries.into_iter().find(is_its) {
                return Some(delivery);
            }
            tokio::time::sleep(UNIT_LOOK).await;
        }
        None
    }

    /// Fetch the sounds that do not lie here.
    async fn gather(&self, admitted: &Admitted) -> Result<(), LetterFate> {
        let sounds = || admitted.manifest.contents().filter(|file| file.sound.is_some());
        let missing: Vec<&BundleFile> = sounds().filter(|file| !is_here(&self.link.site, file)).collect();
        let needed: u64 = missing.iter().map(|file| file.bytes).sum();
        let left = crate::site::room(&self.link.site.link()).unwrap_or(u64::MAX);
        // Twice: as it was fetched, and in the bundle.
        let needed = needed.saturating_add(admitted.manifest.bytes()).saturating_add(SPARE);
        if needed > left {
            let why = Unfit::NoRoom(needed, left);
            return Err(LetterFate::Refused(why.code().to_owned(), why.text(&self.link.station.timezone)));
        }
        for file in missing {
            let path = shown(&file.path);
            self.fetch_sound(&file.sha256, file.bytes).await.map_err(|why| match why {
                Unfetched::Link => LetterFate::Later(None),
                Unfetched::Absent => LetterFate::Later(Some(text!(
                    "trung tâm chưa có âm thanh {path}",
                    "the centre does not have the sound {path} yet"
                ))),
                Unfetched::Other => LetterFate::Later(Some(text!(
                    "âm thanh {path} ở trung tâm không phải cái đã ký",
                    "the sound {path} that the centre has is not the one that was signed"
                ))),
                Unfetched::Disk(error) => LetterFate::Later(Some(system(&error))),
            })?;
        }
        Ok(())
    }

    /// Put the whole bundle together, in a thread of its own: it may be large, and an alarm does not wait for a disk.
    async fn assemble(&self, opened: &OpenedLetter) -> io::Result<()> {
        let (site, freight, texts) = (self.link.site.clone(), opened.freight.clone(), opened.texts.clone());
        let done = tokio::task::spawn_blocking(move || {
            let (folder, fetched) = (Folder::open(site.link())?, Folder::open(site.link().join("sounds")));
            let brought = site.brought();
            let name = brought.file_name().ok_or(io::ErrorKind::InvalidInput)?;
            let mut draft = folder.draft(name, BUNDLE_MODE)?;
            let mut out = io::BufWriter::new(draft.file());
            pack(&mut out, &freight, |file| -> io::Result<Box<dyn Read>> {
                if let Some(text) = texts.get(&file.sha256) {
                    return Ok(Box::new(Cursor::new(text.clone())));
                }
                let fetched = fetched.as_ref().ok().and_then(|fetched| fetched.file(&file.sha256).ok());
                match fetched {
                    Some(fetched) => Ok(Box::new(fetched)),
                    None => {
                        Ok(Box::new(Folder::open(site.audio())?.file(own_name(&file.path)).map_err(io::Error::from)?))
                    }
                }
            })?;
            out.flush()?;
            drop(out);
            draft.place()
        });
        self.is_assembling.store(true, Ordering::Relaxed);
        let done = done.await.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into()));
        self.is_assembling.store(false, Ordering::Relaxed);
        done
    }
}

/// The number that a letter says that it has, whether it is to be believed or not.
fn number(bytes: &[u8]) -> Option<u64> {
    let (freight, _) = Parcel::open(bytes).ok()?;
    Manifest::read(&freight.manifest.text).ok().map(|manifest| manifest.version)
}

impl LetterMark {
    /// What was refused is tried again after an hour: the clock, or what the station plays, may be another by then; and at once where the
    /// station goes by other keys.
    fn is_settled(&self, now: UtcSecond, trust: Option<&String>) -> bool {
        let is_same = trust.is_none_or(|trust| self.trust.as_ref().is_none_or(|judged| judged == trust));
        self.taken || is_same && (now.seconds() - self.at.seconds()).abs() < 3_600
    }
}

/// The sound lies in `audio/` under its name, byte for byte.
fn is_here(site: &Site, file: &BundleFile) -> bool {
    let folder = Folder::open(site.audio());
    folder.and_then(|folder| sum(&folder, own_name(&file.path))).is_ok_and(|own| own == file.sha256)
}
