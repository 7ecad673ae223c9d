//! Where the moon and the sun are: Jean Meeus, "Astronomical Algorithms", 2nd edition, chapters 25
//! and 49; Delta T after Espenak and Meeus, "Five Millennium Canon of Solar Eclipses". Days are
//! Julian days.

/// The mean length from new moon to new moon, in days.
pub(super) const SYNODIC: f64 = 29.530_588_861;

/// The mean new moon with number 0: 6 January 2000.
pub(super) const FIRST_NEW_MOON: f64 = 2_451_550.097_66;

/// J2000.0, and the days of a Julian century.
const J2000: f64 = 2_451_545.0;
const CENTURY: f64 = 36_525.0;

/// One periodic term of a new moon: days, the power of E, and the multiples of M, M', F and Ω.
type Term = (f64, i32, [f64; 4]);

/// Chapter 49, the column for the new moon.
const TERMS: [Term; 25] = [
    (-0.407_20, 0, [0.0, 1.0, 0.0, 0.0]),
    (0.172_41, 1, [1.0, 0.0, 0.0, 0.0]),
    (0.016_08, 0, [0.0, 2.0, 0.0, 0.0]),
    (0.010_39, 0, [0.0, 0.0, 2.0, 0.0]),
    (0.007_39, 1, [-1.0, 1.0, 0.0, 0.0]),
    (-0.005_14, 1, [1.0, 1.0, 0.0, 0.0]),
    (0.002_08, 2, [2.0, 0.0, 0.0, 0.0]),
    (-0.001_11, 0, [0.0, 1.0, -2.0, 0.0]),
    (-0.000_57, 0, [0.0, 1.0, 2.0, 0.0]),
    (0.000_56, 1, [1.0, 2.0, 0.0, 0.0]),
    (-0.000_42, 0, [0.0, 3.0, 0.0, 0.0]),
    (0.000_42, 1, [1.0, 0.0, 2.0, 0.0]),
    (0.000_38, 1, [1.0, 0.0, -2.0, 0.0]),
    (-0.000_24, 1, [-1.0, 2.0, 0.0, 0.0]),
    (-0.000_17, 0, [0.0, 0.0, 0.0, 1.0]),
    (-0.000_07, 0, [2.0, 1.0, 0.0, 0.0]),
    (0.000_04, 0, [0.0, 2.0, -2.0, 0.0]),
    (0.000_04, 0, [3.0, 0.0, 0.0, 0.0]),
    (0.000_03, 0, [1.0, 1.0, -2.0, 0.0]),
    (0.000_03, 0, [0.0, 2.0, 2.0, 0.0]),
    (-0.000_03, 0, [1.0, 1.0, 2.0, 0.0]),
    (0.000_03, 0, [-1.0, 1.0, 2.0, 0.0]),
    (-0.000_02, 0, [-1.0, 1.0, -2.0, 0.0]),
    (-0.000_02, 0, [1.0, 3.0, 0.0, 0.0]),
    (0.000_02, 0, [0.0, 4.0, 0.0, 0.0]),
];

/// Chapter 49, the additional corrections of all phases: days, and the argument's start and rate in
/// degrees.
const PLANETS: [(f64, f64, f64); 14] = [
    (0.000_325, 299.77, 0.107_408),
    (0.000_165, 251.88, 0.016_321),
    (0.000_164, 251.83, 26.651_886),
    (0.000_126, 349.42, 36.412_478),
    (0.000_110, 84.66, 18.206_239),
    (0.000_062, 141.74, 53.303_771),
    (0.000_060, 207.14, 2.453_732),
    (0.000_056, 154.84, 7.306_860),
    (0.000_047, 34.52, 27.261_239),
    (0.000_042, 207.19, 0.121_824),
    (0.000_040, 291.34, 1.844_379),
    (0.000_037, 161.72, 24.198_154),
    (0.000_035, 239.56, 25.513_099),
    (0.000_023, 331.55, 3.592_518),
];

