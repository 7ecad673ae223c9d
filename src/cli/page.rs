use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

use super::Exit;
use crate::diag::{Lang, Text, plain_lines, system, text};

/// The first thing that kept a line from its reader. Standard output is one for the whole process, and so is this.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// What a command shows: the only door to standard output and standard error.
///
/// A reader that has seen enough (`loa check | head`) and a disk that is full are no bugs. Printing never fails and
/// never panics: what can no longer be shown is noted, the command goes on to its end, since its exit code is an
/// answer too, and [`Page::close`] says what became of it. What writes much writes through [`Write`], whose errors
/// end it early.
pub(super) struct Page;

impl Page {
    /// A line for people, or several. What could deceive a terminal is written out.
    pub(super) fn line(said: impl Display) {
        // Noted where it failed.
        let _ = writeln!(Self, "{}", plain_lines(&said.to_string()));
    }

    /// Text for people that has its line endings.
    pub(super) fn text(said: impl Display) {
        let _ = write!(Self, "{}", plain_lines(&said.to_string()));
    }

    /// What programs read, and what brings its own colours: as it is.
    pub(super) fn data(said: impl Display) {
        let _ = write!(Self, "{said}");
    }

    /// A line beside the answer, on standard error.
    pub(super) fn aside(said: impl Display) {
        // Where nobody hears a complaint, there is nobody to complain to.
        let _ = writeln!(io::stderr(), "{}", plain_lines(&said.to_string()));
    }

    /// A question whose answer is typed behind it.
    pub(super) fn ask(said: impl Display) {
        let _ = write!(io::stderr(), "{}", plain_lines(&said.to_string()));
    }

    /// Whether a person looks at it, and not a program or a file.
    pub(super) fn is_watched() -> bool {
        io::stdout().is_terminal()
    }

    /// Whether a person looks at what is said aside.
    pub(super) fn is_aside_watched() -> bool {
        io::stderr().is_terminal()
    }

    /// Whether its reader has gone away, which is no failure of whatever was printing.
    pub(super) fn is_closed() -> bool {
        LOST.get().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
    }

    /// Whether `error` says once more what [`Page::close`] will say.
    pub(super) fn has_lost(error: &anyhow::Error) -> bool {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        kind.is_some() && LOST.get().map(io::Error::kind) == kind
    }

    /// What the command ends with, `code` being its own answer. Where the answer did not arrive and somebody waits
    /// for it, that is said.
    pub(super) fn close(code: ExitCode, lang: Lang) -> ExitCode {
        let _ = Self.flush();
        match LOST.get() {
            None => code,
            Some(error) if error.kind() == ErrorKind::BrokenPipe => code,
            Some(error) => {
                Self::aside(format_args!("loa: {}", unwritten(error).get(lang)));
                Exit::Io.into()
            }
        }
    }
}

fn unwritten(error: &io::Error) -> Text {
    let Text { vi, en } = system(error);
    text!(
        "không ghi hết được kết quả ra nơi nhận: {vi}; phần nhận được bị thiếu. Nếu đây là lệnh phát hay dừng thì xem loa status trước khi ra lệnh lại; nếu chỉ để xem thì sửa chỗ ấy rồi chạy lại",
        "the answer could not be written in full: {en}; what arrived is not all of it. If this was an order, look at loa status before it is given again; where something was only asked, cure that and run it again"
    )
}

/// Notes what went wrong, and gives it to the caller too.
fn noting<T>(done: io::Result<T>) -> io::Result<T> {
    done.map_err(|error| {
        let kind = error.kind();
        // A second complaint is about the same thing.
        let _ = LOST.set(error);
        LOST.get().and_then(io::Error::raw_os_error).map_or_else(|| kind.into(), io::Error::from_raw_os_error)
    })
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match LOST.get() {
            Some(error) => Err(error.kind().into()),
            None => noting(io::stdout().write(bytes)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match LOST.get() {
            Some(error) => Err(error.kind().into()),
            None => noting(io::stdout().flush()),
        }
    }
}
