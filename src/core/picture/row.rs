use std::time::Duration;

use super::axis::Axis;
use super::band::{DayBand, sounds};
use super::canvas::{Anchor, Canvas, escape};
use super::frame::Measure;
use super::key::Legend;
use super::look;
use crate::diag::{Lang, figure, text};
use crate::instant::Wall;
use crate::plan::{self, Airing, Audience, PlanContext, Verdict};

/// Airings with less silence than this between them are one session, as the law counts.
const SESSION_GAP: Duration = Duration::from_mins(5);

/// The least width of a piece that sounds, where its neighbour leaves it room: less is not printed.
const PIECE_MIN: f64 = 1.4;

/// A zone's line in a band: what sounds on it, and the lines below it for what waits or does not sound.
pub(super) struct ZoneRow<'a> {
    airings: Vec<&'a Airing>,
    /// For each airing, its place below the line: the marks, each with its line and pixels.
    marks: Vec<Vec<Mark>>,
    /// How many lines there are below.
    below: usize,
}

/// Something below the line.
#[derive(Clone, Copy, Debug)]
struct Mark {
    kind: Kind,
    x: [f64; 2],
    line: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Wait,
    Cut,
    CutOff,
    Refused,
    Missed,
}

/// How wide the mark of one that does not sound is, and with its number beside it.
const MARK: f64 = 11.0;

impl<'a> ZoneRow<'a> {
    /// The row of these airings of one zone in `band`.
    pub(super) fn new(airings: Vec<&'a Airing>, band: &DayBand, axis: &Axis, key: &Legend, measure: &Measure) -> Self {
        let mut marks: Vec<Vec<Mark>> = airings.iter().map(|airing| marks(airing, band, axis, key, measure)).collect();
        let mut flat: Vec<&mut Mark> = marks.iter_mut().flatten().collect();
        flat.sort_by(|a, b| a.x[0].total_cmp(&b.x[0]));
        // Each takes the first line that is free again.
        let mut lines: Vec<f64> = Vec::new();
        for mark in flat {
            mark.line = lines.iter().position(|end| end + 2.0 <= mark.x[0]).unwrap_or(lines.len());
            if mark.line == lines.len() {
                lines.push(mark.x[1]);
            } else {
                lines[mark.line] = mark.x[1];
            }
        }
        Self { airings, marks, below: lines.len() }
    }

    /// Its height.
    pub(super) fn height(&self, measure: &Measure) -> f64 {
        measure.line + self.below as f64 * measure.below
    }

    /// The airings on the canvas: sessions behind, then each airing as one group.
    pub(super) fn draw(&self, canvas: &mut Canvas, y: f64, around: &Around<'_>) {
        self.sessions(canvas, y, around);
        let mut starts: Vec<Wall> =
            self.airings.iter().flat_map(|airing| airing.pieces()).map(|piece| piece.start).collect();
        starts.sort_unstable();
        for (airing, marks) in self.airings.iter().zip(&self.marks) {
            draw_airing(canvas, y, airing, marks, &starts, around);
        }
    }

