use super::axis::{Axis, Panel};
use super::band::{DayBand, Subject, sounds};
use super::canvas::{Anchor, Canvas, Type};
use super::look;
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::{self, Airing};
use crate::schedule::Class;
use crate::station::ZoneIx;

/// The page is as wide as the printed part of an A4 sheet laid across: 277 mm at 96 to the inch.
pub(super) const WIDTH: f64 = 1040.0;

/// Margin left and right.
pub(super) const EDGE: f64 = 20.0;

/// Where the axis ends: half a label is right of it.
pub(super) const RIGHT: f64 = WIDTH - 28.0;

/// Sizes of rows, smaller where there are many of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    /// Height of what sounds.
    pub(super) line: f64,
    /// Height of each line below it.
    pub(super) below: f64,
    /// Between rows.
    pub(super) gap: f64,
    /// Size of a zone's name.
    pub(super) name: f64,
}

impl Measure {
    /// For so many rows in all.
    pub(super) const fn of(rows: usize) -> Self {
        match rows {
            0..=8 => Self { line: 26.0, below: 14.0, gap: 6.0, name: 13.0 },
            9..=28 => Self { line: 19.0, below: 12.0, gap: 4.0, name: 12.0 },
            29..=56 => Self { line: 14.0, below: 10.0, gap: 3.0, name: 11.0 },
            _ => Self { line: 11.0, below: 9.0, gap: 2.0, name: 10.0 },
        }
    }

    /// The type of numbers in a row.
    pub(super) const fn number(&self) -> Type {
        let size = match self.line {
            26.0.. => 11.5,
            19.0.. => 10.5,
            14.0.. => 9.0,
            _ => 7.0,
        };
        Type::new(size, look::INK)
    }
}

