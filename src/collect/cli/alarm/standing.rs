use std::process::ExitCode;

use loa_core::diag::{Text, csv, figure, shown, text};
use loa_core::signature::{Locality, UtcSecond};
use serde_json::json;

use super::super::collect::{open_there, write};
use super::super::{CentreExit, CentreGround, Failed, Screen};
use super::give::name;
use super::{StatusArgs, holds, known, newest};
use crate::dispatch::{AlarmOutcome, AlarmRecord};
use crate::fleet::Register;
use crate::watch;

pub(super) fn status(ground: &CentreGround, args: &StatusArgs) -> Result<ExitCode, Failed> {
    let register = Register::read(&ground.dir)?;
    let mut ledger = open_there(ground, &args.database)?;
    let record = match &args.id {
        Some(id) => Some(known(&mut *ledger, &register, id)?),
        None => newest(&mut *ledger, &register)?,
    };
    let Some(record) = record else {
        Screen::line(text!("Trung tâm chưa phát báo động nào.", "The centre has given no alarm yet.").get(ground.lang));
        return Ok(ExitCode::SUCCESS);
    };
    let outcomes = AlarmOutcome::gather(&mut *ledger, &record)?;
    let now = UtcSecond::of(watch::now());
    let call = |path: &Locality| register.places.get(path).map_or("", |place| place.call.as_str());
    let is_over = !holds(&record, now);
    let silent: Vec<_> = outcomes.iter().filter(|(_, outcome)| !outcome.is_heard()).collect();
    if let Some(path) = &args.csv {
        let head = [
            text!("STT", "No."),
            text!("Mã nơi", "Place"),
            text!("Đài", "Station"),
            text!("Đã nghe", "Heard"),
            text!("Kết quả", "Outcome"),
            text!("Gọi", "Call"),
        ];
        let mut out =
            String::from("\u{feff}") + &csv::line(&head.map(|said| said.get(ground.lang).to_owned()), ground.lang);
        for (place, (path, outcome)) in outcomes.iter().enumerate() {
            let title = register.places.get(path).map_or("", |place| place.title.as_str());
            let heard = if outcome.is_heard() { text!("có", "yes") } else { text!("không", "no") };
            let fields = [
                (place + 1).to_string(),
                path.to_string(),
                title.to_owned(),
                heard.get(ground.lang).to_owned(),
                outcome.text(is_over).get(ground.lang).to_owned(),
                call(path).to_owned(),
            ];
            out += &csv::line(&fields, ground.lang);
        }
        write(path, &out)?;
    }
    if ground.json {
        let one = |(path, outcome): (&Locality, &AlarmOutcome)| {
            json!({
                "station": path, "heard": outcome.is_heard(), "sounded": outcome.sounded(), "missed": outcome.missed(),
                "said": outcome.said, "call": call(path), "words": outcome.text(is_over).get(ground.lang),
            })
        };
        let said =
            json!({ "alarm": record, "holds": !is_over, "stations": outcomes.iter().map(one).collect::<Vec<_>>() });
        Screen::data(format!("{said:#}\n"));
    } else {
        head(ground, &record, outcomes.len() - silent.len(), now);
        for (path, outcome) in &silent {
            let (name, said) = (name(&register, path), outcome.text(is_over));
            let whom = shown(call(path));
            let line = if whom.is_empty() {
                text!(said = said; "  {name}: {said}", "  {name}: {said}")
            } else {
                text!(said = said; "  {name}: {said} — gọi {whom}", "  {name}: {said} — call {whom}")
            };
            Screen::line(line.get(ground.lang));
        }
    }
    Ok(if silent.is_empty() { ExitCode::SUCCESS } else { CentreExit::Findings.into() })
}

fn head(ground: &CentreGround, record: &AlarmRecord, heard: usize, now: UtcSecond) {
    let (title, id, all) = (shown(&record.title), &record.id, record.stations.len());
    let by = if record.by.is_empty() {
        text!("không rõ ai", "somebody unknown")
    } else {
        Text { vi: shown(&record.by), en: shown(&record.by) }
    };
    let moment = |at: UtcSecond| figure::moment(at.wall(), &ground.tz);
    let (made, until) = (moment(record.made), moment(record.expires));
    let said = text!(
        made = made, by = by;
        "Báo động «{title}» (số {id}), {by} phát lúc {made}: {heard} trên {all} đài đã nghe.",
        "The alarm \"{title}\" ({id}), given by {by} at {made}: heard at stations: {heard} of {all}."
    );
    Screen::line(said.get(ground.lang));
    if record.by.is_empty() {
        Screen::line(
            text!(
                "Sổ không ghi ai phát và vì sao (cơ sở dữ liệu lập lại, hay lệnh gõ ở máy khác): đây là theo luồng của máy chủ và sổ các nơi.",
                "The book does not say who gave it and why (its database was made anew, or it was given elsewhere): this is by the server's stream and the register."
            )
            .get(ground.lang),
        );
    }
    let state = match record.ended {
        Some(at) => text!(at = moment(at); "Đã kết thúc lúc {at}.", "Ended at {at}."),
        None if record.expires < now => text!(
            until = until;
            "Đã hết hạn lúc {until}: đài nhận sau đó không phát nữa.",
            "Over since {until}: a station that gets it later does not sound it."
        ),
        None => text!(until = until; "Còn hiệu lực đến {until}.", "It holds until {until}."),
    };
    Screen::line(state.get(ground.lang));
    if let Some(until) = record.second_until {
        let said = if until < now {
            text!(until = moment(until); "CHƯA có người thứ hai xác nhận, hạn đã qua lúc {until}.", "Nobody has stood by it, and the time for that was over at {until}.")
        } else {
            text!(
                until = moment(until);
                "Chờ người thứ hai xác nhận trước {until}: loa fleet alarm second {id} --by TÊN",
                "Somebody else has to stand by it before {until}: loa fleet alarm second {id} --by NAME"
            )
        };
        Screen::line(said.get(ground.lang));
    }
}
