use std::collections::BTreeMap;
use std::sync::mpsc;
use std::time::Duration;

use super::Look;
use crate::checkup::Finding;
use crate::checkup::rights::Account;
use crate::diag::{Lang, Text, text};
use crate::output::{Device, DeviceName, OutputLane};
use crate::station::{OutputName, Station, ZoneIx};

/// A card or a sound server that has not answered by now hangs; all are asked at once.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The group that may open sound cards.
const GROUP: &str = "audio";

/// Ask each output of the station whether it could play. While something sounds a card may answer that it
/// is taken, so it is left alone then.
pub(super) fn look(station: &Station, playing: bool, account: Option<&Account>) -> Look {
    let what = text!("Card âm thanh", "Sound card");
    let devices = devices(station);
    if devices.is_empty() {
        let seen = if station.zones.is_empty() || station.has_horns() {
            text!("không cụm loa nào dùng card", "no zone uses one")
        } else {
            text!("đài chưa nối loa nào: phát gì cũng không ai nghe", "no zone has a horn: nobody hears anything")
        };
        return Look::new(what, seen, Vec::new());
    }
    if playing {
        return Look::new(what, text!("đang phát", "playing now"), Vec::new());
    }
    let (tell, told) = mpsc::channel();
    let count = devices.len();
    for (name, (device, lanes, zones)) in devices {
        let tell = tell.clone();
        let ask = move || {
            // Nobody listens any more: the answer came too late.
            let _ = tell.send((name, zones, Device::probe(&device, &lanes)));
        };
        // One that cannot be asked counts as silent below.
        let _ = std::thread::Builder::new().name("probe".to_owned()).spawn(ask);
    }
    drop(tell);
    let (mut answers, mut findings, mut seen) = (0, Vec::new(), Vec::new());
    while let Ok((name, zones, answer)) = told.recv_timeout(PATIENCE) {
        answers += 1;
        match answer {
            Ok(how) => seen.push(text!(how = how; "{name} ({how})", "{name} ({how})")),
            Err(why) => findings.push(unfit(&name, &zones, &why)),
        }
    }
    let silent = count - answers;
    if silent > 0 {
        findings.push(Finding::error(
            "card_hangs",
            text!("{silent} card âm thanh không trả lời", "sound cards that do not answer: {silent}"),
            text!("rút card ra cắm lại, hoặc khởi động lại máy", "pull the card and plug it in again, or restart"),
        ));
    }
    findings.extend(account.filter(|account| account.uid != 0).and_then(may_not_open));
    let list = |lang| seen.iter().map(|one| one.get(lang)).collect::<Vec<_>>().join(", ");
    let seen = if seen.is_empty() {
        text!("không có card dùng được", "none that can be used")
    } else {
        Text { vi: list(Lang::Vi), en: list(Lang::En) }
    };
    Look::new(what, seen, findings)
}

/// A device, the lanes on it, and the titles of its zones.
type Asked = (DeviceName, Vec<OutputLane>, Vec<String>);

fn devices(station: &Station) -> BTreeMap<String, Asked> {
    let mut devices: BTreeMap<String, Asked> = BTreeMap::new();
    for (zone, place) in station.zones.iter().zip(0_u16..) {
        let (name, device) = match &zone.output {
            OutputName::Device(name) => (format!("device:{name}"), DeviceName::Alsa(name.clone())),
            OutputName::Pulse(name) => (format!("pulse:{name}"), DeviceName::Pulse(name.clone())),
            OutputName::Wav(_) | OutputName::Null | OutputName::Unusable => continue,
        };
        let asked = devices.entry(name).or_insert_with(|| (device, Vec::new(), Vec::new()));
        asked.1.push(OutputLane::of(ZoneIx(place), zone));
        asked.2.push(zone.title.clone());
    }
    devices
}

fn unfit(name: &str, zones: &[String], why: &Text) -> Finding {
    let (zones, vi, en) = (zones.join(", "), &why.vi, &why.en);
    Finding::error(
        "card_unfit",
        text!("{zones} ({name}): {vi}", "{zones} ({name}): {en}"),
        text!(
            "cắm lại card và dây; xem các card bằng «loa devices» rồi sửa output trong loa.toml",
            "plug the card in again; \"loa devices\" lists the lines for loa.toml"
        ),
    )
}

/// The account that plays may not open sound cards.
fn may_not_open(account: &Account) -> Option<Finding> {
    let group = crate::cli::account::group(GROUP)?;
    if account.gids.contains(&group) {
        return None;
    }
    let name = &account.name;
    Some(Finding::warning(
        "not_in_audio",
        text!(
            "tài khoản {name} không thuộc nhóm «{GROUP}», có thể không mở được card",
            "the account {name} is not in the group \"{GROUP}\" and may not be allowed to open the card"
        ),
        text!("sudo adduser {name} {GROUP}, rồi khởi động lại loa", "sudo adduser {name} {GROUP}, then restart loa"),
    ))
}
