//! Receipts of orders that were given from pages, kept for the page that shows them: whoever loads it again does not give
//! the order again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::daemon::receipt::Receipt;

/// As many as fifty people give in an evening.
const KEPT_MOST: usize = 64;

/// Something that was stopped, and can be heard from its beginning.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Again {
    /// Its sound.
    pub(super) name: String,
    /// What people call it.
    pub(super) title: String,
    /// Where it was stopped: ids.
    pub(super) zones: Vec<String>,
}

/// What came of an order.
#[derive(Clone, Debug)]
pub(super) struct ReceiptKept {
    /// Who gave it.
    pub(super) person: i64,
    /// The daemon's answer.
    pub(super) receipt: Receipt,
    /// What can be heard again.
    pub(super) again: Vec<Again>,
}

/// The last ones.
#[derive(Default)]
pub(super) struct Receipts(Mutex<VecDeque<Arc<ReceiptKept>>>);

impl Receipts {
    /// Keep one; the oldest goes.
    pub(super) fn keep(&self, kept: ReceiptKept) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT_MOST {
            all.pop_front();
        }
        all.push_back(Arc::new(kept));
    }

    /// The receipt of this order, for the person who gave it.
    pub(super) fn of(&self, order: &str, person: i64) -> Option<Arc<ReceiptKept>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().rev().find(|kept| kept.receipt.order == order && kept.person == person).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::receipt::OrderKind;

    fn kept(order: &str, person: i64) -> ReceiptKept {
        let receipt = Receipt {
            order: order.to_owned(),
            kind: OrderKind::Stop,
            name: String::new(),
            times: 1,
            at: String::new(),
            zones: Vec::new(),
            former: None,
            orders: Vec::new(),
            left: Vec::new(),
        };
        ReceiptKept { person, receipt, again: Vec::new() }
    }

    #[test]
    fn a_receipt_is_shown_to_whoever_gave_the_order_and_the_oldest_goes() {
        let receipts = Receipts::default();
        receipts.keep(kept("first", 1));
        assert!(receipts.of("first", 1).is_some() && receipts.of("first", 2).is_none());
        for number in 0..KEPT_MOST {
            receipts.keep(kept(&number.to_string(), 1));
        }
        assert!(receipts.of("first", 1).is_none() && receipts.of("0", 1).is_some());
    }
}
