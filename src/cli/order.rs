//! The answer to an order, said to whoever gave it: per hamlet what really sounds, or why not; how long it is, and how
//! to stop it.

use std::path::Path;
use std::process::ExitCode;

use super::page::Page;
use super::{Context, Exit, door};
use crate::daemon::protocol::Command;
use crate::daemon::receipt::{OrderKind, Receipt, State, ZoneReceipt};
use crate::diag::{Lang, shell_word, shown, text};
use crate::site::Site;

/// Give an order and say what came of it. Exit 0 only where it sounds, or will in its turn, in every zone that was
/// named; for a stop, where all is quiet. As JSON, the receipt.
pub(super) fn give(context: &Context, command: &Command, zones: &[String]) -> anyhow::Result<ExitCode> {
    let status = door::ask(context, command)?;
    told(context, status, zones)
}

/// Say what came of an order.
pub(super) fn told(context: &Context, status: serde_json::Value, zones: &[String]) -> anyhow::Result<ExitCode> {
    // A daemon of an older version, that was not started again since, says nothing of what came of it.
    let Ok(receipt) = serde_json::from_value::<Receipt>(status) else {
        let said = text!(
            "đã gửi lệnh, nhưng loa đang chạy là bản cũ nên không cho biết có kêu hay không: hãy xem «loa status», rồi khởi động lại loa",
            "the order was sent, but the running loa is an older one and does not say whether it sounds: see \"loa status\", then restart loa"
        );
        return Err(super::Failure::new(Exit::Findings, said).into());
    };
    let good = receipt.is_good();
    if context.json {
        Page::data(serde_json::to_string_pretty(&receipt)? + "\n");
    } else {
        let said = say(&receipt, zones, context.lang);
        let heard = |zone: &ZoneReceipt| zone.state != State::Silent;
        // Where nothing came of it, it is a failure like any other.
        if receipt.zones.iter().any(heard) {
            Page::line(said);
        } else {
            Page::aside(format_args!("loa: {said}"));
        }
    }
    Ok(if good { ExitCode::SUCCESS } else { Exit::Findings.into() })
}

/// What the daemon calls the sound that was named by a path: its name alone where it lies in the station's `audio/`. Any
/// other path stays as it is, and is refused: the station has a sound of that name only by accident.
pub(super) fn sound_name(context: &Context, file: String) -> String {
    let path = Path::new(&file);
    let Some(within) = path.parent().filter(|within| !within.as_os_str().is_empty()) else { return file };
    let (Ok(within), Ok(audio)) = (within.canonicalize(), Site::new(&context.dir).audio().canonicalize()) else {
        return file;
    };
    match path.file_name().and_then(|name| name.to_str()).filter(|_| within == audio) {
        Some(name) => name.to_owned(),
        None => file,
    }
}

/// The whole answer; `zones` as they were named.
fn say(receipt: &Receipt, zones: &[String], lang: Lang) -> String {
    let mut said = Vec::new();
    // A say or a test that sounds nowhere was not taken: there is nothing to acknowledge.
    let is_taken =
        |zone: &ZoneReceipt| zone.state != State::Silent || zone.why.as_ref().is_some_and(|why| why.tried_again);
    let taken = receipt.zones.iter().any(is_taken);
    if taken || receipt.kind == OrderKind::Alert {
        said.extend(receipt.head().map(|text| text.get(lang).to_owned()));
    }
    if let Some(file) = receipt.former.as_deref().map(shown) {
        let same = text!(
            "Tệp audio/{file} đang bị ghi, đang kiểm tra, hay đã hỏng: phát bản nguyên vẹn gần nhất của nó.",
            "audio/{file} is being written to, examined, or broken: its last whole version plays."
        );
        said.push(same.get(lang).to_owned());
    }
    said.extend(receipt.lines().iter().map(|line| line.get(lang).to_owned()));
    // A talk is over by the time at which this is said of it.
    if !matches!(receipt.kind, OrderKind::Stop | OrderKind::Talk) && taken {
        let stop = if zones.is_empty() {
            "loa stop".to_owned()
        } else {
            format!("loa stop --zone {}", shell_word(&zones.join(",")))
        };
        said.push(text!("Dừng: {stop}", "To stop it: {stop}").get(lang).to_owned());
    }
    let forbidden = |zone: &ZoneReceipt| zone.why.as_ref().is_some_and(|why| LAWS.contains(&why.code.as_str()));
    if receipt.kind == OrderKind::Say && receipt.zones.iter().any(forbidden) {
        let name = shell_word(&receipt.name);
        let cure = text!(
            "Việc khẩn cấp: loa alert {name} --by \"TÊN NGƯỜI RA LỆNH\" --why \"LÝ DO\"",
            "In an emergency: loa alert {name} --by \"WHO ORDERS IT\" --why \"REASON\""
        );
        said.push(cure.get(lang).to_owned());
    }
    said.join("\n")
}

