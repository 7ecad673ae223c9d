//! What people and programs are told of a plan.

use super::*;
use crate::diag::{Lang, Severity};
use crate::plan::{PlanContext, Row, Verdict, because, findings};
use crate::schedule::Class::{Emergency, Normal, Priority};
use crate::schedule::{Chime, Origin, Place, Play};

fn placed(mut broadcast: Broadcast, title: &str, line: usize) -> Broadcast {
    broadcast.title = title.to_owned();
    let file = "schedules/thang-12.toml".to_owned();
    broadcast.origin = Origin::Written(Place { file, line, span: line..line + 1 });
    broadcast
}

fn airings(schedule: &Schedule, library: &Library) -> Vec<Airing> {
    let station = station(1);
    let (from, to) = (at("2026-12-01T00:00", &station.timezone), at("2026-12-02T00:00", &station.timezone));
    plan(schedule, &station, library, from, to)
}

/// Code, severity and Vietnamese message of what is found in ninety days.
fn told(schedule: &Schedule, library: &Library, station: &Station) -> Vec<(&'static str, Severity, String)> {
    let from = at("2026-12-01T00:00", &station.timezone);
    let found = findings(schedule, station, library, from, from + Duration::from_hours(90 * 24));
    found.into_iter().map(|found| (found.code, found.severity, found.message.vi)).collect()
}

#[test]
fn every_reason_is_a_sentence_with_both_sides_and_their_places() {
    let schedule = schedule([
        placed(one("a", "05:00", Normal, 0), "Bản tin", 3),
        placed(one("b", "05:05", Normal, 600), "Cải cách hành chính", 12),
        placed(one("c", "05:06", Normal, 60), "Thời tiết", 20),
        placed(one("p", "05:12", Priority, 0), "Tin ưu tiên", 30),
        placed(one("m", "06:00", Normal, 0), "Chưa nạp", 40),
    ]);
    let library = sounds(&[("a", 10), ("b", 10), ("c", 1), ("p", 1)]);
    let station = station(1);
    let mut sentences: Vec<(String, Option<crate::diag::Text>)> = airings(&schedule, &library)
        .iter()
        .map(|airing| {
            (airing.broadcast.id.clone(), because(airing, &PlanContext::new(&schedule, &station, &library, Wall::MIN)))
        })
        .collect();
    sentences.sort_by(|a, b| a.0.cmp(&b.0));
    let text = |ix: usize| sentences[ix].1.clone().unwrap();
    assert_eq!(sentences[0].1, None, "a plays undisturbed");
    assert_eq!(
        text(1).vi,
        "«Cải cách hành chính» (b, 05:05 ngày 01/12/2026, schedules/thang-12.toml:12) bị «Tin ưu tiên» (p, 05:12, \
         schedules/thang-12.toml:30) ngắt lúc 05:12 (loại ưu tiên đi trước loại thông thường), phát tiếp lúc 05:13."
    );
    assert_eq!(
        text(2).en,
        "\"Thời tiết\" (c, 05:06 on 2026-12-01, schedules/thang-12.toml:20) does not play because \"Bản tin\" (a, 05:00, \
         schedules/thang-12.toml:3) goes first: it is scheduled earlier; its turn would come at 05:10, and it may wait \
         for 1 min only. Cure: move one of the two, or raise `wait`."
    );
    assert!(text(3).vi.contains("chưa nạp âm thanh «m»"), "{}", text(3).vi);
}

#[test]
fn a_rival_of_another_day_is_told_with_its_date() {
    let schedule = schedule([one("a", "23:50", Normal, 0), one("b", "00:05", Normal, 1200)]);
    let library = sounds(&[("a", 20), ("b", 1)]);
    let airings = airings(&schedule, &library);
    let said = because(&airings[0], &PlanContext::new(&schedule, &station(1), &library, Wall::MIN)).unwrap();
    assert_eq!(
        said.vi,
        "«b» (00:05 ngày 01/12/2026, schedules/thu.toml:1) chờ đến 00:10 vì «a» (23:50 ngày 30/11/2026, \
         schedules/thu.toml:1) phát trước: được hẹn giờ sớm hơn. Cách sửa: đổi giờ một trong hai mục."
    );
}

