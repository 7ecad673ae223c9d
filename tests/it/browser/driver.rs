//! A real browser, driven over WebDriver: one process of chromedriver on a port of its own, asked in JSON over plain HTTP,
//! so that nothing has to be built for it.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use loa::clock::Clock as _;
use loa::machine::MachineClock;
use serde_json::{Value, json};

/// So long a browser may take for one thing on a machine that does ten at once.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is waited for is looked at this often.
const OFTEN: Duration = Duration::from_millis(50);

/// How WebDriver marks what stands for an element (W3C WebDriver, "web element identifier").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What a person can tap on by what it says.
const TAPPED: &str = "(self::a or self::button or self::summary or self::label)";

/// A browser, closed when it is dropped.
pub(super) struct Driver {
    child: Child,
    _out: BufReader<ChildStdout>,
    address: SocketAddr,
    session: String,
    taps: Cell<usize>,
}

/// How a browser is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Kind {
    /// It runs no script of a page.
    pub(super) without_script: bool,
    /// It keeps no page in memory to go back to, as a small phone does.
    pub(super) forgets: bool,
}

/// A thing of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum By<'a> {
    /// What CSS finds.
    Css(&'a str),
    /// What can be tapped and says just this, whatever spaces and lines lie between its words.
    Says(&'a str),
    /// What can be tapped and has this in what it says.
    Has(&'a str),
    /// What an expression of XPath finds.
    Path(&'a str),
}

impl By<'_> {
    fn written(self) -> Value {
        let quoted = |words: &str| format!("\"{words}\"");
        let path = |path: String| json!({"using": "xpath", "value": path});
        match self {
            Self::Css(css) => json!({"using": "css selector", "value": css}),
            Self::Says(words) => path(format!("//*[{TAPPED}][normalize-space(.)={}]", quoted(words))),
            Self::Has(words) => path(format!("//*[{TAPPED}][contains(normalize-space(.), {})]", quoted(words))),
            Self::Path(expression) => path(expression.to_owned()),
        }
    }
}

impl Driver {
    /// Start one; none where chromedriver is not installed, which is said.
    pub(super) fn start() -> Option<Self> {
        Self::of(Kind::default())
    }

    /// Start one that hears this file in place of a microphone, and takes a station's own certificate as a phone does on
    /// which it was installed.
    pub(super) fn hearing(file: &Path) -> Option<Self> {
        let file = file.to_str().unwrap();
        Self::begin(
            Kind::default(),
            &[
                "--use-fake-ui-for-media-stream".to_owned(),
                "--use-fake-device-for-media-stream".to_owned(),
                format!("--use-file-for-fake-audio-capture={file}"),
                "--ignore-certificate-errors".to_owned(),
            ],
        )
    }

    /// Start one of this kind.
    pub(super) fn of(kind: Kind) -> Option<Self> {
        Self::begin(kind, &[])
    }

    fn begin(kind: Kind, more: &[String]) -> Option<Self> {
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
        let address = ([127, 0, 0, 1], port).into();
        let mut driver = Self { child, _out: out, address, session: String::new(), taps: Cell::new(0) };
        // A container has no user namespaces and little /dev/shm; nothing is fetched from outside.
        let mut arguments = vec![
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--no-first-run",
            "--lang=vi",
            "--hide-scrollbars",
            "--autoplay-policy=no-user-gesture-required",
        ];
        arguments.extend(more.iter().map(String::as_str));
        if kind.forgets {
            arguments.push("--disable-features=BackForwardCache");
        }
        let scripts = if kind.without_script { 2 } else { 1 };
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": {"profile.default_content_setting_values.javascript": scripts},
            },
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let session = driver.ask("POST", "/session", &wanted);
        session["sessionId"].as_str().unwrap_or_else(|| panic!("{session}")).clone_into(&mut driver.session);
        Some(driver)
    }

    /// Ask for `path` of the session.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        self.attempt(method, path, body).unwrap_or_else(|why| panic!("{method} {path}: {why}"))
    }

    /// The same where it may not work: what the browser has against it.
    fn attempt(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
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
        if status.contains(" 200") {
            return Ok(value["value"].clone());
        }
        Err(value["value"]["message"].as_str().unwrap_or_default().lines().next().unwrap_or_default().to_owned())
    }

    /// Do it, again and again while the page is still moving under the finger; fail after a minute.
    fn patiently<T>(&self, what: &str, mut attempt: impl FnMut() -> Result<T, String>) -> T {
        let begun = MachineClock.mono();
        loop {
            match attempt() {
                Ok(done) => return done,
                Err(why) if MachineClock.mono().after(begun) >= PATIENCE => {
                    panic!("{what}: {why}\nat {}:\n{}", self.address(), self.text())
                }
                Err(_) => {
                    MachineClock.wait(OFTEN);
                }
            }
        }
    }

    /// Wait until `is_so`; fail after a minute with what the page says.
    pub(super) fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        self.patiently(what, || if is_so() { Ok(()) } else { Err("waited in vain".to_owned()) });
    }

    /// Wait until the page says these words.
    pub(super) fn reads(&self, words: &str) {
        self.until(words, || self.says(words));
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
        self.run_with(script, &[])
    }

    /// The same of these arguments.
    pub(super) fn run_with(&self, script: &str, arguments: &[Value]) -> Value {
        self.ask("POST", "/execute/sync", &json!({"script": script, "args": arguments}))
    }

    fn find(&self, by: By<'_>) -> Result<String, String> {
        let found = self.attempt("POST", "/elements", &by.written())?;
        let ids: Vec<&str> = found.as_array().into_iter().flatten().filter_map(id_of).collect();
        let is_shown =
            |id: &&&str| self.attempt("GET", &format!("/element/{id}/displayed"), &Value::Null) == Ok(true.into());
        match ids[..] {
            [] => Err("there is none".to_owned()),
            [one] => Ok(one.to_owned()),
            // The same words may stand in what is folded up.
            _ => ids.iter().find(is_shown).or(ids.first()).map(|id| (*id).to_owned()).ok_or_else(String::new),
        }
    }

    /// Whether it is there.
    pub(super) fn has(&self, by: By<'_>) -> bool {
        self.find(by).is_ok()
    }

    fn act(&self, by: By<'_>, deed: &str, body: &Value) {
        self.patiently(&format!("{deed} {by:?}"), || {
            let id = self.find(by)?;
            self.attempt("POST", &format!("/element/{id}/{deed}"), body)
        });
    }

    /// Type a value in place of what the field holds. It counts as one tap, as in console.md.
    pub(super) fn fill(&self, by: By<'_>, text: &str) {
        self.act(by, "clear", &json!({}));
        self.act(by, "value", &json!({"text": text}));
        self.count();
    }

    /// Choose a file for a field. A person taps once, and once more in the phone's own list, which is no page's.
    pub(super) fn choose(&self, by: By<'_>, file: &Path) {
        self.act(by, "value", &json!({"text": file.to_str().unwrap()}));
        self.count();
    }

    /// Tap what `css` finds.
    pub(super) fn tap(&self, css: &str) {
        self.press(By::Css(css));
    }

    /// Tap it.
    pub(super) fn press(&self, by: By<'_>) {
        self.patiently(&format!("tap {by:?}"), || {
            let id = self.find(by)?;
            let tap = || self.attempt("POST", &format!("/element/{id}/click"), &json!({}));
            // What lies under the bar at the foot is moved up by whoever wants to tap it.
            tap().or_else(|_| self.attempt("POST", "/execute/sync", &raised(&id)).and_then(|_| tap()))
        });
        self.count();
    }

    /// Put a finger on what `css` finds, and leave it there.
    pub(super) fn hold(&self, css: &str) {
        let id = self.patiently(&format!("hold {css}"), || self.find(By::Css(css)));
        let middle = "arguments[0].scrollIntoView({block: 'center'}); const box = arguments[0].getBoundingClientRect(); \
                      return {x: box.x + box.width / 2, y: box.y + box.height / 2}";
        let middle = self.run_with(middle, &[json!({ELEMENT: id})]);
        self.command("Input.dispatchTouchEvent", &json!({"type": "touchStart", "touchPoints": [middle]}));
    }

    /// Take the finger away.
    pub(super) fn let_go(&self) {
        self.command("Input.dispatchTouchEvent", &json!({"type": "touchEnd", "touchPoints": []}));
    }

    fn count(&self) {
        self.taps.set(self.taps.get() + 1);
    }

    /// Taps and typed values since this was last asked.
    pub(super) fn taps(&self) -> usize {
        self.taps.replace(0)
    }

    /// Strike keys, one after the other, wherever the focus is.
    pub(super) fn keys(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|deed| json!({"type": deed, "value": key.to_string()})))
            .collect();
        let board = json!({"type": "key", "id": "board", "actions": strokes});
        self.ask("POST", "/actions", &json!({"actions": [board]}));
    }

    /// What the page says.
    pub(super) fn text(&self) -> String {
        let body =
            self.find(By::Css("body")).and_then(|id| self.attempt("GET", &format!("/element/{id}/text"), &Value::Null));
        body.ok().and_then(|text| Some(text.as_str()?.to_owned())).unwrap_or_default()
    }

    /// Whether the page says this.
    pub(super) fn says(&self, words: &str) -> bool {
        let text = self.text();
        text.contains(words) || text.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
    }

    /// What a field holds.
    pub(super) fn value(&self, by: By<'_>) -> String {
        self.patiently(&format!("the value of {by:?}"), || {
            let id = self.find(by)?;
            let value = self.attempt("GET", &format!("/element/{id}/property/value"), &Value::Null)?;
            Ok(value.as_str().unwrap_or_default().to_owned())
        })
    }

    /// How many there are that `css` finds.
    pub(super) fn count_of(&self, css: &str) -> usize {
        let found = self.attempt("POST", "/elements", &By::Css(css).written());
        found.ok().and_then(|found| Some(found.as_array()?.len())).unwrap_or_default()
    }

    /// What the browser keeps under this name.
    pub(super) fn cookie(&self, name: &str) -> String {
        let cookie = self.ask("GET", &format!("/cookie/{name}"), &Value::Null);
        cookie["value"].as_str().unwrap().to_owned()
    }

    /// Go one page back.
    pub(super) fn back(&self) {
        self.ask("POST", "/back", &json!({}));
    }

    /// Open another tab, and look at it.
    pub(super) fn open_tab(&self) -> String {
        let tab = self.ask("POST", "/window/new", &json!({"type": "tab"}));
        let handle = tab["handle"].as_str().unwrap().to_owned();
        self.go_to_tab(&handle);
        handle
    }

    /// The tab that is looked at.
    pub(super) fn tab(&self) -> String {
        self.ask("GET", "/window", &Value::Null).as_str().unwrap().to_owned()
    }

    /// Look at another one.
    pub(super) fn go_to_tab(&self, handle: &str) {
        self.ask("POST", "/window", &json!({"handle": handle}));
    }

    /// Close a tab, and look at another one.
    pub(super) fn close_tab(&self, handle: &str, other: &str) {
        self.go_to_tab(handle);
        self.ask("DELETE", "/window", &Value::Null);
        self.go_to_tab(other);
    }

    /// Put what is downloaded here.
    pub(super) fn download_to(&self, place: &Path) {
        let where_to = json!({"behavior": "allow", "downloadPath": place.to_str().unwrap()});
        self.command("Browser.setDownloadBehavior", &where_to);
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

/// What moves an element to the middle of the screen.
fn raised(id: &str) -> Value {
    json!({"script": "arguments[0].scrollIntoView({block: 'center'})", "args": [{ELEMENT: id}]})
}

/// The name by which an element is asked for.
fn id_of(element: &Value) -> Option<&str> {
    element.as_object()?.values().next()?.as_str()
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
