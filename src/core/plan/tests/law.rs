//! Days that are called off, hours and times by weekday, and what a check says of a plan that lacks something.

use super::*;
use crate::diag::Severity;
use crate::plan::{PlanContext, because, findings};
use crate::schedule::Class::{Emergency, Normal};
use crate::schedule::{Campaign, CampaignTarget, Cancel, DaySet, Per, Place, Recurrence};
use crate::station::ZoneIx;

fn called_off(first: &str, last: &str) -> Arc<Cancel> {
    let place = Place { file: "schedules/nghi.toml".to_owned(), line: 3, span: 0..1 };
    Arc::new(Cancel {
        hours: None,
        first: first.parse().unwrap(),
        last: last.parse().unwrap(),
        why: "quốc tang".to_owned(),
        place,
    })
}

fn told(schedule: &Schedule, library: &Library) -> Vec<crate::diag::Diagnostic> {
    let station = station(1);
    let from = at("2026-12-01T00:00", &station.timezone);
    findings(schedule, &station, library, from, from + Duration::from_hours(90 * 24))
}

#[test]
fn what_would_run_into_hours_that_are_called_off_is_refused_by_them_and_what_is_cut_there_says_so() {
    let mut schedule = schedule([one("a", "05:30", Normal, 0), one("b", "06:29", Normal, 0)]);
    schedule.rules.station = hours(&[(0, 24)]);
    schedule.rules.station.cancelled = vec![Arc::new(Cancel {
        first: "2026-12-01".parse().unwrap(),
        last: "2026-12-01".parse().unwrap(),
        hours: Some("2026-12-01T05:30:10".parse().unwrap().."2026-12-01T06:00:00".parse().unwrap()),
        why: "tang lễ".to_owned(),
        place: Place { file: "schedules/a.toml".to_owned(), line: 7, span: 0..1 },
    })];
    let (library, station) = (sounds(&[("a", 1), ("b", 1)]), station(1));
    assert_eq!(day(&schedule, &library), ["a 05:30-05:31 refuse cancelled_day", "b 06:29-06:30 play"]);
    let ground = PlanContext::new(&schedule, &station, &library, Wall::MIN);
    let from = at("2026-12-01T00:00", &station.timezone);
    let airings = plan(&schedule, &station, &library, from, from + Duration::from_hours(24));
    let said = because(&airings[0], &ground).unwrap();
    assert_eq!(
        said.vi,
        "«a» (05:30 ngày 01/12/2026, schedules/thu.toml:1) bị từ chối: phát từ 05:30 thì đến 05:31 mới hết, mà từ 05:30:10 ngày 01/12/2026 nghỉ phát \
         «tang lễ» (schedules/a.toml:7). Cách sửa: rút ngắn nội dung, đổi sang 05:29 ngày 01/12/2026 là lúc được phép gần nhất, \
         hoặc xóa đoạn [[cancel]] ấy nếu không nghỉ nữa."
    );
    assert!(!said.en.contains("hours"), "{}", said.en);
}

#[test]
fn a_day_that_is_called_off_is_silent_but_for_emergencies_and_says_why() {
    let mut schedule =
        schedule([one("a", "05:00", Normal, 0), one("e", "23:55", Emergency, 0), one("z", "23:50", Normal, 0)]);
    schedule.rules.station.cancelled.push(called_off("2026-12-01", "2026-12-01"));
    let library = sounds(&[("a", 10), ("e", 1), ("z", 30)]);
    assert_eq!(
        day(&schedule, &library),
        ["a 05:00-05:10 refuse cancelled_day", "z 23:50-00:20 refuse cancelled_day", "e 23:55-23:56 play",]
    );
    let station = station(1);
    let (from, to) = (at("2026-12-01T00:00", &station.timezone), at("2026-12-02T00:00", &station.timezone));
    let airings = plan(&schedule, &station, &library, from, to);
    let said = because(&airings[0], &PlanContext::new(&schedule, &station, &library, Wall::MIN)).unwrap();
    assert!(said.vi.contains("ngày này nghỉ phát «quốc tang» (schedules/nghi.toml:3)"), "{}", said.vi);
    let found = told(&schedule, &library);
    let off = found.iter().find(|one| one.code == "day_cancelled").unwrap();
    assert_eq!((off.file.as_str(), off.line, off.severity), ("schedules/nghi.toml", 3, Severity::Warning));
    assert_eq!(off.message.vi, "nghỉ phát ngày 01/12/2026 (2 lượt không phát): quốc tang");
    assert!(!found.iter().any(|one| one.code == "outside_hours"));
    // What would run into it ends before it.
    schedule.rules.station.cancelled[0] = called_off("2026-12-02", "2026-12-03");
    assert_eq!(day(&schedule, &library)[1], "z 23:50-00:20 refuse cancelled_day");
}