#[test]
fn the_json_of_an_airing_is_the_contract() {
    let mut a = placed(one("a", "05:00", Normal, 0), "Bản tin", 3);
    a.play = vec![Play::Chime(Chime::Rising), Play::Sound("a".to_owned()), Play::Pause(Duration::from_millis(1500))];
    let (schedule, library, station) = (schedule([a]), sounds(&[("a", 1)]), station(1));
    let airings = airings(&schedule, &library);
    let ground = PlanContext::new(&schedule, &station, &library, Wall::MIN);
    let row = serde_json::to_string(&Row::new(&airings[0], &ground, Lang::Vi)).unwrap();
    assert_eq!(
        row,
        concat!(
            r#"{"zone":"thon-1","broadcast":"a","title":"Bản tin","class":"normal","#,
            r#""start":"2026-12-01T05:00:00.000+07:00","end":"2026-12-01T05:01:04.500+07:00","#,
            r#""items":[{"name":"chime","file":null,"seconds":3.0},{"name":"a","file":"a.mp3","seconds":60.0},"#,
            r#"{"name":"pause 1s 500ms","file":null,"seconds":1.5}],"verdict":"play","reason":null,"because":null}"#
        )
    );
}

#[test]
fn one_conflict_of_ninety_days_is_one_finding() {
    let schedule =
        schedule([one("a", "05:00", Normal, 0), one("b", "05:00", Normal, 600), one("c", "05:00", Normal, 60)]);
    let found = told(&schedule, &sounds(&[("a", 10), ("b", 1), ("c", 1)]), &station(1));
    assert_eq!(
        found,
        [
            (
                "waits",
                Severity::Warning,
                "«b» (05:00 ngày 01/12/2026, schedules/thu.toml:1) chờ đến 05:10 vì «a» (05:00, schedules/thu.toml:1) phát \
                 trước: cùng giờ, được viết trước trong lịch (90 lần như vậy, đây là lần đầu; «b» phát lúc 04:59 thì không vướng ai)"
                    .to_owned()
            ),
            (
                "wait_expired",
                Severity::Warning,
                "«c» (05:00 ngày 01/12/2026, schedules/thu.toml:1) không phát được vì «a» (05:00, schedules/thu.toml:1) \
                 phát trước: cùng giờ, được viết trước trong lịch; đến 05:10 mới tới lượt, mà mục này chỉ được chờ 1 phút \
                 (90 lần như vậy, đây là lần đầu; «c» phát lúc 04:59 thì không vướng ai)"
                    .to_owned()
            ),
        ]
    );
}

#[test]
fn what_the_hours_forbid_is_an_error() {
    let mut schedule =
        schedule([one("a", "03:15", Normal, 0), one("b", "05:59", Normal, 0), one("c", "03:15", Emergency, 0)]);
    schedule.rules = hours(&[(5, 6)]).into();
    let found = told(&schedule, &sounds(&[("a", 1), ("b", 2), ("c", 1)]), &station(1));
    let codes: Vec<_> = found.iter().map(|(code, severity, _)| (*code, *severity)).collect();
    assert_eq!(codes, [("outside_hours", Severity::Error), ("past_hours", Severity::Error)]);
}

/// A rule at this line of the rules' own file.
fn written(line: usize) -> Place {
    Place { file: "schedules/rules.toml".to_owned(), line, span: line..line + 1 }
}

