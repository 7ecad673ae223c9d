//! Draws a sound for the people who recorded it: its waveform, where it is silent or cut off, how loud it
//! is along its length, and what to do better. An SVG that any browser shows and prints, with Vietnamese
//! labels and English ones below. Pure: what was measured in, text out. Called by `loa load`.

use std::fmt::Write as _;

use super::meter::{Measures, SoundSpan, Trace};
use crate::diag::Diagnostic;
use crate::plan::Facts;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 20.0;
const RIGHT: f64 = 900.0;
const TOP: f64 = 96.0;
const MIDDLE: f64 = 206.0;
const HALF: f64 = 100.0;
const AXIS: f64 = 318.0;

/// Columns of the waveform.
const COLUMNS: usize = 880;

/// Marks on the time axis, at most.
const MARKS: f64 = 10.0;

/// Loudness at the bottom of the picture, in LUFS; 0 is at its top.
const LOWEST_LUFS: f64 = -60.0;

/// The loudness that broadcasts are brought to.
const TARGET_LUFS: f64 = -16.0;

/// Findings that have room.
const FINDINGS: usize = 12;

/// The picture of a sound.
pub fn draw(file: &str, facts: &Facts, measures: &Measures, trace: &Trace, findings: &[Diagnostic]) -> String {
    let mut out = String::new();
    let shown = findings.len().min(FINDINGS);
    let height = AXIS + 96.0 + 44.0 * shown as f64;
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"13\" lang=\"vi\">\n\
         <title>{name}</title>\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>",
        name = escape(file),
    );
    heading(&mut out, file, facts, measures);
    let seconds = measures.seconds.max(0.01);
    for place in &trace.silent {
        band(&mut out, *place, seconds, "#e3e7ee", "im lặng");
    }
    waveform(&mut out, trace);
    for place in &trace.clipped {
        band(&mut out, *place, seconds, "#d6203a", "tiếng vỡ");
    }
    loudness(&mut out, trace, seconds);
    axis(&mut out, seconds);
    legend(&mut out);
    advice(&mut out, findings);
    out.push_str("</svg>\n");
    out
}

fn heading(out: &mut String, file: &str, facts: &Facts, measures: &Measures) {
    let _ = writeln!(out, "<text x=\"{LEFT}\" y=\"32\" font-size=\"20\" font-weight=\"bold\">{}</text>", escape(file));
    let loudness = measures.loudness_lufs.map_or_else(|| "–".to_owned(), |lufs| format!("{} LUFS", number(lufs)));
    let noise = measures.noise_db.map_or_else(|| "không đo được".to_owned(), |noise| format!("{} dB", number(noise)));
    let lines = [
        format!(
            "Dài {} · độ to {loudness} (chênh {} LU) · đỉnh {} dBTP · tiếng ồn nền {noise} · tần số đến {} kHz",
            clock(measures.seconds),
            number(measures.range_lu),
            number(measures.true_peak_db),
            number(measures.band_hz / 1000.0),
        ),
        format!(
            "{} · {} Hz · {} kênh · SHA-256 {}…",
            facts.codec,
            facts.rate,
            facts.channels,
            facts.sha256.get(..12).unwrap_or_default()
        ),
    ];
    for (line, y) in lines.iter().zip([56.0, 76.0]) {
        let _ = writeln!(out, "<text x=\"{LEFT}\" y=\"{y}\" fill=\"#444\">{}</text>", escape(line));
    }
}

fn x(at: f64, seconds: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * (at / seconds).clamp(0.0, 1.0)
}

fn band(out: &mut String, place: SoundSpan, seconds: f64, colour: &str, label: &str) {
    let (from, to) = (x(place.from, seconds), x(place.to, seconds));
    let width = (to - from).max(2.0);
    let (begin, end) = (clock(place.from), clock(place.to));
    let _ = writeln!(
        out,
        "<rect x=\"{from:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{height}\" fill=\"{colour}\" fill-opacity=\"0.8\"><title>{label} {begin}–{end}</title></rect>",
        height = 2.0 * (MIDDLE - TOP),
    );
}

fn waveform(out: &mut String, trace: &Trace) {
    let count = trace.levels.len().max(1);
    let columns = COLUMNS.min(count);
    let tops: Vec<f64> = (0..columns)
        .map(|column| {
            let part = column * count / columns..((column + 1) * count / columns).min(trace.levels.len());
            let levels = trace.levels.get(part).unwrap_or_default();
            levels.iter().map(|level| level.peak().min(1.0)).fold(0.0, f64::max)
        })
        .collect();
    let place = |column: usize| LEFT + (RIGHT - LEFT) * (column as f64 + 0.5) / columns as f64;
    let above = tops.iter().enumerate().map(|(column, top)| (place(column), MIDDLE - top * HALF - 0.5));
    let below = tops.iter().enumerate().rev().map(|(column, top)| (place(column), MIDDLE + top * HALF + 0.5));
    out.push_str("<path fill=\"#2f6f9f\" d=\"M");
    for (x, y) in above.chain(below) {
        let _ = write!(out, "{x:.1} {y:.1} ");
    }
    out.push_str("Z\"/>\n");
}

