use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::audio::Measured;
use crate::audio::intake::Taken;
use crate::cli::uses::{Next, Uses};
use crate::diag::{Diagnostic, Lang, Text, figure, text};
use crate::plan::Fault;

/// What became of one file, and all that is said about it.
pub(super) struct LoadOutcome {
    source: String,
    result: Result<Loaded, Fault>,
}

/// A file that is in `audio/` now.
struct Loaded {
    taken: Taken,
    measured: Measured,
    warnings: Vec<Diagnostic>,
    /// Where its picture lies, or why there is none.
    report: Result<String, Text>,
    used_by: Vec<String>,
    /// Other sounds that these broadcasts wait for.
    missing: Vec<String>,
    /// What plays by its name.
    instead: Vec<String>,
    next: Option<Next>,
}

impl LoadOutcome {
    pub(super) fn refused(source: &Path, fault: Fault) -> Self {
        Self { source: source.display().to_string(), result: Err(fault) }
    }

    pub(super) fn taken(
        source: &Path,
        taken: Taken,
        measured: Measured,
        warnings: Vec<Diagnostic>,
        report: Result<String, Text>,
    ) -> Self {
        let (used_by, missing, instead) = (Vec::new(), Vec::new(), Vec::new());
        let loaded = Loaded { taken, measured, warnings, report, used_by, missing, instead, next: None };
        Self { source: source.display().to_string(), result: Ok(loaded) }
    }

    pub(super) fn is_refused(&self) -> bool {
        self.result.is_err()
    }

    /// Which broadcasts play it, what else they wait for, and when the first of them plays.
    pub(super) fn set_uses(&mut self, uses: &Uses) {
        if let Ok(loaded) = &mut self.result {
            let file = loaded.taken.file();
            (loaded.used_by, loaded.next) = (uses.of(file), uses.next(file));
            loaded.instead = uses.instead(file);
            loaded.missing = uses.lacks(file).into_iter().collect();
        }
    }

    pub(super) fn json(&self, lang: Lang) -> Value {
        match &self.result {
            Ok(loaded) => loaded.json(&self.source, lang),
            Err(fault) => json!({
                "source": self.source,
                "file": null,
                "verdict": "refused",
                "reason": { "code": fault.code, "message": fault.message.get(lang) },
            }),
        }
    }

    /// For a person: a line that says what happened, then what to do better.
    pub(super) fn words(&self, lang: Lang) -> String {
        let source = &self.source;
        match &self.result {
            Ok(loaded) => loaded.words(source, lang),
            Err(Fault { message: Text { vi, en }, .. }) => {
                let said = text!("✗ «{source}» không nạp được. {vi}.\n", "✗ \"{source}\" is refused. {en}.\n");
                said.get(lang).to_owned()
            }
        }
    }
}

