use std::path::PathBuf;
use std::time::Duration;

use crate::digest::sha256;
use serde::{Deserialize, Serialize};

use super::Pending;
use crate::diag::{Text, system, text};
use crate::instant::Wall;
use crate::site::{Folder, Lock, OWN_DIR_MODE, Site};

/// So long a code is good: a leader signs within the week.
pub const GOOD_FOR: Duration = Duration::from_hours(7 * 24);

/// Slips that are kept, the last ones; a commune has a handful a week.
const MOST: usize = 500;
/// As many of some hundred bytes.
const BYTES_MOST: u64 = 1 << 20;
const FILE: &str = "slips.json";
/// Another one writes a slip in milliseconds.
const WAIT: Duration = Duration::from_secs(5);

/// What stands in a code: no letter that is taken for another on paper.
const LETTERS: &[u8; 31] = b"ABCDEFGHJKLMNPQRSTUVWXYZ2345679";
/// How many of them: forty bits, for a code that is good for a week and typed by hand.
const LENGTH: usize = 8;

/// A slip that was printed: its code is kept as a hash only.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Slip {
    hash: String,
    /// What it is for.
    pub broadcast: String,
    /// What it was when the slip was printed; of anything else the code lets nothing sound.
    pub digest: String,
    /// Who printed it.
    pub by: String,
    /// The newest decision on the broadcast when it was printed: its row and when that was written. What was decided since
    /// is newer than the signature.
    #[serde(default)]
    since: String,
    /// Until when it is good, in seconds since 1970.
    pub until: i64,
    /// It was entered.
    pub used: bool,
}

/// Why a code is not taken.
#[derive(Debug)]
pub enum SlipError {
    /// No slip has it.
    Unknown,
    /// It was entered before.
    Used,
    /// Its days are over.
    Late,
    /// The broadcast, or a sound of it, is another than on the slip.
    Changed,
    /// It was decided on since: returned, or approved and changed.
    Decided,
    /// What it is for does not wait any more.
    Settled,
    /// The list of slips cannot be read or written.
    Io(std::io::Error),
}

impl From<std::io::Error> for SlipError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl SlipError {
    /// What to tell a person.
    pub fn text(&self) -> Text {
        match self {
            Self::Unknown => text!(
                "không có phiếu nào mang mã này: hãy đọc lại mã trên phiếu",
                "no slip has this code: read it from the slip again"
            ),
            Self::Used => text!(
                "mã này đã được nhập rồi, mỗi mã chỉ dùng một lần: cần thì in phiếu khác",
                "this code was entered before, and each is good once: print another slip"
            ),
            Self::Late => text!(
                "mã này đã quá hạn (7 ngày): hãy in phiếu khác",
                "this code is too old (7 days): print another slip"
            ),
            Self::Changed => text!(
                "mục phát hay bản ghi đã thay sau khi in phiếu, nên mã này không còn giá trị: hãy in phiếu khác để ký lại",
                "the broadcast or a sound of it has changed since the slip was printed, so that the code is void: print another one to be signed"
            ),
            Self::Decided => text!(
                "mục phát đã có quyết định khác (duyệt hay trả lại) sau khi in phiếu, nên mã này không còn giá trị: hãy in phiếu khác để ký lại",
                "the broadcast was decided on since the slip was printed, approved or returned, so that the code is void: print another one to be signed"
            ),
            Self::Settled => text!(
                "mục phát này không còn chờ duyệt (đã có người duyệt, hoặc không còn trong lịch), nên không cần nhập mã này nữa",
                "this broadcast does not wait any more (somebody has approved it, or it is not in the schedule), so that the code need not be entered"
            ),
            Self::Io(error) => text!(
                error = system(error);
                "không đọc hoặc ghi được danh sách phiếu duyệt: {error}",
                "the list of slips cannot be read or written: {error}"
            ),
        }
    }
}

/// The slips of a station, in a file of the page's own.
#[derive(Clone, Debug)]
pub struct Slips {
    dir: PathBuf,
}

