//! What a change makes of the files, and what it refuses.

use super::*;
use crate::edit::{For, Refusal};

const PLAIN: &str = "[campaigns.y-te]\ntitle = \"Y tế\"\n\n[[broadcast]]\nid    = \"tiem\"\ntitle = \"Tiêm chủng\"\nat    = [\"05:30\"]\nplay  = \"tiem\"\n\n[rules]\nhours = [\"05:00-06:30\"]\n";

#[test]
fn a_new_broadcast_is_written_like_the_last_one_in_the_file_of_its_campaign() {
    let mut given = texts(PLAIN);
    let keys = table(&[
        ("title", Value::Text("Lịch khám Đợt 2!".to_owned())),
        ("campaign", Value::Text("y-te".to_owned())),
        ("at", Value::Text("05:40".to_owned())),
        ("play", Value::texts(["kham"])),
    ]);
    let add = Change::Add { keys };
    assert_eq!(add.apply(&mut given).unwrap().as_deref(), Some("lich-kham-dot-2"));
    let new = "\n[[broadcast]]\nid       = \"lich-kham-dot-2\"\ntitle    = \"Lịch khám Đợt 2!\"\ncampaign = \"y-te\"\nat       = [\"05:40\"]\nplay     = \"kham\"\n";
    assert_eq!(given[FILE], PLAIN.replace("play  = \"tiem\"\n", &format!("play  = \"tiem\"\n{new}")));
    assert_eq!(add.apply(&mut given).unwrap().as_deref(), Some("lich-kham-dot-2-2"), "an id is unique");
}

#[test]
fn a_broadcast_of_no_campaign_goes_into_the_pages_own_file() {
    let mut given = texts(PLAIN);
    let keys = table(&[
        ("title", Value::Text("Mất chó".to_owned())),
        ("at", Value::Text("17:00".to_owned())),
        ("play", Value::Text("cho".to_owned())),
    ]);
    Change::Add { keys }.apply(&mut given).unwrap();
    assert_eq!(given[FILE], PLAIN);
    let own = &given["schedules/trang-web.toml"];
    assert!(
        own.starts_with("# ")
            && own.ends_with(
                "\n\n[[broadcast]]\nid = \"mat-cho\"\ntitle = \"Mất chó\"\nat = \"17:00\"\nplay = \"cho\"\n"
            ),
        "{own}"
    );
}

#[test]
fn empty_is_never_all() {
    for key in ["zones", "at", "days", "dates", "lunar", "play"] {
        assert_eq!(refused(PLAIN, &set("tiem", &[(key, Some(Value::List(Vec::new())))])), "empty_list", "{key}");
    }
    let quiet = |zones| Change::DayOff {
        first: "2026-12-01".parse().unwrap(),
        last: "2026-12-01".parse().unwrap(),
        zones,
        why: "x".to_owned(),
    };
    assert_eq!(refused(PLAIN, &quiet(For::Zones(Vec::new()))), "empty_list");
    assert!(quiet(For::All).apply(&mut texts(PLAIN)).is_ok());
}

#[test]
fn a_label_that_the_check_would_cut_or_mend_is_not_written_and_one_that_stands_there_stays() {
    let long = "x".repeat(201);
    for odd in [long.as_str(), "Họp\u{7}dân", "Họp\ndân", "a\u{202e}b"] {
        for key in ["title", "by", "why"] {
            assert_eq!(refused(PLAIN, &set("tiem", &[(key, word(odd))])), "bad_title", "{key} {odd:?}");
        }
        let add = |key: &str| {
            let mut keys = table(&[("title", Value::Text("Tin".to_owned())), ("at", Value::Text("17:00".to_owned()))]);
            keys.insert(key.to_owned(), Value::Text(odd.to_owned()));
            Change::Add { keys }
        };
        assert_eq!((refused(PLAIN, &add("title")), refused(PLAIN, &add("campaign"))), ("bad_title", "bad_title"));
        let (from, until) = (at("2026-12-01T05:00"), at("2026-12-01T06:00"));
        let quiet = Change::Quiet { from, until, zones: For::All, why: odd.to_owned() };
        assert_eq!(refused(PLAIN, &quiet), "bad_title");
    }
    let whole = "x".repeat(200);
    assert!(after(PLAIN, &set("tiem", &[("title", word(&whole))])).contains(&whole));
    let by_hand = PLAIN.replace("Tiêm chủng", &long);
    let later = set("tiem", &[("title", word(&long)), ("at", words(&["06:00"]))]);
    let later = after(&by_hand, &later);
    assert!(later.contains(&long) && later.contains("06:00"), "{later}");
}