/// Message in both languages, and the lines that are shown beside it.
/// Message, cure and the lines of the rules, of what is against the law on one day.
fn breaches(schedule: &Schedule, library: &Library) -> Vec<([String; 4], Vec<usize>)> {
    let station = station(1);
    let from = at("2026-12-01T00:00", &station.timezone);
    let found = findings(schedule, &station, library, from, from + Duration::from_hours(24));
    found
        .into_iter()
        .map(|found| {
            let (message, help) = (found.message, found.help.unwrap());
            ([message.vi, message.en, help.vi, help.en], found.related.iter().map(|label| label.line).collect())
        })
        .collect()
}

#[test]
fn a_broken_rule_is_named_with_its_place_and_the_nearest_lawful_time() {
    let mut rules = hours(&[(5, 6), (17, 18)]);
    rules.days = 0b001_1111;
    rules.max_session = Some(Duration::from_mins(15));
    rules.max_sessions_per_day = Some(1);
    rules.places.hours = Some(written(5));
    rules.places.days = Some(written(6));
    rules.places.max_session = Some(written(7));
    rules.places.max_sessions_per_day = Some(written(8));
    let weekend = Broadcast {
        recurrence: crate::calendar::sample::weekly("w", &["05:00"], 0b010_0000).recurrence,
        ..one("w", "05:00", Normal, 0)
    };
    let schedule = Schedule {
        rules: rules.clone().into(),
        ..schedule([
            one("n", "03:15", Normal, 0),
            one("a", "05:10", Normal, 0),
            one("b", "05:22", Normal, 0),
            one("c", "17:00", Normal, 0),
            one("l", "05:59", Normal, 0),
        ])
    };
    let library = sounds(&[("n", 2), ("a", 10), ("b", 6), ("c", 3), ("l", 20), ("w", 1)]);
    let told = breaches(&schedule, &library);
    let expected = [
        (
            "«n» (03:15 ngày 01/12/2026, schedules/thu.toml:1) bị từ chối: nằm ngoài giờ được phép phát 05:00-06:00, 17:00-18:00 (schedules/rules.toml:5)",
            "\"n\" (03:15 on 2026-12-01, schedules/thu.toml:1) is refused: it is outside the lawful hours 05:00-06:00, 17:00-18:00 (schedules/rules.toml:5)",
            "đổi sang 05:05 ngày 01/12/2026 là lúc được phép gần nhất, hoặc sửa `hours` trong [rules]; việc khẩn cấp thì dùng: loa alert",
            "move it to 05:05 on 2026-12-01, the nearest lawful time, or change `hours` in [rules]; for an emergency use: loa alert",
            5,
        ),
        (
            "«b» (05:22 ngày 01/12/2026, schedules/thu.toml:1) bị từ chối: phát từ 05:22 đến 05:28 thì buổi phát dài quá 15 phút (max_session, schedules/rules.toml:7)",
            "\"b\" (05:22 on 2026-12-01, schedules/thu.toml:1) is refused: from 05:22 to 05:28 it would make the session longer than 15 min (max_session, schedules/rules.toml:7)",
            "rút ngắn nội dung, hoặc sửa `max_session` trong [rules]: trong 8 ngày trước và sau không có lúc nào được phép, trống và đủ dài cho mục này",
            "shorten it, or change `max_session` in [rules]: within 8 days before and after no time is lawful, free and long enough for it",
            7,
        ),
        (
            "«c» (17:00 ngày 01/12/2026, schedules/thu.toml:1) bị từ chối: trong ngày đã đủ 1 buổi phát (max_sessions_per_day, schedules/rules.toml:8), phát lúc 17:00 là thêm một buổi nữa",
            "\"c\" (17:00 on 2026-12-01, schedules/thu.toml:1) is refused: the day has had its one session (max_sessions_per_day, schedules/rules.toml:8), and at 17:00 another would begin",
            "đổi sang 05:22 ngày 01/12/2026 là lúc được phép gần nhất, hoặc sửa `max_sessions_per_day` trong [rules]",
            "move it to 05:22 on 2026-12-01, the nearest lawful time, or change `max_sessions_per_day` in [rules]",
            8,
        ),
        (
            "«l» (05:59 ngày 01/12/2026, schedules/thu.toml:1) bị từ chối: phát từ 05:59 thì đến 06:19 mới hết, quá giờ được phép phát 05:00-06:00, 17:00-18:00 (schedules/rules.toml:5)",
            "\"l\" (05:59 on 2026-12-01, schedules/thu.toml:1) is refused: from 05:59 it would run until 06:19, past the lawful hours 05:00-06:00, 17:00-18:00 (schedules/rules.toml:5)",
            "rút ngắn nội dung, hoặc sửa `hours` trong [rules]: trong 8 ngày trước và sau không có lúc nào được phép, trống và đủ dài cho mục này",
            "shorten it, or change `hours` in [rules]: within 8 days before and after no time is lawful, free and long enough for it",
            5,
        ),
    ];
    assert_eq!(
        told,
        expected.map(|(vi, en, cure_vi, cure_en, line)| ([vi, en, cure_vi, cure_en].map(str::to_owned), vec![line]))
    );
    let saturday = told_on_saturday(&Schedule { rules: rules.into(), ..super::schedule([weekend]) }, &library);
    assert!(saturday.contains("(schedules/rules.toml:6)"), "{saturday}");
    assert!(
        saturday.contains("đổi sang 17:59 ngày 04/12/2026 là lúc được phép gần nhất, hoặc sửa `days` trong"),
        "{saturday}"
    );
}

