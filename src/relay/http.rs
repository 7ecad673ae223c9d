use std::io::Read;
use std::time::Duration;

use super::icy::IcyReader;
use super::listener::broken;
use crate::diag::{Text, shown, text};
use crate::station::RelayAddress;

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);
/// A live stream that gives nothing for so long stands still.
const READ: Duration = Duration::from_secs(5);
/// Redirections that are followed.
const REDIRECTS: u32 = 5;

/// What helps where loa cannot read a stream itself.
pub(super) fn by_command() -> Text {
    text!(
        "hãy thay bằng: command = [\"ffmpeg\", \"-loglevel\", \"error\", \"-i\", \"ĐỊA-CHỈ\", \"-ac\", \"1\", \"-ar\", \"48000\", \"-f\", \"s16le\", \"-\"]",
        "use instead: command = [\"ffmpeg\", \"-loglevel\", \"error\", \"-i\", \"ADDRESS\", \"-ac\", \"1\", \"-ar\", \"48000\", \"-f\", \"s16le\", \"-\"]"
    )
}

/// The body of a live stream, without its titles, and what it says that it is.
pub(super) fn stream(address: &RelayAddress) -> Result<(impl Read + Send + Sync + 'static, String), Text> {
    let answer = agent(true).get(address.whole()).header("Icy-MetaData", "1").call().map_err(|error| failed(&error))?;
    let header = |name: &str| {
        let value = answer.headers().get(name).map(|value| value.as_bytes().to_vec()).unwrap_or_default();
        String::from_utf8_lossy(&value).into_owned()
    };
    let kind = header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind.contains("mpegurl") {
        return Err(text!(
            "đây là HLS: đổi «url» thành «hls» trong loa.toml",
            "this is HLS: write `hls` in place of `url`"
        ));
    }
    if kind.starts_with("text/") || kind.contains("scpls") || kind.starts_with("image/") {
        let kind = shown(&kind);
        return Err(text!(
            "địa chỉ này trả về {kind}, không phải luồng tiếng",
            "this address answers with {kind}, which is no sound"
        ));
    }
    let every = header("icy-metaint").trim().parse().unwrap_or(0);
    Ok((IcyReader::new(Shared(std::sync::Mutex::new(answer.into_body().into_reader())), every), kind))
}

/// A reader that one thread at a time has; what decodes it asks that it could be shared.
struct Shared<R>(std::sync::Mutex<R>);

impl<R: Read> Read for Shared<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner).read(out).map_err(timed)
    }
}

/// A wait that was over is one of ureq's own errors, in the kind of any other: what it is.
fn timed(error: std::io::Error) -> std::io::Error {
    let own = error.get_ref().and_then(|own| own.downcast_ref::<ureq::Error>());
    if matches!(own, Some(ureq::Error::Timeout(_))) { std::io::ErrorKind::TimedOut.into() } else { error }
}

/// A whole answer of `most` bytes at most, and what it says that it is.
pub(super) fn whole(agent: &ureq::Agent, address: &str, most: u64) -> Result<Vec<u8>, Text> {
    let mut answer = agent.get(address).call().map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    let read = answer.body_mut().as_reader().take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| broken(&timed(error)))?;
    if bytes.len() as u64 > most {
        return Err(text!("máy chủ trả về quá nhiều", "the server answers with too much"));
    }
    Ok(bytes)
}

/// Asks servers; of an endless stream each read is timed, and not the whole.
pub(super) fn agent(is_endless: bool) -> ureq::Agent {
    let whole = Duration::from_secs(20);
    ureq::Agent::config_builder()
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(ANSWER))
        .timeout_per_read(Some(READ))
        .timeout_recv_body((!is_endless).then_some(whole))
        .max_redirects(REDIRECTS)
        .user_agent(concat!("loa/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// Why there is no answer. Nothing of the address is repeated: it may have a password in it.
fn failed(error: &ureq::Error) -> Text {
    let Text { vi, en } = by_command();
    match error {
        ureq::Error::StatusCode(code @ (401 | 403)) => {
            text!("máy chủ không cho vào ({code})", "the server lets nobody in ({code})")
        }
        ureq::Error::StatusCode(404) => text!(
            "máy chủ không có luồng này (404): đài chưa lên sóng, hay địa chỉ sai",
            "the server has no such stream (404): the station is not on the air, or the address is wrong"
        ),
        ureq::Error::StatusCode(code) => text!("máy chủ báo lỗi {code}", "the server answers {code}"),
        ureq::Error::HostNotFound => text!("không tìm thấy máy chủ", "there is no such server"),
        ureq::Error::Timeout(_) => text!("máy chủ không trả lời", "the server does not answer"),
        ureq::Error::ConnectionFailed => text!("không nối được tới máy chủ", "the server cannot be reached"),
        ureq::Error::Io(error) => broken(error),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
            text!("chứng nhận của máy chủ không dùng được", "the server's certificate is no good")
        }
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => text!(
            "máy chủ không nói HTTP (có thể là SHOUTcast 1); {vi}",
            "the server does not speak HTTP (SHOUTcast 1, perhaps); {en}"
        ),
        _ => text!("máy chủ trả lời không hiểu được", "the server's answer is not understood"),
    }
}
