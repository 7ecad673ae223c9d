use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::limit;

/// Lends the bytes of sounds that play: who plays the same sound at the same time, in sixty-four hamlets or twenty
/// times over, has the same bytes.
#[derive(Clone, Default)]
pub(super) struct Lender(Arc<Mutex<HashMap<String, Weak<Whole>>>>);

/// The whole of a file. Behind a box, so that nothing but a number is left of it once nobody has it any more.
struct Whole(Box<[u8]>);

/// The whole of a file, for as long as somebody keeps this.
#[derive(Clone)]
pub(super) struct Loan(Arc<Whole>);

impl Lender {
    /// The bytes of this digest. `read` is asked for those that nobody has at present, with the most that they may
    /// be: larger files, and more than there is room for in all, are played from the disk.
    pub(super) fn lend(&self, sha256: &str, read: impl FnOnce(u64) -> Option<Vec<u8>>) -> Option<Loan> {
        let room = {
            let mut lent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lent.retain(|_, whole| whole.strong_count() > 0);
            let all: Vec<Loan> = lent.values().filter_map(Weak::upgrade).map(Loan).collect();
            if let Some(known) = lent.get(sha256).and_then(Weak::upgrade) {
                return Some(Loan(known));
            }
            let used: u64 = all.iter().map(|loan| loan.as_ref().len() as u64).sum();
            limit::LENT_BYTES.saturating_sub(used).min(limit::LENT_FILE_BYTES)
        };
        // Not under the lock: a disk may take its time. Two who read the same at once have it twice for a while.
        let whole = Arc::new(Whole(read(room)?.into_boxed_slice()));
        let mut lent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lent.insert(sha256.to_owned(), Arc::downgrade(&whole));
        Some(Loan(whole))
    }
}

impl Loan {
    /// To read it from its beginning.
    pub(super) fn cursor(self) -> Cursor<Self> {
        Cursor::new(self)
    }
}

impl AsRef<[u8]> for Loan {
    fn as_ref(&self) -> &[u8] {
        &self.0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sound_is_read_once_for_all_who_play_it_and_let_go_of_after_the_last() {
        let lender = Lender::default();
        let first = lender.lend("a", |_| Some(vec![1; 10])).unwrap();
        let second = lender.lend("a", |_| panic!("it is there")).unwrap();
        assert_eq!(second.as_ref(), [1; 10]);
        drop((first, second));
        assert!(lender.lend("a", |_| None).is_none());
    }

    #[test]
    fn no_more_is_lent_than_there_is_room_for() {
        let lender = Lender::default();
        let part = limit::LENT_FILE_BYTES as usize;
        let mut kept = Vec::new();
        for name in 0..limit::LENT_BYTES / limit::LENT_FILE_BYTES {
            kept.push(lender.lend(&name.to_string(), |room| (part as u64 <= room).then(|| vec![0; part])).unwrap());
        }
        let mut asked = None;
        assert!(lender.lend("more", |room| (asked.insert(room), None).1).is_none());
        assert_eq!(asked, Some(0));
        kept.pop();
        assert!(lender.lend("more", |room| (part as u64 <= room).then(|| vec![0; part])).is_some());
    }
}
