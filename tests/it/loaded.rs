//! The tests themselves: what judges real time does so on a machine that is busy, too.

use std::process::{Command, Stdio};

use crate::kit::strain::Hog;

/// Tests of this program that judge an instant: in the journal, in a file of sound, by a relay, beside somebody who speaks live.
const TIMED: [&str; 4] = [
    "daemon::a_schedule_saved_while_it_runs_is_played_on_time_and_recorded",
    "amplifier::it_is_put_on_before_a_broadcast_and_off_after_it_and_the_journal_says_when",
    "crash::disk::sound_that_is_prepared_plays_although_its_directory_goes_away",
    "talk::socket::who_speaks_is_heard_kept_and_written_down_and_another_hamlet_airs_on_its_frame",
];

#[test]
#[ignore = "long"]
fn tests_that_judge_real_time_pass_while_other_programs_want_every_core() {
    let hog = Hog::behind();
    let mut tests = Command::new(std::env::current_exe().unwrap());
    tests.args(["--include-ignored", "--exact", "--test-threads", "4"]).args(TIMED);
    let said = tests.stdin(Stdio::null()).output().unwrap();
    drop(hog);
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    for name in TIMED {
        assert!(out.lines().any(|line| line == format!("test {name} ... ok")), "{name}\n{out}\n{err}");
    }
    assert!(said.status.success(), "{out}\n{err}");
    // What could not be judged is said, not passed over.
    for line in err.lines().filter(|line| line.contains("NOT JUDGED") || line.contains("ms late")) {
        eprintln!("{line}");
    }
}