fn told_on_saturday(schedule: &Schedule, library: &Library) -> String {
    let (station, from) = (station(1), at("2026-12-01T00:00", &station(1).timezone));
    let found = findings(schedule, &station, library, from, from + Duration::from_hours(90 * 24)).remove(0);
    format!("{} {}", found.message.vi, found.help.unwrap().vi)
}

#[test]
fn a_sound_is_complained_of_once_for_a_broadcast() {
    let mut a = daily("a", &["05:00", "06:00", "07:00"]);
    a.zones.push(crate::station::ZoneIx(1));
    a.play = ["nop-ho-s", "hong", "doi", "tin", "nop-ho-s"].map(|name| Play::Sound(name.to_owned())).to_vec();
    let mut station = station(2);
    station.zones[1].languages = vec!["vi".to_owned(), "kho".to_owned()];
    let library = library(&[("nop-ho-so.mp3", 1), ("hong.mp3", 0), ("doi.mp3", 1), ("doi.wav", 1), ("tin.vi.mp3", 1)]);
    let found = told(&schedule([a]), &library, &station);
    let codes: Vec<_> = found.iter().map(|(code, severity, _)| (*code, *severity)).collect();
    assert_eq!(
        codes,
        [
            ("sound_missing", Severity::Error),
            ("sound_faulty", Severity::Error),
            ("sound_ambiguous", Severity::Warning),
            ("language_missing", Severity::Warning),
        ]
    );
    assert!(found[2].2.contains("phát doi.wav, bỏ qua doi.mp3"), "{}", found[2].2);
}

#[test]
fn a_misspelt_sound_is_told_the_near_one() {
    let schedule = schedule([one("nop-ho-s", "05:00", Normal, 0)]);
    let station = station(1);
    let from = at("2026-12-01T00:00", &station.timezone);
    let found = findings(&schedule, &station, &sounds(&[("nop-ho-so", 1)]), from, from + Duration::from_hours(24));
    assert!(found[0].help.as_ref().unwrap().vi.contains("«nop-ho-so»"));
}

#[test]
fn a_broadcast_that_never_plays_is_told_unless_it_is_yet_to_begin() {
    let day = crate::calendar::sample::day;
    let mut ended = daily("a", &["05:00"]);
    ended.until = Some(day("2026-11-30"));
    let mut ahead = daily("b", &["05:00"]);
    ahead.from = Some(day("2027-12-01"));
    let never = crate::calendar::sample::cron("c", "0 0 5 30 2 *");
    let found = told(&schedule([ended, ahead, never]), &sounds(&[("a", 1)]), &station(1));
    assert_eq!(
        found,
        [
            ("never_plays", Severity::Warning, "«a» đã qua ngày 30/11/2026, không phát nữa; xóa được".to_owned()),
            ("never_plays", Severity::Warning, "«c» không có lần phát nào trong thời gian tới".to_owned()),
        ]
    );
}

