//! A running `loa console`, and browsers: each keeps its cookies and asks over a plain connection, with the headers that
//! a browser sends of itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use crate::kit::Station;

/// What everybody here chose.
pub(crate) const PASSWORD: &str = "trâu đen ăn cỏ";

/// So long an answer may take on a machine that does ten things at once.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running `loa console`, killed when it is dropped.
pub(crate) struct Console<'a> {
    station: &'a Station,
    child: Child,
    /// Kept open, so that what it prints later finds somebody.
    _out: BufReader<ChildStdout>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// `http` or `https`.
    pub(crate) scheme: String,
}

impl<'a> Console<'a> {
    /// Start it on a free port, and wait until it says where it is. What it complains of goes to `console.log`.
    pub(crate) fn start(station: &'a Station) -> Self {
        let log = fs::File::create(station.path("console.log")).unwrap();
        let mut child = station
            .command(&["console", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        out.read_line(&mut said).unwrap();
        let found = said.split_whitespace().find_map(|word| word.trim_end_matches('/').split_once("://"));
        let (scheme, address) =
            found.unwrap_or_else(|| panic!("{said:?}: {}", fs::read_to_string(station.path("console.log")).unwrap()));
        let (scheme, address) = (scheme.to_owned(), address.parse().unwrap());
        Self { station, child, _out: out, address, scheme }
    }

    /// What it complained of.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.station.path("console.log")).unwrap()
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A browser that nobody has logged in with.
    pub(crate) fn browser(&self) -> Browser {
        Browser::at(self.address)
    }

    /// The browser of somebody who was logged in at the page that ran before.
    pub(crate) fn browser_as(&self, known: &Browser) -> Browser {
        Browser { address: self.address, ..known.clone() }
    }

    /// The same on another machine: one with this address of the loopback.
    pub(crate) fn browser_at(&self, from: &str) -> Browser {
        Browser { from: Some(from.parse().unwrap()), ..self.browser() }
    }

    /// The path of a new person's link: `/invite/…`.
    pub(crate) fn link(&self, name: &str, role: &str, zones: &[&str]) -> String {
        let mut line = vec!["--json", "user", "add", name, "--role", role];
        for zone in zones {
            line.extend(["--zones", zone]);
        }
        let added = self.station.loa(&line);
        assert_eq!(added.code, 0, "{}", added.err);
        let link = added.json()["link"].as_str().unwrap().to_owned();
        link[link.find("/invite/").unwrap()..].to_owned()
    }

    /// The same for somebody who is marked as one who approves.
    pub(crate) fn approver(&self, name: &str, role: &str) -> Browser {
        let added = self.station.loa(&["--json", "user", "add", name, "--role", role, "--approves"]);
        assert_eq!(added.code, 0, "{}", added.err);
        let link = added.json()["link"].as_str().unwrap().to_owned();
        self.enter(&link[link.find("/invite/").unwrap()..])
    }

    /// Somebody new of this role, who has set [`PASSWORD`] and is logged in: a hamlet head in these zones.
    pub(crate) fn person(&self, name: &str, role: &str, zones: &[&str]) -> Browser {
        self.enter(&self.link(name, role, zones))
    }

    fn enter(&self, link: &str) -> Browser {
        let mut browser = self.browser();
        let entered = browser.post(link, &[("password", PASSWORD), ("again", PASSWORD)]);
        assert_eq!((entered.status, entered.to()), (303, "/"), "{}", entered.body);
        browser
    }
}

impl Drop for Console<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser: whose cookies it keeps.
#[derive(Clone, Debug)]
pub(crate) struct Browser {
    address: SocketAddr,
    /// By name.
    pub(crate) cookies: BTreeMap<String, String>,
    from: Option<IpAddr>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in small letters, in order.
    pub(crate) headers: Vec<(String, String)>,
    /// What is not text is replaced.
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The first header of this name, empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// Where it leads to.
    pub(crate) fn to(&self) -> &str {
        self.header("location")
    }

    /// The values of an attribute, in order: `values("href")`.
    pub(crate) fn values(&self, attribute: &str) -> Vec<&str> {
        let begin = format!(" {attribute}=\"");
        self.body.split(begin.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }
}

impl Browser {
    /// One that nobody has logged in with, at a page that somebody else has started.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self { address, cookies: BTreeMap::new(), from: None }
    }

    /// A connection of this browser's machine.
    pub(crate) fn connect(&self) -> TcpStream {
        let Some(from) = self.from else { return TcpStream::connect(self.address).unwrap() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
        let stream = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(SocketAddr::new(from, 0)).unwrap();
            socket.connect(self.address).await.unwrap().into_std().unwrap()
        });
        stream.set_nonblocking(false).unwrap();
        stream
    }

    /// Look at a page.
    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[("Sec-Fetch-Site", "same-origin")], b"")
    }

    /// Send a form, as the page it stands on does.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let body = form.extend_pairs(fields).finish();
        self.post_raw(path, "application/x-www-form-urlencoded", body.as_bytes())
    }

    /// Send anything, as the page it stands on does.
    pub(crate) fn post_raw(&mut self, path: &str, kind: &str, body: &[u8]) -> Answer {
        let origin = format!("http://{}", self.address);
        let headers = [("Sec-Fetch-Site", "same-origin"), ("Origin", &origin), ("Content-Type", kind)];
        self.ask("POST", path, &headers, body)
    }

    /// Ask with these headers besides host, length and cookies.
    pub(crate) fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        // A script says that it takes anything.
        if !headers.iter().any(|(name, _)| *name == "Accept") {
            head.push_str("Accept: text/html\r\n");
        }
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let _ = write!(head, "Cookie: {}\r\n", all.join("; "));
        }
        if !body.is_empty() || method == "POST" {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        head.push_str("\r\n");
        let answer = exchange(self.connect(), &[head.as_bytes(), body].concat());
        for (_, set) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (pair, _) = set.split_once(';').unwrap_or((set, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// Send these bytes, and read what comes back until it ends; of a stream of events what comes first.
pub(crate) fn exchange(mut stream: TcpStream, bytes: &[u8]) -> Answer {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A server that refuses early may close before everything was sent: what it said counts.
    let _ = stream.write_all(bytes);
    let (mut all, mut piece) = (Vec::new(), [0; 16 * 1024]);
    while let Ok(count) = stream.read(&mut piece)
        && count > 0
    {
        all.extend_from_slice(&piece[..count]);
        let is_endless = |all: &[u8]| String::from_utf8_lossy(all).to_ascii_lowercase().contains("text/event-stream");
        if all.len() < 4_096 && is_endless(&all) {
            break;
        }
    }
    parse(&all)
}

fn parse(all: &[u8]) -> Answer {
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(all.len());
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let rest = all.get(end + 4..).unwrap_or_default();
    let is_chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let bytes = if is_chunked { joined(rest) } else { rest.to_vec() };
    Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
}

/// The pieces of a chunked body, put together.
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = std::str::from_utf8(&rest[..end]).ok().and_then(|hex| usize::from_str_radix(hex.trim(), 16).ok());
        let Some(piece) = length.filter(|length| *length > 0).and_then(|length| rest.get(end + 2..end + 2 + length))
        else {
            break;
        };
        all.extend_from_slice(piece);
        rest = rest.get(end + 2 + piece.len() + 2..).unwrap_or_default();
    }
    all
}

/// Look until there is something to be found; a minute at most.
#[expect(clippy::disallowed_methods, reason = "a real page answers in real time")]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..300 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    panic!("waited in vain: {what}");
}
