use std::io::{BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use clap::Args;

use super::page::Page;
use super::{Context, Exit, Failure, order};
use crate::daemon::protocol::Command;
use crate::diag::{Text, text};

/// `loa alert`.
#[derive(Args, Debug)]
pub(super) struct AlertArgs {
    /// Tên âm thanh trong audio/. | A sound in audio/.
    file: String,
    /// Chỉ các cụm loa hay nhóm này: mã hoặc tên, nhiều thì cách nhau dấu phẩy. | Only these zones or groups.
    #[arg(long, value_name = "ZONE")]
    zone: Vec<String>,
    /// Ai ra lệnh. | On whose word.
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// Vì sao. | Why.
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// Phát mấy lần. | How many times it is heard.
    #[arg(long, default_value_t = 1, value_name = "N")]
    repeat: u32,
}

/// An answer typed at a terminal is a line; more is a paste gone wrong.
const ANSWER_MOST: usize = 4096;

pub(super) fn run(context: &Context, args: AlertArgs) -> anyhow::Result<ExitCode> {
    let who = text!("Ai ra lệnh (ghi vào nhật ký)? ", "Who orders it (for the journal)? ");
    let by = given(context, args.by, &who, &args.file)?;
    let reason = text!("Vì sao? ", "Why? ");
    let why = given(context, args.why, &reason, &args.file)?;
    let (name, zones, times) = (order::sound_name(context, args.file), args.zone, args.repeat);
    let command =
        Command::Alert { name, zones: zones.clone(), by, why, times, wait: true, tone: false, insists: false };
    order::give(context, &command, &zones)
}

/// What was written after the option; where it was not, what is typed at the terminal.
fn given(context: &Context, option: Option<String>, question: &Text, name: &str) -> anyhow::Result<String> {
    if let Some(words) = option {
        return Ok(words);
    }
    let input = std::io::stdin();
    if !input.is_terminal() || !Page::is_aside_watched() {
        return Err(missing(name).into());
    }
    for _ in 0..3 {
        Page::ask(question.get(context.lang));
        let mut line = String::new();
        if input.lock().read_line(&mut line)? == 0 {
            break;
        }
        let line = line.trim();
        if !line.is_empty() && line.len() <= ANSWER_MOST {
            return Ok(line.to_owned());
        }
    }
    Err(missing(name).into())
}

fn missing(name: &str) -> Failure {
    let name = crate::diag::shown(name);
    Failure::new(
        Exit::Usage,
        text!(
            "chưa phát gì: lệnh khẩn cấp phải ghi rõ ai ra lệnh (--by) và vì sao (--why). Ví dụ: loa alert {name} --by \"Nguyễn Văn A, trưởng thôn\" --why \"nước lũ lên nhanh\"",
            "nothing sounds: an emergency order says who gives it (--by) and why (--why). For example: loa alert {name} --by \"Nguyễn Văn A\" --why \"the river is rising\""
        ),
    )
}
