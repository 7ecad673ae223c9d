//! What comes with the program and is the same for everybody: style, script and the sign of the page.

use std::sync::OnceLock;

use crate::edit::Digest;

pub(super) const STYLE: &str = concat!(
    include_str!("asset/style.css"),
    include_str!("asset/schedule.css"),
    include_str!("asset/sounds.css"),
    include_str!("asset/journal.css"),
    include_str!("asset/alarm.css"),
    include_str!("asset/district.css"),
);

pub(super) const SCRIPT: &str = concat!(
    include_str!("asset/page.js"),
    include_str!("asset/alarm.js"),
    include_str!("asset/schedule.js"),
    include_str!("asset/sounds.js"),
    include_str!("asset/talk.js"),
);

pub(super) const ICON: &str = include_str!("asset/icon.svg");

/// Where style and script of these pages are. Another program has others, and a browser that kept the old ones for an
/// hour would draw and run them in the new pages.
pub(super) fn addresses() -> &'static (String, String) {
    static ADDRESSES: OnceLock<(String, String)> = OnceLock::new();
    ADDRESSES.get_or_init(|| {
        let mark = |text: &str| Digest::of(text.as_bytes()).as_str()[..16].to_owned();
        (format!("/style.css?{}", mark(STYLE)), format!("/page.js?{}", mark(SCRIPT)))
    })
}
