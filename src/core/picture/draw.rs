use super::axis::Axis;
use super::band::{DayBand, Subject, extent};
use super::canvas::{Anchor, Canvas, Type, escape};
use super::frame::{self, EDGE, Measure, RIGHT, WIDTH};
use super::key::{Legend, tally};
use super::look;
use super::row::{Around, ZoneRow};
use crate::diag::{Lang, Text, text};
use crate::plan::{self, Airing};

/// The most rows of a picture: three thousand zones on one day, or four on every day of a year. Beyond
/// that nobody looks, and no viewer opens it.
pub const ROWS_MAX: usize = 3_000;

/// The most airings of a picture: each is some 700 bytes of SVG, and viewers give up at 20 MB.
pub const AIRINGS_MAX: usize = 20_000;

/// A picture that nobody could look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooMuch {
    /// How many rows it would have.
    pub rows: usize,
    /// How many airings.
    pub airings: usize,
}

/// The widest that names of zones may be.
const NAME_MAX: f64 = 150.0;

/// Between bands: the date, and the labels of the axis.
const BAND_HEAD: f64 = 34.0;

/// Draw a plan as an SVG document.
///
/// Each airing of its zones is one `<g class="airing">` with its instants as `data-` attributes and its
/// story as a tooltip; each piece of sound in it is one `<rect class="piece">`.
pub fn draw(subject: &Subject<'_>) -> Result<String, TooMuch> {
    let bands = DayBand::of(subject);
    let drawn = |airing: &&Airing| subject.zones.contains(&airing.zone) && bands.iter().any(|band| band.holds(airing));
    let airings: Vec<&Airing> = subject.airings.iter().filter(drawn).collect();
    let rows = bands.len() * subject.zones.len();
    if rows > ROWS_MAX || airings.len() > AIRINGS_MAX {
        return Err(TooMuch { rows, airings: airings.len() });
    }
    let measure = Measure::of(rows);
    let key = Legend::new(&airings, subject.ground, bands.len() == 1, subject.zones.len(), subject.reader);
    let left = left(subject, &measure);
    let axis = axis(&airings, &bands, left);
    let mut canvas = Canvas::default();
    let mut y = frame::strip(&mut canvas, subject, &bands, &axis, left);
    for band in &bands {
        y += BAND_HEAD;
        if bands.len() > 1 {
            let date = day_name(band, subject).get(subject.lang).to_owned();
            canvas.text(EDGE, y - 20.0, Type::new(12.5, look::INK).bold(), &date);
        }
        y = draw_band(
            &mut canvas,
            subject,
            band,
            &airings,
            y,
            &Page { axis: &axis, key: &key, measure: &measure, left },
        );
    }
    if airings.is_empty() {
        let nothing = text!("Không có lượt phát nào.", "Nothing is planned.");
        canvas.text(WIDTH / 2.0, y + 22.0, Type::new(13.0, look::PALE).at(Anchor::Middle), nothing.get(subject.lang));
        y += 16.0;
    }
    y = key.draw(&mut canvas, [EDGE, WIDTH - EDGE], y + 26.0, subject.lang);
    y = frame::legend(&mut canvas, subject, &airings, y + 12.0);
    Ok(document(subject, &bands, &airings, y + 8.0, &canvas.into_string()))
}

/// What is the same on the whole page.
struct Page<'a> {
    axis: &'a Axis,
    key: &'a Legend,
    measure: &'a Measure,
    left: f64,
}

/// A row for each zone; returns where they end.
fn draw_band(
    canvas: &mut Canvas,
    subject: &Subject<'_>,
    band: &DayBand,
    airings: &[&Airing],
    top: f64,
    page: &Page<'_>,
) -> f64 {
    let Page { axis, key, measure, left } = *page;
    let of_zone = |zone| airings.iter().copied().filter(|airing| airing.zone == zone && band.holds(airing)).collect();
    let rows: Vec<ZoneRow<'_>> =
        subject.zones.iter().map(|zone| ZoneRow::new(of_zone(*zone), band, axis, key, measure)).collect();
    let mut bottom = top + measure.gap;
    let mut ends: Vec<f64> = Vec::with_capacity(rows.len());
    for row in &rows {
        bottom += row.height(measure) + measure.gap;
        ends.push(bottom);
    }
    let end = frame::panels(canvas, subject, band, axis, top, &ends);
    let around =
        Around { ground: subject.ground, band, axis, key, measure, lang: subject.lang, reader: subject.reader };
    let mut y = top + measure.gap;
    for (zone, row) in subject.zones.iter().zip(&rows) {
        let style = Type::new(measure.name, look::INK);
        let title = subject.ground.station().zones.get(usize::from(zone.0)).map_or("", |zone| &zone.title);
        let middle = y + measure.line / 2.0 + measure.name * 0.36;
        canvas.text(EDGE, middle, style, &style.fit(title, left - EDGE - 8.0));
        row.draw(canvas, y, &around);
        y += row.height(measure) + measure.gap;
    }
    // In time that the axis leaves out there is no place for it: there it stands on the strip only.
    if let Some(at) = subject.now.map(|now| band.seconds(now))
        && axis.panels.iter().any(|panel| panel.from <= at && at <= panel.to)
    {
        look::now(canvas, axis.x(at), [top - 3.0, end]);
    }
    end
}

