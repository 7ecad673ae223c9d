//! What people see fits the terminal: 80 and 120 columns, one hamlet and sixty-four.

use std::process::Command;

use unicode_width::UnicodeWidthStr as _;

use crate::kit::Station;

/// A station of so many hamlets, some of which hear something else.
fn station(zones: usize) -> Station {
    let station = Station::new();
    station.tone("tin.wav", 4.0, 440.0);
    let zone = |n: usize| format!("[zones.thon-{n}]\ntitle = \"Thôn {n}\"\noutput = \"null\"\n");
    let zones: String = (1..=zones).map(zone).collect();
    station.write("loa.toml", &format!("name = \"Đài thử\"\n{zones}[clock]\ntrust = \"always\"\n"));
    station.write(
        "schedules/a.toml",
        r#"
[rules]
hours = ["05:00-06:30"]
[[broadcast]]
id = "huong-dan-nop-ho-so-truc-tuyen"
title = "Hướng dẫn nộp hồ sơ trực tuyến cho bà con ở mọi thôn trong xã"
at = ["05:30", "05:40:15"]
play = ["chime", "tin"]
[[broadcast]]
id = "chen"
title = "Tin chen"
zones = ["thon-1"]
at = ["05:30:01", "12:00"]
play = "tin"
class = "priority"
[[broadcast]]
id = "thieu"
at = "05:50"
play = "chua-co"
"#,
    );
    station
}

fn said(station: &Station, columns: usize, lang: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_loa"))
        .args(["--lang", lang, "--dir"])
        .arg(station.dir())
        .args(arguments)
        .env("COLUMNS", columns.to_string())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "long"]
fn every_table_fits_the_terminal_with_one_hamlet_and_with_sixty_four() {
    let day = ["--from", "2026-12-07", "--to", "2026-12-09"];
    for zones in [1, 4, 64] {
        let station = station(zones);
        for columns in [80, 120] {
            for lang in ["vi", "en"] {
                for line in [
                    &[&["plan"], &day[..]].concat()[..],
                    &[&["simulate", "--power-cut", "2026-12-07T05:30:02..2026-12-07T05:31"], &day[..]].concat(),
                    &["devices"],
                    &["sounds"],
                    &["doctor"],
                    &["clock"],
                    &["--help"],
                    &["simulate", "--help"],
                ] {
                    let said = said(&station, columns, lang, line);
                    assert!(!said.is_empty(), "{line:?}");
                    // A line that must be pasted whole stays whole.
                    let wide = said.lines().filter(|line| !line.trim_start().starts_with("output = "));
                    let wide: Vec<&str> = wide.filter(|line| line.width() > columns).collect();
                    assert!(wide.is_empty(), "{columns} {line:?}:\n{}", wide.join("\n"));
                }
            }
        }
    }
}

#[test]
fn hamlets_that_hear_the_same_are_one_row_and_dates_and_times_are_not_broken() {
    let station = station(64);
    let day = ["--from", "2026-12-07", "--to", "2026-12-08"];
    for columns in [80, 120] {
        let plan = said(&station, columns, "vi", &[&["plan"], &day[..]].concat());
        assert!(plan.contains("T2 07/12/2026") && plan.contains("(29/10)"), "{plan}");
        for whole in ["05:40:15 –", "[ưu tiên]", "Thôn 1"] {
            assert!(plan.contains(whole), "{columns}: {whole}\n{plan}");
        }
        assert_eq!(plan.lines().filter(|line| line.contains("05:40:15")).count(), 1, "{plan}");
        let simulated = said(&station, columns, "vi", &[&["simulate"], &day[..]].concat());
        assert!(simulated.contains("T2 07/12/2026") && simulated.contains("Thôn 1–64"), "{simulated}");
        assert!(simulated.lines().count() < 40, "{simulated}");
    }
}
