//! A slip of paper for a leader who does not log in, and its code typed in later.

use std::process::ExitCode;

use serde_json::json;

use super::{Desk, at_the_machine, may, said};
use crate::cli::page::Page;
use crate::cli::{Exit, Failure, door};
use crate::daemon::protocol::Command;
use crate::daemon::receipt::Receipt;
use crate::diag::{Text, capital, figure, shown, text};
use crate::instant::Wall;
use crate::pending::{self, Pending, Slip, SlipError, SlipSignature, Slips};

impl Desk<'_> {
    /// Print a slip.
    pub(super) fn print(&self, id: &str) -> anyhow::Result<ExitCode> {
        let Some(item) = self.item(id)? else { return Ok(self.nothing(id, false)?) };
        if let Some(name) = item.what.missing.first() {
            let name = shown(name);
            return Err(Failure::new(
                Exit::Findings,
                text!(
                    "chưa in được phiếu: chưa có bản ghi «{name}» để nghe",
                    "no slip can be printed yet: there is no sound \"{name}\" to hear"
                ),
            )
            .into());
        }
        let slips = Slips::of(&self.site);
        let (code, until) =
            slips.print(&item, &at_the_machine(), self.clock.wall()).map_err(|error| failure(&error))?;
        if self.context.json {
            let until = until.rfc3339(&self.world.station.timezone);
            let row = json!({"broadcast": id, "digest": item.what.digest.as_str(), "code": code, "until": until});
            Page::line(row);
        } else {
            Page::text(self.paper(&item, &code, until));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn paper(&self, item: &Pending, code: &str, until: Wall) -> String {
        let (tz, lang) = (&self.world.station.timezone, self.context.lang);
        let mut out = String::new();
        let mut line = |text: Text| {
            out.push_str(text.get(lang));
            out.push('\n');
        };
        let (station, title, id) = (shown(&self.world.station.name), shown(&item.broadcast.title), &item.broadcast.id);
        line(text!("PHIẾU DUYỆT MỤC PHÁT", "APPROVAL OF A BROADCAST"));
        if !station.is_empty() {
            line(text!("Đài: {station}", "Station: {station}"));
        }
        line(text!("Mục phát: {title} ({id})", "Broadcast: {title} ({id})"));
        // Whoever signs sees all that he lets sound, and not its next airing alone.
        for (name, value) in item.facts(&self.world) {
            let (name, value) = (
                Text { vi: capital(&name.vi), en: capital(&name.en) },
                Text { vi: shown(&value.vi), en: shown(&value.en) },
            );
            line(Text { vi: format!("{}: {}", name.vi, value.vi), en: format!("{}: {}", name.en, value.en) });
        }
        if let Some(next) = item.next {
            let Text { vi, en } = figure::moment(next, tz);
            line(text!("Lần phát tới: {vi}", "Next: {en}"));
        }
        for (file, sha256) in &item.what.sounds {
            let sound = self.world.library.sounds.get(file).and_then(|sound| sound.facts.as_ref().ok());
            let Text { vi, en } = sound.map_or_else(|| text!("", ""), |facts| figure::length_exact(facts.length()));
            let (file, begins) = (shown(file), sha256.get(..12).unwrap_or_default());
            line(text!("Bản ghi: {file}, {vi} (SHA-256 {begins}…)", "Sound: {file}, {en} (SHA-256 {begins}…)"));
        }
        if let Some(Text { vi, en }) = said::joined(&item.changes) {
            line(text!("Khác bản đã duyệt: {vi}", "Since it was approved: {en}"));
        }
        let digest = item.what.digest.short();
        let Text { vi, en } = figure::moment(until, tz);
        line(text!("Mã nội dung: {digest}", "Digest: {digest}"));
        line(text!("MÃ DUYỆT: {code} (dùng một lần, đến {vi})", "CODE: {code} (good once, until {en})"));
        line(text!(
            "Nội dung hay bản ghi thay đổi thì mã này không còn giá trị.",
            "The code is void once the broadcast or a sound of it changes."
        ));
        line(text!(
            "\nNgười duyệt (ký, ghi rõ họ tên): ______________________   Ngày: ____________\n",
            "\nApproved by (signature, name): ______________________   Date: ____________\n"
        ));
        line(text!(
            "Nhập vào máy sau khi ký: loa approve --code {code} --by \"HỌ TÊN NGƯỜI KÝ\"",
            "To be entered once signed: loa approve --code {code} --by \"NAME OF WHO SIGNED\""
        ));
        out
    }

    /// Enter the code of a slip that was signed.
    pub(super) fn enter(&self, code: &str, signed_by: &str) -> anyhow::Result<ExitCode> {
        let decide = |slip: &Slip| self.enter_slip(slip, signed_by);
        let entered = Slips::of(&self.site).enter(code, self.clock.wall(), decide);
        let (item, receipt) = entered.map_err(|error| failure(&error))??;
        self.told(&item, &receipt)?;
        Ok(ExitCode::SUCCESS)
    }

    fn enter_slip(&self, slip: &Slip, signed_by: &str) -> anyhow::Result<(Pending, Receipt)> {
        let settled = || Failure::new(Exit::Findings, SlipError::Settled.text());
        let item = self.with(|query| pending::item(query, &slip.broadcast))?.ok_or_else(settled)?;
        slip.still_for(&item).map_err(|error| failure(&error))?;
        let signature = SlipSignature { printed_by: &slip.by, entered_by: &at_the_machine(), signed_by };
        if let Some(Text { vi, en }) = signature.objection(&self.known()?) {
            return Err(Failure::new(Exit::Findings, Text { vi, en }).into());
        }
        // Neither who signed it nor who enters it may have touched it.
        may(&item, signed_by, &self.site)?;
        let command = Command::Approve {
            broadcast: slip.broadcast.clone(),
            digest: slip.digest.clone(),
            by: signed_by.to_owned(),
            entered_by: Some(String::new()),
        };
        let receipt = serde_json::from_value(door::ask(self.context, &command)?)?;
        Ok((item, receipt))
    }
}

fn failure(error: &SlipError) -> Failure {
    let exit = match error {
        SlipError::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Exit::Permission,
        SlipError::Io(_) => Exit::Io,
        SlipError::Unknown
        | SlipError::Used
        | SlipError::Late
        | SlipError::Changed
        | SlipError::Decided
        | SlipError::Settled => Exit::Findings,
    };
    Failure::new(exit, error.text())
}