fn loudness(out: &mut String, trace: &Trace, seconds: f64) {
    let bottom = 2.0 * MIDDLE - TOP;
    let height = |lufs: f64| TOP + (bottom - TOP) * (lufs.clamp(LOWEST_LUFS, 0.0) / LOWEST_LUFS);
    for lufs in [0.0, TARGET_LUFS, -30.0, -45.0, LOWEST_LUFS] {
        let (y, x) = (height(lufs), RIGHT + 6.0);
        let _ = writeln!(out, "<text x=\"{x}\" y=\"{:.1}\" font-size=\"11\" fill=\"#b35c00\">{lufs}</text>", y + 4.0);
    }
    let y = height(TARGET_LUFS);
    let _ = writeln!(
        out,
        "<path d=\"M{LEFT} {y:.1}H{RIGHT}\" stroke=\"#b35c00\" stroke-dasharray=\"4 4\" fill=\"none\"><title>mức nên có: {TARGET_LUFS} LUFS</title></path>"
    );
    if trace.line.is_empty() {
        return;
    }
    let points: Vec<String> =
        trace.line.iter().map(|point| format!("{:.1},{:.1}", x(point.at, seconds), height(point.lufs))).collect();
    let _ = writeln!(
        out,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#e07b00\" stroke-width=\"1.8\"/>",
        points.join(" ")
    );
}

fn axis(out: &mut String, seconds: f64) {
    let _ = writeln!(out, "<path d=\"M{LEFT} {AXIS}H{RIGHT}\" stroke=\"#444\"/>");
    let steps = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0];
    let step = steps.into_iter().find(|step| seconds / step <= MARKS).unwrap_or(3_600.0);
    for mark in 0..=(seconds / step) as u32 {
        let at = f64::from(mark) * step;
        let x = x(at, seconds);
        let label = if step < 1.0 { number(at) } else { clock(at) };
        let _ = writeln!(
            out,
            "<path d=\"M{x:.1} {AXIS}v5\" stroke=\"#444\"/><text x=\"{x:.1}\" y=\"{}\" font-size=\"11\" text-anchor=\"middle\">{label}</text>",
            AXIS + 18.0
        );
    }
}

fn legend(out: &mut String) {
    let y = AXIS + 42.0;
    let entries = [
        (20.0, "#2f6f9f", "sóng âm"),
        (130.0, "#e07b00", "độ to từng lúc (LUFS, thang bên phải)"),
        (420.0, "#e3e7ee", "im lặng"),
        (520.0, "#d6203a", "tiếng vỡ vì thu quá to"),
        (720.0, "#b35c00", "gạch đứt: mức nên có"),
    ];
    for (x, colour, label) in entries {
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{}\" width=\"12\" height=\"12\" fill=\"{colour}\"/><text x=\"{}\" y=\"{y}\">{label}</text>",
            y - 11.0,
            x + 18.0
        );
    }
}

fn advice(out: &mut String, findings: &[Diagnostic]) {
    let mut y = AXIS + 74.0;
    if findings.is_empty() {
        let _ =
            writeln!(out, "<text x=\"{LEFT}\" y=\"{y}\" fill=\"#1a7a3c\">Không thấy lỗi gì: phát được ngay.</text>");
    }
    for finding in findings.iter().take(FINDINGS) {
        let help = finding.help.as_ref().map_or("", |help| help.vi.as_str());
        let _ = writeln!(
            out,
            "<text x=\"{LEFT}\" y=\"{y}\" font-weight=\"bold\">• {}</text><text x=\"34\" y=\"{}\" fill=\"#444\">{}</text>",
            escape(&finding.message.vi),
            y + 18.0,
            escape(help)
        );
        y += 44.0;
    }
}

/// With a comma, as Vietnamese is written.
fn number(value: f64) -> String {
    format!("{value:.1}").replace('.', ",")
}

fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::meter::Meter;
    use crate::audio::verdict;

    #[test]
    fn the_picture_shows_the_wave_its_defects_and_the_advice() {
        let mut meter = Meter::new(8_000, 1).unwrap();
        meter.push(&vec![0.0; 32_000]);
        let loud: Vec<f32> = (0..80_000).map(|n| (3.0 * (n as f32 * 0.3).sin()).clamp(-1.0, 1.0)).collect();
        meter.push(&loud);
        let (measures, trace) = meter.finish();
        let facts = Facts {
            sha256: "ab".repeat(32),
            frames: 112_000,
            rate: 8_000,
            channels: 1,
            codec: "pcm".to_owned(),
            loudness: None,
        };
        let findings = verdict::warnings("audio/a", &measures);
        let svg = draw("<a> & b.wav", &facts, &measures, &trace, &findings);
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
        assert!(svg.contains("&lt;a&gt; &amp; b.wav") && !svg.contains("<a>"));
        for part in ["im lặng 0:00–0:04", "tiếng vỡ 0:04", "polyline", "Dài 0:14", "dừng", "để máy xa miệng hơn"]
        {
            let wanted = part != "dừng";
            assert_eq!(svg.contains(part), wanted, "{part}");
        }
        assert!(svg.len() < 60_000, "{}", svg.len());
    }

    #[test]
    fn numbers_and_times_are_written_as_in_vietnamese() {
        assert_eq!(number(-16.04), "-16,0");
        assert_eq!((clock(59.6), clock(3_723.0)), ("1:00".to_owned(), "1:02:03".to_owned()));
    }
}
