use serde::{Deserialize, Serialize};

use super::Finding;
use super::finding::Words;
use super::minute::minute;
use super::proof_standing::ProofStanding;
use crate::diag::{Text, text};

/// What a running daemon says of its files and of its last rehearsal: instants in RFC 3339, as `loa
/// status --json` has them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Schedules of which nothing can be used as they are now.
    pub broken: Vec<BrokenFile>,
    /// Since when `loa.toml` is another than the one that is in use.
    pub restart_needed: Option<String>,
    /// Files in `audio/` beyond those that loa looks at.
    pub sounds_left_out: usize,
    /// What else of the files is not as it was meant: errors, copies, rules that others stand in for.
    pub problems: Vec<Finding>,
    /// So many more.
    pub problems_more: usize,
    /// The last nightly rehearsal.
    pub rehearsal: Option<Rehearsed>,
    /// What feeds the horns, where loa switches it.
    pub amplifiers: Vec<PowerStanding>,
    /// What could be better in the sounds: how many findings. Counted when they are read, not when somebody asks.
    pub sound_warnings: usize,
    /// The page that loa starts beside the sound does not stay: since when, and why.
    pub page: Option<PageStanding>,
    /// What the microphones say that listen to the horns.
    pub proof: Vec<ProofStanding>,
}

/// Why nobody can open the station's page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PageStanding {
    /// Since when.
    pub since: String,
    /// How often it has ended since then.
    pub times: u32,
    /// Its last words.
    pub why: Words,
}

impl PageStanding {
    /// That it is so, and what to do.
    pub fn finding(&self) -> Finding {
        let (since, Words { vi, en }) = (minute(&self.since), &self.why);
        let message = match self.times {
            0 | 1 => text!(
                "trang của đài không mở được từ {since}: {vi}; loa vẫn phát",
                "the station's page cannot be opened since {since}: {en}; sound goes on"
            ),
            times => text!(
                "trang của đài không mở được từ {since}, đã thử {times} lần: {vi}; loa vẫn phát",
                "the station's page cannot be opened since {since}, tried {times} times: {en}; sound goes on"
            ),
        };
        Finding::warning(
            "page_down",
            message,
            text!(
                "chữa việc ấy, trang tự mở lại trong một phút; xem thử bằng tay: loa console",
                "cure that, and the page opens by itself within a minute; try it by hand: loa console"
            ),
        )
    }
}

/// How an amplifier stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PowerStanding {
    /// The switch's name.
    pub switch: String,
    /// The ids of the zones behind it.
    pub zones: Vec<String>,
    /// What people call them; an older daemon says nothing of it.
    #[serde(default)]
    pub titles: Vec<String>,
    /// What it was last told to be.
    pub on: bool,
    /// Since when it is known to be so.
    pub since: Option<String>,
    /// Which way it did not go the last time it was told to, until it has: on, or off. An older daemon does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<bool>,
    /// Why it did not.
    pub why: Option<Words>,
}

/// A schedule that is broken now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BrokenFile {
    /// Relative to the station.
    pub file: String,
    /// Since when.
    pub since: String,
    /// Its last good version still plays.
    pub kept: bool,
}

/// What a nightly rehearsal found.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rehearsed {
    /// When it ended.
    pub at: String,
    /// Sounds that were decoded from end to end.
    pub sounds: usize,
    /// What could fail in the next seven days.
    pub findings: Vec<Finding>,
}

impl Standing {
    /// What of it could keep something from sounding.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = self.broken.iter().map(broken).collect();
        if let Some(since) = self.restart_needed.as_deref().map(minute) {
            found.push(Finding::warning(
                "restart_needed",
                text!(
                    "loa.toml đã thay đổi từ {since}, đài vẫn chạy theo bản cũ",
                    "loa.toml was changed at {since}; the station still runs by the old one"
                ),
                text!(
                    "khởi động lại để áp dụng: sudo systemctl restart loa (hoặc dừng rồi chạy lại «loa run»)",
                    "restart to apply it: sudo systemctl restart loa (or end \"loa run\" and start it again)"
                ),
            ));
        }
        if self.sounds_left_out > 0 {
            let over = self.sounds_left_out;
            found.push(Finding::warning(
                "too_many_files",
                text!(
                    "audio/ có quá nhiều tệp: {over} tệp không được đọc; tệp có trong lịch thì đọc trước",
                    "there are too many files in audio/: {over} are not read; those of the schedules go first"
                ),
                text!("chuyển những tệp không dùng nữa ra khỏi audio/", "move files that are not used out of audio/"),
            ));
        }
        found.extend(self.problems.iter().cloned());
        if self.problems_more > 0 {
            let count = self.problems_more;
            found.push(Finding::warning(
                "too_many_problems",
                text!("còn {count} chỗ nữa trong các tệp của đài", "{count} more problems in the station's files"),
                text!("xem tất cả: loa check", "see all: loa check"),
            ));
        }
        found.extend(self.amplifiers.iter().filter_map(disobedient));
        found.extend(self.page.as_ref().map(PageStanding::finding));
        found.extend(self.proof.iter().filter_map(ProofStanding::finding));
        if let Some(Rehearsed { at, findings, .. }) = &self.rehearsal {
            let at = minute(at);
            found.extend(findings.iter().map(|one| {
                let (vi, en) = (&one.message.vi, &one.message.en);
                let message = text!("diễn tập đêm {at}: {vi}", "rehearsal of {at}: {en}");
                Finding { message, ..one.clone() }
            }));
        }
        found
    }
}

impl PowerStanding {
    /// The zones behind it, as people call them.
    pub fn named(&self) -> String {
        let names = if self.titles.is_empty() { &self.zones } else { &self.titles };
        names.join(", ")
    }

