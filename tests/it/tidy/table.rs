//! What is allowed, as data. Change it when the house changes, with the reason in the commit.

/// A room (a directory of `src/`) and the rooms it may use. Arrows run one way.
pub(super) const ROOMS: &[(&str, &[&str])] = &[
    ("instant", &[]),
    ("diag", &["instant"]),
    ("clock", &["instant"]),
    ("station", &["diag", "instant"]),
    ("schedule", &["station", "diag", "instant"]),
    ("calendar", &["schedule", "station", "diag", "instant"]),
    ("plan", &["calendar", "schedule", "station", "diag", "instant"]),
    ("journal", &["plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("audio", &["plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("output", &["clock", "audio", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    // It returns entries for the journal and orders for the outputs: their words, never their doors.
    ("player", &["journal", "output", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    (
        "daemon",
        &[
            "clock", "player", "journal", "output", "audio", "plan", "calendar", "schedule", "station", "diag",
            "instant",
        ],
    ),
    (
        "cli",
        &[
            "clock", "daemon", "player", "journal", "output", "audio", "plan", "calendar", "schedule", "station",
            "diag", "instant",
        ],
    ),
];

/// A word of the outside world, and the doors: the only files (or directories, with a `/` at the
/// end) that may say it. Test modules are free.
pub(super) const WORDS: &[(&str, &[&str])] = &[
    // the operating system
    ("std::env", &["src/diag/text.rs"]),
    ("std::fs", &[]),
    ("std::net", &["src/station/model.rs"]),
    ("std::process", &["src/main.rs", "src/cli/"]),
    ("std::thread", &["src/clock/machine.rs"]),
    ("std::time::Instant", &["src/clock/machine.rs"]),
    ("std::time::SystemTime", &["src/clock/machine.rs"]),
    ("std::os", &[]),
    ("notify", &[]),
    ("rustix", &[]),
    ("sd_notify", &[]),
    ("tokio", &[]),
    // sound
    ("cpal", &[]),
    ("hound", &[]),
    ("rodio", &[]),
    ("rtrb", &[]),
    ("rubato", &[]),
    ("rusty_opus", &[]),
    ("symphonia", &[]),
    // data
    ("rusqlite", &[]),
    ("sha2", &[]),
    ("toml", &[]),
    // time; `jiff` is a word of the house
    ("chrono", &[]),
    ("cron", &["src/schedule/model.rs"]),
    // people
    ("annotate_snippets", &[]),
    ("anyhow", &["src/cli/"]),
    ("clap", &["src/cli/"]),
    ("comfy_table", &[]),
];

/// Lines a file may have, its test module not counted.
pub(super) const MAX_LINES: usize = 400;

/// Files that may be longer, and why.
pub(super) const LONG_FILES: &[(&str, &str)] = &[];

/// What finished code does not hold, and what to do instead.
pub(super) const UNFINISHED: &[(&str, &str)] = &[
    ("todo!(", "build it, or leave it out and say so in README"),
    ("unimplemented!(", "build it, or leave it out and say so in README"),
    ("dbg!(", "take it out"),
    ("#[ignore", "make the test run, or delete it"),
];

/// Names that fit anything and so say nothing.
pub(super) const VAGUE_NAMES: &[&str] =
    &["util", "utils", "common", "helper", "helpers", "misc", "manager", "service", "data"];

/// Beginnings of paths that exist on one machine only. Broken in two, so that this file may hold them.
pub(super) const DEVELOPER_PATHS: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
    concat!(":\\Us", "ers\\"),
];
