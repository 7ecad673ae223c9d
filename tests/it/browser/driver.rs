//! A real browser, driven over WebDriver: one process of chromedriver on a port of its own, asked in JSON over plain HTTP,
//! so that nothing has to be built for it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// So long a browser may take for one thing on a machine that does ten at once.
const PATIENCE: Duration = Duration::from_mins(1);

/// A browser, closed when it is dropped.
pub(super) struct Driver {
    child: Child,
    _out: BufReader<ChildStdout>,
    address: SocketAddr,
    session: String,
}

impl Driver {
    /// Start one; none where chromedriver is not installed.
    pub(super) fn start() -> Option<Self> {
        let started = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                eprintln!("SKIPPED: needs the packages chromium and chromium-driver ({error})");
                return None;
            }
        };
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0, "chromedriver ended");
            if let Some((_, port)) = line.rsplit_once("successfully on port ") {
                break port.trim().trim_end_matches('.').parse::<u16>().unwrap();
            }
        };
        let mut driver = Self { child, _out: out, address: ([127, 0, 0, 1], port).into(), session: String::new() };
        // A container has no user namespaces and little /dev/shm; nothing is fetched from outside.
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--no-first-run",
            "--lang=vi",
            "--hide-scrollbars",
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let session = driver.ask("POST", "/session", &wanted);
        session["sessionId"].as_str().unwrap_or_else(|| panic!("{session}")).clone_into(&mut driver.session);
        Some(driver)
    }

    /// Ask for `path` of the session.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let path = if self.session.is_empty() { path.to_owned() } else { format!("/session/{}{path}", self.session) };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        // It keeps the line open whatever it is told: the length says where the answer ends.
        let mut answer = BufReader::new(stream);
        let (mut status, mut length) = (String::new(), 0);
        answer.read_line(&mut status).unwrap();
        loop {
            let mut line = String::new();
            answer.read_line(&mut line).unwrap();
            match line.trim().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap();
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        answer.read_exact(&mut body).unwrap();
        let value: Value = serde_json::from_slice(&body).unwrap();
        assert!(status.contains(" 200"), "{method} {path}: {}", value["value"]["message"]);
        value["value"].clone()
    }

    /// Open an address, and wait until it is loaded.
    pub(super) fn open(&self, address: &str) {
        self.ask("POST", "/url", &json!({"url": address}));
    }

    /// Where it is now.
    pub(super) fn address(&self) -> String {
        self.ask("GET", "/url", &Value::Null).as_str().unwrap().to_owned()
    }

    /// What `script` returns.
    pub(super) fn run(&self, script: &str) -> Value {
        self.ask("POST", "/execute/sync", &json!({"script": script, "args": []}))
    }

    fn find(&self, css: &str) -> String {
        let found = self.ask("POST", "/element", &json!({"using": "css selector", "value": css}));
        found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned()
    }

    /// Type into the field that `css` finds.
    pub(super) fn write(&self, css: &str, text: &str) {
        let id = self.find(css);
        self.ask("POST", &format!("/element/{id}/value"), &json!({"text": text}));
    }

    /// Tap what `css` finds.
    pub(super) fn tap(&self, css: &str) {
        let id = self.find(css);
        self.ask("POST", &format!("/element/{id}/click"), &json!({}));
    }

    /// Let go of what was found while nobody looked, and give it: what the console of the page has said.
    pub(super) fn complaints(&self) -> Vec<String> {
        let log = self.ask("POST", "/se/log", &json!({"type": "browser"}));
        let said = log.as_array().cloned().unwrap_or_default().into_iter();
        said.filter(|line| line["level"] == "SEVERE" || line["level"] == "WARNING")
            .map(|line| line["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Be a screen of this width and height, light or dark, a phone where it is narrow.
    pub(super) fn be(&self, width: u32, height: u32, is_dark: bool) {
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.command("Emulation.setDeviceMetricsOverride", &screen);
        let scheme = if is_dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.command("Emulation.setEmulatedMedia", &media);
    }

    /// The whole page as a picture in PNG, in base 64.
    pub(super) fn picture(&self, width: u32) -> String {
        let size = self.run("return Math.min(document.documentElement.scrollHeight, 6000)");
        let clip = json!({"x": 0, "y": 0, "width": width, "height": size, "scale": 1});
        let taken = self
            .command("Page.captureScreenshot", &json!({"format": "png", "captureBeyondViewport": true, "clip": clip}));
        taken["data"].as_str().unwrap().to_owned()
    }

    /// What is on the screen as a picture in PNG, in base 64.
    pub(super) fn shown(&self, width: u32, height: u32) -> String {
        let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
        let taken = self.command("Page.captureScreenshot", &json!({"format": "png", "clip": clip}));
        taken["data"].as_str().unwrap().to_owned()
    }

    /// Set a cookie for `address`.
    pub(super) fn keep(&self, address: &str, name: &str, value: &str) {
        self.command("Network.setCookie", &json!({"url": address, "name": name, "value": value}));
    }

    fn command(&self, name: &str, parameters: &Value) -> Value {
        self.ask("POST", "/goog/cdp/execute", &json!({"cmd": name, "params": parameters}))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.ask("DELETE", "", &Value::Null);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
