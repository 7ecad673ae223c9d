use gpiocdev::line::Value;
use gpiocdev::{Chip, Error, Request};

use super::relay::PowerRelay;
use crate::diag::{Text, foreign, text};

/// The name under which the kernel shows who holds a line.
const CONSUMER: &str = "loa";

/// Errors of the kernel as it numbers them (errno(3)).
const NO_SUCH_FILE: i32 = 2;
const NO_PERMISSION: [i32; 2] = [1, 13];
const BUSY: i32 = 16;
const INVALID: i32 = 22;

/// A line of a GPIO chip, held from its first order to the end of the process, so that nobody else moves
/// it in between.
pub(super) struct Line {
    chip: String,
    offset: u32,
    active_low: bool,
    held: Option<Request>,
}

impl Line {
    pub(super) fn new(chip: &str, line: u32, active_low: bool) -> Self {
        Self { chip: chip.to_owned(), offset: line, active_low, held: None }
    }

    fn take(&self, first: Value) -> Result<Request, Error> {
        let mut builder = Request::builder();
        builder.on_chip(path(&self.chip)).with_consumer(CONSUMER).with_line(self.offset);
        if self.active_low {
            builder.as_active_low();
        }
        // The level comes with the direction: the relay never sees another one in between.
        builder.as_output(first).request()
    }
}

impl PowerRelay for Line {
    fn set(&mut self, on: bool) -> Result<(), Text> {
        let value = if on { Value::Active } else { Value::Inactive };
        let done = match &self.held {
            Some(held) => held.set_value(self.offset, value),
            None => self.take(value).map(|taken| self.held = Some(taken)),
        };
        done.map_err(|error| {
            // A chip on a cable that was pulled comes back as another one.
            self.held = None;
            explain(&self.chip, self.offset, &error)
        })
    }
}

/// Whether the line is there and free, or held by loa itself.
pub(super) fn probe(chip: &str, line: u32) -> Result<Text, Text> {
    let found = Chip::from_path(path(chip)).and_then(|opened| opened.line_info(line));
    let info = found.map_err(|error| explain(chip, line, &error))?;
    if info.used && info.consumer != CONSUMER {
        return Err(held_by(chip, line, &info.consumer));
    }
    let name = if info.name.is_empty() { String::new() } else { format!(" ({})", info.name) };
    Ok(text!("{chip}:{line}{name}", "{chip}:{line}{name}"))
}

fn path(chip: &str) -> String {
    format!("/dev/{chip}")
}

fn held_by(chip: &str, line: u32, who: &str) -> Text {
    let who = if who.is_empty() { "?" } else { who };
    text!(
        "đường {line} của {chip} đang do chương trình khác giữ ({who}): hãy tắt chương trình ấy, hoặc dùng đường khác",
        "line {line} of {chip} is held by another program ({who}): end that one, or use another line"
    )
}

fn explain(chip: &str, line: u32, error: &Error) -> Text {
    match errno(error) {
        Some(NO_SUCH_FILE) => text!(
            "máy này không có /dev/{chip}: lệnh «gpiodetect» liệt kê các chip GPIO, hãy sửa gpio trong loa.toml",
            "this machine has no /dev/{chip}: \"gpiodetect\" lists the GPIO chips; correct gpio in loa.toml"
        ),
        Some(code) if NO_PERMISSION.contains(&code) => text!(
            "không được phép dùng /dev/{chip}: thêm tài khoản chạy loa vào nhóm gpio (sudo adduser loa gpio) rồi khởi động lại loa",
            "/dev/{chip} may not be used: add the account that runs loa to the group gpio (sudo adduser loa gpio) and restart loa"
        ),
        Some(BUSY) => held_by(chip, line, ""),
        Some(INVALID) => text!(
            "{chip} không có đường {line}, hoặc không phải là chip GPIO: lệnh «gpioinfo» liệt kê các đường",
            "{chip} has no line {line}, or is no GPIO chip: \"gpioinfo\" lists the lines"
        ),
        _ => text!(
            error = foreign(&error.to_string());
            "không bật tắt được đường {line} của {chip} ({error}): hãy xem lại dây và rơ-le",
            "line {line} of {chip} cannot be switched ({error}): look at the wires and the relay"
        ),
    }
}

fn errno(error: &Error) -> Option<i32> {
    match error {
        Error::Os(errno) => Some(errno.0),
        // All that its other end says is a sentence; the number stands in the system's own words.
        Error::Uapi(_, inner) => numbered(&inner.to_string()),
        Error::GpioChip(..) => Some(INVALID),
        _ => None,
    }
}

/// `Device or resource busy (os error 16)`.
fn numbered(said: &str) -> Option<i32> {
    let (_, rest) = said.rsplit_once("os error ")?;
    rest.trim_end_matches(')').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_that_is_not_there_or_is_none_is_told_with_the_cure() {
        let gone = Line::new("no-such-chip", 17, false).set(true).unwrap_err();
        assert!(gone.en.contains("no /dev/no-such-chip"), "{gone:?}");
        assert!(probe("no-such-chip", 17).unwrap_err().vi.contains("gpiodetect"));
        let none = Line::new("null", 17, true).set(false).unwrap_err();
        assert!(none.en.contains("no GPIO chip"), "{none:?}");
        assert!(probe("null", 3).unwrap_err().vi.contains("không có đường 3"));
    }

    #[test]
    fn the_number_of_a_kernel_error_is_read_from_its_words() {
        let busy = std::io::Error::from_raw_os_error(BUSY).to_string();
        assert_eq!(numbered(&busy), Some(BUSY));
        assert_eq!(numbered("nothing"), None);
    }
}
