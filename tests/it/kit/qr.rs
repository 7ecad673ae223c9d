//! A QR code read from its drawing, as a telephone reads one that it sees well: by ISO/IEC 18004 from the modules to the text, without mending
//! anything, so that what is read is what was drawn.

/// Light modules around it that readers need.
const QUIET: usize = 4;
/// What is written with eleven bits for two.
const SIGNS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// What the first QR code in an SVG says. Panics where it is none, or larger than any that is drawn here.
pub(crate) fn read(svg: &str) -> String {
    let modules = modules(svg);
    let (is_low, mask) = format(&modules);
    let bytes = in_order(&codewords(&modules, mask), (modules.len() - 17) / 4, is_low);
    text(&bytes)
}

/// Dark and light, row by row, without the edge.
fn modules(svg: &str) -> Vec<Vec<bool>> {
    let after = |begin: &str| svg.split_once(begin).unwrap_or_else(|| panic!("{begin}: {svg}")).1;
    let side: usize = after("viewBox=\"0 0 ").split(' ').next().unwrap().parse().unwrap();
    let mut dots = vec![vec![false; side]; side];
    for part in after(" d=\"").split('"').next().unwrap().split('M').skip(1) {
        let numbers = part.split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty());
        let numbers: Vec<usize> = numbers.map(|number| number.parse().unwrap()).collect();
        let [x, y, width, height, ..] = numbers[..] else { panic!("{part}") };
        for row in &mut dots[y..y + height] {
            row[x..x + width].fill(true);
        }
    }
    // The upper edge of the first finder is seven modules long.
    let edge = dots.iter().position(|row| row.contains(&true)).unwrap();
    let unit = dots[edge][edge..].iter().take_while(|dark| **dark).count() / 7;
    assert!(unit > 0 && edge >= QUIET * unit, "an edge of {edge}, modules of {unit}");
    let places = || (edge..side - edge).step_by(unit);
    places().map(|y| places().map(|x| dots[y][x]).collect()).collect()
}

/// Whether it is of the lowest correction, or else of the next one; and its mask.
fn format(modules: &[Vec<bool>]) -> (bool, usize) {
    let across = [0, 1, 2, 3, 4, 5, 7, 8].map(|x| modules[8][x]);
    let down = [7, 5, 4, 3, 2, 1, 0].map(|y| modules[y][8]);
    let bits = across.into_iter().chain(down).fold(0, |bits, dark| bits << 1 | usize::from(dark)) ^ 0x5412;
    let level = bits >> 13;
    assert!(level < 2, "a correction that nothing here is drawn with: {level}");
    (level == 1, bits >> 10 & 7)
}

/// Finders, timing, alignment, format and version: not what it says.
fn is_pattern(x: usize, y: usize, side: usize) -> bool {
    let version = (side - 17) / 4;
    let (far, last) = (side - 8, side - 7);
    let is_corner = y < 9 && (x < 9 || x >= far) || x < 9 && y >= far;
    let is_version = version > 6 && (x < 6 && y >= side - 11 || y < 6 && x >= side - 11);
    let centres = match version {
        1 => vec![],
        2..7 => vec![6, last],
        _ => vec![6, usize::midpoint(6, last), last],
    };
    let is_aligned = centres.iter().any(|row| {
        centres.iter().any(|column| {
            let is_finder = [(6, 6), (6, last), (last, 6)].contains(&(*row, *column));
            !is_finder && row.abs_diff(y) < 3 && column.abs_diff(x) < 3
        })
    });
    is_corner || is_version || is_aligned || x == 6 || y == 6
}

fn is_masked(mask: usize, y: usize, x: usize) -> bool {
    let product = x * y;
    let rest = match mask {
        0 => (y + x) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (y + x) % 3,
        4 => (y / 2 + x / 3) % 2,
        5 => product % 2 + product % 3,
        6 => (product % 2 + product % 3) % 2,
        _ => ((y + x) % 2 + product % 3) % 2,
    };
    rest == 0
}

/// The bytes as they lie there: in columns of two, from the right, upwards and downwards in turns.
fn codewords(modules: &[Vec<bool>], mask: usize) -> Vec<u8> {
    let side = modules.len();
    let mut bits = Vec::new();
    // The column of the timing is left out.
    let columns = (1..side).rev().step_by(2).map(|right| if right > 6 { right } else { right - 1 });
    for (turn, right) in columns.enumerate() {
        for step in 0..side {
            let y = if turn % 2 == 0 { side - 1 - step } else { step };
            for x in [right, right - 1] {
                if !is_pattern(x, y, side) {
                    bits.push(modules[y][x] != is_masked(mask, y, x));
                }
            }
        }
    }
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
}

/// What is said, without the correction: the blocks lie mixed.
fn in_order(codewords: &[u8], version: usize, is_low: bool) -> Vec<u8> {
    // So many blocks of so many bytes, and so many of one more.
    let (short, length, long) = match (version, is_low) {
        (1, true) => (1, 19, 0),
        (2, true) => (1, 34, 0),
        (3, true) => (1, 55, 0),
        (4, true) => (1, 80, 0),
        (5, true) => (1, 108, 0),
        (6, true) => (2, 68, 0),
        (7, true) => (2, 78, 0),
        (8, true) => (2, 97, 0),
        (9, true) => (2, 116, 0),
        (1, false) => (1, 16, 0),
        (2, false) => (1, 28, 0),
        (3, false) => (1, 44, 0),
        (4, false) => (2, 32, 0),
        (5, false) => (2, 43, 0),
        (6, false) => (4, 27, 0),
        (7, false) => (4, 31, 0),
        (8, false) => (2, 38, 2),
        (9, false) => (3, 36, 2),
        _ => panic!("no larger one is drawn here: {version}"),
    };
    let mut blocks: Vec<Vec<u8>> = vec![Vec::new(); short + long];
    let mut words = codewords.iter();
    for place in 0..=length {
        for (number, block) in blocks.iter_mut().enumerate() {
            if place < length || number >= short {
                block.push(*words.next().unwrap());
            }
        }
    }
    blocks.concat()
}

/// Segments of digits, of signs and of bytes.
fn text(bytes: &[u8]) -> String {
    let mut bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1));
    let mut take = |count: usize| (0..count).fold(0, |all, _| all << 1 | usize::from(bits.next().unwrap_or(0)));
    let mut said = Vec::new();
    loop {
        match take(4) {
            0 => return String::from_utf8(said).unwrap(),
            1 => {
                let mut left = take(10);
                while left > 0 {
                    let digits = left.min(3);
                    said.extend(format!("{:0digits$}", take([0, 4, 7, 10][digits])).bytes());
                    left -= digits;
                }
            }
            2 => {
                let mut left = take(9);
                while left > 1 {
                    let two = take(11);
                    said.extend([SIGNS[two / SIGNS.len()], SIGNS[two % SIGNS.len()]]);
                    left -= 2;
                }
                if left == 1 {
                    said.push(SIGNS[take(6)]);
                }
            }
            4 => {
                for _ in 0..take(8) {
                    said.push(u8::try_from(take(8)).unwrap());
                }
            }
            other => panic!("a segment of sort {other}"),
        }
    }
}
