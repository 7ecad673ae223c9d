use serde::{Deserialize, Serialize};

use super::{FORMAT, Locality, PublicKey, Rejection, UtcSecond};

/// Alarms that hold in one place at a time.
const ALARMS_MOST: usize = 16;
/// Letters of a title, and of the name of a sound.
const TITLE_MOST: usize = 200;
/// Letters of an id.
const ID_MOST: usize = 64;
/// As often as an alert may be repeated (`loa alert --repeat`).
const TIMES_MOST: u32 = 20;
/// An alarm is for now: one that is over a day old is news.
const VALID_MOST: i64 = 24 * 60 * 60;
/// The highest number: what every reader of JSON holds exactly.
const VERSION_MOST: u64 = (1 << 53) - 1;

/// All alarms that hold in a place: the paper that is signed. The newest one counts, whatever came before it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AlarmPaper {
    /// The form of this paper.
    pub format: u32,
    /// `alarms`: it is no other paper.
    pub kind: String,
    /// Who hears them.
    pub place: Locality,
    /// Rises with each paper for this place.
    pub version: u64,
    /// When it was made.
    pub made: UtcSecond,
    /// They hold now. One that is named no more is not ordered any more; what sounds is not cut by that.
    pub alarms: Vec<CentreAlarm>,
}

/// An alarm that the centre gives.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CentreAlarm {
    /// By it a box knows that it has had it: letters, digits, `-` and `_`.
    pub id: String,
    /// What people call the danger.
    pub title: String,
    /// Its sound, as the box has it in `audio/`.
    pub sound: String,
    /// How many times it is heard.
    pub times: u32,
    /// The tone of an alarm is heard first.
    #[serde(default)]
    pub tone: bool,
    /// When it was given.
    pub made: UtcSecond,
    /// After this nobody hears it any more.
    pub expires: UtcSecond,
}

/// A paper whose signatures count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdmittedAlarms {
    /// What it says.
    pub paper: AlarmPaper,
    /// Of the very text that was signed.
    pub sha256: String,
    /// Whose signatures count.
    pub by: Vec<(PublicKey, String)>,
}

impl AdmittedAlarms {
    /// Who signed it, in one line.
    pub fn signed_by(&self) -> String {
        self.by.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl AlarmPaper {
    /// Read one, and see that it is one that can be.
    pub fn read(text: &str) -> Result<Self, Rejection> {
        #[derive(Deserialize)]
        struct FormOf {
            format: u32,
        }
        let foreign = || Rejection::Foreign("alarms".to_owned());
        let form: FormOf = serde_json::from_str(text).map_err(|_| foreign())?;
        if form.format != FORMAT {
            return Err(Rejection::NewForm(form.format));
        }
        let paper: Self = serde_json::from_str(text).map_err(|_| foreign())?;
        let mut ids: Vec<&str> = paper.alarms.iter().map(|alarm| alarm.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let is_good = paper.kind == "alarms"
            && (1..=VERSION_MOST).contains(&paper.version)
            && paper.alarms.len() <= ALARMS_MOST
            && ids.len() == paper.alarms.len()
            && paper.alarms.iter().all(CentreAlarm::is_possible);
        if is_good { Ok(paper) } else { Err(foreign()) }
    }
}

impl CentreAlarm {
    fn is_possible(&self) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let is_named = |text: &str| !text.trim().is_empty() && text.len() <= TITLE_MOST;
        (1..=ID_MOST).contains(&self.id.len())
            && self.id.bytes().all(is_plain)
            && is_named(&self.title)
            && is_named(&self.sound)
            && !self.sound.contains(['/', '\\'])
            && (1..=TIMES_MOST).contains(&self.times)
            && (1..=VALID_MOST).contains(&(self.expires.seconds() - self.made.seconds()))
    }
}
