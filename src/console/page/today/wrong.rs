//! What is wrong: a sentence and a button each, the worst first. Nothing where nothing is.

use maud::{Markup, html};

use super::said::{instant, when};
use super::view::View;
use crate::diag::{Lang, Severity, Text, text};
use crate::page::schedule::rouses;
use crate::reason::Reason;
use crate::role::Right;
use crate::sentence::{capital, for_people, sentence};

/// More is read on the page of the machine.
const TOLD_MOST: usize = 6;

/// Something that a person must know of.
struct Wrong {
    said: Text,
    /// Nothing plays, somewhere.
    is_bad: bool,
    /// Where the cure is, who may go there, and what the button says.
    cure: Option<(&'static str, Right, Text)>,
}

/// Where something is wrong, and what: with a file as a whole, as where it is empty, in no line.
fn in_file(file: &str, line: usize, Text { vi, en }: &Text) -> Text {
    if line == 0 {
        return text!("Tệp {file}: {vi}", "File {file}: {en}");
    }
    text!("Tệp {file}, dòng {line}: {vi}", "File {file}, line {line}: {en}")
}

/// The strip; empty where nothing is wrong.
pub(super) fn strip(view: &View) -> Markup {
    let lang = view.who.lang;
    let all = all(view);
    let more = all.len().saturating_sub(TOLD_MOST);
    html! {
        @for Wrong { said, is_bad, cure } in all.iter().take(TOLD_MOST) {
            div.said.bad[*is_bad] role=[is_bad.then_some("alert")] {
                p { (said.get(lang)) }
                @if let Some((path, right, name)) = cure {
                    @if view.who.may(*right) { a.button href=(path) { (name.get(lang)) } }
                }
            }
        }
        @if more > 0 { p.hint { (text!("Và {more} chỗ nữa.", "And {more} more.").get(lang)) } }
    }
}

fn machine(anchor: &'static str) -> (&'static str, Right, Text) {
    (anchor, Right::Machine, text!("Xem máy", "See the machine"))
}

fn all(view: &View) -> Vec<Wrong> {
    let mut all = Vec::new();
    let Some(status) = &view.status else {
        all.push(Wrong {
            said: text!(
                "Đài không chạy: không có gì phát cho đến khi loa được khởi động lại.",
                "The station is not running: nothing plays until loa is started again."
            ),
            is_bad: true,
            cure: Some(machine("/machine")),
        });
        all.extend(rousing(view));
        return all;
    };
    if view.age.is_old() {
        let (at, seconds) = (view.seen().zoned(view.tz()).strftime("%H:%M:%S").to_string(), view.age.0.as_secs());
        all.push(Wrong {
            said: text!(
                "Đài không trả lời từ lúc {at}, đã {seconds} giây: chưa biết loa còn phát hay không.",
                "The station has not answered since {at}, for {seconds} s: nobody can tell whether it still sounds."
            ),
            is_bad: true,
            cure: Some(machine("/machine")),
        });
    }
    if let Some(why) = status.clock.why.as_deref() {
        let why = Reason::from(why).words();
        all.push(Wrong {
            said: text!(
                why = why;
                "Đồng hồ chưa đáng tin: tạm không phát theo lịch ({why}).",
                "The clock is not trusted: nothing scheduled plays ({why})."
            ),
            is_bad: true,
            cure: Some(("/machine#clock", Right::Machine, text!("Xem đồng hồ", "See the clock"))),
        });
    }
    for zone in view.standing() {
        let title = zone.title.as_deref().unwrap_or(&zone.zone);
        if let Some(trouble) = &zone.trouble {
            let since = instant(&trouble.since).map_or_else(|| text!("?", "?"), |at| when(at, view.now, view.tz()));
            let (vi, en, since_vi, since_en) = (&trouble.why.vi, &trouble.why.en, since.vi, since.en);
            all.push(Wrong {
                said: text!("{title} im tiếng từ {since_vi}: {vi}.", "{title} is silent since {since_en}: {en}."),
                is_bad: true,
                cure: Some(machine("/machine#cards")),
            });
        }
    }
    all.extend(rousing(view));
    let is_own = view.who.person().role.has_zones();
    if is_own {
        all.extend(hornless(view));
        return all;
    }
    let is_told = status.standing.problems.iter().any(|one| one.code == "not_set_up");
    if status.broadcasts == 0 && status.standing.broken.is_empty() && !is_told {
        all.push(Wrong {
            said: text!(
                "Lịch còn trống: loa chưa phát gì theo lịch.",
                "The schedule is empty: nothing is played by it."
            ),
            is_bad: false,
            cure: Some(("/schedule/new", Right::Schedule, text!("Thêm mục phát", "Add a broadcast"))),
        });
    }
    if let (Some(false), Some(why)) = (status.journal.writes, &status.journal.why) {
        let (vi, en, waiting) = (&why.vi, &why.en, status.journal.waiting);
        all.push(Wrong {
            said: text!(
                "Nhật ký chưa ghi được: {vi} ({waiting} dòng đang chờ). Loa vẫn phát.",
                "The journal cannot be written: {en} ({waiting} rows wait). Sound goes on."
            ),
            is_bad: true,
            cure: Some(machine("/machine#journal")),
        });
    }
    all.extend(of_files(view));
    all.extend(of_disks(view));
    let mut findings = status.standing.findings();
    // What the files suffer from is told above, by file and line.
    findings.retain(|one| !(one.is_error() && status.standing.problems.contains(one)));
    findings.sort_by_key(|one| !one.is_error());
    for one in findings {
        let (vi, en) = (capital(&one.message.vi), capital(&one.message.en));
        let is_file = matches!(one.code.as_str(), "file_broken" | "last_good_kept");
        all.push(Wrong {
            said: text!("{vi}.", "{en}."),
            is_bad: one.is_error(),
            cure: if is_file {
                Some(("/schedule", Right::Schedule, text!("Xem lịch phát", "See the schedule")))
            } else {
                Some(machine("/machine"))
            },
        });
    }
    all.extend(hornless(view));
    all
}

/// Emergencies of the schedule that will wake people, until they are over.
fn rousing(view: &View) -> impl Iterator<Item = Wrong> {
    let own = view.day.rousing.iter().filter(move |one| view.sees_any(one.zones.iter().copied()));
    own.map(move |one| Wrong {
        said: rouses(one, view.station()),
        is_bad: false,
        cure: Some(("/schedule", Right::Schedule, text!("Xem lịch phát", "See the schedule"))),
    })
}

/// Disks that are all but full.
fn of_disks(view: &View) -> impl Iterator<Item = Wrong> {
    view.short.iter().filter(|one| one.is_error()).map(|one| {
        let (vi, en) = (capital(&one.message.vi), capital(&one.message.en));
        Wrong { said: text!("{vi}.", "{en}."), is_bad: true, cure: Some(machine("/machine#disk")) }
    })
}

/// What is wrong in the schedules, each with the entry that it keeps from playing.
fn of_files(view: &View) -> Vec<Wrong> {
    let errors = view.look.diagnostics.iter().filter(|one| one.severity == Severity::Error);
    let wrong = errors.map(|one| {
        let (file, line) = (one.file.rsplit('/').next().unwrap_or_default(), one.line);
        let said = |lang| sentence(&for_people(one.message.get(lang), lang));
        let (vi, en) = (said(Lang::Vi), said(Lang::En));
        let mut said = in_file(file, line, &Text { vi, en });
        if let Some(entry) = view.look.wrong.iter().find(|entry| entry.file == one.file && entry.line == line) {
            let (title, Text { vi, en }) = (&entry.title, said);
            said = if entry.is_silent {
                text!("Mục «{title}» không phát. {vi}", "\"{title}\" does not play. {en}")
            } else {
                text!("Mục «{title}». {vi}", "\"{title}\". {en}")
            };
        }
        Wrong {
            said,
            is_bad: true,
            cure: Some(("/machine#files", Right::Machine, text!("Xem cách sửa", "See the cure"))),
        }
    });
    wrong.collect()
}

/// Zones that nobody hears.
fn hornless(view: &View) -> Option<Wrong> {
    let all = view.status.iter().flat_map(|status| &status.zones);
    if all.clone().next().is_some() && all.clone().all(|zone| zone.no_horn) {
        return Some(Wrong {
            said: text!(
                "Đài chưa nối loa nào: phát gì cũng không ai nghe, dù nhật ký và sổ vẫn ghi là đã phát.",
                "The station has no horn: nobody hears anything, though the journal and the book say that it played."
            ),
            is_bad: true,
            cure: Some(machine("/machine#cards")),
        });
    }
    let silent = view.standing().into_iter().filter(|zone| zone.no_horn);
    let titles: Vec<&str> = silent.map(|zone| zone.title.as_deref().unwrap_or(&zone.zone)).collect();
    let (joined, count) = (titles.join(", "), titles.len());
    (count > 0).then(|| Wrong {
        said: if count > 6 {
            text!(
                "{count} cụm loa không nối với loa nào: phát ở đó thì không ai nghe.",
                "{count} zones have no horn: nobody hears what plays there."
            )
        } else {
            text!(
                "{joined} không nối với loa nào: phát ở đó thì không ai nghe.",
                "{joined}: no horn, nobody hears what plays there."
            )
        },
        is_bad: false,
        cure: Some(machine("/machine#cards")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_whole_file_stands_in_no_line() {
        let what = text!("tệp trống", "it is empty");
        assert_eq!(in_file("a.toml", 0, &what).vi, "Tệp a.toml: tệp trống");
        assert_eq!(in_file("a.toml", 3, &what).vi, "Tệp a.toml, dòng 3: tệp trống");
    }
}
