use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::broadcast::{DayName, Written};
use super::check::FilePart;
use super::rules::{RuleChoice, Ruling, Stands, choose};
use super::word::{excepting, meant_days};
use super::{Campaign, Cancel, Place, Schedule};
use crate::diag::{Diagnostic, Findings, Label, Lines, fold, nearest, shown, text};

/// A commune with a hundred clusters plans some hundreds; this many still plan in a second.
pub(super) const MAX_BROADCASTS: usize = 20_000;
/// Campaigns are for people to follow.
const MAX_CAMPAIGNS: usize = 1_000;
/// Thirty holidays a year for thirty years.
const MAX_HOLIDAYS: usize = 1_000;
/// Market days, school days, days of the council.
const MAX_DAY_TYPES: usize = 200;
/// A nation mourns a few times in a year.
const MAX_MOURNINGS: usize = 200;
/// A day off in each week of a few years.
const MAX_CANCELLED: usize = 400;

/// What goes first where files contradict each other.
#[derive(Default)]
pub(super) struct Precedence {
    /// Ids that stand in several files, and the file that keeps each.
    pub(super) owners: BTreeMap<String, String>,
    /// The rules; where none are chosen, by what the files say now.
    pub(super) rules: Option<RuleChoice>,
}

/// Join the parts of all files, in file order. Where two files use one id, the one that `first` names keeps it, else the first file. A broadcast with an
/// unknown campaign still plays, but counts for none: a name in another, broken file must not silence it.
pub(super) fn merge<'p>(
    parts: impl IntoIterator<Item = &'p FilePart>,
    first: &Precedence,
) -> (Schedule, Vec<Diagnostic>) {
    let parts: Vec<&FilePart> = parts.into_iter().collect();
    let mut joined = Joined::default();
    // Names first: a broadcast may stand in an earlier file than its campaign or its days.
    for part in &parts {
        joined.campaigns(part);
        joined.days(part);
    }
    joined.owned(&parts, first);
    joined.rules(&parts, first);
    for part in &parts {
        joined.rest(part);
    }
    for part in parts {
        joined.faulty(part);
    }
    let mut found: Vec<Diagnostic> = joined.found.into_values().flatten().collect();
    Diagnostic::sort(&mut found);
    (joined.schedule, found)
}

/// The `[rules]` of all files.
pub(super) fn rulings<'p>(parts: &[&'p FilePart]) -> Vec<(&'p str, &'p Ruling)> {
    parts.iter().filter_map(|part| Some((part.path(), part.rules.as_ref()?))).collect()
}