/// The whole day above the rows: lawful hours, and where something sounds; lines lead from there to
/// the stretches that are enlarged below. Returns where it ends.
pub(super) fn strip(canvas: &mut Canvas, subject: &Subject<'_>, bands: &[DayBand], axis: &Axis, left: f64) -> f64 {
    let (top, height) = (60.0, 24.0);
    let right = RIGHT;
    let longest = bands.iter().map(|band| band.to.max(band.origin + day(bands)).since(band.origin).as_secs_f64());
    let whole = longest.fold(0.0, f64::max);
    let x = |seconds: f64| left + seconds.clamp(0.0, whole) / whole * (right - left);
    let name = text!("Cả ngày", "All day");
    canvas.text(EDGE, top + 16.0, Type::new(12.0, look::PALE), name.get(subject.lang));
    canvas.raw(r#"<g class="overview">"#);
    canvas.rect([left, right], [top, top + height], "url(#forbidden)", format_args!(r#" stroke="{}""#, look::LINE));
    let mut lawful: Vec<[f64; 2]> = bands.iter().flat_map(|band| lawful(subject, subject.zones, band)).collect();
    lawful.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let mut done = 0.0_f64;
    for [from, to] in lawful {
        if to > done {
            canvas.rect([x(from.max(done)), x(to)], [top, top + height], look::LAWFUL, "");
            done = to;
        }
    }
    for panel in &axis.panels {
        let middle = x(f64::midpoint(panel.from, panel.to));
        let (a, b) = (x(panel.from).min(middle - 1.0), x(panel.to).max(middle + 1.0));
        let [x0, x1] = panel.x;
        canvas.raw(format_args!(
            r#"<path d="M{a:.1} {:.1}H{b:.1}L{x1:.1} {:.1}H{x0:.1}Z" fill="{}" opacity="0.75"/>"#,
            top + height,
            top + height + 40.0,
            "#e6ecf0",
        ));
    }
    // One bar for each different stretch: a hundred zones of one programme are one bar.
    let mut busy: Vec<(i64, i64)> = Vec::new();
    let mut silent: Vec<i64> = Vec::new();
    for airing in subject.airings.iter().filter(|airing| subject.zones.contains(&airing.zone)) {
        let Some(band) = bands.iter().find(|band| band.holds(airing)) else { continue };
        if sounds(airing) {
            busy.push((band.seconds(airing.start) as i64, band.seconds(airing.end).ceil() as i64));
        } else {
            silent.push(band.seconds(airing.scheduled) as i64);
        }
    }
    busy.sort_unstable();
    silent.sort_unstable();
    silent.dedup();
    let mut reached = f64::MIN;
    for (from, to) in busy {
        let bar = [x(from as f64).max(reached), x(to as f64).max(x(from as f64) + 1.5)];
        if bar[1] > bar[0] {
            canvas.rect(bar, [top + 4.0, top + height - 4.0], look::INK, "");
            reached = bar[1];
        }
    }
    for at in silent {
        let x = x(at as f64);
        look::silent(canvas, x, top + 5.0);
    }
    hours(canvas, subject, &bands[0], whole, [left, right], top);
    if let Some(at) = subject.now.map(|now| bands[0].seconds(now)).filter(|at| (0.0..=whole).contains(at)) {
        look::now(canvas, x(at), [top - 3.0, top + height]);
    }
    canvas.raw("</g>");
    top + height + 40.0
}

/// A week's strip is a day long.
fn day(bands: &[DayBand]) -> std::time::Duration {
    if bands.len() > 1 { std::time::Duration::from_hours(24) } else { std::time::Duration::ZERO }
}

/// A tick at each full hour of the strip, with labels where they do not touch.
fn hours(canvas: &mut Canvas, subject: &Subject<'_>, band: &DayBand, whole: f64, x: [f64; 2], top: f64) {
    let style = Type::new(10.0, look::PALE).at(Anchor::Middle);
    let tz = subject.ground.tz();
    let local = band.origin.zoned(tz);
    let first = (3600 - i64::from(local.minute()) * 60 - i64::from(local.second())) % 3600;
    let px = (x[1] - x[0]) / whole;
    let every = [1, 2, 3, 6].into_iter().find(|hours| f64::from(*hours) * 3600.0 * px > style.width("00:00") + 4.0);
    let mut at = first;
    while at as f64 <= whole {
        let left = x[0] + at as f64 * px;
        canvas.stroke(format_args!("M{left:.1} {:.1}v4", top - 4.0), look::PALE, 0.8, "");
        let time = band.origin + std::time::Duration::from_secs(at as u64);
        let hour = time.zoned(tz).hour();
        if every.is_some_and(|every| i32::from(hour) % every == 0) {
            // A day that ends on midnight ends at 24:00.
            let whole_day = at as f64 >= whole && hour == 0 && at > 0;
            let label = if whole_day { "24:00".to_owned() } else { plan::clock(time, tz) };
            canvas.text(left, top - 7.0, style, &label);
        }
        at += 3600;
    }
}

/// Stretches of a band that are lawful in one of these zones at least, in its seconds: ascending, apart.
pub(super) fn lawful(subject: &Subject<'_>, zones: &[ZoneIx], band: &DayBand) -> Vec<[f64; 2]> {
    // What sounds at the end of the window may run beyond it.
    let of = |zone: &ZoneIx| subject.ground.guard(*zone).lawful(band.origin - BEYOND, band.to + BEYOND);
    let mut stretches: Vec<_> = zones.iter().flat_map(of).collect();
    stretches.sort_unstable_by_key(|stretch| (stretch.start, stretch.end));
    let mut apart: Vec<[f64; 2]> = Vec::new();
    for stretch in stretches {
        let [from, to] = [band.seconds(stretch.start), band.seconds(stretch.end)];
        match apart.last_mut().filter(|last| from <= last[1]) {
            Some(last) => last[1] = last[1].max(to),
            None => apart.push([from, to]),
        }
    }
    apart
}

/// The longest sound that is told of beyond a window's end.
const BEYOND: std::time::Duration = plan::CARRY_MAX;

/// Bands taller than this have their times below as well: those above are out of sight.
const TALL: f64 = 500.0;

/// Rows that have the same lawful hours, one below the other: from where to where, and the hours.
type Ground = ([f64; 2], Vec<[f64; 2]>);

/// The ground of a band: for each zone its lawful and forbidden stretches, a line at each tick, its time
/// above. `rows` says where the row of each zone ends.
///
/// Returns where it ends, labels included.
pub(super) fn panels(
    canvas: &mut Canvas,
    subject: &Subject<'_>,
    band: &DayBand,
    axis: &Axis,
    top: f64,
    rows: &[f64],
) -> f64 {
    let mut grounds: Vec<Ground> = Vec::new();
    for (zone, end) in subject.zones.iter().zip(rows) {
        let hours = lawful(subject, std::slice::from_ref(zone), band);
        match grounds.last_mut().filter(|last| last.1 == hours) {
            Some(last) => last.0[1] = *end,
            None => grounds.push(([grounds.last().map_or(top, |last| last.0[1]), *end], hours)),
        }
    }
    let y = [top, rows.last().copied().unwrap_or(top)];
    let tall = y[1] - y[0] > TALL;
    let style = Type::new(10.0, look::PALE).at(Anchor::Middle);
    let tz = subject.ground.tz();
    let mut reached = f64::MIN;
    for panel in &axis.panels {
        let Panel { from, to, x } = *panel;
        canvas.raw(format_args!(r#"<g class="panel" data-from="{from:.3}" data-to="{to:.3}">"#));
        canvas.rect(x, y, "url(#forbidden)", "");
        for (y, lawful) in &grounds {
            for [begin, end] in lawful.iter().filter(|[begin, end]| *begin < to && *end > from) {
                canvas.rect([axis.x(begin.max(from)), axis.x(end.min(to))], *y, look::LAWFUL, "");
            }
        }
        let (ticks, step) = axis.ticks(*panel, style);
        for tick in ticks {
            let left = axis.x(tick);
            canvas.stroke(format_args!("M{left:.1} {:.1}V{:.1}", y[0] - 3.0, y[1]), look::LINE, 0.7, "");
            let time = tick_time(band, tick);
            let label =
                if step < 60.0 { time.zoned(tz).strftime("%H:%M:%S").to_string() } else { plan::clock(time, tz) };
            let half = style.width(&label) / 2.0;
            if left - half > reached && left + half < WIDTH {
                canvas.text(left, y[0] - 6.0, style, &label);
                if tall {
                    canvas.text(left, y[1] + 12.0, style, &label);
                }
                reached = left + half + 3.0;
            }
        }
        canvas.raw("</g>");
    }
    if tall { y[1] + 16.0 } else { y[1] }
}

fn tick_time(band: &DayBand, tick: f64) -> Wall {
    let nanos = (tick * 1e9) as i64;
    Wall::from_nanos(band.origin.nanos().saturating_add(nanos))
}

/// What colours, patterns and marks mean; returns where it ends.
pub(super) fn legend(canvas: &mut Canvas, subject: &Subject<'_>, airings: &[&Airing], mut y: f64) -> f64 {
    let lang = subject.lang;
    let style = Type::new(11.0, look::PALE);
    let mut x = EDGE;
    let mut place = |words: &Text, canvas: &mut Canvas, draw: &dyn Fn(&mut Canvas, f64, f64)| {
        let words = words.get(lang);
        let width = 30.0 + style.width(words) + 14.0;
        if x > EDGE && x + width > WIDTH - EDGE {
            (x, y) = (EDGE, y + 18.0);
        }
        draw(canvas, x, y - 4.0);
        canvas.text(x + 30.0, y, style, words);
        x += width;
    };
    let line = format!(r#" stroke="{}""#, look::LINE);
    for class in [Class::Normal, Class::Priority, Class::Emergency] {
        let (fill, edge) = look::of_class(class);
        let name =
            Text { vi: class.name(crate::diag::Lang::Vi).to_owned(), en: class.name(crate::diag::Lang::En).to_owned() };
        let more = format!(r#" rx="2" stroke="{edge}""#);
        place(&name, canvas, &|canvas, x, y| canvas.rect([x, x + 24.0], [y - 7.0, y + 7.0], fill, &more));
    }
    place(&text!("giờ được phát", "lawful hours"), canvas, &|canvas, x, y| {
        canvas.rect([x, x + 24.0], [y - 7.0, y + 7.0], look::LAWFUL, &line);
    });
    place(&text!("ngoài giờ", "outside them"), canvas, &|canvas, x, y| {
        canvas.rect([x, x + 24.0], [y - 7.0, y + 7.0], "url(#forbidden)", &line);
    });
    place(&text!("một buổi phát", "one session"), canvas, &|canvas, x, y| {
        let more = format!(r#" rx="3" stroke="{}""#, look::SESSION_EDGE);
        canvas.rect([x, x + 24.0], [y - 7.0, y + 7.0], look::PAPER, more);
    });
    // Marks that are not in the picture need no explanation.
    if airings.iter().any(|airing| sounds(airing) && airing.start > airing.scheduled) {
        place(
            &text!("chờ, từ giờ hẹn đến lúc phát", "waits, from its time to its start"),
            canvas,
            &|canvas, x, y| {
                look::waiting(canvas, [x + 2.0, x + 24.0], y);
            },
        );
    }
    if airings.iter().any(|airing| !airing.breaks.is_empty()) {
        place(&text!("bị ngắt", "interrupted"), canvas, &|canvas, x, y| look::cut(canvas, [x + 2.0, x + 24.0], y));
    }
    let verdict = |wanted| airings.iter().any(|airing| airing.verdict == wanted);
    if verdict(plan::Verdict::Refuse) {
        place(&text!("bị từ chối", "refused"), canvas, &|canvas, x, y| look::refused(canvas, x + 8.0, y));
    }
    if verdict(plan::Verdict::Miss) {
        place(&text!("không phát được", "missed"), canvas, &|canvas, x, y| look::missed(canvas, x + 8.0, y));
    }
    if airings.iter().any(|airing| !sounds(airing)) {
        place(&text!("có lượt không phát", "something that does not sound"), canvas, &|canvas, x, y| {
            look::silent(canvas, x + 12.0, y + 2.5);
        });
    }
    y + 10.0
}
