use super::canvas::{Anchor, Canvas, Type};
use super::frame::WIDTH;
use super::look::{self, INK, PALE, PAPER, SESSION_EDGE, TROUBLE};

const HEIGHT: f64 = 450.0;

/// Not live: the colour that wires have where mains return.
const NEUTRAL: &str = "#2f7f8f";

/// A thing with terminals: how far down, and what is written at them.
struct Part {
    x: [f64; 2],
    y: [f64; 2],
    /// In Vietnamese and in English.
    name: [&'static str; 2],
    left: &'static [(f64, &'static str)],
    right: &'static [(f64, &'static str)],
}

const PARTS: [Part; 5] = [
    Part {
        x: [20.0, 190.0],
        y: [90.0, 250.0],
        name: ["Raspberry Pi", "the box"],
        left: &[],
        right: &[(120.0, "chân 2: 5 V"), (170.0, "chân 6: GND"), (220.0, "chân 11: GPIO17")],
    },
    Part {
        x: [300.0, 500.0],
        y: [90.0, 250.0],
        name: ["Mô-đun rơ-le 5 V, cách ly quang", "opto-isolated relay module"],
        left: &[(120.0, "VCC"), (170.0, "GND"), (220.0, "IN")],
        right: &[(120.0, "COM"), (170.0, "NO"), (220.0, "NC: để trống")],
    },
    Part {
        x: [620.0, 790.0],
        y: [90.0, 250.0],
        name: ["Khởi động từ", "contactor"],
        left: &[(120.0, "1 (L1)"), (170.0, "A1"), (220.0, "A2")],
        right: &[(120.0, "2 (T1)")],
    },
    Part {
        x: [880.0, 1020.0],
        y: [90.0, 250.0],
        name: ["Tăng âm", "amplifier"],
        left: &[(120.0, "L"), (220.0, "N")],
        right: &[],
    },
    Part {
        x: [300.0, 500.0],
        y: [310.0, 375.0],
        name: ["Điện lưới 220 V", "mains"],
        left: &[],
        right: &[(330.0, "L: dây nóng"), (355.0, "N: dây nguội")],
    },
];

/// What a wire is, and its way. Where two cross without touching, one goes over the other.
const WIRES: [(&str, &str); 9] = [
    (INK, "M190 120H300"),
    (INK, "M190 170H300"),
    (INK, "M190 220H300"),
    (TROUBLE, "M500 330H560V120H500"),
    (TROUBLE, "M560 120H620"),
    (TROUBLE, "M500 170H554a6 6 0 0 1 12 0H620"),
    (TROUBLE, "M790 120H880"),
    (NEUTRAL, "M620 220H590V355H500"),
    (NEUTRAL, "M590 355H840V220H880"),
];

/// Where wires meet.
const JOINTS: [(&str, u16, u16); 2] = [(TROUBLE, 560, 120), (NEUTRAL, 590, 355)];

const NOTES: [&str; 3] = [
    "NO là tiếp điểm thường hở: hộp loa tắt thì tăng âm tắt. · NO is open at rest: the amplifier is off when the box is.",
    "Tăng âm đến 5 A: bỏ khởi động từ, nối NO vào L của tăng âm. · Up to 5 A: no contactor, NO goes to the amplifier's L.",
    "Phần 220 V phải do thợ điện đấu, trong hộp kín. · Mains are an electrician's work, in a closed box.",
];

/// How a relay on a GPIO line switches an amplifier, as SVG.
pub fn wiring() -> String {
    let mut canvas = Canvas::default();
    canvas.raw(format_args!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" xml:lang="vi" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="Segoe UI, Noto Sans, DejaVu Sans, sans-serif" role="img">"#
    ));
    canvas.title("Đấu rơ-le cho tăng âm · Wiring an amplifier's relay");
    look::in_the_dark(&mut canvas);
    canvas.rect([0.0, WIDTH], [0.0, HEIGHT], PAPER, "");
    canvas.text(20.0, 32.0, Type::new(16.0, INK).bold(), "Đấu rơ-le cho tăng âm · Wiring an amplifier's relay");
    for (colour, way) in WIRES {
        canvas.stroke(way, colour, 2.0, "");
    }
    for (colour, x, y) in JOINTS {
        canvas.raw(format_args!(r#"<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>"#));
    }
    for part in &PARTS {
        canvas.rect(part.x, part.y, PAPER, format_args!(r#" rx="6" stroke="{SESSION_EDGE}" stroke-width="1.5""#));
        let (middle, [vi, en]) = (f64::midpoint(part.x[0], part.x[1]), part.name);
        canvas.text(middle, part.y[0] - 22.0, Type::new(13.0, INK).bold().at(Anchor::Middle), vi);
        canvas.text(middle, part.y[0] - 7.0, Type::new(11.0, PALE).at(Anchor::Middle), en);
        for (y, words) in part.left {
            canvas.text(part.x[0] + 8.0, y + 4.0, Type::new(12.0, INK), words);
        }
        for (y, words) in part.right {
            canvas.text(part.x[1] - 8.0, y + 4.0, Type::new(12.0, INK).at(Anchor::End), words);
        }
    }
    for (y, words) in [400.0, 418.0, 436.0].into_iter().zip(NOTES) {
        canvas.text(20.0, y, Type::new(12.0, INK), words);
    }
    canvas.raw("</svg>");
    canvas.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `loa pages DIR` writes it: `DIR/doc/loa/docs/dau-ro-le.svg`.
    #[test]
    fn the_picture_of_the_manual_is_the_one_that_is_drawn_and_what_is_written_in_it_fits() {
        assert_eq!(wiring(), include_str!("../../../docs/dau-ro-le.svg"));
        for part in &PARTS {
            for (_, words) in part.left.iter().chain(part.right) {
                assert!(Type::new(12.0, INK).width(words) < part.x[1] - part.x[0], "{words}");
            }
        }
        for words in NOTES {
            assert!(Type::new(12.0, INK).width(words) < WIDTH - 40.0, "{words}");
        }
    }
}