/// What an emergency passes.
const LAWS: [&str; 5] = ["outside_hours", "past_hours", "session_too_long", "too_many_sessions", "mourning"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::receipt::ReceiptWhy;

    fn zone(title: &str, state: State, why: Option<(&str, bool)>) -> ZoneReceipt {
        let why = why.map(|(code, tried_again)| ReceiptWhy {
            code: code.to_owned(),
            words: text!("vì {code}", "as {code}").into(),
            tried_again,
        });
        ZoneReceipt {
            zone: title.to_owned(),
            title: title.to_owned(),
            state,
            started: None,
            start: None,
            seconds: 16.2,
            why,
            partial: false,
            same_as: None,
            ended: Vec::new(),
            interrupts: None,
            dropped: Vec::new(),
        }
    }

    fn receipt(kind: OrderKind, zones: Vec<ZoneReceipt>) -> Receipt {
        Receipt {
            order: "7".to_owned(),
            kind,
            name: "canh-bao-lu".to_owned(),
            times: 1,
            at: String::new(),
            zones,
            former: None,
            orders: Vec::new(),
            left: Vec::new(),
        }
    }

    #[test]
    fn an_alert_names_the_hamlets_that_sound_and_those_that_do_not() {
        let zones = vec![
            zone("Thôn 1", State::Sounding, None),
            zone("Thôn 2", State::Sounding, None),
            zone("Thôn 3", State::Silent, Some(("không có card", true))),
        ];
        let receipt = receipt(OrderKind::Alert, zones);
        assert!(!receipt.is_good());
        assert_eq!(
            say(&receipt, &[], Lang::Vi),
            "Đã nhận lệnh khẩn cấp «canh-bao-lu» (16 giây).\nThôn 1, Thôn 2: đang kêu.\nThôn 3: CHƯA KÊU (vì không có card).\nDừng: loa stop"
        );
        assert_eq!(
            say(&receipt, &["thon-1".to_owned(), "Thôn 3".to_owned()], Lang::En).lines().last(),
            Some("To stop it: loa stop --zone 'thon-1,Thôn 3'")
        );
    }

    #[test]
    fn a_say_that_the_law_refuses_is_not_said_to_be_taken_and_the_way_out_is_named() {
        let receipt = receipt(OrderKind::Say, vec![zone("Thôn 1", State::Silent, Some(("outside_hours", false)))]);
        assert!(!receipt.is_good());
        let said = say(&receipt, &[], Lang::Vi);
        assert!(
            said.starts_with("Thôn 1: không phát (vì outside_hours).") && said.contains("loa alert canh-bao-lu"),
            "{said}"
        );
        assert!(!said.contains("Dừng:"), "{said}");
    }

    #[test]
    fn a_talk_that_was_cut_is_called_a_part_and_nobody_is_told_to_stop_it() {
        let part = ZoneReceipt { partial: true, ..zone("Thôn 1", State::Sounded, Some(("stopped", false))) };
        let receipt = receipt(OrderKind::Talk, vec![part]);
        assert!(!receipt.is_good());
        assert_eq!(say(&receipt, &[], Lang::Vi), "Nói trực tiếp.\nThôn 1: phát một phần, vì stopped.");
    }

    #[test]
    fn whoever_speaks_is_told_only_of_zones_with_a_horn() {
        let on_air = |zones| receipt(OrderKind::Talk, zones).on_air().vi;
        let (horn, none) = (zone("Thôn 1", State::Accepted, None), zone("Thôn 3", State::Unheard, None));
        let busy = zone("Thôn 5", State::Silent, Some(("busy", false)));
        assert_eq!(on_air(vec![horn, none.clone(), busy.clone()]), "ĐANG NÓI RA LOA: Thôn 1.");
        assert_eq!(on_air(vec![none, busy]), "Đang nói, nhưng ở đây không có loa: không ai nghe.");
    }

    #[test]
    fn an_alert_that_waits_is_not_good_and_a_say_is_unless_its_card_is_away() {
        let one = |kind, state, why| receipt(kind, vec![zone("Thôn 1", state, why)]).is_good();
        assert!(!one(OrderKind::Alert, State::Waits, Some(("waits", true))));
        assert!(one(OrderKind::Alert, State::Waits, Some(("amplifier_warming", true))));
        assert!(one(OrderKind::Say, State::Waits, Some(("waits", true))));
        assert!(!one(OrderKind::Say, State::Silent, Some(("device_failed", true))));
        assert!(one(OrderKind::Stop, State::Stopped, None));
    }
}
