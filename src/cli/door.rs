use std::io::{BufRead, BufReader, Read, Take, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use crate::cli::page::Page;
use crate::cli::{Context, Exit, Failure, account, files};
use crate::daemon::protocol::{Command, Reply};
use crate::diag::{Text, text};
use crate::site::{DAEMON_LOCK, Folder, Site, connect_socket, is_denied};

/// The daemon answers in milliseconds; one that has not by now hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// A status of thousands of zones is under this.
const REPLY_MOST: u64 = 16 << 20;

/// A daemon answers on this station, or one runs that may not be asked.
pub(super) fn is_running(context: &Context) -> bool {
    match connect_socket(&Site::new(&context.dir).socket()) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::PermissionDenied,
    }
}

/// Say one thing to the running daemon and return its answer.
pub(super) fn ask(context: &Context, command: &Command) -> anyhow::Result<serde_json::Value> {
    begin(context, command).map(|(answer, _)| answer)
}

/// The same where more is said: the conversation, as it stands after the answer.
pub(super) fn begin(
    context: &Context,
    command: &Command,
) -> anyhow::Result<(serde_json::Value, BufReader<Take<UnixStream>>)> {
    files::is_station(context)?;
    let path = Site::new(&context.dir).socket();
    let stream = connect_socket(&path).map_err(|error| unreachable_daemon(context, &error))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = serde_json::to_string(command)?;
    line.push('\n');
    (&stream).write_all(line.as_bytes()).map_err(|error| unanswered(context, &error))?;
    let mut answer = String::new();
    let mut answers = BufReader::new(stream.take(REPLY_MOST));
    answers.read_line(&mut answer).map_err(|error| unanswered(context, &error))?;
    if answer.is_empty() {
        return Err(unanswered(context, &std::io::ErrorKind::UnexpectedEof.into()).into());
    }
    match serde_json::from_str(&answer)? {
        Reply::Done { status } => Ok((status, answers)),
        Reply::Refused { vi, en, misnamed } => {
            let exit = if misnamed { Exit::Usage } else { Exit::Findings };
            Err(Failure::new(exit, Text { vi, en }).into())
        }
    }
}

/// Ask for something to be done and say that it is; as JSON, `{"done": true}`.
pub(super) fn order(context: &Context, command: &Command, done: &Text) -> anyhow::Result<()> {
    ask(context, command)?;
    if context.json {
        Page::line(serde_json::json!({"done": true}));
    } else {
        Page::line(done.get(context.lang));
    }
    Ok(())
}

/// The daemon was reached and did not answer: nobody here knows what it has done.
fn unanswered(context: &Context, error: &std::io::Error) -> Failure {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    let text = if matches!(error.kind(), TimedOut | WouldBlock) {
        unreached(context, Reach::Silent)
    } else {
        text!(
            "loa đã ngắt kết nối mà chưa trả lời (đang tắt, hoặc quá nhiều kết nối): hãy xem «loa status» rồi thử lại",
            "loa hung up without an answer (it is ending, or has too many connections): see \"loa status\", then try again"
        )
    };
    Failure::new(Exit::Io, text)
}

/// How this account comes to be allowed to command the daemon.
pub(super) fn admission(context: &Context) -> Text {
    account::admission(&Site::new(&context.dir).socket())
}

/// Whether the station's locks are held: what the daemon does while it runs.
fn runs(context: &Context) -> bool {
    let site = Site::new(&context.dir);
    let held = |folder: PathBuf, name: &str| {
        Folder::open(folder).is_ok_and(|folder| folder.holders(name).iter().any(|holder| folder.is_kin(holder)))
    };
    held(site.state(), DAEMON_LOCK) || held(context.dir.clone(), ".")
}

/// How a daemon stands that has not answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// It runs, and this account may not ask it.
    Forbidden,
    /// This account may not look whether one runs.
    Hidden,
    /// It was reached, and says nothing.
    Silent,
    /// It runs, and nothing of it can be reached.
    Deaf,
    /// None runs.
    Absent,
}

/// How the daemon of the station stands, where it has not answered.
pub(super) fn reach(context: &Context) -> Reach {
    let site = Site::new(&context.dir);
    match connect_socket(&site.socket()) {
        Ok(_) => Reach::Silent,
        Err(error) => reach_after(context, &error),
    }
}

fn reach_after(context: &Context, error: &std::io::Error) -> Reach {
    let is_closed = error.kind() == std::io::ErrorKind::PermissionDenied;
    // The socket of one that has ended is there for those who may see it.
    let is_hidden = || is_denied(&Site::new(&context.dir).state(), false);
    match (is_closed, runs(context)) {
        (true, false) if is_hidden() => Reach::Hidden,
        (true, _) => Reach::Forbidden,
        (false, true) => Reach::Deaf,
        (false, false) => Reach::Absent,
    }
}

/// What is said where the daemon was not reached.
pub(super) fn unreached(context: &Context, reach: Reach) -> Text {
    let dir = context.dir.display();
    match reach {
        Reach::Forbidden => {
            let Text { vi, en } = admission(context);
            text!("không có quyền điều khiển loa ở {dir}: {vi}", "no right to command the loa in {dir}: {en}")
        }
        Reach::Hidden => {
            let Text { vi, en } = admission(context);
            text!(
                "không có quyền xem {dir}/state nên không biết loa có đang chạy không: hãy xem bằng quyền quản trị (sudo loa status); {vi}",
                "no right to look into {dir}/state, so it cannot be known whether loa runs: look as administrator (sudo loa status); {en}"
            )
        }
        Reach::Silent => {
            let seconds = PATIENCE.as_secs();
            text!(
                "loa đang chạy nhưng {seconds} giây không trả lời; lệnh nào chưa được nhận thì sẽ không phát về sau. Xem «loa status»; nếu vẫn vậy, khởi động lại loa",
                "loa runs and has not answered for {seconds} s; an order that it has not taken will not sound later. See \"loa status\"; if it stays so, restart loa"
            )
        }
        Reach::Deaf => text!(
            "loa đang chạy ở {dir} nhưng chưa nhận lệnh được: đang khởi động, hoặc không ghi được vào state/ (khi ấy lịch vẫn phát). Xem «loa doctor», rồi thử lại",
            "loa runs in {dir} and takes no orders now: it is starting, or state/ cannot be written (then the schedule plays on). See \"loa doctor\", then try again"
        ),
        Reach::Absent => text!(
            "loa không chạy ở {dir}: hãy khởi động bằng «loa run --dir {dir}»",
            "no loa is running in {dir}: start it with \"loa run --dir {dir}\""
        ),
    }
}

fn unreachable_daemon(context: &Context, error: &std::io::Error) -> Failure {
    let reach = reach_after(context, error);
    let exit = if matches!(reach, Reach::Forbidden | Reach::Hidden) { Exit::Permission } else { Exit::Io };
    Failure::new(exit, unreached(context, reach))
}
