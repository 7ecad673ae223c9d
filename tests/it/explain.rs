//! `loa explain`: a row for every code, and a code for every row.

use std::collections::BTreeSet;

use loa::reason::CODES;

use crate::kit::Station;
use crate::tidy::source;

const PAGE: &str = include_str!("../../docs/codes.md");

/// What begins the making of a finding; its code is the first text behind it.
const MAKERS: [&str; 8] =
    [".error(", ".warning(", "Finding::error(", "Finding::warning(", "of_file(", "Fault::new(", ".fault(", ".local("];

/// `not_utf8` is one like all others.
const fn is_of_code(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}

/// The codes that `text` makes findings of.
fn made(text: &str) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for maker in MAKERS {
        for (at, _) in text.match_indices(maker) {
            let rest = &text[at + maker.len()..];
            let Some((before, behind)) = rest.split_once('"') else { continue };
            if before.len() > 120 || before.contains([';', '(', ')']) {
                continue;
            }
            let code = behind.split('"').next().unwrap_or_default();
            if !code.is_empty() && code.bytes().all(is_of_code) {
                codes.insert(code.to_owned());
            }
        }
    }
    codes
}

/// Names with a `_` in them that are no codes: keys of files, of JSON and of databases, and what a command did.
const NO_CODES: [&str; 61] = [
    "active_low",
    "after_lost",
    "alone_up_to",
    "already_loaded",
    "application_id",
    "approved_at",
    "approved_by",
    "approved_on_paper",
    "by_hand",
    "cell_size_check",
    "changed_by",
    "coc_coc",
    "confirmed_at",
    "confirmed_by",
    "cool_down",
    "could_be_better",
    "delay_ms",
    "did_not_play",
    "entered_by",
    "entry_at",
    "entry_broadcast",
    "except_at",
    "from_year",
    "gain_db",
    "goes_first",
    "hyperv_clocksource_msr",
    "hyperv_clocksource_tsc_page",
    "if_interrupted",
    "if_missed",
    "is_zero",
    "journal_mode",
    "journal_size_limit",
    "last_week",
    "log_bytes",
    "lunar_more",
    "max_session",
    "max_sessions_per_day",
    "mmap_size",
    "next_by_subj",
    "not_after",
    "not_taken",
    "ntp_last",
    "only_sounds",
    "pcm_f",
    "problems_more",
    "query_only",
    "seconds_planned",
    "seconds_played",
    "session_good",
    "set_aside",
    "signed_by",
    "silent_next",
    "snake_case",
    "sound_warnings",
    "sounds_left_out",
    "trusted_schema",
    "two_from",
    "used_by",
    "user_version",
    "warm_up",
    "would_take",
];

fn rows() -> BTreeSet<String> {
    let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    rows.map(str::to_owned).collect()
}

#[test]
fn every_code_of_a_finding_has_a_row_and_every_row_a_finding() {
    let texts = source::program();
    let codes: BTreeSet<String> = texts.iter().flat_map(|text| made(text)).collect();
    assert!(codes.len() > 100, "this test looks in the wrong place: {codes:?}");
    let rows = rows();
    let without: Vec<_> = codes.difference(&rows).collect();
    assert!(without.is_empty(), "no row in docs/codes.md: {without:?}");
    // And each name of the form of a code is one, or known to be none.
    let names = texts.iter().flat_map(|text| text.split('"').skip(1).step_by(2));
    let form = |name: &&str| name.contains('_') && name.bytes().all(is_of_code) && !name.starts_with('_');
    let is_known = |name: &&str| rows.contains(*name) || CODES.contains(name) || NO_CODES.contains(name);
    let strange: BTreeSet<&str> = names.filter(form).filter(|name| !name.ends_with('_') && !is_known(name)).collect();
    assert!(strange.is_empty(), "a row in docs/codes.md, or a place in NO_CODES: {strange:?}");
    let idle: Vec<_> =
        rows.iter().filter(|row| !texts.iter().any(|text| text.contains(&format!("\"{row}\"")))).collect();
    assert!(idle.is_empty(), "nothing in src says so any more: {idle:?}");
    assert_eq!(PAGE.lines().filter(|line| line.starts_with("| `")).count(), rows.len(), "a code has two rows");
}

#[test]
fn a_code_is_explained_however_it_is_typed_and_an_unknown_one_names_the_nearest() {
    let station = Station::new();
    for typed in ["bad_time", "error[bad_time]", "lỗi[bad_time]", " BAD_TIME "] {
        let said = station.loa(&["explain", typed]);
        assert_eq!((said.code, said.out.as_str()), (0, "bad_time (finding): That is no time; write \"05:30\".\n"));
    }
    // Both a finding and a reason.
    let said = station.loa(&["explain", "outside_hours"]);
    assert_eq!(said.out.lines().count(), 2, "{}", said.out);
    let said = station.loa(&["explain", "alert: ông Năm: lũ"]);
    assert_eq!(said.out, "alert (journal): emergency order: ông Năm: lũ\n");
    let said = station.loa(&["explain", "bad_tim"]);
    assert!(said.code == 2 && said.err.contains("did you mean \"bad_time\"?"), "{said:?}");
    let all = station.loa(&["explain", "--json"]).json();
    assert_eq!(all.as_array().unwrap().len(), rows().len() + CODES.len());
}

#[test]
fn words_as_the_screen_shows_them_are_explained_and_others_are_answered_with_the_nearest() {
    let station = Station::new();
    for (typed, code) in [
        ("có lệnh dừng", "stopped"),
        ("Co lenh dung", "stopped"),
        ("có lệhn dừgn", "stopped"),
        ("có lệnh dừng: ông Năm: họp", "stopped"),
        ("lệnh dừng", "stopped"),
        ("stopped by order", "stopped"),
        ("MẤT ĐIỆN", "power_lost"),
        ("power lost", "power_lost"),
        ("đài không hoạt động", "station_off"),
        ("ngoài giờ được phép phát", "outside_hours"),
        ("chờ mục khác phát xong: tin-sang", "waits"),
    ] {
        let said = station.loa(&["explain", typed]);
        assert!(said.code == 0 && said.out.contains(&format!("{code} (journal)")), "{typed}: {said:?}");
    }
    // Without quotes too.
    let said = station.loa(&["explain", "mất", "điện"]);
    assert!(said.out.starts_with("power_lost"), "{said:?}");
    // What became of an airing has a word of its own.
    for (typed, begins) in [
        ("bị lỡ", "missed (outcome): "),
        ("lỡ", "missed (outcome): "),
        ("Phát một phần", "partial (outcome): "),
        ("partly played", "partial (outcome): "),
        ("đã phát", "played (outcome): "),
        ("bị từ chối", "refused (outcome): "),
    ] {
        let said = station.loa(&["explain", typed]);
        assert!(said.code == 0 && said.out.starts_with(begins), "{typed}: {said:?}");
    }
    // The sentence of a finding, whose code stands beside it on the screen.
    let said = station.loa(&["explain", "không phải là giờ", "--lang", "vi"]);
    assert!(said.code == 2 && said.err.contains("bad_time"), "{said:?}");
    let said = station.loa(&["explain", "xyzzy plugh"]);
    assert!(said.code == 2 && said.err.contains("prints all codes"), "{said:?}");
}
