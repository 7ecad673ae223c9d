//! The pictures of the README, made by one command from a village that does not exist:
//! `LOA_PICTURES=1 cargo test --test it browser::pictures`.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::day::Login;
use super::driver::Driver;
use super::{decoded, village};
use crate::console::Console;

/// Set to have them made.
const ASKED_FOR: &str = "LOA_PICTURES";

/// A page of documentation that loads on a phone in the village.
const BYTES_MOST: u64 = 120 * 1024;

/// What is shown: the file, the path, width, height, dark.
const SHOWN: [(&str, &str, u32, u32, bool); 4] = [
    ("hom-nay", "/", 1280, 1180, false),
    ("hom-nay-dien-thoai", "/", 400, 800, false),
    ("lich-phat-dien-thoai", "/schedule", 400, 800, true),
    ("nhat-ky-dien-thoai", "/journal", 400, 800, false),
];

#[test]
fn the_pictures_of_the_readme_are_made_from_a_village() {
    if std::env::var_os(ASKED_FOR).is_none() {
        eprintln!("SKIPPED: {ASKED_FOR}=1 makes the pictures of the README anew");
        return;
    }
    let Some(driver) = Driver::start() else { return };
    let village = village::village();
    let daemon = village.station.run();
    let console = Console::start(&village.station);
    let root = format!("http://{}", console.address);
    village.sounds(&daemon, &console);
    driver.be(1280, 900, false);
    driver.keep(&root, "lang", "vi");
    Login::new(&driver, &root, &console.link("Trần Thị Hai", "official", &[]));
    // The tasks are worked out anew every twenty seconds; and by then there is something to see of the bar.
    driver.run("await new Promise(done => setTimeout(done, 25000))");
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    fs::create_dir_all(&place).unwrap();
    for (name, path, width, height, is_dark) in SHOWN {
        driver.be(width, height, is_dark);
        driver.open(&format!("{root}{path}"));
        driver.run("await Promise.all([...document.images].filter(one => one.checkVisibility()).map(one => one.decode().catch(() => 0)))");
        let file = place.join(format!("{name}.png"));
        fs::write(&file, decoded(&driver.shown(width, height))).unwrap();
        // Fewer colours are seen by nobody, and are a third of the bytes.
        let squeezed = Command::new("convert")
            .arg(&file)
            .args(["-strip", "+dither", "-colors", "160", "-define", "png:compression-level=9"])
            .arg(&file)
            .status();
        assert!(squeezed.is_ok_and(|status| status.success()), "needs ImageMagick: convert");
        let bytes = fs::metadata(&file).unwrap().len();
        assert!(bytes < BYTES_MOST, "{name}: {bytes} bytes");
    }
}
