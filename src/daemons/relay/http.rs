use std::io::Read;
use std::time::Duration;

use ureq::tls::TlsConfig;

use super::address::joined;
use super::icy::IcyReader;
use super::listener::broken;
use crate::authority::{Authorities, unanswered};
use crate::diag::{Text, shown, text};

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);
/// A live stream that gives nothing for so long stands still.
const READ: Duration = Duration::from_secs(5);
/// A list of streams.
const LIST_MOST: u64 = 64 * 1024;
/// Addresses of a list that are tried, one after the other.
const NAMED_MOST: usize = 4;
/// Bytes of the longest file that is taken for one: a day of sound.
const FILE_MOST: u64 = 2 << 30;
/// Redirections that are followed.
const REDIRECTS: usize = 5;

/// What helps where loa cannot read a stream itself.
pub(super) fn by_command() -> Text {
    text!(
        "hãy thay bằng: command = [\"ffmpeg\", \"-loglevel\", \"error\", \"-re\", \"-i\", \"ĐỊA-CHỈ\", \"-ac\", \"1\", \"-ar\", \"48000\", \"-f\", \"s16le\", \"-\"]",
        "use instead: command = [\"ffmpeg\", \"-loglevel\", \"error\", \"-re\", \"-i\", \"ADDRESS\", \"-ac\", \"1\", \"-ar\", \"48000\", \"-f\", \"s16le\", \"-\"]"
    )
}

/// Asks the servers of one relay.
pub(super) struct RelayWeb {
    agent: ureq::Agent,
    /// Where their authority is written.
    ca: String,
}

