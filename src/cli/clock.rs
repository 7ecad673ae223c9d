use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::page::Page;
use super::{Context, Exit, Failure, door, files, sheet};
use crate::clock::{Clock, ClockVerdict, Evidence, never_set};
use crate::daemon::protocol::Command;
use crate::daemon::{self, keep_word, look_at_clock};
use crate::diag::{Text, figure, system, text};
use crate::disk;
use crate::instant::Wall;
use crate::reason::codes;

/// `loa clock`.
#[derive(Args, Debug)]
pub(super) struct ClockArgs {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Đã so với đồng hồ khác, giờ máy đúng. | Compared with another clock: this one is right.
    Confirm {
        /// Ai xác nhận. | On whose word; default: this account.
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
    },
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: ClockArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    match args.what {
        None => show(context, clock.wall()),
        Some(What::Confirm { by }) => confirm(context, clock.wall(), by),
    }
}

fn show(context: &Context, now: Wall) -> anyhow::Result<ExitCode> {
    let (station, _, _) = disk::station::load(&context.dir);
    let (evidence, verdict) = look_at_clock(&context.dir, &station, now);
    let believed = matches!(verdict, ClockVerdict::Trusted(_));
    let exit = if believed { ExitCode::SUCCESS } else { Exit::Findings.into() };
    let tz = &station.timezone;
    if context.json {
        let Evidence { synchronised, synchronised_at, battery, host, word, newest, .. } = &evidence;
        let shown = json!({
            "at": now.rfc3339(tz),
            "trusted": believed,
            "because": codes(&verdict.reasons()),
            "evidence": {
                "ntp": synchronised,
                "ntp_last": synchronised_at.map(|last| last.at.rfc3339(tz)),
                "battery": battery.map(|battery| battery.rfc3339(tz)),
                "host": host,
                "confirmed_by": word.as_ref().map(|word| &word.by),
                "confirmed_at": word.as_ref().map(|word| word.given.at.rfc3339(tz)),
                "newest": newest.map(|newest| newest.rfc3339(tz)),
            },
            "cure": verdict.cure().map(|cure| cure.get(context.lang).to_owned()),
        });
        Page::data(serde_json::to_string_pretty(&shown)? + "\n");
        return Ok(exit);
    }
    let lang = context.lang;
    let columns = sheet::text_columns();
    let head = format!("{}   ", figure::stamp(now, tz).get(lang));
    Page::text(sheet::paragraph(&head, verdict.note().words().get(lang), columns));
    for line in told(&evidence, tz) {
        Page::text(sheet::paragraph("  ", line.get(lang), columns));
    }
    if let Some(cure) = verdict.cure() {
        Page::text(sheet::paragraph("", cure.get(lang), columns));
    }
    Ok(exit)
}

/// What there is, a line each.
fn told(evidence: &Evidence, tz: &jiff::tz::TimeZone) -> Vec<Text> {
    let at = |at: Wall| figure::stamp(at, tz);
    let none = || text!("không", "none");
    let ntp = match (evidence.synchronised, evidence.synchronised_at) {
        (true, _) => text!("đang đồng bộ", "synchronised"),
        (false, Some(last)) => {
            text!(last = at(last.at); "lần cuối {last}", "last at {last}")
        }
        (false, None) => text!("chưa đồng bộ từ khi bật máy", "not since the machine was switched on"),
    };
    let battery = evidence.battery.map_or_else(none, at);
    let host = evidence.host.as_ref().map_or_else(none, |host| text!("{host}", "{host}"));
    let word = evidence.word.as_ref().map_or_else(none, |word| {
        let by = &word.by;
        text!(given = at(word.given.at); "{by}, lúc {given}", "{by}, at {given}")
    });
    let newest = evidence.newest.map_or_else(none, at);
    [
        (text!("Mạng (NTP)", "Network (NTP)"), ntp),
        (text!("Đồng hồ có pin (RTC)", "Battery clock (RTC)"), battery),
        (text!("Máy ảo, container", "Virtual machine, container"), host),
        (text!("Người xác nhận", "A person's word"), word),
        (text!("Dòng nhật ký mới nhất", "Newest row of the journal"), newest),
    ]
    .into_iter()
    .map(|(name, value)| Text { vi: format!("{}: {}", name.vi, value.vi), en: format!("{}: {}", name.en, value.en) })
    .collect()
}

fn confirm(context: &Context, now: Wall, by: Option<String>) -> anyhow::Result<ExitCode> {
    let by = by.unwrap_or_default();
    let command = Command::Confirm { by: by.clone() };
    let at = figure::stamp(now, &disk::station::load(&context.dir).0.timezone);
    if door::is_running(context) {
        let status = door::ask(context, &Command::Status).ok();
        let writes = status.and_then(|status| status["journal"]["writes"].as_bool()).unwrap_or(true);
        let said = if writes {
            text!(at = at; "Đã ghi nhận: bây giờ là {at}.", "Taken: it is {at}.")
        } else {
            text!(
                at = at;
                "loa tin giờ này ngay: bây giờ là {at}. Nhưng ổ đĩa không ghi được nên chưa lưu lại được: sau khi khởi động lại loa có thể phải xác nhận lần nữa.",
                "loa believes it at once: it is {at}. But the disk cannot be written and it is not kept: after a restart of loa it may have to be confirmed again."
            )
        };
        door::order(context, &command, &said)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(cure) = never_set(now) {
        return Err(Failure::new(Exit::Findings, cure).into());
    }
    let by = daemon::named(&by).map_err(|text| Failure::new(Exit::Usage, text))?;
    keep_word(&context.dir, &by, now).map_err(|error| {
        let exit = if error.kind() == std::io::ErrorKind::PermissionDenied { Exit::Permission } else { Exit::Io };
        let text = text!(
            error = system(&error);
            "không ghi được state/clock.json: {error}; hãy kiểm tra quyền và ổ đĩa",
            "cannot write state/clock.json: {error}; check the rights and the disk"
        );
        Failure::new(exit, text)
    })?;
    if context.json {
        Page::line(json!({"done": true}));
    } else {
        let said = text!(
            at = at;
            "Đã ghi nhận: bây giờ là {at}. loa chưa chạy, sẽ tính đến khi khởi động (trước lần mất điện tới).",
            "Taken: it is {at}. No loa is running; it counts when loa starts, until the power next goes."
        );
        Page::line(said.get(context.lang));
    }
    Ok(ExitCode::SUCCESS)
}
