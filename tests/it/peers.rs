//! The bench beside the peers: what it makes of figures that were measured before.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Two programs, as `figures.json` has them; every figure is one that floating point holds exactly.
const FIGURES: &str = r#"{
  "date": "2026-12-01 00:00 UTC", "cores": 2,
  "starts": {"loa": {"due": 3, "heard": 3, "ms": [-9.5, -9.25, -9.75]}, "mpd": {"due": 3, "heard": 3, "ms": [10, 14, 12]}},
  "orders": {"loa alert": {"due": 1, "heard": 1, "ms": [41]}, "mpg123": {"due": 1, "heard": 1, "ms": [10.25]},
             "silent": {"due": 1, "heard": 0, "ms": []}},
  "zones": {"loa": {"0": {"pss_mb": 20, "core_percent": 0.5}, "8": {"pss_mb": 40, "core_percent": 4}},
            "mpg123, one for each zone": {"8": {"pss_mb": 160, "core_percent": 2}}},
  "ready": {"loa, 0 rows in its journal": [10, 8, 12], "mpd": [40]}
}"#;

#[test]
fn tables_with_ratios_and_one_picture_are_made_of_figures_alone() {
    let place = tempfile::tempdir().unwrap();
    let (figures, picture) = (place.path().join("figures.json"), place.path().join("peers.svg"));
    fs::write(&figures, FIGURES).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/measure.py");
    let said = Command::new("python3").arg(script).arg("--table").arg(&figures).arg("--svg").arg(&picture).output();
    let said = match said {
        Ok(said) => said,
        Err(error) => {
            eprintln!("SKIPPED: needs python3, which `deploy/setup test` installs ({error})");
            return;
        }
    };
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let table = String::from_utf8(said.stdout).unwrap();
    for row in [
        "| loa | 3 of 3 | -9.50 | 0.25 | 0.25 | 1.00 |",
        "| mpd | 3 of 3 | +12.00 | 2.00 | 2.00 | 8.00 |",
        // Where a peer wins, its ratio says so.
        "| mpg123 | 1 of 1 | +10.25 | 0.00 | 0.00 | 0.25 |",
        "| silent | 0 of 1 | | | | |",
        "| loa | 20.0 MB, 0.50 % | 40.0 MB, 4.00 % | 200 | 1.00, 1.00 |",
        "| mpg123, one for each zone |  | 160.0 MB, 2.00 % | 400 | 4.00, 0.50 |",
        "| mpd | 40 | 40 | 40 | 4.00 |",
    ] {
        assert!(table.lines().any(|line| line == row), "{row}\n{table}");
    }
    let drawn = fs::read_to_string(picture).unwrap();
    assert!(drawn.starts_with("<svg ") && drawn.contains("prefers-color-scheme:dark"), "{drawn}");
    // Dot and ring of two programs, then a dot each for memory and processor; a tick for each start.
    assert_eq!((drawn.matches("<circle").count(), drawn.matches("<rect").count()), (8, 6), "{drawn}");
}
