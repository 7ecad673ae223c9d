//! How long a plan takes: a year of a commune with everything, a month and a year of a province, and what one
//! changed file costs.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use loa::instant::Wall;
use loa::plan::{jobs_in, plan, touched};
use loa::station::ZoneIx;

#[path = "kit/commune.rs"]
mod commune;
use commune::{broadcast, library, schedule, station};

const DAY: Duration = Duration::from_hours(24);

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
