use serde::{Deserialize, Serialize};

use super::{ReceiptWhy, why};
use crate::diag::{shown, text};
use crate::player::OrderLeft;

/// Why a stop has not ended an order.
const LEFT_UNKNOWN: &str = "order_unknown";
const LEFT_ELSEWHERE: &str = "order_elsewhere";

/// An order that a stop has not ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LeftReceipt {
    /// Its id, as it was named.
    pub order: String,
    /// `order_unknown`, `order_over` or `order_elsewhere`.
    pub why: ReceiptWhy,
}

impl LeftReceipt {
    pub(super) const OVER: &str = "order_over";

    pub(super) fn of(order: &str, left: OrderLeft) -> Self {
        let id = shown(order);
        let (code, words) = match left {
            OrderLeft::Unknown => (
                LEFT_UNKNOWN,
                text!(
                    "không có lệnh nào mang số «{id}»: loa không nhớ, nhật ký cũng không có",
                    "there is no order \"{id}\": neither loa nor the journal knows one"
                ),
            ),
            OrderLeft::Over => (
                Self::OVER,
                text!(
                    "lệnh {id} đã xong từ trước, không còn gì để dừng",
                    "the order {id} was over before: nothing to stop"
                ),
            ),
            OrderLeft::Elsewhere => (
                LEFT_ELSEWHERE,
                text!(
                    "lệnh {id} còn ở cụm loa khác, chưa dừng ở đó",
                    "the order {id} is under way in other zones, and was not stopped there"
                ),
            ),
        };
        Self { order: order.to_owned(), why: why(code, words, false) }
    }

    pub(super) fn is_over(&self) -> bool {
        self.why.code == Self::OVER
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.why.code == LEFT_UNKNOWN
    }
}
