//! How things look: colours that colour-blind people tell apart, and patterns that stay apart without
//! any colour at all.

use super::canvas::Canvas;
use crate::schedule::Class;

pub(super) const INK: &str = "#1f2d3a";
pub(super) const PALE: &str = "#566878";
pub(super) const LINE: &str = "#c3ced6";
pub(super) const LAWFUL: &str = "#e3f1e4";
pub(super) const PAPER: &str = "#ffffff";
pub(super) const TROUBLE: &str = "#a01818";
pub(super) const NOW: &str = "#7a1fa2";
pub(super) const SESSION_EDGE: &str = "#8ba3b3";

/// The same in the dark: a picture stands on a page that is dark where its reader wants it so. Paper stays white.
const DARK: [(&str, &str); 15] = [
    (INK, "#e6ecea"),
    (PALE, "#a9b6b1"),
    (LINE, "#3d4844"),
    (LAWFUL, "#1e3a2d"),
    (PAPER, "#1d2220"),
    (TROUBLE, "#ff8a80"),
    (NOW, "#dca6f5"),
    (SESSION_EDGE, "#6d8391"),
    ("#2f7f8f", "#3f93a5"),
    ("#1d5f6d", "#8fd0dc"),
    ("#8a4b00", "#f8c169"),
    ("#7d0f0f", "#ff8a80"),
    ("#f3f3f3", "#232927"),
    ("#dadada", "#39413e"),
    ("#e6ecf0", "#27302d"),
];

/// The sheet that turns it dark: what is drawn names the colours of the day, and a sheet goes before them.
pub(super) fn in_the_dark(canvas: &mut Canvas) {
    canvas.raw(format_args!("<style>@media screen and (prefers-color-scheme: dark) {{"));
    for (light, dark) in DARK {
        canvas.raw(format_args!(r#"[fill="{light}"] {{ fill: {dark} }} [stroke="{light}"] {{ stroke: {dark} }}"#));
    }
    canvas.raw(format_args!("}}</style>"));
}

/// Fill and edge of a class.
pub(super) const fn of_class(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::Normal => ("#2f7f8f", "#1d5f6d"),
        Class::Priority => ("url(#priority)", "#8a4b00"),
        Class::Emergency => ("url(#emergency)", "#7d0f0f"),
    }
}

/// The patterns that fills name.
pub(super) fn patterns(canvas: &mut Canvas) {
    canvas.raw(concat!(
        r##"<defs><pattern id="priority" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">"##,
        r##"<rect width="7" height="7" fill="#f8c169"/><rect width="3" height="7" fill="#c97700"/></pattern>"##,
        "\n",
        r##"<pattern id="emergency" width="6" height="6" patternUnits="userSpaceOnUse">"##,
        r##"<rect width="6" height="6" fill="#c62f2f"/><path d="M0 0L6 6M6 0L0 6" stroke="#fff" stroke-width="1.2"/></pattern>"##,
        "\n",
        r##"<pattern id="forbidden" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">"##,
        r##"<rect width="5" height="5" fill="#f3f3f3"/><rect width="1" height="5" fill="#dadada"/></pattern></defs>"##,
    ));
}

/// This moment: a line from top to bottom with a point on it.
pub(super) fn now(canvas: &mut Canvas, x: f64, y: [f64; 2]) {
    canvas.raw(format_args!(r#"<g class="now">"#));
    canvas.stroke(format_args!("M{x:.1} {:.1}V{:.1}", y[0], y[1]), NOW, 1.6, "");
    canvas.raw(format_args!(r#"<circle cx="{x:.1}" cy="{:.1}" r="3.4" fill="{NOW}"/></g>"#, y[0]));
}

/// The mark of one that a rule refuses: a circle with a bar, 10 px wide.
pub(super) fn refused(canvas: &mut Canvas, x: f64, y: f64) {
    canvas.raw(format_args!(
        r#"<circle cx="{:.2}" cy="{y:.1}" r="4.2" fill="{PAPER}" stroke="{TROUBLE}" stroke-width="1.5"/>"#,
        x + 5.0
    ));
    canvas.stroke(format_args!("M{:.2} {:.1}l5.6 5.6", x + 2.2, y - 2.8), TROUBLE, 1.5, "");
}

/// The mark of one that cannot happen: a cross, 10 px wide.
pub(super) fn missed(canvas: &mut Canvas, x: f64, y: f64) {
    let x = x + 1.5;
    canvas.stroke(format_args!("M{x:.2} {:.1}l7 7m0 -7l-7 7", y - 3.5), TROUBLE, 2.0, "");
}

/// On the strip of the whole day: something that does not sound, a triangle with its point at `y`.
pub(super) fn silent(canvas: &mut Canvas, x: f64, y: f64) {
    canvas.raw(format_args!(r#"<path d="M{x:.1} {y:.1}l3 -5h-6Z" fill="{TROUBLE}"/>"#));
}

/// From its time to its start: a ring, a dashed line, a bar.
pub(super) fn waiting(canvas: &mut Canvas, x: [f64; 2], y: f64) {
    canvas.stroke(format_args!("M{:.2} {y:.1}H{:.2}", x[0], x[1]), INK, 1.2, r#" stroke-dasharray="4 2""#);
    canvas.stroke(format_args!("M{:.2} {:.1}v6", x[1], y - 3.0), INK, 1.4, "");
    canvas.raw(format_args!(
        r#"<circle cx="{:.2}" cy="{y:.1}" r="2.4" fill="{PAPER}" stroke="{INK}" stroke-width="1.2"/>"#,
        x[0]
    ));
}

/// From its cut to where it goes on: a dotted line between two bars.
pub(super) fn cut(canvas: &mut Canvas, x: [f64; 2], y: f64) {
    canvas.stroke(format_args!("M{:.2} {y:.1}H{:.2}", x[0], x[1]), TROUBLE, 1.6, r#" stroke-dasharray="1.5 2.5""#);
    canvas.stroke(format_args!("M{:.2} {:.1}v7M{:.2} {:.1}v7", x[0], y - 3.5, x[1], y - 3.5), TROUBLE, 1.4, "");
}

/// Cut, and not going on: a bar and a cross.
pub(super) fn cut_off(canvas: &mut Canvas, x: f64, y: f64) {
    canvas.stroke(format_args!("M{x:.2} {:.1}v7", y - 3.5), TROUBLE, 1.4, "");
    missed(canvas, x + 1.0, y);
}
