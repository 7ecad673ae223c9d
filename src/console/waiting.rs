//! The tries to log in that are being looked at: a short line for each address.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Tries of one address that are looked at or wait for it. A hamlet behind one address logs in one after another; a
/// program that sends hundreds at once is told to come back, so that others stand behind these few at most.
const IN_LINE_MOST: u32 = 8;

/// The tries that are being looked at, of each address.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<HashMap<String, u32>>);

/// A turn in it.
pub(super) struct Turn<'l> {
    lines: &'l Waiting,
    address: &'l str,
}

impl Waiting {
    pub(super) fn enter<'l>(&'l self, address: &'l str) -> Option<Turn<'l>> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = lines.entry(address.to_owned()).or_default();
        (*count < IN_LINE_MOST).then(|| {
            *count += 1;
            Turn { lines: self, address }
        })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut lines = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = lines.get_mut(self.address) {
            *count -= 1;
            if *count == 0 {
                lines.remove(self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_short_line_and_leaves_nothing_behind() {
        let lines = Waiting::default();
        let places: Vec<_> = (0..300).map_while(|_| lines.enter("10.0.0.9")).collect();
        assert_eq!(places.len(), IN_LINE_MOST as usize);
        assert!(lines.enter("10.0.0.7").is_some());
        drop(places);
        assert!(lines.0.lock().unwrap().is_empty());
    }
}
