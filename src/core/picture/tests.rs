//! The picture, read back as XML: what stands where, as numbers.

use std::sync::Arc;
use std::time::Duration;

use roxmltree::{Document, Node};

use super::*;
use crate::calendar::sample::{at, daily};
use crate::diag::Lang;
use crate::instant::Wall;
use crate::plan::sample::{library, station};
use crate::plan::{Airing, Audience, Library, PlanContext, Verdict, plan};
use crate::schedule::{Broadcast, Class, Hours, Rules, Schedule};
use crate::station::{Station, ZoneIx};

/// What a picture is made from.
struct Made {
    schedule: Schedule,
    station: Station,
    library: Library,
    from: Wall,
    to: Wall,
}

impl Made {
    fn new(zones: u16, broadcasts: Vec<Broadcast>, from: &str, to: &str) -> Self {
        let station = station(zones);
        let everywhere = (0..zones).map(ZoneIx).collect::<Vec<_>>();
        let broadcasts = broadcasts
            .into_iter()
            .map(|broadcast| Arc::new(Broadcast { zones: everywhere.clone(), ..broadcast }))
            .collect();
        let hours = Hours(vec![5 * 3600..6 * 3600, 17 * 3600..18 * 3600 + 1800]);
        let schedule =
            Schedule { broadcasts, rules: Rules { hours, ..Rules::default() }.into(), ..Schedule::default() };
        let library = library(&[("a.mp3", 60), ("b.mp3", 20), ("c.mp3", 7)]);
        let (from, to) = (at(from, &station.timezone), at(to, &station.timezone));
        Self { schedule, station, library, from, to }
    }

    fn airings(&self) -> Vec<Airing> {
        plan(&self.schedule, &self.station, &self.library, self.from, self.to)
    }

    fn draw(&self, lang: Lang) -> Result<String, TooMuch> {
        let (airings, ground) =
            (self.airings(), PlanContext::new(&self.schedule, &self.station, &self.library, Wall::MIN));
        let zones: Vec<ZoneIx> = (0..self.station.zones.len() as u16).map(ZoneIx).collect();
        draw(&Subject {
            airings: &airings,
            ground: &ground,
            zones: &zones,
            from: self.from,
            to: self.to,
            lang,
            reader: Audience::Files,
            now: None,
        })
    }
}

/// Every verdict, a break that goes on, one that begins again, one that does not.
fn conflicts() -> Vec<Broadcast> {
    use crate::schedule::IfInterrupted::{Drop, Restart};
    let one = |id: &str, time: &str, play: &str| Broadcast {
        play: vec![crate::schedule::Play::Sound(play.to_owned())],
        chime: None,
        bed: None,
        ..daily(id, &[time])
    };
    vec![
        one("tin", "05:10", "a"),
        one("cho", "05:10:30", "b"),
        Broadcast { wait: Duration::from_secs(2), ..one("voi", "05:10:40", "b") },
        Broadcast { class: Class::Priority, ..one("uu-tien", "05:10:50", "b") },
        one("thieu", "05:20", "khong-co"),
        one("dem", "03:15", "a"),
        Broadcast { class: Class::Emergency, ..one("lu", "03:15:05", "b") },
        one("qua-gio", "05:59:30", "a"),
        Broadcast { if_interrupted: Restart, ..one("lai", "17:00", "a") },
        Broadcast { class: Class::Priority, ..one("ngat", "17:00:10", "b") },
        Broadcast { if_interrupted: Drop, ..one("bo", "17:10", "a") },
        Broadcast { class: Class::Priority, ..one("ngat-2", "17:10:10", "c") },
        one("ngan", "18:29:50", "c"),
    ]
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap_or_else(|| panic!("no {name}: {node:?}")).parse().unwrap()
}

fn of_class<'a, 'i>(document: &'a Document<'i>, class: &str) -> Vec<Node<'a, 'i>> {
    document.descendants().filter(|node| node.attribute("class") == Some(class)).collect()
}

/// Left and right edge of a rect.
fn span(node: Node<'_, '_>) -> [f64; 2] {
    let x = number(node, "x");
    [x, x + number(node, "width")]
}

/// From seconds of a band to pixels, by the panels that the document itself names.
fn place(document: &Document<'_>, seconds: f64) -> f64 {
    for panel in of_class(document, "panel") {
        let (from, to) = (number(panel, "data-from"), number(panel, "data-to"));
        if (from..=to).contains(&seconds) {
            let [x0, x1] = span(panel.children().find(|node| node.has_tag_name("rect")).unwrap());
            return x0 + (seconds - from) / (to - from) * (x1 - x0);
        }
    }
    panic!("no panel shows {seconds}");
}

