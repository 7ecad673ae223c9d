//! The nearest lawful time: that it holds when it is followed, and that many questions cost no more than a few.

use super::*;
use crate::plan::{PlanContext, Verdict, because, told};
use crate::schedule::Class::Normal;
use crate::schedule::{DaySet, Mourning, Recurrence};
use crate::station::ZoneIx;

const DAY: Duration = Duration::from_hours(24);

fn starts(schedule: &Schedule, station: &crate::station::Station, library: &Library) -> Vec<Airing> {
    let from = at("2026-12-01T00:00", &station.timezone);
    plan(schedule, station, library, from, from + DAY)
}

/// The same broadcast, once, at another time.
fn moved(broadcast: &Broadcast, to: Wall) -> Broadcast {
    let local = to.zoned(&crate::calendar::sample::zone("Asia/Ho_Chi_Minh"));
    let dates = vec![crate::calendar::sample::range(&local.date().to_string(), &local.date().to_string())];
    let recurrence = Recurrence::At { times: vec![local.time()], days: DaySet::Dates(dates) };
    Broadcast { recurrence, ..broadcast.clone() }
}

#[test]
fn who_follows_the_cure_is_not_refused_and_disturbs_nobody() {
    let everywhere = |broadcast: Broadcast| Broadcast { zones: vec![ZoneIx(0), ZoneIx(1)], ..broadcast };
    let mut station = station(2);
    station.zones[1].languages = vec!["vi".to_owned(), "kho".to_owned()];
    let mut library = sounds(&[("a", 10), ("b", 6), ("c", 3), ("n", 2), ("l", 14)]);
    library.sounds.extend(crate::plan::sample::library(&[("n.vi.mp3", 120), ("n.kho.mp3", 240)]).sounds);
    library.sounds.remove("n.mp3");
    let limits: [(Option<u64>, Option<u32>); 4] =
        [(None, None), (Some(15), None), (None, Some(2)), (Some(15), Some(2))];
    let mut cured = 0;
    for (longest, most) in limits {
        let mut rules = hours(&[(5, 6), (17, 18)]);
        rules.days = 0b001_1111;
        rules.max_session = longest.map(Duration::from_mins);
        rules.max_sessions_per_day = most;
        let broadcasts = [
            everywhere(one("n", "03:15", Normal, 0)),
            everywhere(one("a", "05:10", Normal, 0)),
            one("b", "05:22", Normal, 0),
            Broadcast { zones: vec![ZoneIx(1)], ..one("c", "17:00", Normal, 0) },
            everywhere(one("l", "05:59", Normal, 0)),
            everywhere(one("t", "17:30", Normal, 0)),
        ]
        .map(|one| {
            if one.id == "t" {
                Broadcast { play: vec![crate::schedule::Play::Sound("l".to_owned())], ..one }
            } else {
                one
            }
        });
        let schedule = Schedule { rules: rules.into(), ..schedule(broadcasts) };
        let now = at("2026-12-01T04:00", &station.timezone);
        let ground = PlanContext::new(&schedule, &station, &library, now);
        let airings = starts(&schedule, &station, &library);
        let before: Vec<&Airing> = airings.iter().filter(|airing| airing.verdict == Verdict::Play).collect();
        for airing in airings.iter().filter(|airing| airing.verdict == Verdict::Refuse) {
            let Some(to) = ground.nearest(airing) else { continue };
            assert!(to >= now && to != airing.scheduled);
            let changed = schedule
                .broadcasts
                .iter()
                .map(|one| if one.id == airing.broadcast.id { moved(one, to) } else { (**one).clone() });
            let changed = Schedule { rules: schedule.rules.clone(), ..super::schedule(changed) };
            let after = plan(&changed, &station, &library, to - DAY, to + DAY);
            let own: Vec<&Airing> = after.iter().filter(|one| one.broadcast.id == airing.broadcast.id).collect();
            assert!(!own.is_empty());
            for one in own {
                assert_eq!(
                    (one.verdict, one.start),
                    (Verdict::Play, to),
                    "{} {:?}",
                    one.broadcast.id,
                    because(one, &ground)
                );
            }
            for other in &before {
                let same = |one: &&Airing| {
                    one.broadcast.id == other.broadcast.id && one.zone == other.zone && one.scheduled == other.scheduled
                };
                let found = after.iter().find(same).filter(|_| other.broadcast.id != airing.broadcast.id);
                assert!(found.is_none_or(|one| one.verdict == Verdict::Play && one.start == other.start), "{found:?}");
            }
            cured += 1;
        }
    }
    assert!(cured > 10, "{cured}");
}

