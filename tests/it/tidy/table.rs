//! What is allowed, as data. Change it when the house changes, with the reason in the commit.

/// A room (a directory of `src/`) and the rooms it may use. Arrows run one way.
pub(super) const ROOMS: &[(&str, &[&str])] = &[
    // loa-core: what decides
    ("instant", &[]),
    // SHA-256 as it is written down.
    ("digest", &[]),
    ("diag", &["instant"]),
    // Numbers in, a verdict out.
    ("proof", &[]),
    ("reason", &["proof", "diag"]),
    // It tells people why a clock is not believed, and what to do.
    ("clock", &["reason", "diag", "instant"]),
    ("station", &["diag", "instant"]),
    ("schedule", &["station", "diag", "instant"]),
    // What was approved is a fact, like the sounds: the plan asks it.
    ("approval", &["schedule", "station", "digest", "instant"]),
    ("amplifier", &["station", "diag", "instant"]),
    ("calendar", &["schedule", "station", "diag", "instant"]),
    ("plan", &["approval", "reason", "calendar", "schedule", "station", "diag", "instant"]),
    ("fact", &["reason", "plan", "schedule", "diag", "instant"]),
    ("voice", &["plan", "station", "diag", "instant"]),
    ("picture", &["plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("checkup", &["plan", "calendar", "schedule", "station", "diag", "instant"]),
    ("status", &["checkup", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    (
        "player",
        &[
            "approval",
            "amplifier",
            "fact",
            "voice",
            "reason",
            "plan",
            "calendar",
            "schedule",
            "station",
            "diag",
            "instant",
        ],
    ),
    // Texts that somebody has signed: bundles, reports, alarms.
    ("signature", &["digest", "instant"]),
    // Numbers and hashes of rows: whoever has a link, and whoever collects.
    ("uplink", &["signature", "diag", "digest", "instant"]),
    // Papers and their signatures, judged alike by the box and by the centre that sends to it.
    ("bundle", &["signature", "plan", "station", "diag", "digest", "instant"]),
    // How a fleet stands, judged by what is known of its boxes: for the centre's commands and the district's page.
    ("district", &["signature", "fact", "reason", "diag", "instant"]),
    // loa-site
    ("site", &["diag"]),
    // loa-usage: help and wrong lines, for every program that has commands. It knows no command of them.
    ("usage", &["diag"]),
    // loa-board: what a district looks at. Written by the centre, read by the page.
    ("board", &["site", "district", "signature", "diag", "instant"]),
    // loa-collect: the centre of a fleet. It knows no station's files, no plan and no sound; what it sends it judges as a box does.
    (
        "collect",
        &[
            "board",
            "usage",
            "site",
            "district",
            "bundle",
            "uplink",
            "signature",
            "fact",
            "reason",
            "station",
            "diag",
            "digest",
            "instant",
        ],
    ),
    // loa-sound: what sounds
    // What a higher station sends, as it comes.
    ("incoming", &["site", "clock", "diag", "instant"]),
    // What a microphone hears of what was sent.
    ("earshot", &["incoming", "output", "audio", "proof", "diag", "instant"]),
    ("audio", &["incoming", "voice", "site", "plan", "schedule", "station", "diag", "digest", "instant"]),
    ("output", &["incoming", "site", "clock", "audio", "voice", "plan", "station", "diag", "instant"]),
    // Of loa-machine, loa-records, loa-daemons and loa-console, and at last the commands: what touches the world.
    ("machine", &["site", "clock", "instant"]),
    ("disk", &["site", "checkup", "schedule", "station", "diag"]),
    ("edit", &["site", "disk", "plan", "calendar", "schedule", "station", "diag", "digest", "instant"]),
    ("switch", &["amplifier", "machine", "clock", "station", "diag"]),
    ("journal", &["approval", "site", "fact", "reason", "schedule", "diag", "digest", "instant"]),
    // What waits for a second person: for the command line and the page.
    ("pending", &["approval", "site", "edit", "player", "plan", "schedule", "station", "diag", "digest", "instant"]),
    // Rows of the journal in, papers out; beside that it remembers how often one was printed.
    ("report", &["site", "journal", "fact", "reason", "plan", "calendar", "schedule", "station", "diag", "instant"]),
    // The way in of what was signed: files, the check, and what a stick carries away.
    (
        "courier",
        &[
            "bundle", "uplink", "edit", "journal", "audio", "machine", "clock", "plan", "schedule", "station", "site",
            "diag", "digest", "instant",
        ],
    ),
    // The way to the centre: it judges by signatures, reads the journal, and orders over the socket.
    (
        "link",
        &[
            "bundle",
            "courier",
            "daemon",
            "journal",
            "status",
            "uplink",
            "signature",
            "clock",
            "station",
            "site",
            "diag",
            "digest",
            "instant",
        ],
    ),
    // Alarms from outside as documents: no door at all.
    ("cap", &["station", "diag"]),
    // Fetches them, lets `cap` judge, orders over the socket.
    (
        "warning",
        &["cap", "daemon", "journal", "fact", "checkup", "clock", "station", "site", "diag", "digest", "instant"],
    ),
    // Fetches higher stations, decodes them and hands them over: it knows no plan and no journal.
    ("relay", &["incoming", "audio", "disk", "machine", "clock", "station", "site", "diag", "instant"]),
    // What was sent of relays, in files: it knows no plan and no journal.
    ("kept", &["incoming", "audio", "clock", "station", "site", "diag", "digest", "instant"]),
    // Copies what others keep, and knows of it where it lies and where the journal ends.
    ("backup", &["site", "journal", "diag", "digest"]),
    // The first loa.toml: answers in, a file out; the page's link.
    ("setup", &["site", "disk", "schedule", "station", "diag", "digest", "instant"]),
    ("daemon", DAEMON),
    // The page decides nothing about sound: it reads files, journal and plan, and gives orders over the daemon's socket.
    ("console", CONSOLE),
    ("cli", CLI),
];

const DAEMON: &[&str] = &[
    "proof",
    "earshot",
    "approval",
    // Whether an account has touched what it approves.
    "pending",
    "amplifier",
    "machine",
    "switch",
    "disk",
    "edit",
    "setup",
    "clock",
    "player",
    "journal",
    "fact",
    "output",
    "incoming",
    "kept",
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
    // Of what somebody spoke live.
    "digest",
    "instant",
];

const CONSOLE: &[&str] = &[
    "board",
    "district",
    "signature",
    "approval",
    "courier",
    "pending",
    // What a phone speaks is decoded by the same means, in the page's process.
    "relay",
    "report",
    "disk",
    "edit",
    "setup",
    "clock",
    "daemon",
    "warning",
    "player",
    "journal",
    "fact",
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
    "digest",
    "instant",
];

const CLI: &[&str] = &[
    "backup",
    "board",
    "district",
    "bundle",
    "courier",
    "console",
    "link",
    "cap",
    "warning",
    "relay",
    "kept",
    "setup",
    "pending",
    "report",
    "approval",
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
    "usage",
    "diag",
    "digest",
    "instant",
];

/// A word of the outside world, and the doors: the only files (or directories, with a `/` at the
/// end) that may say it. Test modules are free.
pub(super) const WORDS: &[(&str, &[&str])] = &[
    // the operating system
    (
        "std::env",
        &[
            // The installer is loa itself.
            "src/daemons/daemon/install.rs",
            "src/daemons/daemon/page.rs",
            // JOURNAL_STREAM: whether the system's log reads it.
            "src/daemons/daemon/log.rs",
            "src/console/upload/intake.rs",
            // SUDO_USER: whose hand it is.
            "src/cli/approve.rs",
            // Where it lies itself: the centre's program lies beside it.
            "src/cli/centre.rs",
            "src/cli/check.rs",
            "src/cli/demo.rs",
            // Where deploy/setup has left the server.
            "src/cli/demo/nats.rs",
            "src/cli/doctor/amplifier.rs",
            "src/cli/mod.rs",
            "src/cli/place.rs",
            // The station that joins a fleet.
            "src/collect/cli/mod.rs",
            // Once the station is set up, the daemon begins again in its own place.
            "src/cli/run.rs",
            "src/cli/sheet.rs",
            "src/core/diag/text.rs",
            "src/daemons/switch/program.rs",
        ],
    ),
    (
        "std::fs",
        &[
            "src/records/backup/pack.rs",
            "src/records/backup/unpack.rs",
            "src/daemons/daemon/page.rs",
            "src/console/served.rs",
            "src/console/upload.rs",
            "src/console/upload/receiver.rs",
            "src/machine/children.rs",
            "src/daemons/switch/program.rs",
            "src/sound/audio/disk.rs",
            "src/sound/audio/intake.rs",
            "src/sound/audio/listing.rs",
            "src/console/people/schema.rs",
            "src/cli/demo.rs",
            "src/cli/demo/",
            "src/cli/doctor/machine.rs",
            "src/cli/doctor/rights.rs",
            "src/machine/signs.rs",
            "src/cli/quiet.rs",
            "src/records/kept/",
            "src/daemons/daemon/start.rs",
            "src/records/journal/aside.rs",
            "src/records/journal/lost.rs",
            "src/records/journal/outside.rs",
            "src/records/journal/journal_file.rs",
            "src/records/journal/reader.rs",
            "src/sound/output/wav.rs",
            "src/site/",
        ],
    ),
    (
        "std::net",
        &[
            "src/core/station/link_table.rs",
            "src/daemons/daemon/page.rs",
            "src/cli/demo/nats.rs",
            "src/cli/doctor/page.rs",
            "src/cli/console.rs",
            "src/cli/setup.rs",
            // Whether a server's name is an address.
            "src/collect/fleet/certificate.rs",
            "src/console/address.rs",
            "src/console/app.rs",
            "src/console/connections.rs",
            "src/console/entry.rs",
            "src/console/sent_forms.rs",
            "src/console/server.rs",
            "src/console/tls.rs",
            // An address that a certificate is good for, as it is written.
            "src/console/tls/named.rs",
            "src/core/station/check.rs",
            "src/core/station/model.rs",
        ],
    ),
    (
        "std::process",
        &[
            "src/daemons/daemon/install.rs",
            "src/daemons/daemon/page.rs",
            "src/console/upload/child.rs",
            "src/daemons/relay/program.rs",
            "src/machine/children.rs",
            "src/daemons/switch/program.rs",
            // Lights a lamp.
            "src/records/courier/tell.rs",
            "src/cli/",
            "src/collect/",
            "src/records/journal/schema.rs",
            "src/main.rs",
            "src/site/lock.rs",
        ],
    ),
    (
        "std::thread",
        &[
            "src/daemons/daemon/watch.rs",
            "src/cli/talk.rs",
            "src/console/page/talk/spoken.rs",
            "src/daemons/daemon/tape.rs",
            "src/daemons/relay/spoken.rs",
            "src/daemons/daemon/install.rs",
            "src/cli/demo/",
            "src/daemons/relay/program.rs",
            "src/daemons/relay/server.rs",
            "src/sound/incoming/hub.rs",
            "src/daemons/daemon/page.rs",
            // Tells the journal what was installed before the daemon answered.
            "src/cli/child.rs",
            "src/cli/run.rs",
            "src/daemons/switch/switches.rs",
            "src/sound/audio/aside.rs",
            "src/cli/doctor/card.rs",
            "src/machine/machine_clock.rs",
            "src/daemons/daemon/edges.rs",
            "src/daemons/daemon/alert_cache.rs",
            "src/daemons/daemon/log.rs",
            "src/daemons/daemon/rehearsal.rs",
            "src/daemons/daemon/reload.rs",
            "src/daemons/daemon/prepare_gains.rs",
            "src/daemons/daemon/proof.rs",
            "src/daemons/daemon/clock_trust.rs",
            "src/daemons/daemon/keeping.rs",
            "src/records/journal/writer.rs",
            // Rows of a verification are judged beside the one that reads them.
            "src/records/journal/judged.rs",
            "src/sound/output/control.rs",
            "src/sound/output/feed.rs",
            "src/sound/output/link.rs",
            "src/sound/output/paced.rs",
            "src/sound/output/realtime.rs",
            "src/core/plan/share.rs",
            "src/site/lock.rs",
        ],
    ),
    ("std::time::Instant", &["src/machine/machine_clock.rs"]),
    ("std::time::SystemTime", &["src/machine/machine_clock.rs"]),
    (
        "std::os",
        &[
            // The system's log is a datagram socket.
            "src/daemons/daemon/system_log.rs",
            "src/daemons/daemon/watch.rs",
            "src/cli/talk.rs",
            "src/console/door.rs",
            "src/console/page/talk/spoken.rs",
            "src/records/backup/pack.rs",
            "src/records/backup/unpack.rs",
            "src/daemons/daemon/page.rs",
            "src/console/upload/child.rs",
            "src/console/upload/receiver.rs",
            "src/daemons/relay/",
            "src/machine/children.rs",
            "src/daemons/switch/program.rs",
            "src/sound/audio/disk.rs",
            "src/sound/audio/listing.rs",
            "src/console/people/schema.rs",
            "src/cli/demo.rs",
            "src/cli/account.rs",
            "src/cli/centre.rs",
            "src/cli/doctor/rights.rs",
            "src/cli/place.rs",
            "src/cli/run.rs",
            "src/cli/door.rs",
            "src/records/journal/lost.rs",
            "src/records/journal/reader.rs",
            "src/site/",
        ],
    ),
    ("inotify", &["src/daemons/daemon/watch.rs", "src/daemons/daemon/writers.rs"]),
    (
        "rustix",
        &[
            "src/daemons/daemon/watch.rs",
            "src/records/backup/unpack.rs",
            "src/console/upload/child.rs",
            "src/records/courier/tell.rs",
            "src/daemons/relay/program.rs",
            "src/machine/children.rs",
            "src/daemons/switch/leftover.rs",
            "src/daemons/switch/program.rs",
            "src/cli/account.rs",
            "src/cli/demo.rs",
            "src/cli/demo/boxes.rs",
            "src/cli/quiet.rs",
            "src/cli/sheet.rs",
            "src/daemons/daemon/background.rs",
            "src/daemons/daemon/log.rs",
            "src/daemons/daemon/memory.rs",
            "src/daemons/daemon/peer.rs",
            "src/site/",
        ],
    ),
    ("gpiocdev", &["src/daemons/switch/gpio.rs"]),
    ("rtime_clock", &["src/machine/signs.rs"]),
    ("sd_notify", &["src/daemons/daemon/heartbeat.rs"]),
    // the network between boxes and their centre
    (
        "async_nats",
        &[
            "src/collect/collector.rs",
            "src/collect/collector/consumer.rs",
            "src/collect/dispatch/wire.rs",
            "src/collect/fleet/push.rs",
            "src/collect/hearing.rs",
            "src/collect/laid.rs",
            "src/collect/rivals.rs",
            "src/collect/streams.rs",
            // How servers are known.
            "src/daemons/link/authority.rs",
            "src/daemons/link/centre.rs",
        ],
    ),
    ("nkeys", &["src/collect/fleet/key.rs", "src/records/courier/vouch.rs"]),
    ("postgres", &["src/collect/ledger/"]),
    ("tokio_postgres_rustls", &["src/collect/ledger/postgres_tls.rs"]),
    ("data_encoding", &["src/collect/dispatch/sounds.rs", "src/collect/fleet/token.rs"]),
    (
        "tokio",
        &[
            "src/daemons/daemon/talk.rs",
            "src/daemons/daemon/tape.rs",
            "src/collect/",
            "src/cli/demo/",
            "src/cli/cap.rs",
            "src/daemons/warning/",
            "src/cli/link.rs",
            "src/daemons/daemon/client.rs",
            "src/daemons/daemon/install.rs",
            "src/daemons/link/",
            "src/cli/console.rs",
            "src/console/",
            "src/daemons/daemon/asks.rs",
            "src/daemons/daemon/edges.rs",
            "src/daemons/daemon/socket.rs",
            "src/daemons/daemon/ticket.rs",
        ],
    ),
    ("base64", &["src/cap/key.rs", "src/cap/signed.rs", "src/daemons/link/sounds.rs"]),
    // alarms from outside
    ("roxmltree", &["src/cap/"]),
    ("ring", &["src/cap/key.rs", "src/cap/signed.rs", "src/console/tls.rs", "src/daemons/link/authority.rs"]),
    ("quick_xml", &["src/cap/feed.rs"]),
    ("ureq", &["src/daemons/authority.rs", "src/daemons/relay/http.rs", "src/daemons/warning/fetched.rs"]),
    // higher stations
    ("m3u8_rs", &["src/daemons/relay/segments.rs"]),
    // the page
    ("argon2", &["src/console/people/password.rs"]),
    (
        "futures_util",
        &[
            "src/collect/collector/consumer.rs",
            "src/collect/dispatch/wire.rs",
            "src/collect/hearing.rs",
            "src/collect/rivals.rs",
            "src/collect/streams.rs",
            "src/console/page/district/stream.rs",
            "src/console/page/today/stream.rs",
            "src/daemons/link/",
            "src/daemons/warning/",
        ],
    ),
    ("axum", &["src/console/"]),
    ("utoipa", &["src/console/api/"]),
    (
        "getrandom",
        &[
            "src/collect/fleet/",
            "src/collect/rivals.rs",
            "src/daemons/link/chance.rs",
            "src/records/pending/slip.rs",
            "src/console/people/",
            "src/console/upload.rs",
            "src/records/courier/key_file.rs",
            "src/records/journal/key.rs",
            "src/records/setup/link.rs",
        ],
    ),
    (
        "hyper",
        &[
            "src/console/body.rs",
            "src/console/flow.rs",
            "src/console/once.rs",
            "src/console/page/sounds/",
            "src/console/served.rs",
            "src/console/patient.rs",
            "src/console/server.rs",
        ],
    ),
    ("rcgen", &["src/collect/fleet/certificate.rs", "src/console/tls.rs"]),
    ("tokio_rustls", &["src/console/encryption.rs", "src/console/tls.rs"]),
    ("if_addrs", &["src/console/address.rs"]),
    ("maud", &["src/console/", "src/records/report/html.rs"]),
    (
        "qrcode",
        &[
            "src/cli/journal/seal.rs",
            "src/cli/setup.rs",
            "src/cli/user.rs",
            "src/collect/cli/fleet.rs",
            "src/collect/cli/join.rs",
            "src/console/page/people.rs",
            "src/records/report/picture.rs",
        ],
    ),
    // sound
    ("ebur128", &["src/sound/audio/meter/loudness.rs"]),
    (
        "realfft",
        &[
            "src/sound/audio/meter/band.rs",
            "src/sound/audio/meter/noise.rs",
            "src/sound/earshot/correlate.rs",
            "src/sound/incoming/voice_watch.rs",
        ],
    ),
    ("cpal", &["src/sound/output/device.rs", "src/sound/output/device_text.rs", "src/sound/output/playable.rs"]),
    ("hound", &[]),
    ("rodio", &["src/sound/output/mixer.rs", "src/sound/output/one_channel.rs"]),
    ("thread_priority", &["src/sound/output/realtime.rs"]),
    (
        "rtrb",
        &[
            "src/sound/output/controller.rs",
            "src/sound/output/feed.rs",
            "src/sound/output/live_start.rs",
            "src/sound/output/renderer.rs",
            "src/sound/output/sent.rs",
        ],
    ),
    ("rubato", &["src/sound/audio/resample.rs", "src/sound/incoming/tap.rs"]),
    ("rusty_opus", &["src/sound/audio/opus.rs", "src/sound/audio/opus_file.rs"]),
    (
        "symphonia",
        &[
            "src/sound/audio/codec.rs",
            "src/sound/audio/container.rs",
            "src/sound/audio/decode.rs",
            "src/sound/audio/demuxer.rs",
            "src/sound/audio/live_decoder.rs",
            "src/sound/audio/opus.rs",
            "src/sound/audio/reader/",
        ],
    ),
    // data
    (
        "rusqlite",
        &[
            "src/records/backup/pack.rs",
            "src/board/",
            "src/collect/ledger/",
            "src/console/people.rs",
            "src/console/people/",
            "src/records/edit/versions.rs",
            "src/records/journal/",
        ],
    ),
    (
        "sha2",
        &["src/collect/fleet/token.rs", "src/core/digest/mod.rs", "src/console/people/token.rs", "src/console/tls.rs"],
    ),
    ("tar", &["src/records/backup/looked.rs", "src/records/backup/pack.rs", "src/records/backup/unpack.rs"]),
    // Read there; here a word that somebody typed is written as one.
    ("toml", &["src/core/diag/document/parse.rs", "src/records/setup/answers.rs"]),
    ("ed25519_dalek", &["src/core/signature/key.rs", "src/records/journal/key.rs", "src/records/journal/signed.rs"]),
    // time; `jiff` is a word of the house
    ("chrono", &["src/core/calendar/due.rs", "src/core/schedule/crontab.rs"]),
    (
        "cron",
        &[
            "src/core/approval/meaning.rs",
            "src/core/calendar/due.rs",
            "src/core/schedule/crontab.rs",
            "src/core/schedule/model.rs",
        ],
    ),
    // people
    ("annotate_snippets", &["src/core/diag/render.rs"]),
    ("anyhow", &["src/cli/"]),
    ("clap", &["src/cli/", "src/collect/cli/", "src/usage/"]),
    ("clap_complete", &["src/cli/pages.rs"]),
    ("clap_mangen", &["src/cli/pages.rs"]),
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
pub(super) const STREAM_DOORS: &[&str] = &[
    "src/cli/page.rs",
    "src/cli/quiet.rs",
    "src/cli/sheet.rs",
    "src/collect/cli/screen.rs",
    "src/daemons/daemon/log.rs",
];

/// What finished code does not hold, and what to do instead.
pub(super) const UNFINISHED: &[(&str, &str)] = &[
    ("todo!(", "build it, or leave it out and say so in README"),
    ("unimplemented!(", "build it, or leave it out and say so in README"),
    ("dbg!(", "take it out"),
    (
        "#[ignore",
        "make the test run, or delete it; a child process says `= \"run by TEST\"`, what takes long `= \"long\"`",
    ),
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
    &[
        "src/core/diag/document/mend.rs",
        "src/core/diag/document/parse.rs",
        "src/core/diag/document/slip.rs",
        "src/core/diag/document/syntax.rs",
    ],
    &["src/core/reason/detail.rs", "src/core/reason/form.rs", "src/core/reason/hornless.rs", "src/core/reason/list.rs"],
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
    &[
        "src/records/edit/add.rs",
        "src/records/edit/change.rs",
        "src/records/edit/conflict.rs",
        "src/records/edit/difference.rs",
        "src/records/edit/entry.rs",
        "src/records/edit/keys.rs",
        "src/records/edit/layout.rs",
        "src/records/edit/list.rs",
        "src/records/edit/proof.rs",
        "src/records/edit/refusal.rs",
        "src/records/edit/version.rs",
        "src/records/edit/versions.rs",
        "src/records/edit/words.rs",
    ],
];

/// Types of one name in several rooms, with these. It may only become shorter.
pub(super) const HOMONYMS: &[(&str, &[&str])] = &[("Page", &["cli", "console"])];

/// What lies in a station's directory, and in its `state/`: only `src/site/` makes paths of these names.
pub(super) const LAYOUT: &[&str] = &[
    "audio",
    "schedules",
    "state",
    "loa.toml",
    "bundle.json",
    "clock.json",
    "facts.json",
    "facts.log",
    "gains.json",
    "journal.db",
    "kept",
    "last_good.json",
    "loa.lock",
    "loa.sock",
    "proof.json",
    "seal.key",
    "setup.json",
    "uploads",
    "versions.db",
];

/// Where a path in `state/` is a word, by which nothing is opened, and what it is there.
pub(super) const TOLD_PATHS: &[(&str, &str)] = &[
    ("src/cli/destination.rs", "what a person is told lies there"),
    ("src/cli/sounds.rs", "what a person is told lies there"),
    ("src/core/station/check.rs", "an example to write into loa.toml"),
    ("src/records/courier/state.rs", "the name of a step, for a test that cuts there"),
    ("src/records/disk/output_file.rs", "what a person is told lies there"),
    ("src/records/disk/space.rs", "what a person is told lies there"),
];