#[test]
fn lawful_hours_may_differ_by_weekday() {
    let mut schedule = schedule([one("a", "05:00", Normal, 0), one("b", "07:00", Normal, 0)]);
    schedule.rules.station = hours(&[(6, 8)]);
    // 1 December 2026 is a Tuesday.
    schedule.rules.station.hours_on[1] = Some(Hours(std::iter::once(4 * 3600..6 * 3600).collect()));
    let library = sounds(&[("a", 10), ("b", 10)]);
    assert_eq!(day(&schedule, &library), ["a 05:00-05:10 play", "b 07:00-07:10 refuse outside_hours"]);
    schedule.rules.station.hours_on[1] = Some(Hours(Vec::new()));
    assert!(day(&schedule, &library).iter().all(|line| line.ends_with("refuse outside_hours")));
}

#[test]
fn times_by_weekday_come_on_their_days_only() {
    let mut broadcast = one("a", "05:00", Normal, 0);
    let time = |hour| jiff::civil::time(hour, 0, 0, 0);
    let mut times: [Vec<_>; 7] = std::array::from_fn(|_| vec![time(17)]);
    (times[5], times[6]) = (vec![time(16)], Vec::new());
    let times = Box::new(times);
    broadcast.recurrence = Recurrence::Week { times, days: DaySet::Weekdays(0b111_1001) };
    let (schedule, library, station) = (schedule([broadcast]), sounds(&[("a", 1)]), station(1));
    let from = at("2026-12-01T00:00", &station.timezone);
    let airings = plan(&schedule, &station, &library, from, from + Duration::from_hours(7 * 24));
    let starts: Vec<String> =
        airings.iter().map(|airing| airing.start.zoned(&station.timezone).strftime("%a %H:%M").to_string()).collect();
    assert_eq!(starts, ["Thu 17:00", "Fri 17:00", "Sat 16:00", "Mon 17:00"]);
}

#[test]
fn a_broadcast_behind_itself_is_told_so_and_one_behind_another_when_it_would_meet_nobody() {
    let itself = Broadcast { wait: Duration::from_mins(10), ..daily("a", &["05:00", "05:05"]) };
    let found = told(&schedule([itself]), &sounds(&[("a", 7)]));
    assert_eq!((found.len(), found[0].code), (1, "waits"));
    assert!(found[0].message.vi.contains("lần trước của chính mục này"), "{}", found[0].message.vi);
    assert!(!found[0].message.vi.contains("phát trước:"), "{}", found[0].message.vi);
    let two = [one("a", "05:00", Normal, 0), one("b", "05:05", Normal, 600), one("c", "05:20", Normal, 0)];
    let found = told(&schedule(two), &sounds(&[("a", 10), ("b", 10), ("c", 5)]));
    assert!(found[0].message.vi.ends_with("đây là lần đầu; «b» phát lúc 05:10 thì không vướng ai)"), "{found:?}");
    assert_eq!(found[0].help.as_ref().unwrap().vi, "đổi giờ một trong hai mục");
    // A minute that is free on the first day only is not proposed.
    let mut other = one("d", "05:10", Normal, 0);
    other.from = Some("2026-12-03".parse().unwrap());
    let four = [one("a", "05:00", Normal, 0), one("b", "05:05", Normal, 600), one("c", "05:20", Normal, 0), other];
    let found = told(&schedule(four), &sounds(&[("a", 10), ("b", 10), ("c", 5), ("d", 10)]));
    assert!(found[0].message.vi.ends_with("«b» phát lúc 04:50 thì không vướng ai)"), "{found:?}");
}