#[test]
fn verdicts_have_a_name_in_both_languages() {
    assert_eq!(Verdict::Wait.name(Lang::Vi), "chờ");
    assert_eq!(Verdict::Wait.name(Lang::En), Verdict::Wait.code());
}

#[test]
fn who_goes_first_is_told_by_the_rule_that_decides() {
    let with_order = |broadcast: Broadcast, order| Broadcast { order, ..broadcast };
    let table = [
        (one("a", "05:00", Emergency, 0), one("b", "05:00", Normal, 600), "emergency goes before normal"),
        (one("a", "05:00", Normal, 0), one("b", "05:01", Normal, 600), "it is scheduled earlier"),
        (
            with_order(one("a", "05:00", Normal, 0), -1),
            one("b", "05:00", Normal, 600),
            "same time, lower `order` (-1 before 0)",
        ),
        (one("a", "05:00", Normal, 0), one("b", "05:00", Normal, 600), "same time, and it is written first"),
    ];
    for (winner, loser, expected) in table {
        let schedule = schedule([placed(winner, "Đi trước", 3), placed(loser, "Đi sau", 9)]);
        let library = sounds(&[("a", 2), ("b", 1)]);
        let airings = airings(&schedule, &library);
        let loser = airings.iter().find(|airing| airing.broadcast.id == "b").unwrap();
        let said = because(loser, &PlanContext::new(&schedule, &station(1), &library, Wall::MIN)).unwrap();
        assert!(
            said.en.contains(&format!("(a, 05:00, schedules/thang-12.toml:3) goes first: {expected}.")),
            "{}",
            said.en
        );
        assert!(said.en.contains("(b, 05:0") && said.en.contains("schedules/thang-12.toml:9)"), "{}", said.en);
    }
}

#[test]
fn the_hours_are_told_with_their_place_and_the_nearest_lawful_time() {
    let mut schedule =
        schedule([one("a", "03:15", Normal, 0), one("b", "05:59", Normal, 0), one("c", "05:30", Normal, 0)]);
    schedule.rules = Rules { days: 0b111_1111, ..hours(&[(5, 6), (17, 18)]) }.into();
    schedule.rules.station.places.hours = Some(Place { file: "schedules/luat.toml".to_owned(), line: 7, span: 0..1 });
    let library = sounds(&[("a", 1), ("b", 2), ("c", 1)]);
    let ground_station = station(1);
    let told = |schedule: &Schedule| {
        let ground = PlanContext::new(schedule, &ground_station, &library, Wall::MIN);
        let airings = airings(schedule, &library);
        let mut said: Vec<String> =
            airings.iter().filter_map(|one| because(one, &ground)).map(|said| said.vi).collect();
        said.sort();
        said
    };
    let said = told(&schedule);
    assert!(said[0].contains("05:00-06:00, 17:00-18:00 (schedules/luat.toml:7)"), "{}", said[0]);
    assert!(said[0].contains("đổi sang 05:00 ngày 01/12/2026"), "{}", said[0]);
    assert!(said[1].contains("đến 06:01 mới hết") && said[1].contains("đổi sang 05:58 ngày"), "{}", said[1]);
    // On a Tuesday nothing may play at all: the day is to blame, and Monday evening is nearest.
    schedule.rules.station.days = 0b111_1101;
    let said = told(&schedule);
    assert_eq!(said.len(), 3);
    assert!(said[0].contains("thứ Ba 01/12/2026 không được phát"), "{}", said[0]);
    assert!(said[0].contains("đổi sang 17:59 ngày 30/11/2026"), "{}", said[0]);
    // A rule that nobody wrote is told as such.
    schedule.rules = Rules::default().into();
    assert!(told(&schedule)[0].contains("05:00-21:00 (mặc định"), "{}", told(&schedule)[0]);
}

