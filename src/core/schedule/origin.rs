use std::sync::Arc;

use super::{Broadcast, Order, OrderNumber, Place, Play};

/// Where a broadcast comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A schedule file.
    Written(Place),
    /// An order by hand.
    Ordered(Arc<Order>),
}

impl Broadcast {
    /// Where it is written; `None` for what was ordered by hand.
    pub const fn place(&self) -> Option<&Place> {
        match &self.origin {
            Origin::Written(place) => Some(place),
            Origin::Ordered(_) => None,
        }
    }

    /// The order by hand that it carries out; `None` for what is written.
    pub const fn ordered(&self) -> Option<&Arc<Order>> {
        match &self.origin {
            Origin::Written(_) => None,
            Origin::Ordered(order) => Some(order),
        }
    }

    /// Somebody speaks live in it.
    pub fn is_talk(&self) -> bool {
        self.play.iter().any(|play| matches!(play, Play::Relay(relay, _) if relay.is_voice()))
    }

    /// That order's number.
    pub fn number(&self) -> Option<OrderNumber> {
        self.ordered().map(|order| order.number)
    }
}
