use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::broadcast::{DayName, Written};
use super::check::FilePart;
use super::{Campaign, Place, Schedule};
use crate::diag::{Diagnostic, Findings, Label, fold, nearest, shown, text};

/// A commune with a hundred clusters plans some hundreds; this many still plan in a second.
const MAX_BROADCASTS: usize = 20_000;
/// Campaigns are for people to follow.
const MAX_CAMPAIGNS: usize = 1_000;
/// Thirty holidays a year for thirty years.
const MAX_HOLIDAYS: usize = 1_000;
/// Market days, school days, days of the council.
const MAX_DAY_TYPES: usize = 200;
/// A nation mourns a few times in a year.
const MAX_MOURNINGS: usize = 200;

/// Join the parts of all files, in file order.
///
/// Where two files use one id, the first keeps it. A broadcast with an unknown campaign still plays,
/// but counts for none: a name in another, broken file must not silence it.
pub fn merge<'p>(parts: impl IntoIterator<Item = &'p FilePart>) -> (Schedule, Vec<Diagnostic>) {
    let parts: Vec<&FilePart> = parts.into_iter().collect();
    let mut joined = Joined::default();
    // Names first: a broadcast may stand in an earlier file than its campaign or its days.
    for part in &parts {
        joined.campaigns(part);
        joined.days(part);
    }
    for part in parts {
        joined.rest(part);
    }
    let mut found: Vec<Diagnostic> = joined.found.into_values().flatten().collect();
    Diagnostic::sort(&mut found);
    (joined.schedule, found)
}

/// What has been joined so far.
#[derive(Default)]
struct Joined {
    schedule: Schedule,
    ids: HashMap<String, Place>,
    rules: Option<Place>,
    /// Problems by file.
    found: BTreeMap<String, Vec<Diagnostic>>,
}

impl Joined {
    fn campaigns(&mut self, part: &FilePart) {
        let mut findings = Findings::of(&part.source);
        for (id, campaign) in &part.campaigns {
            let span = &campaign.place.span;
            if let Some(first) = self.schedule.campaigns.get(id) {
                let shown = shown(id);
                let label = first_place(&first.place);
                let found = findings.error(
                    "duplicate_id",
                    span,
                    text!("đợt «{shown}» đã được viết ở chỗ khác", "the campaign \"{shown}\" is written already"),
                );
                found.related.push(label);
                found.help =
                    Some(text!("giữ lại một chỗ, hoặc đặt tên khác", "keep one of them, or give it another name"));
            } else if self.schedule.campaigns.len() == MAX_CAMPAIGNS {
                over(&mut findings, span, MAX_CAMPAIGNS);
            } else {
                self.schedule.campaigns.insert(id.clone(), campaign.clone());
            }
        }
        self.found.entry(part.source.path.clone()).or_default().extend(findings.finish());
    }

    /// Holidays and kinds of days.
    fn days(&mut self, part: &FilePart) {
        let mut findings = Findings::of(&part.source);
        for holiday in &part.holidays {
            if self.schedule.holidays.len() == MAX_HOLIDAYS {
                over(&mut findings, &holiday.place.span, MAX_HOLIDAYS);
                break;
            }
            self.schedule.holidays.push(holiday.clone());
        }
        for (name, days) in &part.day_types {
            let span = &days.place.span;
            if let Some(first) = self.schedule.day_types.get(name) {
                let (shown, label) = (shown(name), first_place(&first.place));
                let found = findings.error(
                    "duplicate_id",
                    span,
                    text!("loại ngày «{shown}» đã được viết ở chỗ khác", "the days \"{shown}\" are written already"),
                );
                found.related.push(label);
                found.help =
                    Some(text!("giữ lại một chỗ, hoặc đặt tên khác", "keep one of them, or give it another name"));
            } else if self.schedule.day_types.len() == MAX_DAY_TYPES {
                over(&mut findings, span, MAX_DAY_TYPES);
            } else {
                self.schedule.day_types.insert(name.clone(), days.clone());
            }
        }
        self.found.entry(part.source.path.clone()).or_default().extend(findings.finish());
    }

    fn rest(&mut self, part: &FilePart) {
        let mut findings = Findings::of(&part.source);
        for written in &part.broadcasts {
            self.broadcast(&mut findings, written);
        }
        for (mourning, span) in &part.mourning {
            if self.schedule.mourning.len() == MAX_MOURNINGS {
                over(&mut findings, span, MAX_MOURNINGS);
                break;
            }
            self.schedule.mourning.push(mourning.clone());
        }
        if let Some((rules, span)) = &part.rules {
            if let Some(first) = &self.rules {
                let label = first_place(first);
                let found = findings.error(
                    "duplicate_rules",
                    span,
                    text!(
                        "[rules] chỉ được viết một lần trong cả đài; chỗ này không dùng",
                        "[rules] can stand only once in the station; this one is not used"
                    ),
                );
                found.related.push(label);
                found.help = Some(text!("gộp hai phần lại thành một", "make one of the two"));
            } else {
                self.rules = Some(place_of(&findings, span));
                self.schedule.rules = rules.clone();
            }
        }
        self.found.entry(part.source.path.clone()).or_default().extend(findings.finish());
    }