#[test]
fn an_id_never_changes_and_what_is_written_by_hand_is_kept_and_shown() {
    assert_eq!(refused(PLAIN, &set("tiem", &[("id", word("khac"))])), "id_is_fixed");
    assert_eq!(refused(PLAIN, &set("khong-co", &[("at", word("05:30"))])), "entry_gone");
    let hand = "broadcast = [{ id = \"a\", at = \"05:30\", play = \"a\" }]\n";
    assert!(entries(hand)[0].by_hand);
    assert_eq!(refused(hand, &set("a", &[("at", word("05:31"))])), "written_by_hand");
    let dotted = "[[broadcast]]\nid = \"a\"\nat.T7 = \"05:30\"\nonly = \"T7\"\ncron_note = 1\nplay = \"a\"\n";
    let entry = &entries(dotted)[0];
    let by_hand: Vec<&str> =
        entry.fields.iter().filter(|field| field.by_hand).map(|field| field.key.as_str()).collect();
    assert_eq!(by_hand, ["id", "at", "only", "cron_note"]);
    assert_eq!(refused(dotted, &set("a", &[("at", word("05:31"))])), "written_by_hand");
    assert_eq!(after(dotted, &set("a", &[("play", word("b"))])), dotted.replace("play = \"a\"", "play = \"b\""));
}

#[test]
fn a_broken_file_is_not_written_and_says_where_it_is_broken() {
    let broken = format!("{PLAIN}at = \"05:3\n");
    let mut given = texts(&broken);
    let Refusal { code, found, .. } = set("tiem", &[("at", word("05:31"))]).apply(&mut given).unwrap_err();
    assert_eq!((code, found[0].line), ("broken_file", 12));
    assert_eq!(given[FILE], broken);
}

#[test]
fn one_occurrence_is_called_off_moved_and_moved_back() {
    let skip = Change::Skip { at: target("tiem"), when: at("2026-12-01T05:30:00") };
    let skipped = after(PLAIN, &skip);
    assert_eq!(skipped, PLAIN.replace("[\"05:30\"]\n", "[\"05:30\"]\nexcept = [2026-12-01T05:30:00]\n"));
    assert_eq!(after(&skipped, &skip), skipped, "once is enough");
    let move_to = |when: &str, to: &str| Change::Move { at: target("tiem"), when: at(when), to: at(to) };
    let moved = after(PLAIN, &move_to("2026-12-01T05:30:00", "2026-12-01T06:00:00"));
    assert!(moved.contains("except = [2026-12-01T05:30:00]\nalso  = [2026-12-01T06:00:00]\n"), "{moved}");
    let again = after(&moved, &move_to("2026-12-01T06:00:00", "2026-12-01T06:10:00"));
    assert!(again.contains("except = [2026-12-01T05:30:00]\nalso  = [2026-12-01T06:10:00]\n"), "{again}");
    assert_eq!(after(&again, &move_to("2026-12-01T06:10:00", "2026-12-01T05:30:00")), PLAIN);
    let holidays = PLAIN.replace("play  =", "except = \"holidays\"\nplay  =");
    assert_eq!(after(&holidays, &skip), holidays.replace("\"holidays\"", "[\"holidays\", 2026-12-01T05:30:00]"));
}

#[test]
fn what_was_said_of_one_occurrence_goes_along_when_times_days_or_the_end_become_others() {
    let with = |lines: &str| PLAIN.replace("at    = [\"05:30\"]\n", &format!("{lines}\n"));
    let lines = |text: &str| {
        let entry = entries(text).into_iter().find(|entry| entry.name == "tiem").unwrap();
        let written = |key: &str| entry.field(key).map_or("-", |field| field.written.as_str()).to_owned();
        [written("except"), written("also")].map(|written| written.replace("2026-12-", ""))
    };
    let dates = |days: &[&str]| Some(Value::List(days.iter().map(|day| Value::Date(day.parse().unwrap())).collect()));
    let date = |day: &str| Some(Value::Date(day.parse().unwrap()));
    // One is called off, the other is moved.
    let one = with(
        "at = [\"09:00\"]\nexcept = [\"holidays\", 2026-12-04T09:00:00, 2026-12-07T09:00:00]\nalso = [2026-12-07T09:30:00, 2026-12-20T12:00:00]",
    );
    let two = with(
        "at = [\"09:00\", \"17:00\"]\nexcept = [2026-12-04T09:00:00, 2026-12-04T17:00:00, 2026-12-07T17:00:00]\nalso = [2026-12-07T18:00:00]",
    );
    for (text, key, value, except, also) in [
        (&one, "at", words(&["10:00"]), "[\"holidays\", 04T10:00:00, 07T10:00:00]", "[07T09:30:00, 20T12:00:00]"),
        (&one, "at", words(&["09:30"]), "[\"holidays\", 04T09:30:00]", "[20T12:00:00]"),
        (&one, "at", words(&["10:00", "15:00"]), "[\"holidays\", 04, 07T10:00:00]", "[07T09:30:00, 20T12:00:00]"),
        (
            &one,
            "at",
            words(&["09:00", "15:00"]),
            "[\"holidays\", 04T09:00:00, 07T09:00:00]",
            "[07T09:30:00, 20T12:00:00]",
        ),
        (&one, "until", date("2026-12-06"), "[\"holidays\", 04T09:00:00]", "-"),
        (&one, "until", date("2026-12-07"), "[\"holidays\", 04T09:00:00, 07T09:00:00]", "[07T09:30:00]"),
        // The 7th is a Monday.
        (&one, "days", words(&["tue"]), "[\"holidays\", 04T09:00:00]", "[20T12:00:00]"),
        (&one, "days", words(&["mon..fri"]), "[\"holidays\", 04T09:00:00, 07T09:00:00]", "[07T09:30:00, 20T12:00:00]"),
        (&one, "dates", dates(&["2026-12-04"]), "[\"holidays\", 04T09:00:00]", "[20T12:00:00]"),
        (&two, "at", words(&["09:00", "17:30"]), "[04T09:00:00, 04T17:30:00, 07T17:30:00]", "[07T18:00:00]"),
        (&two, "at", words(&["09:00"]), "[04T09:00:00]", "-"),
        (&two, "play", word("b"), "[04T09:00:00, 04T17:00:00, 07T17:00:00]", "[07T18:00:00]"),
    ] {
        let mut changes = vec![(key, value.clone())];
        if matches!(key, "days" | "dates") {
            changes.extend(["days", "dates"].into_iter().filter(|other| *other != key).map(|other| (other, None)));
        }
        let text = after(text, &set("tiem", &changes));
        assert_eq!(lines(&text), [except, also], "{key} {value:?}");
    }
    // What the change itself says of single occurrences stands: it sounds after the end, and on a day that is none.
    let moment = |day: &&str| Value::Moment(at(&format!("2026-12-{day}")));
    for (key, value, also, told) in [
        ("until", date("2026-12-06"), &["20T12:00:00", "21T12:00:00"][..], "[20T12:00:00, 21T12:00:00]"),
        ("days", words(&["tue"]), &["07T08:00:00"][..], "[07T08:00:00]"),
    ] {
        let text =
            after(&one, &set("tiem", &[(key, value), ("also", Some(Value::List(also.iter().map(moment).collect())))]));
        assert_eq!(lines(&text)[1], told, "{key}");
    }
}

