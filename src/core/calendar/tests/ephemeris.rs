//! The lunar years 1901 to 2100 from another sky: new moons, solstices and the sun's place of PyEphem 4.2
//! (libastro: VSOP87 and ELP theories, in place of the series of Meeus), at UTC+7.

use std::collections::BTreeSet;

use crate::calendar::sample::day;
use crate::calendar::{LunarDate, date_of, day_of, lunar_of};

/// A lunar year each, from 1901 on. From bit 20: days from 20 January to its first day. Bits 16 to 19: the
/// number of its leap month, or 0. Bit n: its month n has 30 days (29 otherwise), the leap month counted
/// where it stands.
const YEARS: [u32; 200] = [
    0x01e0_0752,
    0x0130_06a5,
    0x0085_164b,
    0x01b0_064b,
    0x00f0_0c9b,
    0x0054_155a,
    0x0180_056a,
    0x00d0_0b69,
    0x0022_1752,
    0x0150_0b52,
    0x00a6_1b25,
    0x01d0_0b25,
    0x0110_0a4b,
    0x0065_14ab,
    0x0190_02ad,
    0x00e0_056d,
    0x0033_0b69,
    0x0160_0da9,
    0x00c7_1d92,
    0x01f0_0e92,
    0x0130_0d25,
    0x0086_1a4d,
    0x01b0_0a56,
    0x0100_02b6,
    0x0044_15b5,
    0x0180_06d4,
    0x00d0_0ea9,
    0x0032_1e92,
    0x0150_0e92,
    0x00a6_0d26,
    0x01c0_052b,
    0x0110_0a57,
    0x0065_14d6,
    0x0190_035a,
    0x00e0_06d5,
    0x0043_16c9,
    0x0160_0749,
    0x00b8_1693,
    0x01e0_0a95,
    0x0130_052b,
    0x0076_0a5b,
    0x01a0_0aad,
    0x0100_056a,
    0x0054_1b65,
    0x0180_0ba4,
    0x00d0_0b49,
    0x0022_1a95,
    0x0150_0a95,
    0x0097_152d,
    0x01c0_0556,
    0x0110_0ab5,
    0x0075_15aa,
    0x0190_05d2,
    0x00e0_0da5,
    0x0043_1d4a,
    0x0170_0e4a,
    0x00b8_0c96,
    0x01d0_0a97,
    0x0130_0556,
    0x0086_0ab5,
    0x01a0_0ad9,
    0x0100_06d2,
    0x0054_0ea5,
    0x0180_0725,
    0x00c0_064b,
    0x0013_0c97,
    0x0140_049b,
    0x0097_055b,
    0x01b0_056b,
    0x0110_0b69,
    0x0075_1752,
    0x01a0_0b52,
    0x00e0_0b25,
    0x0034_1a4b,
    0x0160_0a4d,
    0x00b8_14ab,
    0x01d0_02ad,
    0x0120_05ad,
    0x0086_0b6a,
    0x01b0_0da9,
    0x0100_0d92,
    0x0054_1d25,
    0x0180_0d25,
    0x00d0_0a55,
    0x0012_14ad,
    0x0140_04b6,
    0x0097_05b5,
    0x01c0_06d5,
    0x0110_0ec9,
    0x0075_1e92,
    0x01a0_0e92,
    0x00f0_0d26,
    0x0033_0a56,
    0x0150_0a57,
    0x00b8_1556,
    0x01e0_056a,
    0x0120_0b55,
    0x0085_16c9,
    0x01b0_0749,
    0x0100_0693,
    0x0044_152b,
    0x0170_052b,
    0x00c0_0a5b,
    0x0022_155a,
    0x0140_056a,
    0x0097_0b65,
    0x01c0_0ba5,
    0x0120_0d49,
    0x0065_1a95,
    0x0190_0a95,
    0x00e0_052d,
    0x0034_0aad,
    0x0150_0ab5,
    0x00b9_15aa,
    0x01e0_05d2,
    0x0130_0da5,
    0x0086_1d4a,
    0x01b0_0e4a,
    0x0100_0c96,
    0x0054_192e,
    0x0170_0556,
    0x00c0_0ab5,
    0x0022_15b2,
    0x0150_06d2,
    0x0096_0ea5,
    0x01c0_0725,
    0x0110_064b,
    0x0065_0c97,
    0x0180_04ab,
    0x00d0_055b,
    0x0033_0ada,
    0x0160_0b6a,
    0x00bb_1752,
    0x01e0_0b92,
    0x0130_0b25,
    0x0086_1a4b,
    0x01a0_0a4d,
    0x00f0_04ad,
    0x0045_095b,
    0x0170_05ad,
    0x00c0_0baa,
    0x0022_1b52,
    0x0150_0d92,
    0x00a7_1d25,
    0x01c0_0d25,
    0x0110_0a55,
    0x0065_14ad,
    0x0190_04b6,
    0x00d0_06b5,
    0x0033_0daa,
    0x0160_0eca,
    0x00c8_0e92,
    0x01d0_0e93,
    0x0130_0d26,
    0x0086_0a56,
    0x01a0_0a5b,
    0x00f0_055a,
    0x0044_0ad5,
    0x0170_0b55,
    0x00d0_074a,
    0x0013_0e93,
    0x0140_0a93,
    0x0097_152b,
    0x01c0_052b,
    0x0100_0a9b,
    0x0065_155a,
    0x0190_056a,
    0x00e0_0b65,
    0x0034_174a,
    0x0160_0d4a,
    0x00b8_1a95,
    0x01e0_0c95,
    0x0120_092d,
    0x0076_0aad,
    0x01a0_0ab5,
    0x0100_05aa,
    0x0044_0da5,
    0x0170_0ea5,
    0x00d0_0d4a,
    0x0023_1d15,
    0x0140_0c96,
    0x0097_1956,
    0x01c0_0556,
    0x0110_0ab5,
    0x0065_16b4,
    0x0190_06d4,
    0x00e0_0ea5,
    0x0044_0e8a,
    0x0150_068b,
    0x00a8_1497,
    0x01d0_04ab,
    0x0120_095b,
    0x0076_0ada,
    0x01a0_0b6a,
    0x0100_0754,
    0x0054_1725,
    0x0170_0b45,
    0x00c0_0a8b,
    0x0012_152b,
    0x0140_04ad,
];

