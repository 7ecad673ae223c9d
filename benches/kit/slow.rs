//! A line that carries so many bytes a second, and no more: what a village has. And a tone, as long as is asked for.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Bytes that go at once.
const PIECE: usize = 1_024;

/// Between whoever connects to it and a server.
pub(crate) struct Line {
    port: u16,
    down: Arc<AtomicU64>,
}

impl Line {
    /// To this server, down at so many bytes a second; up goes what there is.
    pub(crate) fn start(server: &str, rate: usize) -> Self {
        let server = server.rsplit('/').next().expect("an address").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let down = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&down);
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(&server) else { continue };
                for stream in [&near, &far] {
                    let _ = stream.set_nodelay(true);
                }
                let (to, from) = (far.try_clone().expect("a stream"), near.try_clone().expect("a stream"));
                let counted = Arc::clone(&counted);
                std::thread::spawn(move || pass(from, to, None, &AtomicU64::new(0)));
                std::thread::spawn(move || pass(far, near, Some(rate), &counted));
            }
        });
        Self { port, down }
    }

    /// Where to connect to.
    pub(crate) fn address(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Bytes that went down.
    pub(crate) fn bytes(&self) -> u64 {
        self.down.load(Ordering::SeqCst)
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, rate: Option<usize>, counted: &AtomicU64) {
    let mut piece = [0; PIECE];
    while let Ok(count @ 1..) = from.read(&mut piece) {
        if let Some(rate) = rate {
            std::thread::sleep(Duration::from_secs_f64(count as f64 / rate as f64));
        }
        if to.write_all(&piece[..count]).is_err() {
            break;
        }
        counted.fetch_add(count as u64, Ordering::SeqCst);
    }
    let _ = to.shutdown(Shutdown::Both);
}

/// So many seconds of a tone: 16 bits, one channel, 48 kHz.
pub(crate) fn tone(seconds: u32) -> Vec<u8> {
    let rate = 48_000_u32;
    let sample = |at: u32| ((f64::from(at) * 440.0 * std::f64::consts::TAU / f64::from(rate)).sin() * 8_000.0) as i16;
    let samples: Vec<u8> = (0..rate * seconds).flat_map(|at| sample(at).to_le_bytes()).collect();
    let mut out = b"RIFF".to_vec();
    out.extend((36 + samples.len() as u32).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend(rate.to_le_bytes());
    out.extend((rate * 2).to_le_bytes());
    out.extend(b"\x02\0\x10\0data");
    out.extend((samples.len() as u32).to_le_bytes());
    out.extend(samples);
    out
}
