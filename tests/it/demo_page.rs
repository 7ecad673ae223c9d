//! `loa demo --page`: its page lets a guest in, something plays on it, and Ctrl-C leaves nothing behind.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command};

use crate::console::{Browser, PASSWORD, until};
use crate::demo_fleet::left_over;
use crate::kit::Station;

/// A demo, ended as Ctrl-C ends it, at the latest when it is dropped.
struct Demo(Child);

impl Demo {
    /// Its exit code.
    fn end(&mut self) -> Option<i32> {
        if let Ok(None) = self.0.try_wait() {
            assert!(Command::new("kill").args(["-s", "INT", &self.0.id().to_string()]).status().unwrap().success());
        }
        self.0.wait().unwrap().code()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.end();
    }
}

/// The command lines of what runs in this directory.
fn running(within: &Path) -> Vec<String> {
    let named = within.to_str().unwrap();
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " ")).filter(|line| line.contains(named)).collect()
}

#[test]
#[ignore = "long"]
fn the_page_of_a_demo_lets_a_guest_in_something_plays_and_ctrl_c_leaves_nothing_behind() {
    let (station, own) = (Station::new(), tempfile::tempdir().unwrap());
    let log = fs::File::create(station.path("demo.log")).unwrap();
    let mut command = station.command(&["demo", "--page"]);
    let mut demo = Demo(command.env("TMPDIR", own.path()).stderr(log).spawn().unwrap());
    let mut lines = BufReader::new(demo.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let said = || fs::read_to_string(station.path("demo.log")).unwrap();
    let link = lines.find(|line| line.contains("/invite/")).unwrap_or_else(|| panic!("{}", said()));
    let (address, path) = link.trim().strip_prefix("http://").and_then(|rest| rest.split_once('/')).unwrap();
    let address: SocketAddr = address.parse().unwrap();
    assert!(address.ip().is_loopback(), "{link}");
    assert!(!running(own.path()).is_empty(), "the station runs");

    let mut guest = Browser::at(address);
    let login = guest.get("/login");
    assert!(login.status == 200 && login.body.contains("Đăng nhập"), "{}", login.body);
    let entered = guest.post(&format!("/{path}"), &[("password", PASSWORD), ("again", PASSWORD)]);
    assert_eq!((entered.status, entered.to()), (303, "/"), "{}", entered.body);
    until("something plays", || guest.get("/").body.contains("Đang phát").then_some(()));
    let today = guest.get("/");
    assert!(today.body.contains("Đài thử") && today.body.contains("Lịch tiêm chủng"), "{}", today.body);

    assert_eq!(demo.end(), Some(0), "{}", said());
    assert!(left_over(own.path()).is_empty(), "{:?}", left_over(own.path()));
    assert!(TcpStream::connect(address).is_err(), "the page is gone");
    assert!(running(own.path()).is_empty(), "{:?}", running(own.path()));
}
