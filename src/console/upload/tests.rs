use super::*;
use crate::upload::note::HandState;

const NOW: Wall = Wall::from_secs(1_800_000_000);

fn uploads(dir: &tempfile::TempDir) -> Uploads {
    Uploads::new(&Site::new(dir.path()))
}

fn note(by: i64, length: u64) -> Note {
    Note {
        by,
        person: "Trần Thị Hai".to_owned(),
        token: String::new(),
        name: "../../etc/passwd\u{0}.mp3".to_owned(),
        sound: "tin".to_owned(),
        replace: false,
        length,
        modified: None,
        made: NOW.timestamp().as_second(),
        spoken: false,
        english: false,
        state: HandState::Receiving,
    }
}

#[test]
fn a_recording_goes_on_from_where_it_is_after_the_console_was_started_again() {
    let dir = tempfile::tempdir().unwrap();
    let first = uploads(&dir);
    let id = first.begin(&note(1, 10), NOW).unwrap();
    first.receive(&id, 1, 0).unwrap().write(b"012345").unwrap();
    drop(first);
    let again = uploads(&dir);
    assert_eq!(again.find(&id, 1).unwrap().1, 6);
    assert!(matches!(again.receive(&id, 1, 0), Err(UploadError::Elsewhere(6))));
    assert!(matches!(again.receive(&id, 1, 7), Err(UploadError::Elsewhere(6))));
    let mut rest = again.receive(&id, 1, 6).unwrap();
    rest.write(b"6789").unwrap();
    assert!(rest.is_whole());
    rest.finish(NOW).unwrap();
    assert_eq!(std::fs::read(again.path(&id)).unwrap(), b"0123456789");
}

#[test]
fn of_two_that_write_into_one_the_later_goes_on_and_no_byte_is_mixed() {
    let dir = tempfile::tempdir().unwrap();
    let all = uploads(&dir);
    let id = all.begin(&note(1, 10), NOW).unwrap();
    let mut dead = all.receive(&id, 1, 0).unwrap();
    dead.write(b"01").unwrap();
    let mut live = all.receive(&id, 1, 2).unwrap();
    assert!(matches!(dead.write(b"xx"), Err(UploadError::Overtaken)));
    live.write(b"23").unwrap();
    assert_eq!(std::fs::read(all.path(&id)).unwrap(), b"0123");
}

#[test]
fn more_than_was_promised_is_refused_and_what_came_stays() {
    let dir = tempfile::tempdir().unwrap();
    let all = uploads(&dir);
    let id = all.begin(&note(1, 4), NOW).unwrap();
    let mut receiver = all.receive(&id, 1, 0).unwrap();
    receiver.write(b"01").unwrap();
    assert!(matches!(receiver.write(b"23456"), Err(UploadError::Beyond(4))));
    assert_eq!(all.find(&id, 1).unwrap().1, 2);
}

#[test]
fn what_is_anothers_or_no_word_of_ours_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let all = uploads(&dir);
    let id = all.begin(&note(1, 4), NOW).unwrap();
    for (id, by) in [(id.as_str(), 2), ("", 1), ("../handed", 1), ("handed", 1), (&"a".repeat(32), 1), (&id[1..], 1)] {
        assert!(matches!(all.find(id, by), Err(UploadError::Gone)), "{id}");
        assert!(matches!(all.receive(id, by, 0), Err(UploadError::Gone)), "{id}");
    }
}

#[test]
fn too_large_empty_and_too_many_are_refused_before_a_byte_comes() {
    let dir = tempfile::tempdir().unwrap();
    let all = uploads(&dir);
    assert!(matches!(all.begin(&note(1, 2 << 30), NOW), Err(UploadError::TooLarge(_))));
    assert!(matches!(all.begin(&note(1, u64::MAX), NOW), Err(UploadError::TooLarge(_))));
    assert!(matches!(all.begin(&note(1, 0), NOW), Err(UploadError::Empty)));
    let mut begun = 0;
    let mut refused = 0;
    for by in 0..20 {
        for nth in 0..6 {
            // Of one sound a new try takes the place of the one before.
            match all.begin(&Note { sound: format!("tin-{nth}"), ..note(by, 1_000) }, NOW) {
                Ok(_) => begun += 1,
                Err(UploadError::ManyOfOne | UploadError::Many) => refused += 1,
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert_eq!((begun, refused), (IN_ALL_MOST, 120 - IN_ALL_MOST));
    assert_eq!(all.of(0).len(), OF_ONE_MOST);
}

#[test]
fn half_a_recording_is_gone_after_a_day_and_one_that_is_being_taken_in_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let all = uploads(&dir);
    let half = all.begin(&note(1, 4), NOW).unwrap();
    let taking = all.begin(&note(1, 4), NOW).unwrap();
    all.keep(&taking, &Note { state: HandState::Taking, ..note(1, 4) }).unwrap();
    let later = NOW + std::time::Duration::from_hours(25);
    let fresh = all.begin(&Note { made: later.timestamp().as_second(), ..note(1, 4) }, later).unwrap();
    assert!(matches!(all.find(&half, 1), Err(UploadError::Gone)));
    assert!(all.find(&taking, 1).is_ok() && all.find(&fresh, 1).is_ok());
    assert!(!all.path(&half).exists());
}

#[test]
fn bytes_that_a_power_cut_left_without_a_note_are_swept_and_nothing_else_is() {
    let dir = tempfile::tempdir().unwrap();
    let all = uploads(&dir);
    all.begin(&note(1, 4), NOW).unwrap();
    let stray = "0123456789abcdef0123456789abcdef";
    std::fs::write(all.path(stray), "x").unwrap();
    std::fs::write(all.path("ghi-chu.txt"), "x").unwrap();
    all.begin(&note(1, 4), NOW).unwrap();
    assert!(!all.path(stray).exists() && all.path("ghi-chu.txt").exists());
    assert_eq!(all.all().len(), 2);
}

#[test]
fn the_same_file_goes_on_where_it_was_cut_and_halves_of_one_sound_do_not_fill_the_way_in() {
    let dir = tempfile::tempdir().unwrap();
    let all = uploads(&dir);
    let cut = Note { modified: Some(7), made: NOW.timestamp().as_second() - 9, ..note(1, 10) };
    let id = all.begin(&cut, NOW).unwrap();
    all.receive(&id, 1, 0).unwrap().write(b"012").unwrap();
    assert_eq!(all.begin(&Note { made: cut.made + 9, ..cut.clone() }, NOW).unwrap(), id);
    assert_eq!(all.find(&id, 1).unwrap().1, 3);
    // Another person's, another sound's, a file of another length or moment, and one whose moment nobody knows.
    let others = [
        Note { by: 2, ..cut.clone() },
        Note { sound: "khac".to_owned(), ..cut.clone() },
        Note { length: 11, ..cut.clone() },
        Note { modified: Some(8), ..cut.clone() },
    ];
    for other in others {
        assert_ne!(all.begin(&Note { made: cut.made + 5, ..other }, NOW).unwrap(), id);
    }
    assert_ne!(all.begin(&note(1, 10), NOW).unwrap(), id, "the oldest half of the sound made room");
    assert!(matches!(all.find(&id, 1), Err(UploadError::Gone)));
    for _ in 0..20 {
        all.begin(&note(1, 10), NOW).unwrap();
    }
    let refused = all.begin(&Note { sound: "hai".to_owned(), ..note(1, 4) }, NOW);
    assert!(matches!(refused, Err(UploadError::ManyOfOne)));
}