/// Each airing of the plan is one group, and each of its pieces one box where its time is.
fn is_drawn_right(made: &Made, svg: &str, origin: impl Fn(&Airing) -> Wall) {
    let document = Document::parse(svg).unwrap();
    let mut groups = of_class(&document, "airing");
    let tz = &made.station.timezone;
    for airing in made.airings() {
        let zone = &made.station.zones[usize::from(airing.zone.0)].id;
        let is_it = |node: &Node<'_, '_>| {
            node.attribute("data-zone") == Some(zone)
                && node.attribute("data-broadcast") == Some(&airing.broadcast.id)
                && node.attribute("data-scheduled") == Some(&airing.scheduled.rfc3339(tz))
        };
        let ix = groups.iter().position(is_it).unwrap_or_else(|| panic!("{airing:?} is not drawn"));
        let group = groups.swap_remove(ix);
        assert_eq!(group.attribute("data-verdict"), Some(airing.verdict.code()));
        let boxes: Vec<_> = group.children().filter(|node| node.attribute("class") == Some("piece")).collect();
        let pieces: Vec<_> = airing.pieces().collect();
        assert_eq!(boxes.len(), pieces.len(), "{airing:?}");
        for (drawn, piece) in boxes.into_iter().zip(pieces) {
            let x = |at: Wall| place(&document, at.since(origin(&airing)).as_secs_f64());
            let [x0, x1] = span(drawn);
            assert!((x0 - x(piece.start)).abs() < 0.02, "{airing:?}: {x0} is not {}", x(piece.start));
            assert!((x1 - x(piece.end)).abs() < 0.02 || x1 - x0 < 1.5, "{airing:?}: {x1} is not {}", x(piece.end));
        }
        let marks = group.children().filter(|node| node.has_tag_name("path") || node.has_tag_name("circle")).count();
        let expected = airing.verdict != Verdict::Play || !airing.breaks.is_empty();
        assert_eq!(marks > 0, expected, "{airing:?}");
    }
    assert!(groups.is_empty(), "drawn and not planned: {groups:?}");
}

/// No two boxes that sound share a pixel of a row.
fn nothing_overlaps(svg: &str) {
    let document = Document::parse(svg).unwrap();
    let mut boxes: Vec<_> =
        of_class(&document, "piece").into_iter().map(|node| (node.attribute("y").unwrap(), span(node))).collect();
    boxes.sort_by(|a, b| a.0.cmp(b.0).then(a.1[0].total_cmp(&b.1[0])));
    for pair in boxes.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        assert!(pair[0].1[1] <= pair[1].1[0] + 0.011, "{pair:?}");
    }
}

#[test]
fn every_airing_of_a_day_of_conflicts_is_drawn_once_and_where_its_time_is() {
    let made = Made::new(2, conflicts(), "2026-12-07T00:00", "2026-12-08T00:00");
    let codes: std::collections::BTreeSet<_> =
        made.airings().iter().filter_map(|airing| airing.reason.as_deref().map(crate::plan::Cause::code)).collect();
    assert_eq!(codes.len(), 6, "the day has every reason: {codes:?}");
    let svg = made.draw(Lang::Vi).unwrap();
    is_drawn_right(&made, &svg, |_| made.from);
    nothing_overlaps(&svg);
}

#[test]
fn a_week_has_a_band_for_each_day_and_an_airing_over_midnight_is_in_its_own() {
    let mut broadcasts = conflicts();
    broadcasts.push(Broadcast { class: Class::Emergency, ..daily("a", &["23:59:30"]) });
    let made = Made::new(3, broadcasts, "2026-12-07T00:00", "2026-12-14T00:00");
    let svg = made.draw(Lang::Vi).unwrap();
    let tz = &made.station.timezone;
    is_drawn_right(&made, &svg, |airing| airing.scheduled.zoned(tz).start_of_day().unwrap().timestamp().into());
    nothing_overlaps(&svg);
    for day in ["Thứ Hai, 7/12/2026", "Thứ Ba, 8/12/2026", "Chủ nhật, 13/12/2026"] {
        assert!(svg.contains(&format!(">{day}</text>")), "{day}");
    }
}

#[test]
#[ignore = "long"]
fn a_hundred_zones_and_a_thousand_short_airings_share_no_pixel() {
    let times: Vec<String> =
        (0..240).map(|ix| format!("{:02}:{:02}:{:02}", 5 + ix / 120, ix / 2 % 60, ix % 2 * 30)).collect();
    let times: Vec<&str> = times.iter().map(String::as_str).collect();
    let mut made = Made::new(10, vec![daily("c", &times)], "2026-12-07T00:00", "2026-12-08T00:00");
    made.schedule.rules = Rules::default().into();
    let svg = made.draw(Lang::Vi).unwrap();
    is_drawn_right(&made, &svg, |_| made.from);
    nothing_overlaps(&svg);
    let made = Made::new(100, conflicts(), "2026-12-07T00:00", "2026-12-08T00:00");
    let svg = made.draw(Lang::En).unwrap();
    is_drawn_right(&made, &svg, |_| made.from);
    nothing_overlaps(&svg);
}

