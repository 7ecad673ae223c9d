//! A browser that is as light as it can be: one connection that stays, one cookie, pages squeezed and counted, not read.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection of somebody who is logged in.
pub(crate) struct Browser {
    address: SocketAddr,
    /// The session's, once he is logged in: `loa=…`.
    pub(crate) cookie: String,
    stream: Option<BufReader<TcpStream>>,
}

/// What came back.
#[derive(Debug, Default)]
pub(crate) struct Came {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) cookie: String,
    /// As it came over the line.
    pub(crate) body: Vec<u8>,
}

impl Browser {
    pub(crate) fn new(address: SocketAddr, cookie: &str) -> Self {
        Self { address, cookie: cookie.to_owned(), stream: None }
    }

    pub(crate) fn get(&mut self, path: &str) -> Came {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\nCookie: {}\r\n\r\n",
            self.address, self.cookie
        );
        self.ask(head.as_bytes())
    }

    pub(crate) fn post(&mut self, path: &str, form: &str) -> Came {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nSec-Fetch-Site: same-origin\r\nCookie: {1}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {2}\r\n\r\n{form}",
            self.address,
            self.cookie,
            form.len()
        );
        self.ask(head.as_bytes())
    }

    fn ask(&mut self, bytes: &[u8]) -> Came {
        for _ in 0..2 {
            let stream = self.stream.take().unwrap_or_else(|| {
                let stream = TcpStream::connect(self.address).expect("the page listens");
                stream.set_nodelay(true).expect("set");
                stream.set_read_timeout(Some(PATIENCE)).expect("set");
                BufReader::new(stream)
            });
            let mut stream = stream;
            if stream.get_mut().write_all(bytes).is_err() {
                continue;
            }
            if let Some(came) = read(&mut stream) {
                self.stream = Some(stream);
                return came;
            }
        }
        panic!("no answer");
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> Option<Came> {
    let mut came = Came::default();
    let (mut length, mut is_chunked, mut line) = (0, false, String::new());
    stream.read_line(&mut line).ok().filter(|count| *count > 0)?;
    came.status = line.split(' ').nth(1)?.parse().ok()?;
    loop {
        line.clear();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "transfer-encoding" => is_chunked = value == "chunked",
            "location" => value.clone_into(&mut came.location),
            "set-cookie" => value.split(';').next().unwrap_or_default().clone_into(&mut came.cookie),
            _ => {}
        }
    }
    if is_chunked {
        loop {
            line.clear();
            stream.read_line(&mut line).ok()?;
            let count = usize::from_str_radix(line.trim(), 16).ok()?;
            let at = came.body.len();
            came.body.resize(at + count, 0);
            stream.read_exact(&mut came.body[at..]).ok()?;
            line.clear();
            stream.read_line(&mut line).ok()?;
            if count == 0 {
                return Some(came);
            }
        }
    }
    came.body.resize(length, 0);
    stream.read_exact(&mut came.body).ok()?;
    Some(came)
}
