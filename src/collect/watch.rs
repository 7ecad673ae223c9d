use loa_core::instant::Wall;

/// What time it is by this machine: when rows came, until when a code holds. The one place that asks it.
#[expect(clippy::disallowed_methods, reason = "the collector's one clock; all else is handed the instant")]
pub(crate) fn now() -> Wall {
    Wall::from(jiff::Timestamp::now())
}