/// The list while nobody else changes it.
struct Held {
    folder: Folder,
    _lock: Lock,
    slips: Vec<Slip>,
}

impl Slips {
    /// Those of this station.
    pub fn of(site: &Site) -> Self {
        let dir = site.people().parent().map(std::path::Path::to_owned).unwrap_or_default();
        Self { dir }
    }

    /// A new code for a broadcast as it is now, and until when it is good. Codes that were printed for it before stay
    /// good as long as it is the same and nobody has decided on it.
    pub fn print(&self, item: &Pending, by: &str, now: Wall) -> Result<(String, Wall), SlipError> {
        let mut held = self.hold()?;
        let (code, until) = (new_code()?, now + GOOD_FOR);
        held.slips.push(Slip {
            hash: hash(&code),
            broadcast: item.broadcast.id.clone(),
            digest: item.what.digest.to_string(),
            by: by.to_owned(),
            since: newest(item),
            until: until.timestamp().as_second(),
            used: false,
        });
        held.keep()?;
        Ok((code, until))
    }

    /// The slip of a code, while it is good.
    pub fn find(&self, code: &str, now: Wall) -> Result<Slip, SlipError> {
        Ok(self.hold()?.good(code, now)?.clone())
    }

    /// Enter a code: `decide` has the decision taken, and only then the code is used up.
    pub fn enter<T, E>(
        &self,
        code: &str,
        now: Wall,
        decide: impl FnOnce(&Slip) -> Result<T, E>,
    ) -> Result<Result<T, E>, SlipError> {
        let mut held = self.hold()?;
        let slip = held.good(code, now)?;
        let done = match decide(slip) {
            Ok(done) => done,
            Err(refused) => return Ok(Err(refused)),
        };
        slip.used = true;
        held.keep()?;
        Ok(Ok(done))
    }

    fn hold(&self) -> Result<Held, SlipError> {
        let folder = Folder::make(&self.dir, OWN_DIR_MODE)?;
        let lock = folder.lock("slips.lock", WAIT).map_err(|unlocked| std::io::Error::other(unlocked.to_string()))?;
        let slips = match folder.read(FILE, BYTES_MOST) {
            // What is damaged voids the codes that were printed.
            Ok(text) => serde_json::from_slice(&text).unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        Ok(Held { folder, _lock: lock, slips })
    }
}

impl Slip {
    /// Whether it is still for what waits: the broadcast as it was printed, on which nobody has decided since.
    pub fn still_for(&self, item: &Pending) -> Result<(), SlipError> {
        if item.what.digest.as_str() != self.digest {
            return Err(SlipError::Changed);
        }
        if newest(item) == self.since { Ok(()) } else { Err(SlipError::Decided) }
    }
}

/// The newest decision on what waits, by its row and its time: in a journal that was begun anew a row may have a number again.
fn newest(item: &Pending) -> String {
    let decision = item.lack.decision();
    decision.map(|newest| format!("{} {}", newest.row, newest.at.timestamp().as_second())).unwrap_or_default()
}

impl Held {
    fn good(&mut self, code: &str, now: Wall) -> Result<&mut Slip, SlipError> {
        let hash = hash(code);
        let slip = self.slips.iter_mut().find(|slip| slip.hash == hash).ok_or(SlipError::Unknown)?;
        match slip {
            Slip { used: true, .. } => Err(SlipError::Used),
            Slip { until, .. } if *until <= now.timestamp().as_second() => Err(SlipError::Late),
            slip => Ok(slip),
        }
    }