#[test]
fn a_sound_that_is_missing_is_an_error_within_seven_days_and_a_warning_later() {
    let late = Broadcast { from: Some("2026-12-09".parse().unwrap()), ..one("b", "05:00", Normal, 0) };
    let found = told(&schedule([one("a", "05:00", Normal, 0), late]), &sounds(&[]));
    let found: Vec<_> = found.iter().map(|one| (one.code, one.severity)).collect();
    assert_eq!(found, [("sound_missing", Severity::Error), ("sound_missing", Severity::Warning)]);
}

#[test]
fn a_campaign_that_is_planned_too_seldom_is_named_with_the_first_week_that_falls_short() {
    let mut broadcast = one("a", "05:00", Normal, 0);
    broadcast.campaign = Some("x".to_owned());
    broadcast.zones = vec![ZoneIx(0)];
    let mut schedule = schedule([broadcast]);
    let campaign = |count, per| Campaign {
        title: "Cải cách".to_owned(),
        from: None,
        until: None,
        target: Some(CampaignTarget { count, per }),
        place: Place::default(),
    };
    let library = sounds(&[("a", 1)]);
    for (count, per, short) in [
        (7, Per::Week, None),
        (8, Per::Week, Some("tuần từ 07/12/2026 chỉ có 7 lần")),
        (500, Per::Week, Some("cần 500 lần mỗi tuần")),
        (1, Per::Day, None),
        (2, Per::Day, Some("ngày 02/12/2026 chỉ có 1 lần")),
        (28, Per::Month, None),
        (29, Per::Month, Some("tháng 02/2027 chỉ có 28 lần")),
        (365, Per::Year, None),
        (400, Per::Year, Some("chỉ được khoảng 365")),
    ] {
        schedule.campaigns.insert("x".to_owned(), campaign(count, per));
        let found = told(&schedule, &library);
        let said: Vec<_> = found.iter().map(|one| (one.code, one.message.vi.contains(short.unwrap_or("?")))).collect();
        assert_eq!(
            said,
            short.map(|_| ("target_short", true)).into_iter().collect::<Vec<_>>(),
            "{count} {per:?} {found:?}"
        );
    }
    // One that has no broadcast at all, and one whose time is too short for a whole week.
    schedule.broadcasts.clear();
    assert_eq!(told(&schedule, &library)[0].code, "target_short");
    schedule.campaigns.get_mut("x").unwrap().target = Some(CampaignTarget { count: 3, per: Per::Week });
    schedule.campaigns.get_mut("x").unwrap().until = Some("2026-12-09".parse().unwrap());
    assert_eq!(told(&schedule, &library), []);
}

#[test]
fn what_is_over_today_is_told_as_over() {
    let day = "2026-12-01".parse().unwrap();
    let mut past = one("a", "05:00", Normal, 0);
    past.until = Some(day);
    let (schedule, library, station) = (schedule([past]), sounds(&[("a", 1)]), station(1));
    let from = at("2026-12-01T09:00", &station.timezone);
    let found = findings(&schedule, &station, &library, from, from + Duration::from_hours(24));
    assert_eq!(found[0].message.vi, "«a» đã qua ngày 01/12/2026, không phát nữa; xóa được");
}

#[test]
#[ignore = "long"]
fn a_crowd_at_one_instant_is_planned_in_steps_and_told_in_bounds() {
    let crowd = (0..4_000).map(|at| Broadcast {
        play: vec![crate::schedule::Play::Sound("a".to_owned())],
        ..one(&format!("x{at:04}"), "05:00", Normal, 60)
    });
    let schedule = schedule(crowd);
    let found = told(&schedule, &sounds(&[("a", 1)]));
    assert_eq!(found.iter().filter(|one| one.code == "wait_expired" || one.code == "waits").count(), 500);
    assert_eq!(found.iter().filter(|one| one.code == "too_many_problems").count(), 1);
    let many = (0..20_000).map(|at| one(&format!("x{at:05}"), "05:00", Normal, 0));
    let schedule = super::schedule(many.map(|one| Broadcast { zones: (0..20).map(ZoneIx).collect(), ..one }));
    let station = super::station(20);
    let from = at("2026-12-01T00:00", &station.timezone);
    let calendar =
        crate::calendar::Calendar::new(&station.timezone, &schedule, from, from + Duration::from_hours(90 * 24));
    let end = crate::plan::horizon::horizon(&schedule, &calendar, from, from + Duration::from_hours(90 * 24));
    assert_eq!(end.after(from).as_secs() / 86_400, 5, "two million airings, and no more");
}