/// The new moon with number `k`, as a Julian day in universal time.
pub(super) fn new_moon(k: i32) -> f64 {
    let k = f64::from(k);
    let t = k / 1236.85;
    let mean =
        FIRST_NEW_MOON + SYNODIC * k + polynomial(t, &[0.0, 0.0, 0.000_154_37, -0.000_000_150, 0.000_000_000_73]);
    let e = polynomial(t, &[1.0, -0.002_516, -0.000_007_4]);
    let sun = 2.5534 + 29.105_356_70 * k + polynomial(t, &[0.0, 0.0, -0.000_001_4, -0.000_000_11]);
    let moon = 201.5643 + 385.816_935_28 * k + polynomial(t, &[0.0, 0.0, 0.010_758_2, 0.000_012_38, -0.000_000_058]);
    let latitude =
        160.7108 + 390.670_502_84 * k + polynomial(t, &[0.0, 0.0, -0.001_611_8, -0.000_002_27, 0.000_000_011]);
    let node = 124.7746 - 1.563_755_88 * k + polynomial(t, &[0.0, 0.0, 0.002_067_2, 0.000_002_15]);
    let periodic: f64 = TERMS
        .iter()
        .map(|(days, power, by)| {
            days * e.powi(*power) * sine(by[0] * sun + by[1] * moon + by[2] * latitude + by[3] * node)
        })
        .sum();
    let planets: f64 = PLANETS
        .iter()
        .enumerate()
        .map(|(ix, (days, start, rate))| {
            let bend = if ix == 0 { -0.009_173 * t * t } else { 0.0 };
            days * sine(start + rate * k + bend)
        })
        .sum();
    universal(mean + periodic + planets)
}

/// The apparent longitude of the sun in degrees, 0..360, at a Julian day in universal time.
pub(super) fn sun_longitude(universal: f64) -> f64 {
    longitude(universal + delta_t(universal) / 86_400.0)
}

/// The December solstice of a year, as a Julian day in universal time.
pub(super) fn winter_solstice(year: i32) -> f64 {
    // 21 December, then Newton's steps on a sun that moves 360° in a year.
    let mut day = J2000 + 355.0 + 365.2425 * f64::from(year - 2000);
    for _ in 0..6 {
        let behind = (270.0 - longitude(day) + 180.0).rem_euclid(360.0) - 180.0;
        day += behind * 365.2422 / 360.0;
    }
    universal(day)
}

/// Chapter 25: 0.01° is a quarter of an hour.
fn longitude(dynamical: f64) -> f64 {
    let t = (dynamical - J2000) / CENTURY;
    let mean = polynomial(t, &[280.466_46, 36_000.769_83, 0.000_303_2]);
    let anomaly = polynomial(t, &[357.529_11, 35_999.050_29, -0.000_153_7]);
    let centre = polynomial(t, &[1.914_602, -0.004_817, -0.000_014]) * sine(anomaly)
        + polynomial(t, &[0.019_993, -0.000_101]) * sine(2.0 * anomaly)
        + 0.000_289 * sine(3.0 * anomaly);
    let apparent = mean + centre - 0.005_69 - 0.004_78 * sine(125.04 - 1934.136 * t);
    apparent.rem_euclid(360.0)
}

fn universal(dynamical: f64) -> f64 {
    dynamical - delta_t(dynamical) / 86_400.0
}

/// Dynamical minus universal time in seconds.
fn delta_t(day: f64) -> f64 {
    let year = 2000.0 + (day - J2000) / 365.25;
    let (origin, coefficients): (f64, &[f64]) = match year {
        y if y < 1920.0 => (1900.0, &[-2.79, 1.494_119, -0.059_893_9, 0.006_196_6, -0.000_197]),
        y if y < 1941.0 => (1920.0, &[21.20, 0.844_93, -0.076_100, 0.002_093_6]),
        y if y < 1961.0 => (1950.0, &[29.07, 0.407, -1.0 / 233.0, 1.0 / 2547.0]),
        y if y < 1986.0 => (1975.0, &[45.45, 1.067, -1.0 / 260.0, -1.0 / 718.0]),
        y if y < 2005.0 => (2000.0, &[63.86, 0.3345, -0.060_374, 0.001_727_5, 0.000_651_814, 0.000_023_735_99]),
        y if y < 2050.0 => (2000.0, &[62.92, 0.322_17, 0.005_589]),
        _ => {
            let u = (year - 1820.0) / 100.0;
            return -20.0 + 32.0 * u * u - 0.5628 * (2150.0 - year);
        }
    };
    polynomial(year - origin, coefficients)
}

fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

fn sine(degrees: f64) -> f64 {
    degrees.rem_euclid(360.0).to_radians().sin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_examples_of_the_book_come_out() {
        // Example 49.a: k = -283, 1977 February 18, JDE 2443192.65118.
        let jde = new_moon(-283);
        assert!((jde + delta_t(jde) / 86_400.0 - 2_443_192.651_18).abs() < 0.000_02, "{jde}");
        // Example 25.a: 1992 October 13.0 TD, apparent longitude 199.90895 degrees.
        assert!((longitude(2_448_908.5) - 199.908_95).abs() < 0.000_02);
    }

    #[test]
    fn the_solstice_is_where_the_sun_is_lowest() {
        for year in 1900..2150 {
            assert!((sun_longitude(winter_solstice(year)) - 270.0).abs() < 1e-6, "{year}");
        }
    }
}
