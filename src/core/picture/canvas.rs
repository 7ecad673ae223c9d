use std::fmt::{Display, Write as _};

/// An SVG being written: shapes, and text that is escaped and known to fit.
///
/// Coordinates are pixels of a screen with 96 to the inch, from the upper left corner.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    out: String,
}

/// How a text stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) fill: &'static str,
    pub(super) bold: bool,
    pub(super) anchor: Anchor,
}

/// Which point of a text its `x` is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Type {
    pub(super) const fn new(size: f64, fill: &'static str) -> Self {
        Self { size, fill, bold: false, anchor: Anchor::Start }
    }

    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) const fn at(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// How wide `words` are at most, in any of the fonts asked for.
    pub(super) fn width(self, words: &str) -> f64 {
        words.chars().map(em).sum::<f64>() * self.size * if self.bold { 1.1 } else { 1.0 }
    }

    /// As much of `words` as fits, with `…` where something is left out.
    pub(super) fn fit(self, words: &str, width: f64) -> String {
        if self.width(words) <= width {
            return words.to_owned();
        }
        let mut kept = String::new();
        for c in words.chars() {
            kept.push(c);
            if self.width(&kept) + self.width("…") > width {
                kept.pop();
                break;
            }
        }
        if kept.is_empty() { kept } else { kept.trim_end().to_owned() + "…" }
    }

    /// `words` in lines no wider than this.
    pub(super) fn wrap(self, words: &str, width: f64) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in words.split(' ') {
            let Some(line) = lines.last_mut() else { break };
            if line.is_empty() {
                line.push_str(word);
            } else if self.width(line) + self.width(" ") + self.width(word) <= width {
                line.push(' ');
                line.push_str(word);
            } else {
                lines.push(word.to_owned());
            }
        }
        // A word of a hundred letters is cut.
        lines.iter().map(|line| self.fit(line, width)).collect()
    }
}

/// The width of a letter in em: on the safe side of DejaVu Sans, the widest of the fonts asked for.
const fn em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'ì' | 'í' | 'ị' | 'ỉ' | 'ĩ' | '.' | ',' | ':' | ';' | '|' | '\'' | ' ' | '!' => 0.34,
        'f' | 'r' | 't' | '(' | ')' | '-' | '/' | 'I' | '[' | ']' | '"' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 1.0,
        'A'..='Z' | 'Đ' | 'Ư' | 'Ơ' | 'Â' | 'Ă' | 'Ê' | 'Ô' => 0.76,
        // Ideographs, full-width forms and pictures.
        '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff00}'..='\u{ff60}' | '\u{1f000}'.. => 1.1,
        _ => 0.63,
    }
}

impl Canvas {
    /// Markup that is known to be right.
    pub(super) fn raw(&mut self, markup: impl Display) -> &mut Self {
        // Writing to a string does not fail.
        let _ = writeln!(self.out, "{markup}");
        self
    }

    pub(super) fn text(&mut self, x: f64, y: f64, style: Type, words: &str) {
        let Type { size, fill, .. } = style;
        let anchor = match style.anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let weight = if style.bold { r#" font-weight="bold""# } else { "" };
        let words = escape(words);
        self.raw(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" fill="{fill}"{anchor}{weight}>{words}</text>"#
        ));
    }

    /// A box; `more` are further attributes, each with a space before it.
    pub(super) fn rect(&mut self, x: [f64; 2], y: [f64; 2], fill: &str, more: impl Display) {
        let (width, height) = ((x[1] - x[0]).max(0.0), (y[1] - y[0]).max(0.0));
        let (x, y) = (x[0], y[0]);
        self.raw(format_args!(
            r#"<rect x="{x:.2}" y="{y:.1}" width="{width:.2}" height="{height:.1}" fill="{fill}"{more}/>"#
        ));
    }

    /// A line along `path`, not filled.
    pub(super) fn stroke(&mut self, path: impl Display, colour: &str, width: f64, more: &str) {
        self.raw(format_args!(r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{more}/>"#));
    }

    pub(super) fn title(&mut self, words: &str) {
        let words = escape(words);
        self.raw(format_args!("<title>{words}</title>"));
    }

    pub(super) fn into_string(self) -> String {
        self.out
    }
}

/// Text as XML 1.0 §2.2 and §2.4 allow it, in an element or between double quotes.
pub(super) fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Marks that turn the direction of writing could disguise what stands beside them.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_and_never_wider_than_its_place() {
        let style = Type::new(12.0, "#000");
        for width in [0.0, 5.0, 20.0, 60.0, 500.0] {
            let fitted = style.fit("Kết quả giải quyết hồ sơ: 169/169 đúng hẹn", width);
            assert!(style.width(&fitted) <= width, "{fitted:?} in {width}");
        }
        assert_eq!(style.fit("Thôn 1", 100.0), "Thôn 1");
        let lines = style.wrap(&format!("một hai ba {} bốn", "x".repeat(200)), 80.0);
        assert!(lines.len() >= 3 && lines.iter().all(|line| style.width(line) <= 80.0), "{lines:?}");
    }

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escape("a<b>&\"c\"\u{0}\u{202e}"), "a&lt;b&gt;&amp;&quot;c&quot; \u{fffd}");
    }
}