#[test]
fn a_name_without_sound_stands_in_its_place_with_no_file() {
    let mut a = daily("a", &["05:00"]);
    a.play = vec![
        Play::Chime(Chime::Rising),
        Play::Sound("khong".to_owned()),
        Play::Sound("b".to_owned()),
        Play::Sound("b".to_owned()),
        Play::Sound("hong".to_owned()),
        Play::Pause(Duration::from_secs(2)),
    ];
    let (schedule, library, station) = (schedule([a]), library(&[("b.mp3", 60), ("hong.mp3", 0)]), station(1));
    let airing = &airings(&schedule, &library)[0];
    let ground = PlanContext::new(&schedule, &station, &library, Wall::MIN);
    let row = Row::new(airing, &ground, Lang::Vi);
    let items: Vec<_> = row.items.iter().map(|item| (item.name.as_str(), item.file.as_deref(), item.seconds)).collect();
    let b = ("b", Some("b.mp3"), 60.0);
    assert_eq!(items, [("chime", None, 3.0), ("khong", None, 0.0), b, b, ("hong", None, 0.0), ("pause 2s", None, 2.0)]);
    let said = because(airing, &ground).unwrap();
    assert!(said.vi.contains("chưa nạp âm thanh «khong»; tệp audio/hong.mp3 không phát được: bị cụt"), "{}", said.vi);
    assert!(said.en.contains("the file audio/hong.mp3 cannot play: cut short"), "{}", said.en);
}

#[test]
fn one_that_waits_for_itself_is_told_so_and_not_to_move_one_of_the_two() {
    let twice = crate::calendar::sample::daily("a", &["05:00", "05:01"]);
    let schedule = schedule([placed(Broadcast { wait: Duration::from_mins(10), ..twice }, "Bản tin", 3)]);
    let library = sounds(&[("a", 2)]);
    let station = station(1);
    let airing = &airings(&schedule, &library)[1];
    let said = because(airing, &PlanContext::new(&schedule, &station, &library, Wall::MIN)).unwrap();
    assert_eq!(
        said.vi,
        "«Bản tin» (a, 05:01 ngày 01/12/2026, schedules/thang-12.toml:3) chờ đến 05:02 vì lần trước của chính mục này \
         («Bản tin» (a, 05:00, schedules/thang-12.toml:3)) chưa xong: hai lần chỉ cách nhau 1 phút, mà nội dung dài 2 phút. \
         Cách sửa: giãn các giờ trong `at` ra, hoặc rút ngắn nội dung."
    );
    assert!(said.en.ends_with("Cure: spread the times of `at`, or shorten it."), "{}", said.en);
    let from = at("2026-12-01T00:00", &station.timezone);
    let found = findings(&schedule, &station, &library, from, from + Duration::from_hours(24));
    let [one] = found.as_slice() else { panic!("{found:#?}") };
    assert!(one.related.is_empty(), "{:?}", one.related);
}

#[test]
fn hours_are_told_to_the_second_and_where_there_are_none_that_is_a_sentence() {
    let said = |rules: Rules| {
        let schedule = Schedule { rules: rules.into(), ..schedule([one("a", "22:00", Normal, 0)]) };
        let (station, library) = (station(1), sounds(&[("a", 1)]));
        let ground = PlanContext::new(&schedule, &station, &library, Wall::MIN);
        because(&airings(&schedule, &library)[0], &ground).unwrap()
    };
    let exact =
        Rules { hours: Hours(std::iter::once(5 * 3600..6 * 3600 + 30 * 60 + 45).collect()), ..Rules::default() };
    assert!(said(exact.clone()).vi.contains("giờ được phép phát 05:00-06:30:45 ("), "{}", said(exact).vi);
    let mut none = Rules { hours: Hours(Vec::new()), ..Rules::default() };
    let unread = said(none.clone());
    assert!(
        unread.en.contains("is refused: the lawful hours of [rules] cannot be read, so no hour is lawful"),
        "{}",
        unread.en
    );
    none.places.hours = Some(Place { file: "schedules/luat.toml".to_owned(), line: 4, span: 0..1 });
    assert!(
        said(none.clone()).en.contains("is refused: no hour is lawful (schedules/luat.toml:4)."),
        "{}",
        said(none.clone()).en
    );
    assert!(
        said(none.clone()).vi.contains("bị từ chối: không giờ nào được phép phát (schedules/luat.toml:4)."),
        "{}",
        said(none).vi
    );
}

