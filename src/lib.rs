//! loa: a loudspeaker broadcast scheduler for villages.
//!
//! The tour, in reading order:
//!
//! 1. [`schedule`]: what officials write (`schedules/*.toml`), and every way it can be wrong.
//! 2. [`calendar`]: on which days and at which instants a broadcast is due.
//! 3. [`plan`]: who plays when, who waits, who is refused, and why. A pure function.
//! 4. [`player`]: what to do now. A pure state machine over the plan.
//! 5. [`output`]: the frame on which a sample leaves, and the instant at which it is heard.
//! 6. [`journal`]: what really happened, chained so that nobody can quietly change it.
//! 7. [`daemon`]: the one loop that joins them.
//!
//! Each is a room of a crate below this one, and stands here under its own name. `loa-core` holds all that decides (the first
//! four), `loa-sound` all that sounds (the fifth), `loa-records` what is written down: [`journal`], [`disk`] (the files of a station as a
//! model), [`edit`] (schedules changed by form, with every version), [`pending`] (what waits for approval), [`report`] (the
//! week and the month on paper), [`backup`] (a station in one file), [`courier`] (what others have signed, its way in, and
//! the report's way out). `loa-daemons` holds what runs by itself: [`daemon`], [`switch`] (the amplifiers' switches), [`link`]
//! (the way to the centre), [`relay`] (fetches higher stations), [`warning`] (alarms from outside, judged by [`cap`]). [`console`] is
//! the page for people, [`board`] a fleet as a district looks at it, [`site`] where the files of a station are, [`machine`] this
//! machine. What is left is [`cli`], the commands; their help, and what is said of a wrong line, is [`usage`].

pub mod cli;

pub use loa_board as board;
pub use loa_cap as cap;
pub use loa_console as console;
pub use loa_core::{
    amplifier, approval, bundle, calendar, checkup, clock, diag, digest, district, fact, instant, picture, plan,
    player, proof, reason, schedule, signature, station, status, uplink, voice,
};
pub use loa_daemons::{daemon, link, relay, switch, warning};
pub use loa_machine as machine;
pub use loa_records::{backup, courier, disk, edit, journal, kept, pending, report, setup};
pub use loa_site as site;
pub use loa_sound::{audio, earshot, incoming, output};
pub use loa_usage as usage;
