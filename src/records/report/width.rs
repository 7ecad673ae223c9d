use unicode_normalization::UnicodeNormalization as _;

/// Advance widths of the bold letters of Times New Roman from the blank to the tilde, in thousandths of the size. Its
/// metric twins (Liberation Serif, Tinos) have the same.
const BOLD: [u16; 95] = [
    250, 333, 555, 500, 500, 1000, 833, 278, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 333, 333, 570, 570, 570, 500, 930, 722, 667, 722, 722, 667, 611, 778, 778, 389, 500, 778, 667, 944,
    722, 778, 611, 778, 722, 556, 667, 722, 722, 1000, 722, 722, 667, 333, 278, 333, 581, 500, 333, 500, 556, 444, 556,
    444, 333, 500, 556, 278, 333, 556, 278, 833, 556, 500, 556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444, 394,
    220, 394, 520,
];
/// The hook of ơ and ư.
const HORN: char = '\u{31b}';

/// How wide a bold line of `points` is, in millimetres: a line that is to be as long as the words is drawn by it where a
/// form has no better way.
pub(super) fn bold(text: &str, points: f64) -> f64 {
    let letters: Vec<char> = text.nfd().collect();
    let width = |place: usize| {
        let letter = letters[place];
        let has_horn = letters[place + 1..].iter().take_while(|next| is_mark(**next)).any(|next| *next == HORN);
        match (letter, has_horn) {
            ('O', true) => 778,
            ('o', true) => 554,
            ('U', true) => 796,
            ('u', true) => 600,
            ('Đ', _) => 722,
            ('đ', _) => 556,
            ('…', _) => 1000,
            (mark, _) if is_mark(mark) => 0,
            (plain, _) => usize::try_from(u32::from(plain).wrapping_sub(32))
                .ok()
                .and_then(|place| BOLD.get(place))
                .copied()
                .unwrap_or(500),
        }
    };
    let thousandths: u64 = (0..letters.len()).map(|place| u64::from(width(place))).sum();
    thousandths as f64 / 1_000.0 * points * 25.4 / 72.0
}

fn is_mark(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_motto_is_as_wide_as_its_letters() {
        // D 722 ộ 500 c 444, blank 250, l 278 ậ 500 p 556, blank, - 333, blank, …: the bold widths of Times.
        let wide = bold("Độc lập", 1_000.0 * 72.0 / 25.4 / 1_000.0);
        assert!((wide - (722.0 + 500.0 + 444.0 + 250.0 + 278.0 + 500.0 + 556.0) / 1_000.0).abs() < 1e-9, "{wide}");
        assert!(bold("ƯU", 12.0) > bold("UU", 12.0));
    }
}