#[test]
fn a_limit_that_cannot_be_read_says_which_one_holds_and_how_to_have_none() {
    let text = "[rules]\nhours = [\"00:00-24:00\"]\nmax_sessions_per_day = 1000\nmax_session = \"dài\"\n";
    let source = crate::diag::SourceFile { path: "schedules/luat.toml".to_owned(), text: text.to_owned() };
    let reading = crate::schedule::Reading { today: "2026-12-01".parse().unwrap() };
    let (read, found) = crate::schedule::check(&[source], &station(1), reading);
    let said = |line: usize| found.iter().find(|one| one.line == line).unwrap().message.en.clone();
    assert!(
        said(3).contains("until it is cured a day has 2 sessions at most")
            && said(3).contains("to have no limit delete the line max_sessions_per_day"),
        "{}",
        said(3)
    );
    assert!(said(4).contains("until it is cured a session lasts 15 min at most"), "{}", said(4));
    let daily = [("a", "05:00"), ("b", "11:00"), ("c", "17:00")].map(|(id, time)| one(id, time, Normal, 0));
    let schedule = Schedule { rules: read.rules, ..schedule(daily) };
    let library = sounds(&[("a", 1), ("b", 1), ("c", 1)]);
    let (from, to) = (at("2026-12-01T00:00", &station(1).timezone), at("2026-12-02T00:00", &station(1).timezone));
    let station = station(1);
    let ground = PlanContext::new(&schedule, &station, &library, Wall::MIN);
    let airings = ground.plan(from, to);
    let refused = airings.iter().find(|airing| airing.verdict == Verdict::Refuse).unwrap();
    let why = because(refused, &ground).unwrap().en;
    assert!(why.contains("its 2 sessions (max_sessions_per_day, schedules/luat.toml:3, which cannot be read"), "{why}");
}

#[test]
fn an_emergency_that_nobody_has_approved_plays_and_says_so_also_where_it_waits() {
    let station = Station { approval: crate::station::Approval::Required, ..station(1) };
    let schedule =
        schedule([one("a", "05:00", Emergency, 0), one("b", "05:05", Emergency, 600), one("n", "07:00", Normal, 0)]);
    let library = sounds(&[("a", 10), ("b", 1), ("n", 1)]);
    let ground = PlanContext::new(&schedule, &station, &library, Wall::MIN);
    let airings = ground.plan(at("2026-12-01T00:00", &station.timezone), at("2026-12-02T00:00", &station.timezone));
    let rows: Vec<Row> = airings.iter().map(|airing| Row::new(airing, &ground, Lang::En)).collect();
    let told: Vec<_> = rows.iter().map(|row| (row.broadcast.as_str(), row.verdict, row.reason)).collect();
    assert_eq!(
        told,
        [
            ("a", "play", Some("passed_as_emergency")),
            ("b", "wait", Some("waits")),
            ("n", "refuse", Some("not_approved"))
        ]
    );
    let because = |row: &Row| row.because.clone().unwrap();
    assert!(
        because(&rows[0]).contains("sounds without an approval, as it is an emergency: nobody has approved it yet")
    );
    assert!(
        because(&rows[1]).contains("; it is not approved, and sounds as it is an emergency"),
        "{}",
        because(&rows[1])
    );
}