#[test]
fn quiet_hours_and_days_off_are_written_with_their_reason() {
    let mut given = texts(PLAIN);
    let quiet = Change::Quiet {
        from: at("2026-12-01T14:05:00"),
        until: at("2026-12-01T18:00:00"),
        zones: For::Zones(vec!["thon-3".to_owned()]),
        why: "tang lễ".to_owned(),
    };
    quiet.apply(&mut given).unwrap();
    let day = "2026-12-10".parse().unwrap();
    Change::DayOff { first: day, last: day, zones: For::All, why: "quốc tang".to_owned() }.apply(&mut given).unwrap();
    let own = &given["schedules/trang-web.toml"];
    assert!(own.contains("[[cancel]]\nzones = [\"thon-3\"]\nfrom = 2026-12-01T14:05:00\nuntil = 2026-12-01T18:00:00\nwhy = \"tang lễ\"\n\n[[cancel]]\ndate = 2026-12-10\n"), "{own}");
}

#[test]
fn a_deleted_entry_comes_back_with_its_comments_where_it_was() {
    let text = "# đầu\n\n# của a\n[[broadcast]]\nid = \"a\"\nat = \"05:30\" # giờ\nplay = \"a\"\n\n# của b\n[[broadcast]]\nid = \"b\"\nat = \"05:31\"\nplay = \"b\"\n\n# của c\n[[broadcast]]\nid = \"c\"\nat = \"05:32\"\nplay = \"c\"\n";
    let b = entries(text).into_iter().find(|entry| entry.name == "b").unwrap();
    let without = after(text, &Change::Delete { at: target("b") });
    let back =
        Change::PutBack { file: FILE.to_owned(), of: Of::Broadcast, lines: b.lines, behind: Some("a".to_owned()) };
    assert_eq!(after(&without, &back), text);
    assert_eq!(refused(text, &back), "id_taken");
}

#[test]
fn an_older_version_of_an_entry_takes_its_place() {
    let old = entries(PLAIN).into_iter().find(|entry| entry.name == "tiem").unwrap().lines;
    let new = after(PLAIN, &set("tiem", &[("at", words(&["05:45", "06:00"])), ("wait", word("5m"))]));
    assert_eq!(after(&new, &Change::Lines { at: target("tiem"), lines: old }), PLAIN);
}

#[test]
fn what_changed_is_told_in_words() {
    let new = after(PLAIN, &set("tiem", &[("at", words(&["05:45"])), ("wait", word("5m"))]));
    let (parts, told) = crate::edit::words::compare(FILE, PLAIN, &new);
    assert_eq!(told.vi, "«Tiêm chủng»: giờ 05:30 thành 05:45, thêm chờ tối đa 5 phút");
    assert_eq!(told.en, "\"Tiêm chủng\": time 05:30 became 05:45, longest wait 5 min added");
    assert_eq!(parts.len(), 1);
    let gone = after(PLAIN, &Change::Delete { at: target("tiem") });
    assert_eq!(crate::edit::words::compare(FILE, PLAIN, &gone).1.vi, "xóa «Tiêm chủng»");
    let comment = PLAIN.replace("[\"05:30\"]", "[\"05:30\"] # x");
    assert_eq!(
        crate::edit::words::compare(FILE, PLAIN, &comment).1.vi,
        "«Tiêm chủng»: chỉ đổi chú thích hoặc cách viết"
    );
}
