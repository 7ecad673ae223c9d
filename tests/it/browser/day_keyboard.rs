//! The same with the keyboard alone, at 200 %: what has the focus is seen, and nothing lies over it.

use super::driver::{By, Driver};
use crate::console::{Console, PASSWORD};
use crate::kit::Station;

const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";
const SPACE: &str = " ";

/// No page has more to go through.
const STOPS_MOST: usize = 150;

/// What is wrong with the focus, if anything: it is on nothing, it is not seen, or something lies over it.
const SEEN: &str = "
const at = document.activeElement;
if (!at || at === document.body) return '';
const box = at.getBoundingClientRect();
const drawn = [at, at.closest('label')].filter(Boolean).some(one => {
  const style = getComputedStyle(one);
  return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
});
const what = at.outerHTML.slice(0, 120);
if (!drawn) return 'no ring: ' + what;
const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1), y = box.top + box.height / 2;
if (y < 0 || y > innerHeight) return 'off the screen: ' + what;
const top = document.elementFromPoint(x, y);
const own = at.closest('label') || at;
if (top && top !== at && !own.contains(top) && !top.contains(at)) return 'under ' + top.outerHTML.slice(0, 80) + ': ' + what;
return '';
";

/// Go on with the key Tab to what `css` finds.
fn go_to(driver: &Driver, css: &str) {
    let is_there = || {
        let script = format!("return !!document.activeElement && document.activeElement.matches({css:?})");
        driver.run(&script) == true
    };
    for _ in 0..STOPS_MOST {
        if is_there() {
            return;
        }
        driver.keys(TAB);
        let found = driver.run(SEEN);
        assert_eq!(found, "", "at {}", driver.address());
    }
    panic!("{css} is not reached at {}", driver.address());
}

/// Go there and press a key, and wait for a page that says this.
fn press(driver: &Driver, css: &str, key: &str, says: &str) {
    go_to(driver, css);
    driver.keys(key);
    driver.reads(says);
    let wide = driver.run("return document.documentElement.scrollWidth - innerWidth").as_i64().unwrap();
    assert!(wide <= 0, "{} is wider than the screen by {wide}", driver.address());
}

#[test]
#[ignore = "long"]
fn somebody_without_a_mouse_logs_in_stops_and_writes_a_broadcast_at_twice_the_size() {
    let Some(driver) = Driver::start() else { return };
    let station = Station::new();
    station.tone("tin.wav", 1.0, 440.0);
    station.write("loa.toml", "name = \"Xã Đông Giang\"\n[zones.thon-1]\ntitle = \"Thôn 1\"\noutput = \"null\"\n");
    station.write("schedules/a.toml", "[rules]\nhours = [\"00:00-24:00\"]\n");
    let daemon = station.run();
    daemon.wait_until("it knows the sound", || station.loa(&["status", "--json"]).json()["sounds"] == 1);
    let console = Console::start(&station);
    console.person("Trần Thị Hai", "official", &[]);
    let root = format!("http://{}", console.address);
    // A screen of 1280 x 900 at 200 %.
    driver.be(640, 450, false);
    driver.open(&format!("{root}/login"));
    go_to(&driver, "input[name=name]");
    driver.keys("Trần Thị Hai");
    go_to(&driver, "input[name=password]");
    driver.keys(PASSWORD);
    driver.keys(ENTER);
    driver.reads("Việc cần làm");
    press(&driver, "form[action=\"/stop\"] button", ENTER, "Đã dừng");
    press(&driver, "a[href=\"/schedule\"]", ENTER, "Thêm mục phát");
    press(&driver, "a[href^=\"/schedule/new\"]", ENTER, "Tên mục phát");
    go_to(&driver, "input[name=title]");
    driver.keys("Lịch tiêm chủng");
    // Enter in a box looks before it writes: nothing is sent half done.
    driver.keys(ENTER);
    driver.until("the form is back", || driver.value(By::Css("input[name=title]")) == "Lịch tiêm chủng");
    go_to(&driver, "input[name=zone][value=thon-1]");
    driver.keys(SPACE);
    go_to(&driver, "input[name=at]");
    driver.keys("530");
    driver.reads("5 giờ 30 sáng");
    go_to(&driver, "input[name=day][value=mon]");
    driver.keys(SPACE);
    go_to(&driver, "input[name=play]");
    driver.keys("tin");
    press(&driver, "button.main[name=do][value=save]", SPACE, "Đã lưu");
    let written = std::fs::read_to_string(station.path("schedules/trang-web.toml")).unwrap();
    assert!(written.contains("\"Lịch tiêm chủng\"") && written.contains("\"05:30\""), "{written}");
}
