use super::*;

const HOUR: Duration = Duration::from_hours(1);

fn noon() -> Wall {
    Wall::from_secs(1_796_100_000)
}

fn voucher(at: Wall, up: Duration) -> Voucher {
    Voucher { at, up }
}

fn word(at: Wall, up: Duration) -> Word {
    Word { by: "chi-lan".to_owned(), given: voucher(at, up), told: true }
}

/// A box without a network and without a battery that has been on for an hour.
fn bare() -> Evidence {
    Evidence { up: HOUR, newest: Some(noon() - HOUR), ..Evidence::default() }
}

fn codes(evidence: &Evidence, always: bool, now: Wall) -> String {
    let verdict = judge(evidence, always, now);
    let sign = if matches!(verdict, ClockVerdict::Trusted(_)) { '+' } else { '-' };
    assert_eq!(verdict.cure().is_none(), sign == '+', "a doubt has its cure");
    format!("{sign}{}", crate::reason::codes(&verdict.reasons()))
}

#[test]
fn each_reason_is_enough_and_a_bare_box_has_none() {
    let table = [
        (Evidence { synchronised: true, ..bare() }, "+ntp"),
        (Evidence { battery: Some(noon() + Duration::from_secs(100)), ..bare() }, "+battery"),
        (Evidence { host: Some("kvm-clock".to_owned()), ..bare() }, "+host_clock: kvm-clock"),
        (Evidence { word: Some(word(noon() - HOUR / 2, HOUR / 2)), ..bare() }, "+person: chi-lan"),
        (Evidence { synchronised_at: Some(voucher(noon() - HOUR, Duration::ZERO)), ..bare() }, "+ntp_earlier"),
        (bare(), "-no_ntp, no_battery"),
        (Evidence { battery: Some(noon() - HOUR), ..bare() }, "-no_ntp, battery_differs"),
    ];
    for (evidence, expected) in table {
        assert_eq!(codes(&evidence, false, noon()), expected, "{evidence:?}");
    }
    assert_eq!(codes(&bare(), true, noon()), "+always");
}

#[test]
fn a_boot_in_1970_is_believed_by_nobody_whatever_vouches() {
    let boot = Wall::from_secs(30);
    let vouched = Evidence {
        synchronised: true,
        battery: Some(boot),
        host: Some("docker".to_owned()),
        word: Some(word(boot, HOUR)),
        newest: None,
        ..bare()
    };
    assert_eq!(codes(&vouched, true, boot), "-never_set");
    let known = Evidence { newest: Some(noon()), ..vouched };
    assert_eq!(codes(&known, true, boot), "-earlier_than_journal");
}

#[test]
fn back_by_an_hour_is_believed_by_nobody_until_it_has_passed_the_journal() {
    let vouched =
        Evidence { synchronised: true, battery: Some(noon() - HOUR), newest: Some(noon()), ..Evidence::default() };
    for always in [false, true] {
        assert_eq!(codes(&vouched, always, noon() - HOUR), "-earlier_than_journal");
        assert_eq!(codes(&vouched, always, noon()), "+ntp");
    }
}

#[test]
fn a_boot_a_day_ahead_needs_a_reason_of_its_own() {
    let tomorrow = noon() + 24 * HOUR;
    assert_eq!(codes(&bare(), false, tomorrow), "-no_ntp, no_battery");
    assert_eq!(codes(&Evidence { battery: Some(noon()), ..bare() }, false, tomorrow), "-no_ntp, battery_differs");
    assert_eq!(codes(&Evidence { battery: Some(tomorrow), ..bare() }, false, tomorrow), "+battery");
}

#[test]
fn what_vouched_before_somebody_set_the_clock_vouches_no_more() {
    for by in [-2 * HOUR.as_secs() as i64, -90, 90, 86_400] {
        let now = noon().moved(SignedDuration::from_secs(by));
        let old = noon() - HOUR;
        let evidence = Evidence { word: Some(word(old, Duration::ZERO)), newest: None, ..bare() };
        assert_eq!(codes(&evidence, false, now), "-clock_moved, no_battery", "{by}");
        let evidence = Evidence { synchronised_at: Some(voucher(old, Duration::ZERO)), newest: None, ..bare() };
        assert_eq!(codes(&evidence, false, now), "-clock_moved, no_battery", "{by}");
    }
}

#[test]
fn a_quartz_may_drift_for_weeks_without_a_network() {
    let weeks = 24 * 21 * HOUR;
    // 100 parts in a million, which is a bad one: three minutes.
    let now = noon() + weeks + weeks / 10_000;
    let synced = Evidence { synchronised_at: Some(voucher(noon(), HOUR)), up: weeks + HOUR, ..Evidence::default() };
    assert_eq!(codes(&synced, false, now), "+ntp_earlier");
}
