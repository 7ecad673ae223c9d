use std::process::ExitCode;

use comfy_table::{Table, presets};
use serde_json::Value;

use super::{Context, talk};
use crate::audio::library;
use crate::checkup::{PowerStanding, Standing};
use crate::daemon::protocol::Command;
use crate::diag::{Lang, Text, plain, plain_lines, text};
use crate::journal::export;

pub(super) fn run(context: &Context) -> anyhow::Result<ExitCode> {
    let status = talk::ask(context, &Command::Status)?;
    if context.json {
        println!("{}", serde_json::to_string_pretty(&status)?);
        return Ok(ExitCode::SUCCESS);
    }
    let lang = context.lang;
    let word = |value: &Value| plain(value.as_str().unwrap_or_default()).into_owned();
    // "2026-12-01T05:30:00.000+07:00": people want the day and the second.
    let instant = |value: &Value| word(value).chars().take(19).collect::<String>().replace('T', " ");
    println!("{}   {}", word(&status["name"]), instant(&status["at"]));
    if let Some(why) = status["clock"]["why"].as_str() {
        let why = export::reason(why);
        let why = why.get(lang);
        let said = text!(
            "{why}. Chưa phát gì theo lịch: «loa clock» chỉ cách sửa; nếu giờ máy đúng, gõ: loa clock confirm",
            "{why}. Nothing scheduled plays: \"loa clock\" shows the cure; if the clock is right, type: loa clock confirm"
        );
        println!("{}", said.get(lang));
    } else if let Some(because) = status["clock"]["because"].as_str() {
        println!("{}", export::reason(&format!("clock_trusted: {because}")).get(lang));
    }
    if let Some(drift) = status["clock"]["drift"].as_str() {
        println!("{}", export::reason(drift).get(lang));
    }
    let journal = &status["journal"];
    let why = |part: &Value| word(&part["why"][if lang == Lang::Vi { "vi" } else { "en" }]);
    if journal["writes"] == false {
        let (why, waiting) = (why(journal), &journal["waiting"]);
        let said = text!(
            "Nhật ký chưa ghi được: {why} ({waiting} dòng đang chờ); loa vẫn phát.",
            "The journal cannot be written: {why} ({waiting} rows wait); sound goes on."
        );
        println!("{}", said.get(lang));
    }
    if let Some(file) = journal["set_aside"]["file"].as_str() {
        let why = why(&journal["set_aside"]);
        let said = text!(
            "Nhật ký cũ bị hỏng ({why}), đã cất vào state/{file}: hãy chép sang nơi khác làm bằng chứng.",
            "The old journal was damaged ({why}) and is now state/{file}: copy it elsewhere as evidence."
        );
        println!("{}", said.get(lang));
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header([
        text!("Cụm loa", "Zone").get(lang),
        text!("Đang phát", "On air").get(lang),
        text!("Tiếp theo", "Next").get(lang),
        text!("Đang chờ", "Waiting").get(lang),
    ]);
    for zone in status["zones"].as_array().into_iter().flatten() {
        let named = |part: &Value, at: &str| match part {
            Value::Null => "-".to_owned(),
            part => format!("{}  {}", instant(&part[at]), word(&part["title"])),
        };
        table.add_row([
            word(&zone["zone"]),
            named(&zone["playing"], "started"),
            named(&zone["next"], "start"),
            zone["waiting"].to_string(),
        ]);
    }
    println!("{}", plain_lines(&table.to_string()));
    for zone in status["zones"].as_array().into_iter().flatten() {
        let (name, times) = (word(&zone["zone"]), zone["underruns"].as_u64().unwrap_or(0));
        if times > 0 {
            let said = text!(
                "{name}: âm thanh bị hụt {times} lần từ khi loa chạy (máy quá bận hoặc ổ đĩa chậm); hãy tắt bớt chương trình khác.",
                "{name}: the sound had {times} holes since loa started (the machine is too busy, or the disk slow); close other programs."
            );
            println!("{}", said.get(lang));
        }
    }
    let standing: Standing = serde_json::from_value(status).unwrap_or_default();
    for power in &standing.amplifiers {
        println!("{}", amplifier(power).get(lang));
    }
    for one in standing.findings() {
        println!("{}\n  → {}", plain(one.message.get(lang)), plain(one.help.get(lang)));
    }
    let sounds = library::warnings(&context.dir).len();
    if sounds > 0 {
        let said = text!(
            "Âm thanh: {sounds} chỗ nên thu lại cho rõ hơn; «loa check» chỉ từng chỗ.",
            "Sounds: {sounds} findings that a better recording would cure; \"loa check\" shows each."
        );
        println!("{}", said.get(lang));
    }
    Ok(ExitCode::SUCCESS)
}

fn amplifier(power: &PowerStanding) -> Text {
    let zones = power.zones.join(", ");
    let (vi, en) = if power.on { ("đang bật", "on") } else { ("đang tắt", "off") };
    match power.since.as_deref().and_then(|since| since.get(11..19)) {
        Some(since) => text!("Tăng âm {zones}: {vi}, từ {since}", "Amplifier of {zones}: {en}, since {since}"),
        None => text!("Tăng âm {zones}: {vi}", "Amplifier of {zones}: {en}"),
    }
}