    fn sessions(&self, canvas: &mut Canvas, y: f64, around: &Around<'_>) {
        let mut heard: Vec<&Airing> = self.airings.iter().copied().filter(|airing| sounds(airing)).collect();
        heard.sort_by_key(|airing| airing.start);
        let mut sessions: Vec<(Wall, Wall, usize)> = Vec::new();
        for airing in heard {
            match sessions.last_mut() {
                Some((_, end, count)) if airing.start < *end + SESSION_GAP => {
                    (*end, *count) = ((*end).max(airing.end), *count + 1);
                }
                _ => sessions.push((airing.start, airing.end, 1)),
            }
        }
        for (from, to, count) in sessions {
            let tz = around.ground.tz();
            let (start, end, length) = (plan::clock(from, tz), plan::clock(to, tz), plan::length(to.after(from)));
            let en = figure::count(count, "airing");
            let told = text!("Buổi phát {start}–{end}: {count} lượt", "Session {start}–{end}: {en}");
            let told = format!("{}, {}", told.get(around.lang), length.get(around.lang));
            canvas.raw(r#"<g class="session">"#).title(&told);
            let x = [around.x(from), around.x(to)];
            let edge = look::SESSION_EDGE;
            let more = format!(r#" rx="3" stroke="{edge}" stroke-width="0.8""#);
            canvas.rect(x, [y + 0.5, y + around.measure.line - 0.5], look::PAPER, more);
            canvas.raw("</g>");
        }
    }
}

/// One airing as one group: its title, its pieces on the line, its marks below it.
fn draw_airing(canvas: &mut Canvas, y: f64, airing: &Airing, marks: &[Mark], starts: &[Wall], around: &Around<'_>) {
    let tz = around.ground.tz();
    let zone = around.ground.station().zones.get(usize::from(airing.zone.0)).map_or("", |zone| &zone.id);
    canvas.raw(format_args!(
        r#"<g class="airing" data-zone="{}" data-broadcast="{}" data-scheduled="{}" data-start="{}" data-end="{}" data-verdict="{}">"#,
        escape(zone),
        escape(&airing.broadcast.id),
        airing.scheduled.rfc3339(tz),
        airing.start.rfc3339(tz),
        airing.end.rfc3339(tz),
        airing.verdict.code()
    ));
    canvas.title(&told(airing, around));
    let number = around.key.number(airing).map(|number| number.to_string()).unwrap_or_default();
    let line = around.measure.line;
    for piece in airing.pieces() {
        let x0 = around.x(piece.start);
        let next = starts.get(starts.partition_point(|start| *start <= piece.start));
        let room = next.map_or(f64::MAX, |next| around.x(*next));
        let x = [x0, around.x(piece.end).max((x0 + PIECE_MIN).min(room))];
        let (fill, edge) = look::of_class(airing.broadcast.class);
        let more = format!(r#" class="piece" rx="2" stroke="{edge}" stroke-width="0.6""#);
        canvas.rect(x, [y + 2.0, y + line - 2.0], fill, more);
        number_in(canvas, x, y + line / 2.0, &number, airing, around);
    }
    for mark in marks {
        let at = y + line + (mark.line as f64 + 0.5) * around.measure.below;
        match mark.kind {
            Kind::Wait => look::waiting(canvas, mark.x, at),
            Kind::Cut => look::cut(canvas, mark.x, at),
            Kind::CutOff => look::cut_off(canvas, mark.x[0], at),
            Kind::Refused => look::refused(canvas, mark.x[0], at),
            Kind::Missed => look::missed(canvas, mark.x[0], at),
        }
        if matches!(mark.kind, Kind::Refused | Kind::Missed) && mark.x[1] - mark.x[0] > MARK {
            let style = around.measure.number().bold();
            canvas.text(mark.x[0] + MARK + 1.0, at + style.size * 0.36, style, &number);
        }
    }
    canvas.raw("</g>");
}

/// What a row is drawn with.
pub(super) struct Around<'a> {
    pub(super) ground: &'a PlanContext<'a>,
    pub(super) band: &'a DayBand,
    pub(super) axis: &'a Axis,
    pub(super) key: &'a Legend,
    pub(super) measure: &'a Measure,
    pub(super) lang: Lang,
    pub(super) reader: Audience,
}

impl Around<'_> {
    fn x(&self, at: Wall) -> f64 {
        self.axis.x(self.band.seconds(at))
    }
}

/// The number of the list below, on white where the fill has a pattern; none where there is no room.
fn number_in(canvas: &mut Canvas, x: [f64; 2], middle: f64, number: &str, airing: &Airing, around: &Around<'_>) {
    let mut style = around.measure.number().bold().at(Anchor::Middle);
    let width = style.width(number);
    if number.is_empty() || around.measure.line < style.size + 4.0 || x[1] - x[0] < width + 2.0 {
        return;
    }
    let centre = f64::midpoint(x[0], x[1]);
    if airing.broadcast.class == crate::schedule::Class::Normal {
        style.fill = look::PAPER;
    } else {
        let half = [width / 2.0 + 1.5, style.size / 2.0 + 1.0];
        canvas.rect(
            [centre - half[0], centre + half[0]],
            [middle - half[1], middle + half[1]],
            look::PAPER,
            r#" rx="3""#,
        );
    }
    canvas.text(centre, middle + style.size * 0.36, style, number);
}

/// What is below the line of an airing, not yet on lines of their own.
fn marks(airing: &Airing, band: &DayBand, axis: &Axis, key: &Legend, measure: &Measure) -> Vec<Mark> {
    let x = |at| axis.x(band.seconds(at));
    let mark = |kind, from, to, least: f64| {
        let x0: f64 = x(from);
        Mark { kind, x: [x0, x(to).max(x0 + least)], line: 0 }
    };
    if !sounds(airing) {
        let kind = if airing.verdict == Verdict::Refuse { Kind::Refused } else { Kind::Missed };
        let mut mark = mark(kind, airing.scheduled, airing.scheduled, MARK);
        let number = key.number(airing).map(|number| number.to_string()).unwrap_or_default();
        let style = measure.number().bold();
        let wide = mark.x[1] + 2.0 + style.width(&number);
        if measure.below >= style.size && wide <= axis.panel(band.seconds(airing.scheduled)).x[1] + MARK {
            mark.x[1] = wide;
        }
        return vec![mark];
    }
    let mut marks = Vec::new();
    if airing.start > airing.scheduled {
        marks.push(mark(Kind::Wait, airing.scheduled, airing.start, 6.0));
    }
    marks.extend(airing.breaks.iter().map(|cut| {
        if cut.to > cut.from {
            mark(Kind::Cut, cut.from, cut.to, 3.0)
        } else {
            mark(Kind::CutOff, cut.from, cut.from, MARK)
        }
    }));
    marks
}

/// What a reader is told who points at an airing.
fn told(airing: &Airing, around: &Around<'_>) -> String {
    let tz = around.ground.tz();
    let zone = around.ground.station().zones.get(usize::from(airing.zone.0)).map_or("", |zone| &zone.title);
    let (title, class) = (&airing.broadcast.title, airing.broadcast.class.name(around.lang));
    let times = if sounds(airing) {
        format!("{}–{}", plan::clock(airing.start, tz), plan::clock(airing.end, tz))
    } else {
        plan::clock(airing.scheduled, tz)
    };
    let verdict = airing.verdict.name(around.lang);
    let mut told = format!("{zone}, {times}: {title} ({class}, {verdict})");
    if let Some(because) = plan::said(airing, around.ground, around.reader) {
        told.push_str(". ");
        told.push_str(because.get(around.lang));
    }
    told
}