/// Both agree that the new moon falls within two minutes of midnight; the published calendar begins the
/// month on this day, the other sky on the day before.
const SETTLED_BY_THE_PUBLISHED_CALENDAR: [&str; 3] = ["1944-06-21", "2072-12-10", "2077-11-16"];

/// The first day of each month, with its number and whether it is a leap one.
fn months() -> Vec<(i32, i32, u8, bool)> {
    let mut months = Vec::new();
    for (year, code) in (1901..).zip(YEARS) {
        let mut first = day_of(day(&format!("{year}-01-20"))) + (code >> 20) as i32;
        let leap = (code >> 16 & 0xf) as u8;
        let numbers = (1..=12).flat_map(|number| {
            let twice = (number == leap).then_some((number, true));
            [(number, false)].into_iter().chain(twice)
        });
        for (place, (number, is_leap)) in numbers.enumerate() {
            months.push((first, year, number, is_leap));
            first += 29 + (code >> place & 1) as i32;
        }
    }
    months
}

#[test]
fn every_month_of_two_centuries_begins_where_another_sky_has_it() {
    let months = months();
    assert_eq!(months.len(), 2473);
    let mut settled = BTreeSet::new();
    for (first, year, month, leap) in months {
        let expected = LunarDate { year, month, leap, day: 1 };
        if lunar_of(date_of(first)) == expected {
            assert_eq!(lunar_of(date_of(first - 1)).day.max(29), lunar_of(date_of(first - 1)).day, "{expected:?}");
            continue;
        }
        assert_eq!(lunar_of(date_of(first + 1)), expected, "{}", date_of(first));
        settled.insert(date_of(first + 1).to_string());
    }
    assert!(settled.iter().eq(SETTLED_BY_THE_PUBLISHED_CALENDAR), "{settled:?}");
}