impl RelayWeb {
    /// Of an endless stream each read is timed, and not the whole.
    pub(super) fn new(is_endless: bool, authorities: Authorities, ca: String) -> Self {
        let whole = Duration::from_secs(20);
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_per_read(Some(READ))
            .timeout_recv_body((!is_endless).then_some(whole))
            // They are followed here, so that what they lead to is known.
            .max_redirects(0)
            .tls_config(TlsConfig::builder().root_certs(authorities).build())
            .user_agent(concat!("loa/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Self { agent, ca }
    }

    /// The body of a live stream, without its titles, and what it says that it is.
    pub(super) fn stream(&self, address: &str) -> Result<(impl Read + Send + Sync + use<>, String), Text> {
        let (at, mut answer) = self.asked(address, true)?;
        let kind = kind_of(&answer);
        let is_told_by_its_name = PLAIN.contains(&kind.as_str()) && is_called_list(address);
        if !is_list(&kind) && !is_told_by_its_name {
            return sound(answer);
        }
        // What the page of a station hands out: a text that names the stream, or several of the same.
        let mut list = Vec::new();
        let read = answer.body_mut().as_reader().take(LIST_MOST).read_to_end(&mut list);
        read.map_err(|error| broken(&error))?;
        let mut first = None;
        for named in named(&String::from_utf8_lossy(&list), &at)? {
            match self.asked(&named, true).and_then(|(_, answer)| sound(answer)) {
                Ok(stream) => return Ok(stream),
                Err(why) => first = first.or(Some(why)),
            }
        }
        Err(first.unwrap_or_else(no_stream))
    }

    /// A whole answer of `most` bytes at most.
    pub(super) fn whole(&self, address: &str, most: u64) -> Result<Vec<u8>, Text> {
        let (_, mut answer) = self.asked(address, false)?;
        let mut bytes = Vec::new();
        let read = answer.body_mut().as_reader().take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| broken(&timed(error)))?;
        if bytes.len() as u64 > most {
            return Err(text!("máy chủ trả về quá nhiều", "the server answers with too much"));
        }
        Ok(bytes)
    }

    /// The answer, and the address at which it lies: where a server points to another one, that one. Whether titles are wanted.
    fn asked(&self, address: &str, titles: bool) -> Result<(String, ureq::http::Response<ureq::Body>), Text> {
        let mut address = address.to_owned();
        for _ in 0..=REDIRECTS {
            let question = self.agent.get(&address);
            let question = if titles { question.header("Icy-MetaData", "1") } else { question };
            let answer = question.call().map_err(|error| self.failed(&error))?;
            if !answer.status().is_redirection() {
                return Ok((address, answer));
            }
            let to = header(&answer, "location");
            address =
                Some(to.trim()).filter(|to| !to.is_empty()).and_then(|to| joined(&address, to)).ok_or_else(|| {
                    text!(
                        "máy chủ chỉ sang một chỗ không phải địa chỉ trên mạng",
                        "the server points to what is no address on the network"
                    )
                })?;
        }
        Err(text!(
            "máy chủ chỉ đi vòng quanh, không tới luồng nào",
            "the server sends round in a circle, and to no stream"
        ))
    }

    fn failed(&self, error: &ureq::Error) -> Text {
        unanswered(error, &self.ca).unwrap_or_else(|| failed(error))
    }
}

/// The sound of an answer, where it has any.
fn sound(answer: ureq::http::Response<ureq::Body>) -> Result<(impl Read + Send + Sync + use<>, String), Text> {
    let kind = kind_of(&answer);
    if is_list(&kind) {
        return Err(text!(
            "danh sách ở địa chỉ này chỉ dẫn tới danh sách khác, không tới luồng nào",
            "the list at this address leads to another list, and to no stream"
        ));
    }
    if kind.starts_with("text/") || kind.starts_with("image/") {
        let kind = shown(&kind);
        return Err(text!(
            "địa chỉ này trả về {kind}, không phải luồng tiếng",
            "this address answers with {kind}, which is no sound"
        ));
    }
    // A stream has no length; some servers give one that no file has.
    let is_sound = ["audio/", "video/", "application/ogg"].iter().any(|sound| kind.starts_with(sound));
    let length: u64 = header(&answer, "content-length").trim().parse().unwrap_or(0);
    let is_radio = answer.headers().keys().any(|name| name.as_str().starts_with("icy-"));
    if is_sound && (1..FILE_MOST).contains(&length) && !is_radio {
        return Err(recording());
    }
    let every = header(&answer, "icy-metaint").trim().parse().unwrap_or(0);
    Ok((IcyReader::new(Shared(std::sync::Mutex::new(answer.into_body().into_reader())), every), kind))
}

/// What has an end is no stream.
pub(super) fn recording() -> Text {
    text!(
        "đây là tệp tiếng, không phải luồng: tải về rồi nạp bằng loa load, và viết tên nó trong lịch",
        "this is a file, no stream: fetch it, take it in by loa load, and write its name in the schedule"
    )
}

fn header(answer: &ureq::http::Response<ureq::Body>, name: &str) -> String {
    let value = answer.headers().get(name).map(|value| value.as_bytes().to_vec()).unwrap_or_default();
    String::from_utf8_lossy(&value).into_owned()
}

/// `audio/mpeg`.
fn kind_of(answer: &ureq::http::Response<ureq::Body>) -> String {
    header(answer, "content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// What a server says of a file that it does not know.
const PLAIN: [&str; 3] = ["", "text/plain", "application/octet-stream"];

/// By the ending of its address.
fn is_called_list(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".m3u", ".pls"].iter().any(|ending| path.ends_with(ending))
}

fn is_list(kind: &str) -> bool {
    kind.contains("mpegurl") || kind.contains("scpls")
}

/// The addresses that a list at `base` names, the first few: a plain M3U, or a PLS. One of HLS is something else.
fn named(list: &str, base: &str) -> Result<Vec<String>, Text> {
    if list.contains("#EXT-X-") {
        return Err(text!(
            "đây là HLS: đổi «url» thành «hls» trong loa.toml",
            "this is HLS: write `hls` in place of `url`"
        ));
    }
    let list = list.trim_start_matches('\u{feff}');
    let is_pls = list.lines().any(|line| line.trim().eq_ignore_ascii_case("[playlist]"));
    let address = |line: &str| {
        let line = line.trim();
        let line = if is_pls {
            line.split_once('=').filter(|(key, _)| key.to_ascii_lowercase().starts_with("file"))?.1.trim()
        } else {
            line
        };
        // What is no address: a remark, and the text of a page that is no list.
        let is_none = line.is_empty()
            || line.starts_with('#')
            || line.contains(|sign: char| sign.is_whitespace() || "<>\"\\".contains(sign));
        if is_none { None } else { joined(base, line) }
    };
    let found: Vec<String> = list.lines().filter_map(address).take(NAMED_MOST).collect();
    if found.is_empty() { Err(no_stream()) } else { Ok(found) }
}

fn no_stream() -> Text {
    text!(
        "địa chỉ này trả về một danh sách không có luồng nào trong đó",
        "this address answers with a list that names no stream"
    )
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
        ureq::Error::Timeout(_) => text!("máy chủ không trả lời", "the server does not answer"),
        ureq::Error::Io(error) => broken(error),
        // Such a server begins with ICY where HTTP stands; its own type is none of ours.
        ureq::Error::Protocol(why) if why.to_string().contains("HTTP version") => text!(
            "máy chủ không nói HTTP (có thể là SHOUTcast 1); {vi}",
            "the server does not speak HTTP (SHOUTcast 1, perhaps); {en}"
        ),
        _ => text!("máy chủ trả lời không hiểu được", "the server's answer is not understood"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_its_stream_and_one_of_hls_is_told_apart() {
        let base = "http://a.vn:8000/dai/live.m3u?x=1";
        for (list, address) in [
            ("#EXTM3U\r\n#EXTINF:-1,Đài tỉnh\r\nhttp://a.vn:8000/live\r\n", Some("http://a.vn:8000/live")),
            ("\u{feff}\nhttps://a.vn/live.mp3", Some("https://a.vn/live.mp3")),
            ("[playlist]\nNumberOfEntries=1\nFile1=http://a.vn/live\n", Some("http://a.vn/live")),
            ("#EXTM3U\n#EXT-X-TARGETDURATION:4\nhttp://a.vn/1.ts", None),
            ("\u{feff}/live2.mp3", Some("http://a.vn:8000/live2.mp3")),
            ("file.mp3?a=b", Some("http://a.vn:8000/dai/file.mp3?a=b")),
            ("[Playlist]\nTitle1=x\nFile1=../live\nLength1=-1\n", Some("http://a.vn:8000/live")),
            ("file:///etc/passwd\n/live", Some("http://a.vn:8000/live")),
            ("file:///etc/passwd\n", None),
            ("<html>\n<body>\nkhông có\n</body>\n</html>\n", None),
            ("", None),
        ] {
            assert_eq!(named(list, base).ok().and_then(|all| all.into_iter().next()).as_deref(), address, "{list}");
        }
        assert_eq!(named(&"http://a.vn/live\n".repeat(9), base).map(|all| all.len()), Ok(NAMED_MOST));
        assert!(named("#EXTM3U\n#EXT-X-VERSION:3\n", base).unwrap_err().vi.contains("hls"));
    }

    /// A server that knows these pages: what it says above the body, and the body.
    fn serve(pages: &'static [(&'static str, &'static str, &'static str)]) -> String {
        use std::io::{BufRead as _, BufReader, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap());
        let own = host.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let asked = lines.next().unwrap_or_default();
                lines.find(String::is_empty);
                let path = asked.split(' ').nth(1).unwrap_or_default();
                let Some((_, head, body)) = pages.iter().find(|(known, ..)| *known == path) else { continue };
                let body = body.replace("HOST", &own);
                let status = if head.starts_with("Location") { "302 Found" } else { "200 OK" };
                let _ = write!(stream, "HTTP/1.1 {status}\r\n{head}\r\nConnection: close\r\n\r\n{body}");
            }
        });
        host
    }

    #[test]
    fn headers_without_an_end_are_told_as_such() {
        let endless: &'static str =
            format!("Content-Type: audio/mpeg\r\n{}X-Last: 1", "X-More: 1\r\n".repeat(500)).leak();
        let host = serve(vec![("/live", endless, "sound")].leak());
        let web = RelayWeb::new(true, Authorities::WebPki, String::new());
        let why = web.stream(&format!("{host}/live")).map(|(_, kind)| kind).unwrap_err();
        assert!(why.vi.contains("phần đầu dài quá mức"), "{}", why.vi);
    }

    #[test]
    fn a_list_is_followed_to_its_stream_and_a_file_is_none() {
        let host = serve(&[
            ("/live.m3u", "Content-Type: audio/x-mpegurl", "#EXTM3U\r\nHOST/live\r\n"),
            ("/live.pls", "Content-Type: audio/x-scpls", "[playlist]\nFile1=HOST/live\n"),
            ("/plain.M3U", "Content-Type: text/plain", "HOST/live\n"),
            ("/round.m3u", "Content-Type: audio/x-mpegurl", "HOST/round.m3u\n"),
            ("/two.m3u", "Content-Type: audio/x-mpegurl", "HOST/file.mp3\nHOST/live\n"),
            ("/short.m3u", "Content-Type: audio/x-mpegurl", "live\n"),
            ("/lists/far.m3u", "Content-Type: audio/x-mpegurl", "../live\n"),
            ("/moved.m3u", "Location: /lists/far.m3u", ""),
            ("/circle", "Location: /circle", ""),
            ("/astray", "Location: file:///etc/passwd", ""),
            ("/nowhere", "Location: ", ""),
            ("/hls.m3u8", "Content-Type: application/vnd.apple.mpegurl", "#EXTM3U\n#EXT-X-VERSION:3\n"),
            ("/live", "Content-Type: audio/mpeg", "sound"),
            ("/file.mp3", "Content-Type: audio/mpeg\r\nContent-Length: 5", "sound"),
            ("/radio", "Content-Type: audio/mpeg\r\nContent-Length: 5\r\nicy-name: Radio", "sound"),
        ]);
        let web = RelayWeb::new(true, Authorities::WebPki, String::new());
        for (path, expected) in [
            ("/live.m3u", Ok("sound")),
            ("/live.pls", Ok("sound")),
            ("/live", Ok("sound")),
            ("/plain.M3U", Ok("sound")),
            ("/two.m3u", Ok("sound")),
            ("/short.m3u", Ok("sound")),
            ("/moved.m3u", Ok("sound")),
            ("/circle", Err("đi vòng quanh")),
            ("/astray", Err("không phải địa chỉ trên mạng")),
            ("/nowhere", Err("không phải địa chỉ trên mạng")),
            ("/radio", Ok("sound")),
            ("/round.m3u", Err("chỉ dẫn tới danh sách khác")),
            ("/hls.m3u8", Err("đây là HLS")),
            ("/file.mp3", Err("đây là tệp tiếng, không phải luồng")),
        ] {
            match (web.stream(&format!("{host}{path}")), expected) {
                (Ok((mut body, kind)), Ok(expected)) => {
                    let mut heard = String::new();
                    body.read_to_string(&mut heard).unwrap();
                    assert_eq!((heard.as_str(), kind.as_str()), (expected, "audio/mpeg"), "{path}");
                }
                (Err(why), Err(expected)) => assert!(why.vi.contains(expected), "{path}: {}", why.vi),
                (found, _) => panic!("{path}: {:?}", found.map(|(_, kind)| kind)),
            }
        }
    }
}