    fn keep(&mut self) -> Result<(), SlipError> {
        let over = self.slips.len().saturating_sub(MOST);
        self.slips.drain(..over);
        let text = serde_json::to_vec(&self.slips).map_err(std::io::Error::other)?;
        Ok(self.folder.replace(FILE, &text)?)
    }
}

fn new_code() -> Result<String, SlipError> {
    let mut code = String::with_capacity(LENGTH + 1);
    while code.len() <= LENGTH {
        let mut byte = [0];
        getrandom::fill(&mut byte).map_err(|_| std::io::Error::other("no randomness"))?;
        // Each letter as likely as the other.
        if usize::from(byte[0]) < 256 / LETTERS.len() * LETTERS.len() {
            if code.len() == LENGTH / 2 {
                code.push('-');
            }
            code.push(char::from(LETTERS[usize::from(byte[0]) % LETTERS.len()]));
        }
    }
    Ok(code)
}

/// Of a code as a person types it.
fn hash(code: &str) -> String {
    let bare: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    sha256(format!("slip {bare}").as_bytes())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::approval::{ApprovalDigest, Decision, Lack, Said};
    use crate::calendar::sample::daily;
    use crate::plan::Approvable;

    const NOW: Wall = Wall::from_secs(1_796_100_000);

    fn digest(letter: &str) -> ApprovalDigest {
        ApprovalDigest::read(&format!("v1:{}-{}", letter.repeat(64), "0".repeat(64))).unwrap()
    }

    fn item(lack: Lack) -> Pending {
        let digest = digest("a");
        Pending {
            broadcast: Arc::new(daily("tin", &["05:30"])),
            lack,
            next: None,
            what: Approvable { digest, sounds: Vec::new(), missing: Vec::new() },
            approved: None,
            changes: Vec::new(),
            written: None,
            touches: Vec::new(),
        }
    }

    fn decision(row: u64, said: Said) -> Arc<Decision> {
        let digest = digest("a");
        Arc::new(Decision { digest, said, by: "Bà Hai (hoa)".to_owned(), at: NOW, row, sounds: Vec::new() })
    }

    #[test]
    fn a_code_is_good_once_for_a_week_and_for_what_was_printed() {
        let dir = tempfile::tempdir().unwrap();
        let slips = Slips::of(&Site::new(dir.path()));
        let (now, item) = (NOW, item(Lack::Never));
        let (code, until) = slips.print(&item, "Anh Nam", now).unwrap();
        assert_eq!((code.len(), &code[4..5], until), (9, "-", now + GOOD_FOR));
        let (other, _) = slips.print(&item, "Anh Nam", now).unwrap();
        assert_ne!(code, other);
        let kept = std::fs::read_to_string(dir.path().join("state/slips.json")).unwrap();
        assert!(!kept.contains(&code), "only its hash is kept");
        assert!(matches!(slips.find("ABCD-2345", now), Err(SlipError::Unknown)));
        assert!(matches!(slips.find(&code, until), Err(SlipError::Late)));
        let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
        assert_eq!(slips.find(&typed, now).unwrap().digest, item.what.digest.as_str());
        // What the daemon does not take uses nothing up.
        let refused = slips.enter(&code, now, |_| Err::<(), _>("no")).unwrap();
        assert!(refused.is_err());
        slips.enter(&code, now, |slip| Ok::<_, ()>(slip.broadcast.clone())).unwrap().unwrap();
        assert!(matches!(slips.enter(&code, now, |_| Ok::<_, ()>(())), Err(SlipError::Used)));
        assert!(slips.find(&other, now).is_ok());
    }

    #[test]
    fn a_decision_after_the_printing_voids_the_slips_of_before_and_no_later_one() {
        let dir = tempfile::tempdir().unwrap();
        let slips = Slips::of(&Site::new(dir.path()));
        let returned = |row| item(Lack::Returned(decision(row, Said::Returned { note: "chậm hơn".to_owned() })));
        let changed = item(Lack::Changed(decision(4, Said::Approved { entered_by: None })));
        let states = [item(Lack::Never), changed, returned(5), returned(7)];
        let printed: Vec<Slip> = states
            .iter()
            .map(|state| slips.find(&slips.print(state, "Anh Nam", NOW).unwrap().0, NOW).unwrap())
            .collect();
        for (at, slip) in printed.iter().enumerate() {
            for (now, state) in states.iter().enumerate() {
                assert_eq!(slip.still_for(state).is_ok(), at == now, "printed at {at}, entered at {now}");
            }
        }
        let mut other = item(Lack::Never);
        other.what.digest = digest("b");
        assert!(matches!(printed[0].still_for(&other), Err(SlipError::Changed)));
    }
}
