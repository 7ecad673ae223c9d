//! What is allowed, as data. Change it when the house changes, with the reason in the commit.

/// A room (a directory of `src/`) and the rooms it may use. Arrows run one way.
pub(super) const ROOMS: &[(&str, &[&str])] = &[
    // loa-core: what decides
    ("instant", &[]),
    ("diag", &["instant"]),
    ("reason", &["diag"]),
    // It tells people why a clock is not believed, and what to do.
    ("clock", &["reason", "diag", "instant"]),
    ("station", &["diag", "instant"]),
    ("schedule", &["station", "diag", "instant"]),
    ("amplifier", &["station", "diag", "instant"]),
    ("calendar", &["schedule", "station", "diag", "instant"]),
    ("plan", &["reason", "calendar", "schedule", "station", "diag", "instant"]),
    ("fact", &["reason", "plan", "schedule", "instant"]),
    ("voice", &["plan", "station", "diag", "instant"]),
    ("picture", &["plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("checkup", &["plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("status", &["checkup", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("player", &["amplifier", "fact", "voice", "reason", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    // loa-site
    ("site", &["diag"]),
    // loa-sound: what sounds
    ("audio", &["site", "plan", "schedule", "station", "diag", "instant"]),
    ("output", &["site", "clock", "audio", "voice", "plan", "station", "diag", "instant"]),
    // loa: what touches the world
    ("machine", &["site", "clock", "instant"]),
    ("disk", &["site", "schedule", "station", "diag"]),
    ("edit", &["site", "disk", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("switch", &["amplifier", "clock", "station", "diag"]),
    ("journal", &["site", "fact", "reason", "schedule", "diag", "instant"]),
    ("daemon", DAEMON),
    // The page decides nothing about sound: it reads files, journal and plan, and gives orders over the daemon's socket.
    ("console", CONSOLE),
    ("cli", CLI),
];

const DAEMON: &[&str] = &[
    "amplifier",
    "machine",
    "switch",
    "disk",
    "edit",
    "clock",
    "player",
    "journal",
    "fact",
    "output",
    "voice",
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
];

const CONSOLE: &[&str] = &[
    "machine", "disk", "edit", "clock", "daemon", "player", "journal", "fact", "voice", "audio", "status", "checkup",
    "picture", "plan", "reason", "calendar", "schedule", "station", "site", "diag", "instant",
];

const CLI: &[&str] = &[
    "console",
    "amplifier",
    "machine",
    "switch",
    "disk",
    "edit",
    "clock",
    "daemon",
    "player",
    "journal",
    "fact",
    "output",
    "voice",
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
];

/// A word of the outside world, and the doors: the only files (or directories, with a `/` at the
/// end) that may say it. Test modules are free.
pub(super) const WORDS: &[(&str, &[&str])] = &[
    // the operating system
    (
        "std::env",
        &[
<<<<<<< HEAD
            "src/daemon/page.rs",
=======
            "src/console/upload/intake.rs",
>>>>>>> csounds
            "src/cli/check.rs",
            "src/cli/demo.rs",
            "src/cli/doctor/amplifier.rs",
            "src/cli/mod.rs",
            "src/cli/place.rs",
            "src/cli/sheet.rs",
            "src/core/diag/text.rs",
        ],
    ),
    (
        "std::fs",
        &[
<<<<<<< HEAD
            "src/daemon/page.rs",
=======
            "src/console/page/sounds/served.rs",
            "src/console/upload.rs",
            "src/console/upload/receiver.rs",
>>>>>>> csounds
            "src/switch/leftover.rs",
            "src/sound/audio/disk.rs",
            "src/sound/audio/intake.rs",
            "src/sound/audio/listing.rs",
            "src/console/people/schema.rs",
            "src/cli/demo.rs",
            "src/cli/doctor/machine.rs",
            "src/cli/doctor/rights.rs",
            "src/machine/signs.rs",
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
            "src/sound/output/wav.rs",
            "src/site/",
        ],
    ),
    (
        "std::net",
        &[
            "src/daemon/page.rs",
            "src/cli/console.rs",
            "src/console/address.rs",
            "src/console/app.rs",
            "src/console/entry.rs",
            "src/console/server.rs",
            "src/console/tls.rs",
            "src/core/station/check.rs",
            "src/core/station/model.rs",
        ],
    ),
    (
        "std::process",
        &[
<<<<<<< HEAD
            "src/daemon/page.rs",
=======
            "src/console/upload/child.rs",
>>>>>>> csounds
            "src/switch/leftover.rs",
            "src/switch/program.rs",
            "src/cli/",
            "src/journal/schema.rs",
            "src/main.rs",
            "src/site/lock.rs",
        ],
    ),
    (
        "std::thread",
        &[
            "src/daemon/page.rs",
            "src/cli/console.rs",
            "src/switch/switches.rs",
            "src/sound/audio/aside.rs",
            "src/cli/doctor/card.rs",
            "src/machine/clock.rs",
            "src/daemon/edges.rs",
            "src/daemon/hold.rs",
            "src/daemon/log.rs",
            "src/daemon/rehearsal.rs",
            "src/daemon/reload.rs",
            "src/daemon/tune.rs",
            "src/daemon/vouch.rs",
            "src/journal/writer.rs",
            "src/sound/output/control.rs",
            "src/sound/output/feed.rs",
            "src/sound/output/link.rs",
            "src/sound/output/paced.rs",
            "src/sound/output/urgent.rs",
            "src/core/plan/share.rs",
            "src/site/lock.rs",
        ],
    ),
    ("std::time::Instant", &["src/machine/clock.rs"]),
    ("std::time::SystemTime", &["src/machine/clock.rs"]),
    (
        "std::os",
        &[
<<<<<<< HEAD
            "src/daemon/page.rs",
=======
            "src/console/page/sounds/served.rs",
            "src/console/upload/receiver.rs",
>>>>>>> csounds
            "src/switch/program.rs",
            "src/sound/audio/disk.rs",
            "src/sound/audio/listing.rs",
            "src/console/people/schema.rs",
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
            "src/console/upload/child.rs",
            "src/switch/leftover.rs",
            "src/switch/program.rs",
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
    ("gpiocdev", &["src/switch/gpio.rs"]),
    ("rtime_clock", &["src/machine/signs.rs"]),
    ("sd_notify", &["src/daemon/heartbeat.rs"]),
    (
        "tokio",
        &[
            "src/cli/console.rs",
            "src/console/",
            "src/daemon/asks.rs",
            "src/daemon/edges.rs",
            "src/daemon/socket.rs",
            "src/daemon/ticket.rs",
        ],
    ),
    // the page
    ("argon2", &["src/console/people/password.rs"]),
    ("futures_util", &["src/console/page/today/stream.rs"]),
    ("axum", &["src/console/"]),
<<<<<<< HEAD
    ("getrandom", &["src/console/people/"]),
<<<<<<< HEAD
    ("hyper", &["src/console/server.rs"]),
=======
    ("getrandom", &["src/console/people/", "src/console/upload.rs"]),
    ("hyper", &["src/console/page/sounds/", "src/console/server.rs"]),
>>>>>>> csounds
    ("rcgen", &["src/console/tls.rs"]),
    ("tokio_rustls", &["src/console/server.rs", "src/console/tls.rs"]),
    ("if_addrs", &["src/console/address.rs"]),
=======
    ("hyper", &["src/console/flow.rs", "src/console/server.rs"]),
    ("if_addrs", &["src/cli/user.rs"]),
>>>>>>> cjournal
    ("maud", &["src/console/"]),
    ("qrcode", &["src/cli/user.rs", "src/console/page/people.rs"]),
    // sound
    ("ebur128", &["src/sound/audio/meter/loudness.rs"]),
    ("realfft", &["src/sound/audio/meter/band.rs", "src/sound/audio/meter/noise.rs"]),
    ("cpal", &["src/sound/output/device.rs", "src/sound/output/device_text.rs", "src/sound/output/playable.rs"]),
    ("hound", &[]),
    ("rodio", &["src/sound/output/feed.rs", "src/sound/output/mixer.rs", "src/sound/output/offline.rs"]),
    ("thread_priority", &["src/sound/output/urgent.rs"]),
    ("rtrb", &["src/sound/output/controller.rs", "src/sound/output/feed.rs", "src/sound/output/stage.rs"]),
    ("rubato", &["src/sound/audio/resample.rs"]),
    ("rusty_opus", &["src/sound/audio/opus.rs"]),
    (
        "symphonia",
        &[
            "src/sound/audio/codec.rs",
            "src/sound/audio/container.rs",
            "src/sound/audio/decode.rs",
            "src/sound/audio/demuxer.rs",
            "src/sound/audio/opus.rs",
            "src/sound/audio/reader/",
        ],
    ),
    // data
    ("rusqlite", &["src/console/people.rs", "src/console/people/", "src/edit/versions.rs", "src/journal/"]),
    (
        "sha2",
        &[
            "src/console/people/token.rs",
            "src/console/tls.rs",
            "src/edit/digest.rs",
            "src/journal/chain.rs",
            "src/sound/audio/disk.rs",
        ],
    ),
    ("toml", &["src/core/diag/document/parse.rs"]),
    // time; `jiff` is a word of the house
    ("chrono", &["src/core/calendar/due.rs", "src/core/schedule/crontab.rs"]),
    ("cron", &["src/core/calendar/due.rs", "src/core/schedule/crontab.rs", "src/core/schedule/model.rs"]),
    // people
    ("annotate_snippets", &["src/core/diag/render.rs"]),
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

/// Files of a room that use each other in a circle. It may only become shorter.
pub(super) const CIRCLES: &[&[&str]] = &[
    &["src/journal/aside.rs", "src/journal/store.rs"],
    &["src/journal/verify.rs", "src/journal/walk.rs"],
    &["src/cli/account.rs", "src/cli/doctor/machine.rs"],
    &["src/cli/check.rs", "src/cli/files.rs"],
    &[
        "src/core/diag/document/mend.rs",
        "src/core/diag/document/parse.rs",
        "src/core/diag/document/slip.rs",
        "src/core/diag/document/syntax.rs",
    ],
    &["src/core/player/asked.rs", "src/core/player/machine.rs", "src/core/player/trust.rs"],
    &["src/core/player/record.rs", "src/core/player/run.rs"],
    &["src/core/reason/detail.rs", "src/core/reason/form.rs", "src/core/reason/list.rs"],
    &[
        "src/core/schedule/broadcast.rs",
        "src/core/schedule/cancel.rs",
        "src/core/schedule/check.rs",
        "src/core/schedule/crontab.rs",
        "src/core/schedule/crontab/meant.rs",
        "src/core/schedule/meaning.rs",
        "src/core/schedule/merge.rs",
        "src/core/schedule/missed.rs",
        "src/core/schedule/named.rs",
        "src/core/schedule/recurrence.rs",
        "src/core/schedule/rules/mod.rs",
        "src/core/schedule/times.rs",
    ],
    &["src/core/schedule/law.rs", "src/core/schedule/model.rs", "src/core/schedule/origin.rs"],
    &["src/core/schedule/rules/key.rs", "src/core/schedule/rules/volume.rs"],
    &["src/daemon/command.rs", "src/daemon/receipt.rs", "src/daemon/socket.rs"],
    &[
        "src/edit/add.rs",
        "src/edit/change.rs",
        "src/edit/conflict.rs",
        "src/edit/entry.rs",
        "src/edit/keys.rs",
        "src/edit/layout.rs",
        "src/edit/list.rs",
        "src/edit/proof.rs",
        "src/edit/refusal.rs",
        "src/edit/version.rs",
        "src/edit/versions.rs",
        "src/edit/words.rs",
    ],
    &[
        "src/sound/audio/reader/adts.rs",
        "src/sound/audio/reader/frames.rs",
        "src/sound/audio/reader/joined.rs",
        "src/sound/audio/reader/mpeg.rs",
    ],
    &[
        "src/sound/output/cast.rs",
        "src/sound/output/control.rs",
        "src/sound/output/controller.rs",
        "src/sound/output/link.rs",
    ],
    &["src/sound/output/device.rs", "src/sound/output/device_text.rs", "src/sound/output/playable.rs"],
    &["src/switch/gpio.rs", "src/switch/program.rs", "src/switch/relay.rs"],
];

/// Types of one name in several rooms, with these. It may only become shorter.
pub(super) const HOMONYMS: &[(&str, &[&str])] = &[
    ("Account", &["checkup", "daemon"]),
    ("Action", &["cli", "player"]),
    ("Ask", &["console", "daemon"]),
    ("Asked", &["edit", "player"]),
    ("Band", &["audio", "picture"]),
    ("Belief", &["journal", "player"]),
    ("Chain", &["audio", "journal"]),
    ("Change", &["daemon", "edit"]),
    ("Choice", &["diag", "schedule"]),
    ("Coming", &["checkup", "edit", "player"]),
    ("Dated", &["journal", "schedule"]),
    ("Done", &["edit", "journal"]),
    ("Draft", &["journal", "site"]),
    ("Edit", &["audio", "edit"]),
    ("Entry", &["diag", "edit", "fact", "site"]),
    ("Event", &["output", "player"]),
    ("Fault", &["diag", "plan", "schedule"]),
    ("Finding", &["audio", "checkup"]),
    ("Findings", &["diag", "journal"]),
    ("Found", &["audio", "daemon", "journal", "plan"]),
    ("Frames", &["audio", "instant"]),
    ("Head", &["audio", "journal"]),
    ("Heard", &["audio", "plan"]),
    ("How", &["edit", "journal"]),
    ("Key", &["audio", "picture", "player"]),
    ("Kind", &["daemon", "edit", "fact", "schedule"]),
    ("Lane", &["output", "plan", "player"]),
    ("Layout", &["audio", "edit"]),
    ("Level", &["audio", "schedule"]),
    ("Line", &["edit", "output", "switch"]),
    ("Loaded", &["disk", "schedule"]),
    ("Look", &["amplifier", "audio", "console", "diag"]),
    ("Loudness", &["audio", "plan"]),
    ("Misfit", &["journal", "reason"]),
    ("Named", &["calendar", "schedule"]),
    ("Names", &["journal", "plan"]),
    ("Need", &["amplifier", "console"]),
    ("Opened", &["audio", "journal", "output"]),
    ("Order", &["amplifier", "output", "schedule"]),
    ("Ordered", &["daemon", "reason"]),
    ("Outcome", &["cli", "fact"]),
    ("Pace", &["daemon", "output"]),
    ("Page", &["audio", "cli", "console", "edit"]),
    ("Part", &["audio", "edit", "output"]),
    ("Place", &["audio", "cli", "diag", "schedule"]),
    ("Reader", &["journal", "output"]),
    ("Refusal", &["edit", "player"]),
    ("Refused", &["diag", "reason", "site"]),
    ("Report", &["daemon", "switch"]),
    ("Restored", &["journal", "reason"]),
    ("Role", &["console", "plan"]),
    ("Row", &["picture", "plan", "player"]),
    ("Sound", &["output", "plan"]),
    ("Stage", &["daemon", "output"]),
    ("Step", &["audio", "journal", "reason"]),
    ("Tally", &["journal", "plan"]),
    ("Target", &["edit", "schedule"]),
    ("Trust", &["player", "station"]),
    ("Value", &["diag", "edit"]),
    ("Verdict", &["clock", "plan"]),
    ("Voice", &["audio", "player"]),
    ("Why", &["daemon", "plan"]),
    ("Word", &["clock", "daemon"]),
    ("World", &["edit", "player"]),
];