#[test]
fn nothing_is_proposed_in_the_past_nor_where_music_is_silent() {
    let mut schedule = schedule([Broadcast { kind: crate::schedule::Kind::Music, ..one("a", "03:15", Normal, 0) }]);
    schedule.rules = hours(&[(5, 6), (17, 18)]).into();
    let (station, library) = (station(1), sounds(&[("a", 1)]));
    let airing = starts(&schedule, &station, &library).remove(0);
    let ask = |schedule: &Schedule, now: &str| {
        let found = PlanContext::new(schedule, &station, &library, at(now, &station.timezone)).nearest(&airing);
        found.map(|at| at.zoned(&station.timezone).strftime("%d %H:%M").to_string())
    };
    for (now, nearest) in [
        ("2026-11-20T00:00", "01 05:00"),
        ("2026-12-01T04:00", "01 05:00"),
        ("2026-12-01T05:10:01", "01 05:11"),
        ("2026-12-01T05:59:30", "01 17:00"),
        ("2026-12-01T20:00", "02 05:00"),
        ("2027-12-31T20:00", "01 05:00"),
    ] {
        assert_eq!(ask(&schedule, now).as_deref(), Some(nearest), "{now}");
    }
    let mourning = |from: &str, until: &str| Mourning {
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
        name: String::new(),
    };
    schedule.mourning = vec![mourning("2026-11-30T12:00", "2026-12-02T17:30")];
    assert_eq!(ask(&schedule, "2026-12-01T00:00").as_deref(), Some("02 17:30"));
    assert_eq!(ask(&schedule, "2026-11-01T00:00").as_deref(), Some("30 05:59"));
}

#[test]
#[ignore = "long"]
fn ten_thousand_that_are_refused_are_told_as_quickly_as_a_few() {
    // A crowd of 10,000 in the night, beside a day that is full; and where sessions are limited, one that never fits.
    let night = (0..10_000).map(|number| {
        let time = format!("0{}:{:02}:{:02}", number / 3600, number / 60 % 60, number % 60);
        let play = vec![
            crate::schedule::Play::Sound("a".to_owned()),
            crate::schedule::Play::Pause(Duration::from_millis(number)),
        ];
        Broadcast { play, ..one(&format!("x{number:05}"), &time, Normal, 0) }
    });
    let day = (0..700).map(|number| {
        let time = format!("{:02}:{:02}", 5 + number / 60, number % 60);
        Broadcast {
            play: vec![crate::schedule::Play::Sound("b".to_owned())],
            ..one(&format!("y{number:03}"), &time, Normal, 0)
        }
    });
    let mut schedule = schedule(night.chain(day));
    let (station, library) = (station(1), sounds(&[("a", 3), ("b", 1)]));
    for limited in [false, true] {
        let mut rules = hours(&[(5, 21)]);
        if limited {
            rules.max_session = Some(Duration::from_mins(20));
            rules.max_sessions_per_day = Some(4);
        }
        schedule.rules = rules.into();
        let airings = starts(&schedule, &station, &library);
        let ground = PlanContext::new(&schedule, &station, &library, at("2026-12-01T00:00", &station.timezone));
        let refused: Vec<&Airing> = airings.iter().filter(|airing| airing.verdict == Verdict::Refuse).collect();
        assert!(refused.len() >= 10_000, "{}", refused.len());
        let cures = refused.iter().filter_map(|airing| told(airing, &ground)?.cure).count();
        assert_eq!(cures, refused.len());
        assert!(ground.looked_at() <= 6, "days are planned once, not for each: {}", ground.looked_at());
    }
}
