//! What is allowed, as data. Change it when the house changes, with the reason in the commit.

/// A room (a directory of `src/`) and the rooms it may use. Arrows run one way.
pub(super) const ROOMS: &[(&str, &[&str])] = &[
    ("instant", &[]),
    ("diag", &["instant"]),
    ("site", &["diag"]),
    ("reason", &["diag"]),
    // It tells people why a clock is not believed, and what to do.
    ("clock", &["site", "reason", "diag", "instant"]),
    ("station", &["site", "diag", "instant"]),
    ("schedule", &["site", "station", "diag", "instant"]),
    ("amplifier", &["clock", "station", "diag", "instant"]),
    ("calendar", &["schedule", "station", "diag", "instant"]),
    ("plan", &["reason", "calendar", "schedule", "station", "diag", "instant"]),
    ("edit", &["site", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("picture", &["plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("checkup", &["site", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("status", &["checkup", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("journal", &["site", "reason", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("audio", &["site", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("output", &["site", "clock", "audio", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    // It returns entries for the journal and orders for outputs and amplifiers: their words, never their doors.
    (
        "player",
        &["amplifier", "journal", "output", "reason", "plan", "calendar", "schedule", "station", "diag", "instant"],
    ),
    (
        "daemon",
        &[
            "amplifier",
            "clock",
            "player",
            "journal",
            "output",
            "audio",
            "status",
            "checkup",
            "plan",
            "reason",
            "calendar",
            "schedule",
            "station",
            "site",
            "diag",
            "instant",
        ],
    ),
    (
        "cli",
        &[
            "amplifier",
            "clock",
            "daemon",
            "player",
            "journal",
            "output",
            "audio",
            "status",
            "checkup",
            "picture",
            "plan",
            "reason",
            "calendar",
            "schedule",
            "station",
            "site",
            "diag",
            "instant",
        ],
    ),
];

/// A word of the outside world, and the doors: the only files (or directories, with a `/` at the
/// end) that may say it. Test modules are free.
pub(super) const WORDS: &[(&str, &[&str])] = &[
    // the operating system
    (
        "std::env",
        &[
            "src/cli/check.rs",
            "src/cli/demo.rs",
            "src/cli/doctor/amplifier.rs",
            "src/cli/mod.rs",
            "src/cli/place.rs",
            "src/cli/sheet.rs",
            "src/diag/text.rs",
        ],
    ),
    (
        "std::fs",
        &[
            "src/amplifier/leftover.rs",
            "src/audio/disk.rs",
            "src/audio/intake.rs",
            "src/audio/listing.rs",
            "src/cli/demo.rs",
            "src/cli/doctor/machine.rs",
            "src/cli/doctor/rights.rs",
            "src/clock/signs.rs",
            "src/cli/quiet.rs",
            "src/daemon/peer.rs",
            "src/daemon/socket.rs",
            "src/daemon/start.rs",
            "src/journal/aside.rs",
            "src/journal/lost.rs",
            "src/journal/outside.rs",
            "src/journal/paper.rs",
            "src/journal/reader.rs",
            "src/journal/store.rs",
            "src/output/wav.rs",
            "src/site/",
        ],
    ),
    ("std::net", &["src/station/check.rs", "src/station/model.rs"]),
    (
        "std::process",
        &[
            "src/amplifier/leftover.rs",
            "src/amplifier/program.rs",
            "src/cli/",
            "src/journal/schema.rs",
            "src/main.rs",
            "src/site/lock.rs",
        ],
    ),
    (
        "std::thread",
        &[
            "src/amplifier/switches.rs",
            "src/audio/aside.rs",
            "src/cli/doctor/card.rs",
            "src/clock/machine.rs",
            "src/daemon/edges.rs",
            "src/daemon/hold.rs",
            "src/daemon/log.rs",
            "src/daemon/rehearsal.rs",
            "src/daemon/reload.rs",
            "src/daemon/tune.rs",
            "src/daemon/vouch.rs",
            "src/journal/writer.rs",
            "src/output/control.rs",
            "src/output/feed.rs",
            "src/output/link.rs",
            "src/output/paced.rs",
            "src/output/urgent.rs",
            "src/plan/share.rs",
            "src/site/lock.rs",
        ],
    ),
    ("std::time::Instant", &["src/clock/machine.rs"]),
    ("std::time::SystemTime", &["src/clock/machine.rs"]),
    (
        "std::os",
        &[
            "src/amplifier/program.rs",
            "src/audio/disk.rs",
            "src/audio/listing.rs",
            "src/cli/demo.rs",
            "src/cli/doctor/machine.rs",
            "src/cli/doctor/rights.rs",
            "src/cli/place.rs",
            "src/cli/talk.rs",
            "src/daemon/socket.rs",
            "src/journal/lost.rs",
            "src/journal/outside.rs",
            "src/journal/reader.rs",
            "src/journal/store.rs",
            "src/site/",
        ],
    ),
    ("notify", &["src/daemon/watch.rs"]),
    (
        "rustix",
        &[
            "src/amplifier/leftover.rs",
            "src/amplifier/program.rs",
            "src/cli/account.rs",
            "src/cli/demo.rs",
            "src/cli/doctor/machine.rs",
            "src/cli/quiet.rs",
            "src/cli/sheet.rs",
            "src/daemon/background.rs",
            "src/daemon/memory.rs",
            "src/daemon/peer.rs",
            "src/site/",
        ],
    ),
    ("gpiocdev", &["src/amplifier/gpio.rs"]),
    ("rtime_clock", &["src/clock/signs.rs"]),
    ("sd_notify", &["src/daemon/heartbeat.rs"]),
    ("tokio", &["src/daemon/asks.rs", "src/daemon/edges.rs", "src/daemon/socket.rs", "src/daemon/ticket.rs"]),
    // sound
    ("ebur128", &["src/audio/meter/loudness.rs"]),
    ("realfft", &["src/audio/meter/band.rs", "src/audio/meter/noise.rs"]),
    ("cpal", &["src/output/device.rs", "src/output/device_text.rs", "src/output/playable.rs"]),
    ("hound", &[]),
    ("rodio", &["src/output/feed.rs", "src/output/mixer.rs", "src/output/offline.rs"]),
    ("thread_priority", &["src/output/urgent.rs"]),
    ("rtrb", &["src/output/controller.rs", "src/output/feed.rs", "src/output/stage.rs"]),
    ("rubato", &["src/audio/resample.rs"]),
    ("rusty_opus", &["src/audio/opus.rs"]),
    (
        "symphonia",
        &[
            "src/audio/codec.rs",
            "src/audio/container.rs",
            "src/audio/decode.rs",
            "src/audio/demuxer.rs",
            "src/audio/opus.rs",
            "src/audio/reader/",
        ],
    ),
    // data
    ("rusqlite", &["src/edit/versions.rs", "src/journal/"]),
    ("sha2", &["src/audio/disk.rs", "src/edit/digest.rs", "src/journal/chain.rs"]),
    ("toml", &["src/diag/document/parse.rs"]),
    // time; `jiff` is a word of the house
    ("chrono", &["src/calendar/due.rs", "src/schedule/crontab.rs"]),
    ("cron", &["src/calendar/due.rs", "src/schedule/crontab.rs", "src/schedule/model.rs"]),
    // people
    ("annotate_snippets", &["src/diag/render.rs"]),
    ("anyhow", &["src/cli/"]),
    ("clap", &["src/cli/"]),
    ("indicatif", &["src/cli/load.rs"]),
    ("comfy_table", &["src/cli/journal/", "src/cli/sheet.rs"]),
];

/// Lines a file may have, its test module not counted.
pub(super) const MAX_LINES: usize = 400;

/// Files that may be longer, and why.
pub(super) const LONG_FILES: &[(&str, &str)] = &[];

/// What prints where it cannot fail: a closed pipe or a full disk makes a panic of it. And the doors that may hold a
/// stream of the process: one prints, one turns a stream away, one asks how wide it is, one is the daemon's log.
pub(super) const PRINTING: &[&str] = &["println!(", "print!(", "eprintln!(", "eprint!("];
pub(super) const STREAMS: &[&str] = &["stdout()", "stderr()"];
pub(super) const STREAM_DOORS: &[&str] =
    &["src/cli/page.rs", "src/cli/quiet.rs", "src/cli/sheet.rs", "src/daemon/log.rs"];

/// What finished code does not hold, and what to do instead.
pub(super) const UNFINISHED: &[(&str, &str)] = &[
    ("todo!(", "build it, or leave it out and say so in README"),
    ("unimplemented!(", "build it, or leave it out and say so in README"),
    ("dbg!(", "take it out"),
    ("#[ignore", "make the test run, or delete it; a child process says `= \"run by TEST\"`"),
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