    fn broadcast(&mut self, findings: &mut Findings<'_>, written: &Written) {
        let Written { broadcast, id_span, campaign_span, day_names } = written;
        let mut broadcast = Arc::clone(broadcast);
        if let Some(first) = self.ids.get(&broadcast.id) {
            duplicate(findings, &broadcast.id, id_span, first);
            return;
        }
        if self.schedule.broadcasts.len() == MAX_BROADCASTS {
            over(findings, id_span, MAX_BROADCASTS);
            return;
        }
        if let Some(id) = broadcast.campaign.as_ref().filter(|id| !self.schedule.campaigns.contains_key(*id)) {
            unknown_campaign(findings, id, campaign_span, &self.schedule.campaigns);
            Arc::make_mut(&mut broadcast).campaign = None;
        }
        for name in day_names {
            if !self.schedule.has_days(&name.name) {
                unknown_days(findings, name, &self.schedule);
            }
        }
        self.ids.insert(broadcast.id.clone(), place_of(findings, id_span));
        self.schedule.broadcasts.push(broadcast);
    }
}

fn duplicate(findings: &mut Findings<'_>, id: &str, span: &Range<usize>, first: &Place) {
    let here = &findings.file().path;
    let copy =
        [here, &first.file].into_iter().find(|path| *here != first.file && is_copy(path)).map(|path| shown(path));
    let id = shown(id);
    let label = first_place(first);
    let found = findings.error(
        "duplicate_id",
        span,
        text!(
            "id «{id}» đã có ở chỗ khác; mục này không phát",
            "the id \"{id}\" is taken; this broadcast does not play"
        ),
    );
    found.related.push(label);
    found.help = Some(match copy {
        Some(copy) => text!(
            "«{copy}» có vẻ là bản sao: xóa tệp ấy đi, hoặc đổi id trong đó",
            "\"{copy}\" looks like a copy: delete that file, or change the ids in it"
        ),
        None => text!("đổi id của một trong hai mục", "change the id of one of the two"),
    });
}

/// Whether a file's name says that an explorer or a browser made it by copying.
fn is_copy(path: &str) -> bool {
    let folded = fold(path.rsplit('/').next().unwrap_or(path));
    folded.contains("copy")
        || folded.contains("bansao")
        || ["(1)", "(2)", "(3)"].iter().any(|mark| folded.contains(mark))
}

fn unknown_campaign(findings: &mut Findings<'_>, id: &str, span: &Range<usize>, known: &BTreeMap<String, Campaign>) {
    let near = nearest(id, known.keys().map(String::as_str)).map(shown);
    let id = shown(id);
    findings
        .error(
            "unknown_campaign",
            span,
            text!(
                "không có đợt tuyên truyền «{id}»; mục này vẫn phát nhưng không được tính cho đợt nào",
                "there is no campaign \"{id}\"; this still plays, but counts for none"
            ),
        )
        .help = Some(match near {
        Some(near) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
        None => text!("viết thêm [campaigns.{id}], hoặc xóa dòng này", "add [campaigns.{id}], or delete this line"),
    });
}

/// A slip in one of these is no name.
const WEEKDAYS: [&str; 9] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "daily", "holidays"];

/// A broadcast that names unknown days stays: a name in another, broken file must not silence it. What
/// an exception would have excepted plays; what is bound to days that nobody knows cannot.
fn unknown_days(findings: &mut Findings<'_>, used: &DayName, schedule: &Schedule) {
    let names = schedule.day_types.keys().chain(schedule.holidays.iter().map(|holiday| &holiday.name));
    let mut known: Vec<&str> = names.map(String::as_str).collect();
    known.dedup();
    let near = nearest(&used.name, known.iter().copied().chain(WEEKDAYS)).map(shown);
    let all = known.iter().take(12).map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    let name = shown(&used.name);
    let message = if used.excepts {
        text!(
            "không có ngày nào tên «{name}»; mục này phát cả vào những ngày ấy",
            "there are no days called \"{name}\"; this plays on them as on others"
        )
    } else {
        text!(
            "không có ngày nào tên «{name}», nên không có ngày nào để phát theo tên ấy",
            "there are no days called \"{name}\", so nothing plays by that name"
        )
    };
    // A key with blanks or accents stands in quotes.
    let plain = used.name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let key = if plain { name } else { format!("\"{name}\"") };
    findings.error("unknown_days", &used.span, message).help = Some(match near {
        Some(near) => text!("có phải là \"{near}\"?", "did you mean \"{near}\"?"),
        None if all.is_empty() => {
            text!("viết thêm [days.{key}], hoặc xóa tên này", "add [days.{key}], or delete this name")
        }
        None => text!("hiện có: {all}; hoặc viết thêm [days.{key}]", "there are: {all}; or add [days.{key}]"),
    });
}

fn over(findings: &mut Findings<'_>, span: &Range<usize>, most: usize) {
    findings
        .error(
            "too_many",
            span,
            text!("quá {most}; từ đây trở đi không dùng", "more than {most}; from here on they are not used"),
        )
        .help = Some(text!("xóa những tệp và mục đã cũ", "delete files and entries that are over"));
}

/// A place in a file, as others point at it.
pub(super) fn place_of(findings: &Findings<'_>, span: &Range<usize>) -> Place {
    Place { file: findings.file().path.clone(), line: findings.lines().line(span.start), span: span.clone() }
}

fn first_place(first: &Place) -> Label {
    let message = text!("đã viết ở đây trước", "first written here");
    Label { file: first.file.clone(), span: first.span.clone(), line: first.line, message }
}
