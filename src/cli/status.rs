use std::process::ExitCode;

use serde_json::Value;

use super::sheet::{self, Sheet};
use super::{Context, page, talk};
use crate::checkup::{PowerStanding, Standing};
use crate::daemon::protocol::Command;
use crate::diag::{Lang, Text, plain, shown, text};
use crate::reason::Reason;

pub(super) fn run(context: &Context) -> anyhow::Result<ExitCode> {
    let status = talk::ask(context, &Command::Status)?;
    if context.json {
        page::Page::data(serde_json::to_string_pretty(&status)? + "\n");
        return Ok(ExitCode::SUCCESS);
    }
    let mut said = Page {
        lang: context.lang,
        today: word(&status["at"]).get(..10).unwrap_or_default().to_owned(),
        lines: Vec::new(),
    };
    said.station(context, &status);
    said.zones(&status);
    said.orders(&status);
    let sounds = status["sound_warnings"].as_u64().unwrap_or_default();
    let standing: Standing = serde_json::from_value(status).unwrap_or_default();
    for power in &standing.amplifiers {
        said.say(&amplifier(power));
    }
    for one in standing.findings() {
        let (message, help) = (plain(one.message.get(said.lang)), plain(one.help.get(said.lang)));
        said.lines.push(format!("{message}\n  → {help}"));
    }
    if sounds > 0 {
        said.say(&text!(
            "Âm thanh: {sounds} chỗ không phát được hoặc nên thu lại cho rõ hơn; «loa check» chỉ từng chỗ.",
            "Sounds: {sounds} findings that a good recording would cure; \"loa check\" shows each."
        ));
    }
    page::Page::line(said.lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What is said of a station, line by line.
struct Page {
    lang: Lang,
    /// `2026-12-01`, by the station's clock.
    today: String,
    lines: Vec<String>,
}

impl Page {
    fn say(&mut self, text: &Text) {
        self.lines.push(plain(text.get(self.lang)).into_owned());
    }

    /// "2026-12-01T05:30:00.000+07:00" as people say it: `05:30:00` today, `05:30 02/12` on another day.
    fn instant(&self, value: &Value) -> String {
        let said = word(value);
        let part = |range| said.get(range).unwrap_or("?");
        if part(0..10) == self.today {
            return part(11..19).to_owned();
        }
        self.date(&said)
    }

    fn date(&self, said: &str) -> String {
        let part = |range| said.get(range).unwrap_or("?");
        match self.lang {
            Lang::Vi => format!("{} {}/{}", part(11..16), part(8..10), part(5..7)),
            Lang::En => format!("{} {}", part(0..10), part(11..16)),
        }
    }

    fn in_words(&self, value: &Value) -> String {
        word(&value[if self.lang == Lang::Vi { "vi" } else { "en" }])
    }

    fn station(&mut self, context: &Context, status: &Value) {
        let at = word(&status["at"]);
        self.lines.push(format!("{}   {}", plain(&word(&status["name"])), self.date(&at)));
        if let Some(said) = super::journal::look_back(context, &at) {
            self.say(&said);
        }
        self.troubles(status);
        if let Some(why) = status["clock"]["why"].as_str() {
            let Text { vi, en } = Reason::from(why).words();
            self.say(&text!(
                "{vi}. Chưa phát gì theo lịch: «loa clock» chỉ cách sửa; nếu giờ máy đúng, gõ: loa clock confirm",
                "{en}. Nothing scheduled plays: \"loa clock\" shows the cure; if the clock is right, type: loa clock confirm"
            ));
        } else if let Some(because) = status["clock"]["because"].as_str() {
            self.say(&Reason::from(format!("clock_trusted: {because}")).words());
        }
        if let Some(drift) = status["clock"]["drift"].as_str() {
            self.say(&Reason::from(drift).words());
        }
        let journal = &status["journal"];
        if journal["writes"] == false {
            let (why, waiting) = (self.in_words(&journal["why"]), &journal["waiting"]);
            self.say(&text!(
                "Nhật ký chưa ghi được: {why} ({waiting} dòng đang chờ); loa vẫn phát.",
                "The journal cannot be written: {why} ({waiting} rows wait); sound goes on."
            ));
        }
        if let Some(file) = journal["set_aside"]["file"].as_str() {
            let why = self.in_words(&journal["set_aside"]["why"]);
            self.say(&text!(
                "Nhật ký cũ bị hỏng ({why}), đã cất vào state/{file}: hãy chép sang nơi khác làm bằng chứng.",
                "The old journal was damaged ({why}) and is now state/{file}: copy it elsewhere as evidence."
            ));
        }
        for said in super::journal::trouble(journal) {
            self.say(&said);
        }
    }

    /// Whether each zone can sound, as far as its output was used.
    fn troubles(&mut self, status: &Value) {
        let zones = status["zones"].as_array().map(Vec::as_slice).unwrap_or_default();
        let broken: Vec<&Value> = zones.iter().filter(|zone| zone["trouble"].is_object()).collect();
        for zone in &broken {
            let (title, why) = (title_of(zone), self.in_words(&zone["trouble"]));
            let since = self.instant(&zone["trouble"]["since"]);
            self.say(&text!(
                "{title}: KHÔNG PHÁT ĐƯỢC từ {since}: {why}.",
                "{title}: CANNOT SOUND since {since}: {why}."
            ));
        }
        // An older loa does not say.
        let is_untried = |zone: &&Value| zone["trouble"].is_null() && zone["tried"] == false;
        let untried = zones.iter().filter(is_untried).count();
        if untried > 0 {
            self.say(&text!(
                "{untried} cụm loa: chưa dùng tới từ khi khởi động, chưa biết có kêu được không; «loa doctor» thử card.",
                "{untried} zones: not used since the start, so it is not known whether they can sound; \"loa doctor\" tries the card."
            ));
        }
        let well = zones.len() - broken.len() - untried;
        match (broken.len() + untried, well) {
            (0, 0) => {}
            (0, 1) => self.say(&text!("Cụm loa: không thấy trục trặc gì.", "The zone: nothing is known to be wrong.")),
            (0, _) => self.say(&text!(
                "Cả {well} cụm loa: không thấy trục trặc gì.",
                "All {well} zones: nothing is known to be wrong."
            )),
            (_, 0) => {}
            _ => self.say(&text!(
                "{well} cụm loa còn lại: không thấy trục trặc gì.",
                "The other {well} zones: nothing is known to be wrong."
            )),
        }
    }

    fn zones(&mut self, status: &Value) {
        let mut table = Sheet::new(match self.lang {
            Lang::Vi => ["Cụm loa", "Đang phát", "Tiếp theo", "Đang chờ"],
            Lang::En => ["Zone", "On air", "Next", "Waiting"],
        });
        let zones = status["zones"].as_array().map(Vec::as_slice).unwrap_or_default();
        for zone in zones {
            let named = |part: &Value, at: &str| match part {
                Value::Null => "-".to_owned(),
                part => format!("{}  {}", self.instant(&part[at]), shown(&word(&part["title"]))),
            };
            table.row([
                title_of(zone),
                named(&zone["playing"], "started"),
                named(&zone["next"], "start"),
                zone["waiting"].to_string(),
            ]);
        }
        self.lines.push(table.text(sheet::columns()).trim_end().to_owned());
        for zone in zones {
            let (name, times) = (title_of(zone), zone["underruns"].as_u64().unwrap_or(0));
            if times > 0 {
                self.say(&text!(
                    "{name}: tiếng bị ngắt quãng {times} lần từ khi loa chạy (máy quá bận hoặc ổ đĩa chậm); hãy tắt bớt chương trình khác.",
                    "{name}: the sound had {times} gaps since loa started (the machine is too busy, or the disk slow); close other programs."
                ));
            }
        }
    }

    /// Orders by hand that are under way.
    fn orders(&mut self, status: &Value) {
        let titles: Vec<(String, String)> = status["zones"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|zone| (word(&zone["zone"]), title_of(zone)))
            .collect();
        for order in status["orders"].as_array().into_iter().flatten() {
            let (title, id) = (shown(&word(&order["title"])), word(&order["order"]));
            let zone = |zone: &Value| {
                let known = titles.iter().find(|(id, _)| *id == word(&zone["zone"]));
                let name = known.map_or_else(|| word(&zone["zone"]), |(_, title)| title.clone());
                let state = match zone["state"].as_str() {
                    Some("sounding") => text!("đang phát", "sounding"),
                    Some("waits") => {
                        let start = self.instant(&zone["start"]);
                        text!("chờ đến {start}", "waits until {start}")
                    }
                    Some("silent") => text!("CHƯA PHÁT ĐƯỢC", "CANNOT SOUND YET"),
                    _ => text!("sắp phát", "about to sound"),
                };
                format!("{name} {}", state.get(self.lang))
            };
            let zones: Vec<String> = order["zones"].as_array().into_iter().flatten().map(zone).collect();
            let zones = zones.join("; ");
            self.say(&text!("Lệnh «{title}» ({id}): {zones}.", "Order \"{title}\" ({id}): {zones}."));
        }
    }
}

/// What people call a zone; an older daemon says its id only.
fn title_of(zone: &Value) -> String {
    shown(zone["title"].as_str().or(zone["zone"].as_str()).unwrap_or_default())
}

fn amplifier(power: &PowerStanding) -> Text {
    let zones = power.zones.join(", ");
    let (vi, en) = if power.on { ("đang bật", "on") } else { ("đang tắt", "off") };
    match power.since.as_deref().and_then(|since| since.get(11..19)) {
        Some(since) => text!("Tăng âm {zones}: {vi}, từ {since}", "Amplifier of {zones}: {en}, since {since}"),
        None => text!("Tăng âm {zones}: {vi}", "Amplifier of {zones}: {en}"),
    }
}