impl Loaded {
    fn verdict(&self) -> &'static str {
        match self.taken {
            Taken::New(_) => "loaded",
            Taken::Already(_) => "already_loaded",
            Taken::Replaced { .. } => "replaced",
        }
    }

    fn json(&self, source: &str, lang: Lang) -> Value {
        let facts = &self.measured.facts;
        let warnings: Vec<Value> = self
            .warnings
            .iter()
            .map(|one| {
                let help = one.help.as_ref().map(|help| help.get(lang));
                json!({ "code": one.code, "message": one.message.get(lang), "help": help })
            })
            .collect();
        json!({
            "source": source,
            "file": self.taken.file(),
            "verdict": self.verdict(),
            "reason": null,
            "sha256": facts.sha256,
            "codec": facts.codec,
            "rate": facts.rate,
            "channels": facts.channels,
            "measures": self.measured.measures,
            "warnings": warnings,
            "report": self.report.as_ref().ok(),
            "kept": self.taken.kept(),
            "used_by": self.used_by,
            "missing": self.missing,
            "next": self.next.as_ref().map(|next| json!({ "broadcast": next.broadcast, "at": next.rfc3339 })),
        })
    }

    fn words(&self, source: &str, lang: Lang) -> String {
        let file = self.taken.file();
        let head = match &self.taken {
            Taken::New(_) => text!("✓ «{source}» đã vào audio/{file}", "✓ \"{source}\" is now audio/{file}"),
            Taken::Already(_) => {
                text!("✓ «{source}» đã có sẵn: audio/{file}", "✓ \"{source}\" was there already: audio/{file}")
            }
            Taken::Replaced { kept, .. } => {
                let kept = kept.join(", ");
                text!(
                    "✓ «{source}» đã thay audio/{file}; bản cũ ở {kept}",
                    "✓ \"{source}\" has replaced audio/{file}; the old one is {kept}"
                )
            }
        };
        let mut out = format!("{}\n  {}\n", head.get(lang), self.numbers().get(lang));
        for warning in &self.warnings {
            let _ = writeln!(out, "  ! {}", warning.message.get(lang));
            if let Some(help) = &warning.help {
                let _ = writeln!(out, "    → {}", help.get(lang));
            }
        }
        if self.warnings.is_empty() {
            let fine = text!("nghe rõ, không thấy lỗi gì", "clear, nothing is wrong with it");
            let _ = writeln!(out, "  {}", fine.get(lang));
        }
        let _ = writeln!(out, "  {}", self.when().get(lang));
        let said = match &self.report {
            Ok(report) => text!("ảnh sóng âm: {report}", "picture of its waveform: {report}"),
            Err(why) => text!(
                why = why;
                "không ghi được ảnh sóng âm vào state/reports/: {why} (âm thanh vẫn dùng được)",
                "no picture of its waveform, state/reports/ cannot be written: {why} (the sound is in its place)"
            ),
        };
        let _ = writeln!(out, "  {}", said.get(lang));
        out
    }

    fn numbers(&self) -> Text {
        let (facts, measures) = (&self.measured.facts, &self.measured.measures);
        let length = measures.seconds.round() as u64;
        let (minutes, seconds) = (length / 60, length % 60);
        let (codec, rate, channels) = (&facts.codec, facts.rate, facts.channels);
        text!(
            lufs = measures.loudness_lufs.map_or_else(|| text!("–", "–"), |lufs| figure::decimal(lufs, 1)),
            peak = figure::decimal(measures.true_peak_db, 1);
            "dài {minutes}:{seconds:02}, độ to {lufs} LUFS, đỉnh {peak} dBTP, {codec} {rate} Hz, {channels} kênh",
            "{minutes}:{seconds:02} long, loudness {lufs} LUFS, peak {peak} dBTP, {codec} {rate} Hz, channels: {channels}"
        )
    }

    fn when(&self) -> Text {
        let file = self.taken.file();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let names = self.used_by.join(", ");
        match (&self.next, self.used_by.is_empty()) {
            (Some(Next { broadcast, words: Text { vi, en }, .. }), _) => {
                text!("phát lần tới: {vi}, mục «{broadcast}»", "plays next: {en}, broadcast \"{broadcast}\"")
            }
            (None, false) if !self.missing.is_empty() => {
                let missing = self.missing.join(", ");
                text!(
                    "mục {names} dùng tệp này, nhưng chưa phát được vì còn thiếu: {missing}; hãy nạp nốt",
                    "used by {names}, which cannot play yet because it also needs: {missing}; load that too"
                )
            }
            (None, false) => text!(
                "mục {names} dùng tệp này, nhưng hai tuần tới chưa có lượt phát nào",
                "used by {names}, but nothing is due in the next two weeks"
            ),
            (None, true) if !self.instead.is_empty() => {
                let instead = self.instead.join(", ");
                text!(
                    "chưa mục phát nào dùng tệp này: gọi tên ấy thì {instead} được phát; muốn phát chính tệp này, trong lịch hãy ghi: play = [\"{file}\"]",
                    "no broadcast plays it: by that name {instead} plays; to hear this very file, write in a schedule: play = [\"{file}\"]"
                )
            }
            (None, true) => text!(
                "chưa mục phát nào dùng tệp này; trong lịch hãy ghi: play = [\"{stem}\"]",
                "no broadcast uses it yet; in a schedule write: play = [\"{stem}\"]"
            ),
        }
    }
}