    /// How it stands: `on`, `told to be on, and has not obeyed`.
    pub fn state(&self) -> Text {
        match (self.on, self.failed_to()) {
            (true, Some(true)) => text!("đã gọi bật nhưng không nghe lệnh", "told to be on, and has not obeyed"),
            (false, Some(false)) => text!("đã gọi tắt nhưng không nghe lệnh", "told to be off, and has not obeyed"),
            (true, _) => text!("đang bật", "on"),
            (false, _) => text!("đang tắt", "off"),
        }
    }

    /// Which way it did not go, if it did not.
    pub fn failed_to(&self) -> Option<bool> {
        self.why.as_ref().map(|_| self.failed.unwrap_or(self.on))
    }
}

fn disobedient(power: &PowerStanding) -> Option<Finding> {
    let Words { vi, en } = power.why.as_ref()?;
    let zones = power.named();
    // Which command or line it was, the why says.
    let message = if power.failed_to() == Some(true) {
        text!("không bật được tăng âm của {zones}: {vi}", "the amplifier of {zones} cannot be switched on: {en}")
    } else {
        text!("không tắt được tăng âm của {zones}: {vi}", "the amplifier of {zones} cannot be switched off: {en}")
    };
    Some(Finding::error(
        "amplifier_failing",
        message,
        text!(
            "loa vẫn phát và còn thử lại; trong khi chờ sửa, hãy bật tắt tăng âm bằng tay",
            "sound goes on, and it is tried again; until it is mended, switch the amplifier by hand"
        ),
    ))
}

fn broken(BrokenFile { file, since, kept }: &BrokenFile) -> Finding {
    let since = minute(since);
    if file == "loa.toml" {
        return Finding::error(
            "last_good_kept",
            text!(
                "loa.toml hỏng hoặc không còn từ {since}; đài chạy theo bản đúng gần nhất của nó",
                "loa.toml has been broken or gone since {since}; the station runs by its last good version"
            ),
            text!(
                "chữa các lỗi của loa.toml («loa check» chỉ từng chỗ), rồi khởi động lại loa",
                "cure the errors of loa.toml (\"loa check\" shows each), then restart loa"
            ),
        );
    }
    let help = text!(
        "chữa các lỗi của tệp này; «loa check» chỉ từng chỗ",
        "cure the errors of this file; \"loa check\" shows each"
    );
    if *kept {
        let message = text!(
            "{file} hỏng từ {since}; đài vẫn phát theo bản đúng gần nhất, nhưng chỉ trong 7 ngày",
            "{file} has been broken since {since}; its last good version still plays, for 7 days only"
        );
        return Finding::warning("last_good_kept", message, help);
    }
    let message = text!(
        "{file} hỏng từ {since}; các mục trong đó không phát",
        "{file} has been broken since {since}; nothing in it plays"
    );
    Finding::error("file_broken", message, help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_goes_over_the_socket_unharmed_and_says_its_findings() {
        let night = Finding::error("sound_faulty", text!("hỏng", "broken"), text!("thu lại", "record it again"));
        let standing = Standing {
            sounds_left_out: 0,
            proof: Vec::new(),
            broken: vec![
                BrokenFile {
                    file: "schedules/a.toml".into(),
                    since: "2026-12-01T05:30:00.000+07:00".into(),
                    kept: true,
                },
                BrokenFile { file: "schedules/b.toml".into(), since: "x".into(), kept: false },
            ],
            problems: vec![Finding::error("schedule_copy", text!("bản sao", "a copy"), text!("xóa", "delete it"))],
            problems_more: 2,
            restart_needed: Some("2026-12-02T06:00:00.000+07:00".into()),
            amplifiers: vec![PowerStanding {
                switch: "gpiochip0:17".into(),
                zones: vec!["thon-1".into()],
                titles: vec!["Thôn 1".into()],
                on: false,
                since: None,
                failed: Some(false),
                why: Some(text!("hỏng", "broken").into()),
            }],
            sound_warnings: 2,
            page: Some(PageStanding {
                since: "2026-12-02T06:00:00.000+07:00".into(),
                times: 4,
                why: text!("cổng bận", "the port is in use").into(),
            }),
            rehearsal: Some(Rehearsed { at: "2026-12-02T02:31:00.000+07:00".into(), sounds: 3, findings: vec![night] }),
        };
        let back: Standing = serde_json::from_value(serde_json::to_value(&standing).unwrap()).unwrap();
        assert_eq!(back, standing);
        let codes: Vec<String> = back.findings().into_iter().map(|one| one.code).collect();
        assert_eq!(
            codes,
            [
                "last_good_kept",
                "file_broken",
                "restart_needed",
                "schedule_copy",
                "too_many_problems",
                "amplifier_failing",
                "page_down",
                "sound_faulty"
            ]
        );
        assert!(back.findings()[0].message.vi.contains("05:30 01/12/2026"));
        assert_eq!(back.findings()[5].message.vi, "không tắt được tăng âm của Thôn 1: hỏng");
        assert!(back.findings()[6].message.vi.contains("đã thử 4 lần: cổng bận"));
        let one = &back.amplifiers[0];
        for (failed, on, said) in
            [(Some(true), false, "không bật"), (Some(false), true, "không tắt"), (None, true, "không bật")]
        {
            let found = disobedient(&PowerStanding { on, failed, ..one.clone() }).unwrap();
            assert!(found.message.vi.starts_with(said), "{failed:?} {on}: {}", found.message.vi);
        }
        // An older daemon says nothing of it.
        let old: Standing = serde_json::from_str("{\"name\": \"x\"}").unwrap();
        assert_eq!(old.findings(), []);
    }
}