/// What has been joined so far.
#[derive(Default)]
struct Joined {
    schedule: Schedule,
    ids: HashMap<String, Place>,
    /// Ids that stand in several files, and where the one stands that keeps it.
    owned: BTreeMap<String, Place>,
    /// Days that are called off.
    days_off: usize,
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
        self.cancelled(&mut findings, part);
        self.found.entry(part.source.path.clone()).or_default().extend(findings.finish());
    }

    /// Where each id stands that several files use and one keeps.
    fn owned(&mut self, parts: &[&FilePart], first: &Precedence) {
        for part in parts {
            let own =
                |written: &&Written| first.owners.get(&written.broadcast.id).is_some_and(|path| path == part.path());
            let mut own = part.broadcasts.iter().filter(own).peekable();
            if own.peek().is_none() {
                continue;
            }
            let findings = Findings::of(&part.source);
            for written in own {
                let place = || place_of(&findings, &written.id_span);
                self.owned.entry(written.broadcast.id.clone()).or_insert_with(place);
            }
        }
    }

    /// The law, and what is wrong with `[rules]` beside those that hold.
    fn rules(&mut self, parts: &[&FilePart], first: &Precedence) {
        let candidates = rulings(parts);
        let choice = first.rules.clone().unwrap_or_else(|| choose(&candidates, None, false));
        let holder = match choice.stands {
            Stands::In(at) => Some(at),
            _ => None,
        };
        let shown = holder.or((candidates.len() > 1).then_some(0));
        self.schedule.rules = choice.law;
        let Some(label) = shown.map(|at| {
            let (path, ruling) = candidates[at];
            let part = parts.iter().find(|part| part.path() == path);
            let line = part.map_or(0, |part| Lines::of(&part.source.text).line(ruling.span.start));
            let message = if choice.stands == Stands::Narrower {
                text!("chỗ kia ở đây", "the other is here")
            } else {
                text!("quy định đang dùng ở đây", "the rules that hold are here")
            };
            Label { file: path.to_owned(), span: ruling.span.clone(), line, message }
        }) else {
            return;
        };
        for (at, (path, ruling)) in candidates.iter().enumerate() {
            if Some(at) == shown {
                continue;
            }
            let Some(part) = parts.iter().find(|part| part.path() == *path) else { continue };
            let mut findings = Findings::of(&part.source);
            let message = if choice.stands == Stands::Narrower {
                text!(
                    "[rules] chỉ được viết một lần trong cả đài; đang viết ở nhiều chỗ nên chỉ phát những giờ mà mọi chỗ đều cho",
                    "[rules] can stand only once in the station; it stands in several places, so only what all of them allow is lawful"
                )
            } else {
                text!(
                    "[rules] chỉ được viết một lần trong cả đài; chỗ này không dùng",
                    "[rules] can stand only once in the station; this one is not used"
                )
            };
            let found = findings.error("duplicate_rules", &ruling.span, message);
            found.related.push(label.clone());
            found.help = Some(text!("gộp hai phần lại thành một", "make one of the two"));
            self.found.entry((*path).to_owned()).or_default().extend(findings.finish());
        }
    }

    /// Days that are called off become part of the law of each zone.
    fn cancelled(&mut self, findings: &mut Findings<'_>, part: &FilePart) {
        for one in &part.cancelled {
            let law = &mut self.schedule.rules;
            self.days_off += one.days.len();
            if self.days_off > MAX_CANCELLED {
                over(findings, &one.span, MAX_CANCELLED);
                break;
            }
            let days: Vec<Arc<Cancel>> = one.days.iter().cloned().map(Arc::new).collect();
            match &one.zones {
                None => {
                    for rules in std::iter::once(&mut law.station).chain(law.zones.values_mut()) {
                        rules.cancelled.extend(days.iter().cloned());
                    }
                }
                Some(zones) => {
                    for zone in zones {
                        let station = &law.station;
                        law.zones
                            .entry(*zone)
                            .or_insert_with(|| station.clone())
                            .cancelled
                            .extend(days.iter().cloned());
                    }
                }
            }
        }
    }

    /// Broadcasts that are left out: what else is wrong with them.
    fn faulty(&mut self, part: &FilePart) {
        let mut findings = Findings::of(&part.source);
        for Written { broadcast, id_span, campaign_span, day_names, .. } in &part.faulty {
            if let Some(first) = self.ids.get(&broadcast.id) {
                duplicate(&mut findings, &broadcast.id, id_span, first);
            }
            if let Some(id) = broadcast.campaign.as_ref().filter(|id| !self.schedule.campaigns.contains_key(*id)) {
                unknown_campaign(&mut findings, id, campaign_span, &self.schedule.campaigns);
            }
            self.unknown_days(&mut findings, day_names);
            if self.schedule.faulty.len() < MAX_BROADCASTS {
                self.schedule.faulty.push(Arc::clone(broadcast));
            }
        }
        self.found.entry(part.source.path.clone()).or_default().extend(findings.finish());
    }

    fn unknown_days(&self, findings: &mut Findings<'_>, names: &[DayName]) {
        for name in names.iter().filter(|name| !self.schedule.has_days(&name.name)) {
            unknown_days(findings, name, &self.schedule);
        }
    }

    fn broadcast(&mut self, findings: &mut Findings<'_>, written: &Written) {
        let Written { broadcast, id_span, campaign_span, day_names, .. } = written;
        let mut broadcast = Arc::clone(broadcast);
        let elsewhere = self.owned.get(&broadcast.id).filter(|owner| owner.file != findings.file().path);
        if let Some(first) = elsewhere.or_else(|| self.ids.get(&broadcast.id)) {
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
        self.unknown_days(findings, day_names);
        self.ids.insert(broadcast.id.clone(), place_of(findings, id_span));
        self.schedule.broadcasts.push(broadcast);
    }
}

fn duplicate(findings: &mut Findings<'_>, id: &str, span: &Range<usize>, first: &Place) {
    let other = first.file != findings.file().path;
    let (id, place, label) = (shown(id), format!("{}:{}", shown(&first.file), first.line), first_place(first));
    let found = findings.error(
        "duplicate_id",
        span,
        if other {
            text!(
                "id «{id}» đang dùng ở {place}; mục này không phát",
                "the id \"{id}\" is in use at {place}; this broadcast does not play"
            )
        } else {
            text!(
                "id «{id}» đã có ở chỗ khác; mục này không phát",
                "the id \"{id}\" is taken; this broadcast does not play"
            )
        },
    );
    found.related.push(label);
    let new = format!("{}-2", id.trim_end_matches('…'));
    found.help = Some(if other {
        text!(
            "đổi id của mục này, ví dụ id = \"{new}\"; muốn dùng mục này thay mục kia thì xóa mục ở {place}",
            "change the id of this one, such as id = \"{new}\"; to use it in place of the other, delete that at {place}"
        )
    } else {
        text!("đổi id của một trong hai mục", "change the id of one of the two")
    });
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
    // «Tết» is short for «Tết Nguyên đán».
    let short = fold(&used.name);
    let longer = || known.iter().copied().find(|name| short.chars().count() >= 3 && fold(name).starts_with(&short));
    let own = nearest(&used.name, known.iter().copied()).map(shown);
    // Under `except`, «trừ chủ nhật» is said twice.
    let said = excepting(&used.name).filter(|_| used.excepts).map_or(used.name.as_str(), |(_, but)| but);
    let near = own.or_else(|| meant_days(said)).or_else(|| nearest(&used.name, WEEKDAYS).map(shown));
    let near = near.or_else(|| longer().map(shown));
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

pub(super) fn over(findings: &mut Findings<'_>, span: &Range<usize>, most: usize) {
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