#[test]
fn what_a_file_says_stays_text() {
    let hostile = "</text><script>alert(1)</script>&\"'\u{1}\u{202e}]]>";
    let mut made = Made::new(1, conflicts(), "2026-12-07T00:00", "2026-12-08T00:00");
    let broadcasts = made.schedule.broadcasts.iter();
    let renamed = broadcasts.map(|one| {
        Arc::new(Broadcast { title: hostile.to_owned(), id: format!("{}\"<&>", one.id), ..(**one).clone() })
    });
    made.schedule.broadcasts = renamed.collect();
    made.station.name = hostile.to_owned();
    made.station.zones[0].title = hostile.to_owned();
    let svg = made.draw(Lang::Vi).unwrap();
    let document = Document::parse(&svg).unwrap();
    let known = ["svg", "title", "desc", "defs", "pattern", "g", "rect", "path", "circle", "text", "style"];
    for node in document.descendants().filter(Node::is_element) {
        assert!(known.contains(&node.tag_name().name()), "{node:?}");
    }
    let shown = hostile.replace('\u{1}', " ").replace('\u{202e}', "\u{fffd}");
    assert!(document.descendants().any(|node| node.is_text() && node.text() == Some(&shown)), "{svg}");
}

#[test]
fn the_page_says_what_it_is_to_those_who_cannot_see_it_and_tells_the_reasons() {
    let made = Made::new(2, conflicts(), "2026-12-07T00:00", "2026-12-08T00:00");
    let table = [
        (Lang::Vi, "Một ngày phát thanh: Thứ Hai, 7/12/2026. Đài thử", "ưu tiên", "bị từ chối"),
        (Lang::En, "A day of broadcasts: Monday, 2026-12-07. Đài thử", "priority", "refused"),
    ];
    for (lang, title, class, refused) in table {
        let svg = made.draw(lang).unwrap();
        let document = Document::parse(&svg).unwrap();
        let root = document.root_element();
        assert_eq!((root.attribute("role"), root.attribute("aria-labelledby")), (Some("img"), Some("what how")));
        let child = |name| root.children().find(|node: &Node<'_, '_>| node.has_tag_name(name)).unwrap();
        assert_eq!(child("title").text(), Some(title));
        assert!(child("desc").text().unwrap().contains(refused));
        for word in [class, refused] {
            assert!(
                document.descendants().any(|node| node.has_tag_name("text") && node.text() == Some(word)),
                "{word}"
            );
        }
        let ground = PlanContext::new(&made.schedule, &made.station, &made.library, Wall::MIN);
        for airing in made.airings() {
            let Some(because) = crate::plan::because(&airing, &ground) else { continue };
            let told = |group: &Node<'_, '_>| {
                let title = group.children().find(|node| node.has_tag_name("title"));
                title.and_then(|title| title.text()).is_some_and(|text| text.ends_with(because.get(lang)))
            };
            assert!(of_class(&document, "airing").iter().any(told), "{because:?}");
        }
    }
}

#[test]
fn an_empty_day_is_a_page_that_says_so_and_too_large_a_picture_is_refused() {
    let empty = Made::new(1, Vec::new(), "2026-12-07T00:00", "2026-12-08T00:00");
    let svg = empty.draw(Lang::Vi).unwrap();
    Document::parse(&svg).unwrap();
    assert!(svg.contains(">Không có lượt phát nào.</text>"));
    let year = Made::new(10, Vec::new(), "2026-01-01T00:00", "2026-12-31T00:00");
    assert_eq!(year.draw(Lang::Vi), Err(TooMuch { rows: 3640, airings: 0 }));
    let full = Made::new(100, conflicts(), "2026-12-01T00:00", "2026-12-20T00:00");
    assert!(full.draw(Lang::Vi).is_err_and(|much| much.airings > AIRINGS_MAX));
}

#[test]
fn each_row_has_the_lawful_hours_of_its_own_zone() {
    let mut made = Made::new(3, vec![daily("a", &["05:10", "17:30"])], "2026-12-07T00:00", "2026-12-08T00:00");
    let evening = Rules { hours: Hours(vec![11 * 3600..12 * 3600, 17 * 3600..18 * 3600]), ..Rules::default() };
    made.schedule.rules.zones.insert(ZoneIx(2), evening);
    let svg = made.draw(Lang::Vi).unwrap();
    let document = Document::parse(&svg).unwrap();
    let grounds: Vec<Vec<[i64; 2]>> = of_class(&document, "panel")
        .into_iter()
        .map(|panel| {
            let lawful = panel.children().filter(|node| node.attribute("fill") == Some(look::LAWFUL));
            lawful
                .map(|node| [number(node, "y"), number(node, "height")].map(|px| (px * 10.0).round() as i64))
                .collect()
        })
        .collect();
    let [morning, evening] = grounds.as_slice() else { panic!("two panels: {grounds:?}") };
    let ([two], [upper, lower]) = (morning.as_slice(), evening.as_slice()) else { panic!("{grounds:?}") };
    assert_eq!(two, upper, "in the morning the first two zones only");
    assert!((upper[0] + upper[1] - lower[0]).abs() <= 1, "and below them the third: {grounds:?}");
    let told = document.descendants().any(|node| node.text() == Some("có lượt không phát"));
    assert!(told, "the strip's triangle is explained");
}
