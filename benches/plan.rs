//! How long a plan takes: a year of a commune with everything, a month and a year of a province, and what one
//! changed file costs.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use loa::instant::Wall;
use loa::plan::{Facts, Library, Sound, jobs_in, plan, touched};
use loa::schedule::{
    Broadcast, Class, DaySet, IfInterrupted, IfMissed, Kind, Origin, Place, Play, Recurrence, Schedule,
};
use loa::station::{Approval, Channel, OutputName, Station, Tone, Trust, Zone, ZoneIx};

const DAY: Duration = Duration::from_hours(24);

fn station(zones: u16) -> Station {
    let zone = |number: u16| Zone {
        id: format!("thon-{number}"),
        title: format!("Thôn {number}"),
        output: OutputName::Null,
        channel: Channel::Both,
        languages: vec!["vi".to_owned()],
        gain_db: 0.0,
        tone: Tone::default(),
        chime: None,
        delay: std::time::Duration::ZERO,
        amplifier: None,
        code: String::new(),
    };
    Station {
        name: "Đài".to_owned(),
        timezone: TimeZone::get("Asia/Ho_Chi_Minh").expect("the time zones are bundled"),
        approval: Approval::None,
        zones: (0..zones).map(zone).collect(),
        groups: BTreeMap::new(),
        trust: Trust::Always,
        console: None,
        certificate: None,
        speech: None,
        language: None,
        letterhead: loa::station::Letterhead::default(),
    }
}

fn library() -> Library {
    let facts = Facts {
        sha256: "0".repeat(64),
        frames: 45 * 48_000,
        rate: 48_000,
        channels: 1,
        codec: "mp3".to_owned(),
        loudness: None,
    };
    let sound = Sound { file: "tin.mp3".to_owned(), facts: Ok(facts) };
    Library { sounds: BTreeMap::from([(sound.file.clone(), sound)]), ..Library::default() }
}

/// Every day at a time of its own in the lawful hours.
fn broadcast(number: u32, zones: Vec<ZoneIx>) -> Broadcast {
    let minute = 5 * 60 + (number / 100 * 7 + number) % 950;
    let time = Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).expect("a time of day");
    Broadcast {
        id: format!("muc-{number}"),
        title: format!("Mục {number}"),
        campaign: None,
        zones,
        recurrence: Recurrence::At { times: vec![time], days: DaySet::Weekdays(0x7f) },
        from: None,
        until: None,
        except: Vec::new(),
        except_at: Vec::new(),
        also: Vec::new(),
        only: Vec::new(),
        kind: Kind::Bulletin,
        play: vec![Play::Sound("tin".to_owned())],
        named: Vec::new(),
        chime: None,
        bed: None,
        class: if number.is_multiple_of(50) { Class::Priority } else { Class::Normal },
        warrant: None,
        order: 0,
        wait: Duration::from_mins(10),
        if_missed: IfMissed::Skip,
        if_interrupted: IfInterrupted::Resume,
        origin: Origin::Written(Place::default()),
    }
}

fn schedule(broadcasts: impl Iterator<Item = Broadcast>) -> Schedule {
    Schedule { broadcasts: broadcasts.map(Arc::new).collect(), ..Schedule::default() }
}

fn benches(criterion: &mut Criterion) {
    let from = Wall::from_secs(1_796_000_000);
    let library = library();
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(10);

    let commune = station(100);
    let year = schedule((0..10_000).map(|number| broadcast(number, vec![ZoneIx((number % 100) as u16)])));
    group.bench_function("10,000 broadcasts in 100 zones, a year", |bencher| {
        // Letting go of millions of airings is not planning them.
        bencher.iter_with_large_drop(|| black_box(plan(&year, &commune, &library, from, from + DAY * 365)));
    });

    // Twelve times the window is twelve times the work: the plan is linear in airings.
    let province = station(3_000);
    let all: Vec<ZoneIx> = (0..3_000).map(ZoneIx).collect();
    let twenty = schedule((0..20).map(|number| broadcast(number * 37, all.clone())));
    for days in [30, 365] {
        group.bench_function(format!("20 broadcasts in each of 3,000 zones, {days} days"), |bencher| {
            bencher.iter_with_large_drop(|| black_box(plan(&twenty, &province, &library, from, from + DAY * days)));
        });
    }

    // A reload plans the zones again that the changed file touches, for the coming day.
    group.bench_function("a day again after one file of 10,000 broadcasts changed", |bencher| {
        let mut changed = year.clone();
        let mut number = 0;
        bencher.iter(|| {
            number = (number + 1) % 10_000;
            let before = changed.clone();
            changed.broadcasts[number as usize] = Arc::new(broadcast(number, vec![ZoneIx(7)]));
            let zones = touched(&before, &changed).expect("only broadcasts have changed");
            black_box(jobs_in(&zones, &changed, &commune, &library, from, from + DAY)).len()
        });
    });
    let everywhere = schedule((0..60).map(|number| broadcast(number * 37, all[..1_000].to_vec())));
    group.bench_function("a day again of 60 broadcasts in each of 1,000 zones", |bencher| {
        bencher.iter(|| black_box(plan(&everywhere, &province, &library, from, from + DAY)).len());
    });
    group.finish();
}

criterion_group!(plans, benches);
criterion_main!(plans);
