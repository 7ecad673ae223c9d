use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::diagnostic::diagnostic;
use super::{Airing, Cause, Verdict};
use crate::diag::figure::civil;
use crate::diag::{Diagnostic, Severity, Text, text};
use crate::instant::Wall;
use crate::schedule::Cancel;

/// Where a day is called off: the file, the line, the first day.
type Place<'a> = (&'a str, usize, Date);

/// Days that are called off, and what is silent for it: in several zones at once is once.
struct Off<'a> {
    cancel: &'a Cancel,
    airings: BTreeSet<(&'a str, Wall)>,
}

/// Days that are called off, each with what does not sound for it.
pub(super) fn days(airings: &[Airing]) -> Vec<Diagnostic> {
    let mut days: BTreeMap<Place<'_>, Off<'_>> = BTreeMap::new();
    for airing in airings {
        // What is only cut sounds until then.
        let Some(Cause::Cancelled(cancel)) = airing.reason.as_deref().filter(|_| airing.verdict == Verdict::Refuse)
        else {
            continue;
        };
        let key = (cancel.place.file.as_str(), cancel.place.line, cancel.first);
        let off = days.entry(key).or_insert(Off { cancel, airings: BTreeSet::new() });
        off.airings.insert((&airing.broadcast.id, airing.scheduled));
    }
    let told = days.into_values().map(|Off { cancel, airings }| {
        let count = airings.len();
        let silent =
            format!("{} not sound", if count == 1 { "1 airing does".into() } else { format!("{count} airings do") });
        let (first, last) = (cancel.first, cancel.last);
        let (vi, en) = (first.strftime("%d/%m/%Y"), first);
        let (vi_last, en_last) = (last.strftime("%d/%m/%Y"), last);
        let why = if cancel.why.is_empty() { String::new() } else { format!(": {}", cancel.why) };
        let message = if let Some(hours) = &cancel.hours {
            let [from, until] = [hours.start, hours.end].map(civil);
            Text {
                vi: format!("nghỉ phát từ {} đến {} ({count} lượt không phát){why}", from.vi, until.vi),
                en: format!("quiet from {} to {} ({silent}){why}", from.en, until.en),
            }
        } else if first == last {
            text!("nghỉ phát ngày {vi} ({count} lượt không phát){why}", "{en} is called off ({silent}){why}")
        } else {
            text!(
                "nghỉ phát từ {vi} đến hết {vi_last} ({count} lượt không phát){why}",
                "{en} to {en_last} are called off ({silent}){why}"
            )
        };
        let help = text!(
            "nếu không nghỉ nữa, xóa đoạn này; khẩn cấp vẫn phát",
            "if they are on again, delete this; emergencies sound all the same"
        );
        diagnostic("day_cancelled", Severity::Warning, &cancel.place, message, Some(help))
    });
    told.collect()
}
