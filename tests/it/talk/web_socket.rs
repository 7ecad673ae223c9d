use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::console::{Browser, Console};

/// The line of a phone to the page (RFC 6455), as far as a browser uses it.
pub(super) struct WebSocket {
    stream: BufReader<TcpStream>,
}

/// What a client hides its bytes with; any four do.
const MASK: [u8; 4] = [1, 2, 3, 4];

impl WebSocket {
    /// Open it in a browser's name, from a page of this origin; else the status that it was refused with.
    pub(super) fn open(console: &Console<'_>, browser: &Browser, origin: Option<&str>) -> Result<Self, u16> {
        let mut stream = TcpStream::connect(console.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let origin = origin.map_or_else(String::new, |origin| format!("Origin: {origin}\r\n"));
        let head = format!(
            "GET /talk/line HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{origin}Cookie: {}\r\n\r\n",
            console.address,
            cookies.join("; "),
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut stream = BufReader::new(stream);
        let mut status = String::new();
        stream.read_line(&mut status).unwrap();
        let status: u16 = status.split(' ').nth(1).unwrap().parse().unwrap();
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).unwrap();
        }
        if status == 101 { Ok(Self { stream }) } else { Err(status) }
    }

    /// Say something in JSON.
    pub(super) fn say(&mut self, what: &Value) -> bool {
        self.send(1, what.to_string().as_bytes())
    }

    /// Send a piece of sound.
    pub(super) fn piece(&mut self, bytes: &[u8]) -> bool {
        self.send(2, bytes)
    }

    fn send(&mut self, kind: u8, bytes: &[u8]) -> bool {
        let mut frame = vec![0x80 | kind];
        match u16::try_from(bytes.len()) {
            Ok(short @ 0..126) => frame.push(0x80 | short as u8),
            Ok(long) => {
                frame.push(0x80 | 0x7e);
                frame.extend(long.to_be_bytes());
            }
            Err(_) => {
                frame.push(0x80 | 0x7f);
                frame.extend((bytes.len() as u64).to_be_bytes());
            }
        }
        frame.extend(MASK);
        frame.extend(bytes.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.stream.get_mut().write_all(&frame).is_ok()
    }

    /// What it is told next; none where it is closed.
    pub(super) fn told(&mut self) -> Option<Value> {
        loop {
            let mut head = [0; 2];
            self.stream.read_exact(&mut head).ok()?;
            let mut length = usize::from(head[1] & 0x7f);
            if length == 126 {
                let mut long = [0; 2];
                self.stream.read_exact(&mut long).ok()?;
                length = usize::from(u16::from_be_bytes(long));
            }
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).ok()?;
            match head[0] & 0x0f {
                1 => return serde_json::from_slice(&body).ok(),
                8 => return None,
                _ => {}
            }
        }
    }

    /// What it is told until this word.
    pub(super) fn until(&mut self, word: &str) -> Value {
        loop {
            let told = self.told().unwrap_or_else(|| panic!("closed before {word}"));
            if told["talk"] == word {
                return told;
            }
            assert!(told["talk"] != "over" && told["talk"] != "refused", "{word}: {told}");
        }
    }
}