/// Where the axis begins: right of the longest name of a zone.
fn left(subject: &Subject<'_>, measure: &Measure) -> f64 {
    let style = Type::new(measure.name, look::INK);
    let zones = subject.zones.iter().filter_map(|zone| subject.ground.station().zones.get(usize::from(zone.0)));
    let widest = zones.map(|zone| style.width(&zone.title)).fold(48.0, f64::max);
    EDGE + widest.min(NAME_MAX) + 18.0
}

fn axis(airings: &[&Airing], bands: &[DayBand], left: f64) -> Axis {
    let mut busy = Vec::with_capacity(airings.len());
    for airing in airings {
        if let Some(band) = bands.iter().find(|band| band.holds(airing)) {
            let (from, to) = extent(airing);
            busy.push([band.seconds(from), band.seconds(to)]);
        }
    }
    let longest = bands.iter().map(|band| band.seconds(band.to)).fold(60.0, f64::max);
    Axis::new(busy, [0.0, longest], [left, RIGHT])
}

/// `Thứ Hai, 7/12/2026`.
fn day_name(band: &DayBand, subject: &Subject<'_>) -> Text {
    let tz = subject.ground.tz();
    let (day, date) = (plan::weekday_name(band.from, tz), band.from.zoned(tz).date());
    let (d, m, y) = (date.day(), date.month(), date.year());
    let mut vi = day.vi;
    if let Some(rest) = vi.strip_prefix('t') {
        vi = format!("T{rest}");
    }
    Text { vi: format!("{vi}, {d}/{m}/{y}"), en: format!("{}, {date}", day.en) }
}

/// What the picture shows, as its headline.
fn headline(subject: &Subject<'_>, bands: &[DayBand]) -> Text {
    let name = |band| day_name(band, subject);
    match bands {
        [first, .., last] => {
            let (a, b) = (name(first), name(last));
            let count = bands.len();
            Text {
                vi: format!("{count} ngày phát thanh: {} – {}", a.vi, b.vi),
                en: format!("{count} days of broadcasts: {} – {}", a.en, b.en),
            }
        }
        [one] => {
            let day = name(one);
            let mut span = Text { vi: String::new(), en: String::new() };
            let tz = subject.ground.tz();
            let midnight = |at: crate::instant::Wall| at.zoned(tz).time() == jiff::civil::Time::midnight();
            if !(midnight(one.from) && midnight(one.to) && one.to.after(one.from).as_secs() <= 90_000) {
                let (from, to, end) = (plan::clock(one.from, tz), plan::clock(one.to, tz), plan::date(one.to, tz));
                span = text!(", {from} – {to}", ", {from} – {to}");
                if one.from.zoned(tz).date() != one.to.zoned(tz).date() {
                    span =
                        Text { vi: format!("{} ngày {}", span.vi, end.vi), en: format!("{} on {}", span.en, end.en) };
                }
            }
            Text {
                vi: format!("Một ngày phát thanh: {}{}", day.vi, span.vi),
                en: format!("A day of broadcasts: {}{}", day.en, span.en),
            }
        }
        [] => text!("Lịch phát thanh", "Broadcasts"),
    }
}

fn document(subject: &Subject<'_>, bands: &[DayBand], airings: &[&Airing], height: f64, body: &str) -> String {
    let (headline, tally) = (headline(subject, bands), tally(airings));
    let (headline, tally) = (headline.get(subject.lang), tally.get(subject.lang));
    let name = &subject.ground.station().name;
    let lang = match subject.lang {
        Lang::Vi => "vi",
        Lang::En => "en",
    };
    let mut canvas = Canvas::default();
    canvas.raw(format_args!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{lang}" viewBox="0 0 {WIDTH} {height:.0}" width="{WIDTH}" height="{height:.0}" font-family="Segoe UI, Noto Sans, DejaVu Sans, sans-serif" role="img" aria-labelledby="what how">"#
    ));
    canvas.raw(format_args!(r#"<title id="what">{}</title>"#, escape(&format!("{headline}. {name}"))));
    canvas.raw(format_args!(r#"<desc id="how">{}</desc>"#, escape(&format!("{tally}."))));
    look::in_the_dark(&mut canvas);
    look::patterns(&mut canvas);
    canvas.rect([0.0, WIDTH], [0.0, height], look::PAPER, r#" rx="8""#);
    let title = Type::new(17.0, look::INK).bold();
    let right = Type::new(12.0, look::PALE).at(Anchor::End);
    let headline = title.fit(headline, 680.0);
    canvas.text(EDGE, 28.0, title, &headline);
    let room = WIDTH - EDGE * 3.0 - title.width(&headline);
    canvas.text(WIDTH - EDGE, 28.0, right, &right.fit(name, room));
    canvas.raw(body.trim_end());
    canvas.raw("</svg>");
    canvas.into_string()
}
