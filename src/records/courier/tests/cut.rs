use std::fs;

use super::bench::{Bench, Cut, Made, broadcast};
use crate::courier::{BundleState, finish, whole};

fn before() -> Made {
    Made::new(
        1,
        &[
            ("schedules/xa.toml", &broadcast("xa", "05:30", "xa")),
            ("schedules/di.toml", &broadcast("di", "06:30", "di")),
            ("audio/xa.mp3", "one"),
            ("audio/di.mp3", "gone"),
        ],
    )
}

/// Changes, adds and takes away, of both kinds; one content under two names.
fn after() -> Made {
    Made::new(
        2,
        &[
            ("schedules/xa.toml", &broadcast("xa", "05:45", "xa")),
            ("schedules/moi.toml", &broadcast("moi", "06:00", "moi")),
            ("audio/xa.mp3", "two"),
            ("audio/moi.mp3", "three"),
            ("audio/moi-2.mp3", "three"),
        ],
    )
}

#[test]
fn a_power_cut_before_any_write_leaves_the_old_or_the_new_and_the_next_start_knows_which() {
    let base = Bench::new();
    base.install(&before().bytes()).unwrap();
    let old = base.seen();
    let bundle = after().bytes();
    let done = base.copy();
    done.install(&bundle).unwrap();
    let new = done.seen();
    assert_ne!(old, new);
    let (mut olds, mut news, mut step) = (0, 0, 0);
    loop {
        let bench = base.copy();
        let cut = Cut::before(step);
        let ended = bench.with(&|what| cut.step(what), |installer| installer.install(&bundle[..], "tuan.loa"));
        if ended.is_ok() {
            assert_eq!(bench.seen(), new);
            break;
        }
        // The power comes back, and goes again in the middle of the mending: at each of its steps.
        let mut mend = 0;
        loop {
            let again = bench.copy();
            let cut = Cut::before(mend);
            let ended = finish(&again.site, &|what| cut.step(what));
            finish(&again.site, &whole).unwrap();
            let seen = again.seen();
            assert!(
                seen == old || seen == new,
                "cut before step {step}, and before step {mend} of the mending: {seen:?}"
            );
            if ended.is_ok() {
                if seen == new {
                    news += 1;
                } else {
                    olds += 1;
                }
                assert!(!BundleState::read(&again.site).unwrap().is_underway());
                // The same stick, still in its place, brings it to its end; nothing is left lying about.
                again.install(&bundle).unwrap();
                assert_eq!(again.seen(), new);
                let hidden = |name: &str| {
                    let entries = fs::read_dir(again.path(name)).unwrap();
                    entries
                        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'))
                        .count()
                };
                assert_eq!((hidden("audio"), hidden("schedules")), (0, 0), "step {step}");
                break;
            }
            mend += 1;
        }
        step += 1;
        assert!(step < 200);
    }
    assert!(olds >= 4 && news >= 4, "{olds} {news} of {step}");
}
