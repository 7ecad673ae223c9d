use super::{Loaded, Round};
use crate::diag::{Diagnostic, Severity, shown, text};
use crate::schedule::FilePart;
use crate::schedule::copies::named_after;
use crate::schedule::merge::{Precedence, rulings};
use crate::schedule::rules::{InForce, Left, Stands, choose, mentions};

impl Loaded {
    /// Which rules hold, and what to say where they are not those that stand there.
    #[expect(clippy::too_many_lines, reason = "one sentence for each way that rules can fail")]
    pub(super) fn rule(&mut self, used: &[&FilePart], first: &mut Precedence, round: &Round<'_>) {
        let candidates = rulings(used);
        let held = round.held.rules.as_ref().map(|source| (source, round.check(source)));
        let in_force = held.as_ref().and_then(|(source, checked)| {
            let left = self.left(&source.path, round);
            checked.part.rules.as_ref().map(|ruling| InForce { path: &source.path, law: &ruling.law, left })
        });
        let speaks = |path: &&String| {
            // A copy of the file that holds the rules speaks of none that are not known.
            let there = candidates.iter().any(|(other, _)| other == path || named_after(path, other));
            let source = self.sources.iter().find(|source| source.path == **path);
            // A file without a text that can be read is not known to hold rules: it must not silence the others.
            !there && source.is_some_and(|source| mentions(&source.text))
        };
        let misplaced = (candidates.is_empty() && round.station.has_misplaced_rules).then(|| "loa.toml".to_owned());
        let unread = self.broken.iter().find(speaks).cloned().or(misplaced);
        let choice = choose(&candidates, in_force, unread.is_some());
        let before = held.as_ref().map(|(source, _)| (*source).clone());
        let hours = || {
            let said = choice.law.station.told();
            (said.vi, said.en)
        };
        let told = match (choice.stands, &before, &unread) {
            (Stands::Before, Some(source), _) => {
                let ((vi, en), file) = (hours(), shown(&source.path));
                let place = candidates.iter().find(|(_, ruling)| in_force.is_some_and(|one| one.outlast(ruling)));
                let help = match place {
                    Some((_, ruling)) if ruling.faulty => {
                        text!("chữa [rules]; «loa check» chỉ từng chỗ", "cure [rules]; \"loa check\" shows each place")
                    }
                    Some(_) => text!(
                        "[rules] nay thiếu hours: viết lại, ví dụ hours = [\"05:00-06:30\", \"17:00-18:30\"]",
                        "[rules] now lacks hours: write them again, such as hours = [\"05:00-06:30\", \"17:00-18:30\"]"
                    ),
                    None => text!(
                        "tệp này nay không đọc được [rules]: viết lại [rules] với giờ được phát",
                        "no [rules] can be read in this file now: write [rules] again with the lawful hours"
                    ),
                };
                let place = place.map_or(&*source.path, |(path, _)| *path);
                Some((
                    place.to_owned(),
                    "rules_kept",
                    text!(
                        "[rules] ở đây viết sai hoặc không đọc được; đài giữ quy định đúng gần nhất của «{file}»: {vi}",
                        "[rules] is wrong here, or cannot be read; the last right rules, of \"{file}\", hold: {en}"
                    ),
                    help,
                ))
            }
            (Stands::Gone, Some(source), _) => {
                let ((vi, en), file) = (hours(), shown(&source.path));
                Some((
                    source.path.clone(),
                    "rules_gone",
                    text!(
                        "«{file}», tệp có [rules], đã mất; giờ được phép của nó vẫn giữ, nhiều nhất bảy ngày đài chạy: {vi}",
                        "\"{file}\", which held [rules], is gone; its lawful hours still hold, for seven days of running at most: {en}"
                    ),
                    text!(
                        "đưa tệp ấy trở lại, hoặc viết lại [rules] với giờ được phát: hours = [\"05:00-06:30\", \"17:00-18:30\"]",
                        "bring the file back, or write [rules] again with the lawful hours: hours = [\"05:00-06:30\", \"17:00-18:30\"]"
                    ),
                ))
            }
            (Stands::BuiltIn, Some(source), _) => {
                let ((vi, en), file) = (hours(), shown(&source.path));
                Some((
                    source.path.clone(),
                    "rules_gone",
                    text!(
                        "[rules] trước ở «{file}» nay không còn ở đâu; giờ mặc định đang dùng: {vi}",
                        "[rules], once in \"{file}\", is gone; the built-in hours hold: {en}"
                    ),
                    text!(
                        "viết lại [rules] với giờ được phát: hours = [\"05:00-06:30\", \"17:00-18:30\"]",
                        "write [rules] again with the lawful hours: hours = [\"05:00-06:30\", \"17:00-18:30\"]"
                    ),
                ))
            }
            (Stands::Nothing, _, Some(file)) => Some((
                file.clone(),
                "rules_unread",
                text!(
                    "tệp này có [rules] mà không đọc được ở đây: chưa biết giờ nào được phép, nên chỉ khẩn cấp mới phát",
                    "this file holds [rules] that cannot be read here: no hours are known to be lawful, so only an emergency sounds"
                ),
                text!("chữa các lỗi của tệp này", "cure the errors of this file"),
            )),
            _ => None,
        };
        if let Some((file, code, message, help)) = told {
            let severity = if choice.stands == Stands::Nothing { Severity::Error } else { Severity::Warning };
            self.diagnostics.push(Diagnostic::of_file(&file, severity, code, message).with_help(help));
        }
        self.rules_gone = choice.stands == Stands::Gone;
        self.good.rules_over = round.held.rules_over && choice.stands == Stands::BuiltIn;
        // What is whole now is what holds from now on.
        self.good.rules = match choice.stands {
            Stands::In(at) if !candidates[at].1.faulty => {
                let part = used.iter().find(|part| part.path() == candidates[at].0);
                part.map(|part| part.source().clone()).or(before)
            }
            _ => before,
        };
        first.rules = Some(choice);
    }

    /// What has become of the file that held the rules. A power cut leaves an empty one of what was being saved, or
    /// the comments that it begins with.
    fn left(&self, path: &str, round: &Round<'_>) -> Left {
        let says =
            |line: &str| !matches!(line.trim_matches([' ', '\t', '\r', '\u{feff}']).chars().next(), None | Some('#'));
        match self.sources.iter().find(|source| source.path == path) {
            _ if self.broken.iter().any(|broken| broken == path) => Left::Lost,
            Some(source) if source.text.lines().any(says) => Left::There,
            Some(_) => Left::Lost,
            None if round.held.rules_over => Left::Over,
            None => Left::Gone,
        }
    }
}
