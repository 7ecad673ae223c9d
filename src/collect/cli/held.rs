use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args;
use loa_core::diag::{Text, figure, shown, text};
use loa_core::instant::Wall;
use loa_core::reason::untaken;
use loa_core::signature::Locality;
use loa_core::uplink::SCHEDULE_STREAM;
use serde_json::json;

use super::collect::{DatabaseArgs, open_there};
use super::{CentreExit, CentreGround, Failed, Screen};
use crate::dispatch::SentRecord;
use crate::fleet::Register;
use crate::ledger::{BookKind, BookPage, Ledger, LedgerError, page};
use crate::lost::StreamRecord;
use crate::pulse::PulseRecord;
use crate::watch;

/// `loa fleet held`.
#[derive(Args, Debug)]
pub(super) struct HeldArgs {
    /// Kể cả đài đã có lịch mới nhất. | Stations that have the newest too.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

/// Which schedule a station has, of those that were sent to it: by its heartbeats.
pub(super) fn held(ground: &CentreGround, args: &HeldArgs) -> Result<ExitCode, Failed> {
    let register = Register::read(&ground.dir)?;
    let mut ledger = open_there(ground, &args.database)?;
    let sent: Vec<SentRecord> = ledger.pages(BookKind::Sent, "")?.iter().filter_map(BookPage::read).collect();
    let pulses = PulseRecord::all(&mut *ledger)?;
    let mut rows: BTreeMap<String, Wall> = BTreeMap::new();
    for journal in ledger.journals()? {
        let came = rows.entry(journal.station).or_insert(journal.last_heard);
        *came = (*came).max(journal.last_heard);
    }
    let now = watch::now();
    let (mut lines, mut data, mut behind) = (Vec::new(), Vec::new(), 0_usize);
    for (path, place) in register.stations() {
        let pulse = pulses.get(path);
        for letter in SentRecord::newest_of_each(&sent, &place.zones) {
            let has = pulse.and_then(|pulse| pulse.pulse.bundles.get(letter.sender.as_str()).copied());
            let why = pulse.and_then(|pulse| pulse.refusal(&letter.place, letter.version, letter.at));
            let is_held = has.is_some_and(|has| has >= letter.version);
            behind += usize::from(!is_held);
            data.push(json!({
                "station": path, "sender": letter.sender, "title": letter.title, "sent": letter.version, "has": has,
                "refused": why, "heard": pulse.map(|pulse| pulse.came.clone()),
            }));
            if is_held && !args.all {
                continue;
            }
            let heard = match pulse {
                Some(pulse) => Heard::Pulse(pulse.came_at().unwrap_or(now)),
                None => rows.get(path.as_str()).map_or(Heard::Never, |came| Heard::Rows(*came)),
            };
            lines.push(line(path, letter, has, why, heard, &ground.tz));
        }
    }
    let is_forgotten = sent.is_empty() && has_letters(&mut *ledger)?;
    if is_forgotten {
        for (path, pulse) in &pulses {
            for (sender, has) in &pulse.pulse.bundles {
                data.push(json!({
                    "station": path, "sender": sender, "title": "", "sent": null, "has": has, "refused": null,
                    "heard": pulse.came,
                }));
                let sender = shown(sender);
                lines.push(text!("{path}: đang có lịch của {sender}, số {has}", "{path}: has {sender}, number {has}"));
            }
        }
    }
    if ground.json {
        Screen::data(format!("{:#}\n", json!(data)));
    } else {
        let all = data.len();
        let has = all - behind;
        let said = if is_forgotten {
            text!(
                "Sổ không ghi lịch nào đã gửi, mà trên máy chủ có lịch: cơ sở dữ liệu lập lại, hay lịch gửi từ máy khác. Gửi lại đúng gói tin ấy thì sổ ghi lại, đài không nhận hai lần: loa fleet send GÓI.loa --to NƠI. Theo lời các đài:",
                "The book has no letter that was sent, and there are some on the server: its database was made anew, or they were sent elsewhere. Send the very same bundle again and the book has it; no station takes it twice: loa fleet send F.loa --to PLACE. By what the stations say:"
            )
        } else {
            text!(
                "{has} trên {all} lịch đã gửi đang được giữ ở đài.",
                "Letters that stations hold, of those that were sent: {has} of {all}."
            )
        };
        Screen::line(said.get(ground.lang));
        for said in lines {
            Screen::line(said.get(ground.lang));
        }
    }
    Ok(if behind == 0 && !is_forgotten { ExitCode::SUCCESS } else { CentreExit::Findings.into() })
}

/// Letters lie on the server, whoever has sent them.
fn has_letters(ledger: &mut dyn Ledger) -> Result<bool, LedgerError> {
    let stream: Option<StreamRecord> = page(ledger, BookKind::Stream, SCHEDULE_STREAM)?;
    Ok(stream.is_some_and(|stream| stream.last > 0))
}

/// How a station was heard last.
#[derive(Clone, Copy)]
enum Heard {
    /// By its heartbeat, which says what it goes by.
    Pulse(Wall),
    /// By its journal alone: a courier brings it, or it was not connected since.
    Rows(Wall),
    Never,
}

fn line(
    path: &Locality,
    letter: &SentRecord,
    has: Option<u64>,
    why: Option<&String>,
    heard: Heard,
    tz: &jiff::tz::TimeZone,
) -> Text {
    let (title, sent) = (shown(&letter.title), letter.version);
    let state = match (has, why, heard) {
        (Some(has), ..) if has >= sent => text!("đã có số {has}", "has number {has}"),
        (_, Some(code), _) => {
            let why = untaken(code).unwrap_or_else(|| Text { vi: shown(code), en: shown(code) });
            let held = has.map_or_else(
                || text!("chưa có lịch nào", "has none yet"),
                |has| text!("đang có số {has}", "has number {has}"),
            );
            text!(held = held, why = why; "KHÔNG NHẬN, {held}: {why}", "NOT TAKEN, {held}: {why}")
        }
        (has, None, Heard::Pulse(heard)) => {
            let heard = figure::moment(heard, tz);
            let has = has.map_or_else(
                || text!("chưa có lịch nào", "has none yet"),
                |has| text!("đang có số {has}", "has number {has}"),
            );
            text!(
                has = has, heard = heard;
                "chưa nhận, {has}, nghe lần cuối {heard}",
                "not taken yet, {has}, last heard at {heard}"
            )
        }
        (_, None, Heard::Rows(came)) => {
            let came = figure::moment(came, tz);
            text!(
                came = came;
                "không biết, đài chưa báo qua mạng; nhật ký của đài về lần cuối {came}",
                "not known, it has said nothing over the network; its journal came last at {came}"
            )
        }
        (_, None, Heard::Never) => text!("chưa từng nghe thấy đài này", "this station was never heard"),
    };
    text!(state = state; "{path}: «{title}» số {sent}: {state}", "{path}: \"{title}\", number {sent}: {state}")
}

#[cfg(test)]
mod tests {
    use loa_core::signature::UtcSecond;

    use super::*;

    #[test]
    fn a_station_whose_journal_a_courier_brings_was_heard() {
        let path = Locality::read("p01.c003.h1").unwrap();
        let at = Wall::from_secs(1_796_000_000);
        let letter = SentRecord {
            place: path.clone(),
            sender: path.clone(),
            title: "Lịch".to_owned(),
            version: 8,
            sha256: String::new(),
            signed_by: Vec::new(),
            keys: Vec::new(),
            by: String::new(),
            at: UtcSecond::of(at),
            sequence: 1,
        };
        let said = |has, heard| line(&path, &letter, has, None, heard, &jiff::tz::TimeZone::UTC).vi;
        assert!(said(None, Heard::Never).contains("chưa từng nghe thấy"));
        let rows = said(None, Heard::Rows(at));
        assert!(rows.contains("nhật ký của đài về lần cuối") && !rows.contains("chưa từng"), "{rows}");
        assert!(said(Some(7), Heard::Pulse(at)).contains("đang có số 7"));
    }
}
