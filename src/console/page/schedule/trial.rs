//! What would come of a broadcast as it stands in the form: its next airings, what is in their way in the plan's own
//! sentences, and the times that would cure it, each tried before it is offered.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::ask::{Sight, places};
use super::draft::Typed;
use super::said;
use crate::diag::{Diagnostic, Lang, Text, text};
use crate::edit::{COMING_MOST, Coming, Done, Refusal};
use crate::escaped::escaped;
use crate::page::remedy::whole_minute;
use crate::plan::{Remedy, Verdict};
use crate::sentence::{for_people, sentence};
use crate::typed;
use crate::typed::time_of;

/// More than this many ways out are no help.
const CURES_MOST: usize = 3;

/// Why something is quiet that somebody wants quiet.
const CALLED_OFF: [&str; 2] = ["cancelled_day", "mourning"];

/// A time of the form, and the one that would be in nobody's way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Cure {
    pub(super) box_number: usize,
    pub(super) to: Time,
}

/// Times that would cure what is in the way, by what `tried` says of the draft with each.
pub(super) fn cures(
    draft: &Typed,
    rows: &[Coming],
    tz: &TimeZone,
    tried: impl Fn(&Typed) -> Option<Vec<Coming>>,
) -> Vec<Cure> {
    let mut cures: Vec<Cure> = Vec::new();
    for row in rows.iter().filter(|row| row.verdict != Verdict::Play) {
        if cures.len() >= CURES_MOST {
            break;
        }
        let due = row.scheduled.zoned(tz).time();
        let place = draft.at.iter().position(|at| time_of(at) == Some(due));
        let to = row.free.filter(|free| free.zoned(tz).date() == row.scheduled.zoned(tz).date());
        let (Some(box_number), Some(to)) = (place, to.and_then(|free| whole_minute(free, tz))) else { continue };
        if cures.iter().any(|cure| cure.box_number == box_number) {
            continue;
        }
        let cure = Cure { box_number, to };
        let plays = |rows: Vec<Coming>| {
            // A day on which all is called off says nothing for or against a time.
            let own = rows.iter().filter(|row| row.scheduled.zoned(tz).time() == to);
            let mut own = own.filter(|row| !row.reason.is_some_and(|code| CALLED_OFF.contains(&code))).peekable();
            own.peek().is_some() && own.all(|row| row.verdict == Verdict::Play)
        };
        if tried(&with(draft, cure)).is_some_and(plays) {
            cures.push(cure);
        }
    }
    cures
}

/// The draft with the time of a cure in its place.
pub(super) fn with(draft: &Typed, cure: Cure) -> Typed {
    let mut draft = draft.clone();
    if let Some(at) = draft.at.get_mut(cure.box_number) {
        *at = said::clock(cure.to);
    }
    draft
}

/// What came of trying it, drawn.
pub(super) fn drawn(desk: &Sight, lang: Lang, tried: &Result<Done, Refusal>, cures: &[Cure]) -> Markup {
    let ways = html! {
        @if !cures.is_empty() { p.chips {
            @for Cure { box_number, to } in cures {
                @let to = said::clock(*to);
                button name="do" value={ "time:" (box_number) ":" (to) } { (text!("Dời đến {to}", "Move to {to}").get(lang)) }
            }
        } }
    };
    match tried {
        Err(refusal) => html! { (refused(lang, refusal)) (ways) },
        Ok(done) => {
            let rows: &[Coming] = done.coming.first().map_or(&[], |(_, rows)| rows);
            html! {
                @if !done.merged.is_empty() { (merged(lang, &done.merged)) }
                (airings(desk, lang, rows))
                (ways)
                @for found in done.new.iter().filter(|found| !is_of_plan(found, rows)) { (finding(lang, found)) }
            }
        }
    }
}

/// The rows say it already.
fn is_of_plan(found: &Diagnostic, rows: &[Coming]) -> bool {
    rows.iter().any(|row| row.reason == Some(found.code))
        || (found.code.starts_with("sound_") && rows.iter().any(|row| row.reason == Some("no_sound")))
}

/// What others changed in the same files meanwhile.
fn merged(lang: Lang, merged: &[Text]) -> Markup {
    html! { p.said { (text!("Người khác vừa sửa cùng tệp; phần ấy được giữ nguyên: ", "Others have changed the same file; that is kept: ").get(lang))
    (merged.iter().map(|one| one.get(lang)).collect::<Vec<_>>().join("; ")) } }
}

/// What the check says of a file, as a person reads it who has never seen that file.
fn on_page(said: &Text, lang: Lang) -> String {
    sentence(&typed::days_said(&without_places(&for_people(said.get(lang), lang))))
}

/// A sentence without lines of files: what is being typed stands in none yet, and the line of another moves with it.
fn without_places(said: &str) -> String {
    const BEGIN: &str = "schedules/";
    const END: &str = ".toml:";
    let (mut out, mut rest) = (String::new(), said);
    while let Some(at) = rest.find(BEGIN) {
        let Some(end) = rest[at..].find(END).map(|end| at + end).filter(|end| !rest[at..*end].contains(' ')) else {
            break;
        };
        let name = &rest[at + BEGIN.len()..end];
        let after = rest[end + END.len()..].trim_start_matches(|c: char| c.is_ascii_digit());
        if let (Some(before), Some(behind)) = (rest[..at].strip_suffix(" ("), after.strip_prefix(')')) {
            out.push_str(before);
            rest = behind;
        } else {
            out.push_str(&rest[..at]);
            out.push_str(name);
            out.push_str(".toml");
            rest = after;
        }
    }
    out + rest
}

/// A problem with its cure.
pub(super) fn finding(lang: Lang, found: &Diagnostic) -> Markup {
    html! {
        div.said.bad[found.is_error()] {
            p { (on_page(&found.message, lang)) }
            @if let Some(help) = &found.help {
                details { summary { (text!("Cách sửa trong tệp", "The cure in the file").get(lang)) } p { (sentence(help.get(lang))) } }
            }
        }
    }
}

/// Why nothing was written.
pub(super) fn refused(lang: Lang, refusal: &Refusal) -> Markup {
    // Of a file that is broken the file is named there; what the check says of a change is said by its first finding.
    let is_more = refusal.found.first().is_none_or(|first| first.message != refusal.message);
    html! {
        div role="alert" {
            @if is_more {
                p.said.bad { (on_page(&refusal.message, lang)) " " (on_page(&refusal.help, lang)) }
            }
            @for found in refusal.found.iter().take(10) { (finding(lang, found)) }
        }
    }
}

/// What is not looked for in the next days: the entry is wrong, and plays on none.
pub(super) fn silent(lang: Lang) -> Markup {
    html! { p.said.bad { (text!(
        "Mục này chưa phát lần nào: trong tệp có chỗ sai, xem ở đầu trang.",
        "Nothing of this broadcast plays: something is wrong in the file, see the top of the page."
    ).get(lang)) } }
}

/// A sentence without its days and times.
fn without_figures(said: &str) -> String {
    said.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The next airings, each with its verdict.
pub(super) fn airings(desk: &Sight, lang: Lang, rows: &[Coming]) -> Markup {
    let (station, tz) = (desk.station(), &desk.station().timezone);
    let mut known: Vec<String> = Vec::new();
    html! {
        section.card.trial {
            h2 { (text!("Những lần phát tới", "The next airings").get(lang)) }
            @if rows.is_empty() {
                p.said { (text!("Không có lần phát nào trong 400 ngày tới.", "Nothing in the next 400 days.").get(lang)) }
            }
            ol {
                @for row in rows.iter().take(COMING_MOST) {
                    @let at = row.scheduled.zoned(tz);
                    li.wrong[row.as_it_stands().0 != Verdict::Play] {
                        (said::day(at.date()).get(lang)) " " strong { (said::clock(at.time())) } ", "
                        (places(station, &row.zones).get(lang))
                        @if row.verdict != Verdict::Play { ": " (row.verdict.name(lang)) }
                        @if let Some(asked) = row.to_be_approved() { ": " (asked.get(lang)) }
                        // What is in the way of each of ten days is said once, of the first of them.
                        @if let Some(because) = row.because.as_ref().filter(|because| !known.contains(&without_figures(&because.said.vi))) {
                            @let () = known.push(without_figures(&because.said.vi));
                            p.hint { (for_people(because.said.get(lang), lang)) }
                            @if let Some(Remedy::HandIn(sound)) = &because.remedy {
                                p { a.button href={ "/sounds/slot/" (escaped(sound)) } { (text!("Nộp bản ghi", "Hand in").get(lang)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_files_stand_in_no_sentence_of_the_form() {
        for (said, on_page) in [
            ("trùng với «Tin» (schedules/trang-web.toml:45)", "trùng với «Tin»"),
            ("xem schedules/a.toml:3 và schedules/b.toml:12", "xem a.toml và b.toml"),
            ("không có gì", "không có gì"),
            ("tệp schedules/a.toml hỏng", "tệp schedules/a.toml hỏng"),
        ] {
            assert_eq!(without_places(said), on_page);
        }
    }

    #[test]
    fn a_file_that_is_broken_is_named_before_what_is_wrong_in_it() {
        let text = "[[broadcast]]\nat = [\"05:30\" \"05:40\"]\n".to_owned();
        let source = crate::diag::SourceFile { path: "schedules/sau.toml".to_owned(), text };
        let reading = crate::schedule::Reading { today: "2026-11-28".parse().unwrap() };
        let (_, found) = crate::schedule::check(&[source], &crate::plan::sample::station(1), reading);
        let refusal = |message: Text| Refusal {
            code: "broken_file",
            message,
            help: Box::new(text!("chữa dòng ấy", "mend that line")),
            found: found.clone(),
            conflict: None,
            coming: Box::default(),
        };
        let broken = refusal(text!("schedules/sau.toml hỏng ở dòng 2", "schedules/sau.toml is broken at line 2"));
        let drawn = refused(Lang::Vi, &broken).into_string();
        assert!(drawn.contains("sau.toml hỏng ở dòng 2. Chữa dòng ấy."), "{drawn}");
        let checked = refused(Lang::Vi, &refusal(found[0].message.clone())).into_string();
        assert!(!checked.contains("Chữa dòng ấy."), "it is said once: {checked}");
    }

    #[test]
    fn a_day_on_which_all_is_called_off_hides_no_cure() {
        let tz = TimeZone::UTC;
        let at = |written: &str| {
            let at: jiff::civil::DateTime = written.parse().unwrap();
            crate::instant::Wall::from(at.to_zoned(tz.clone()).unwrap().timestamp())
        };
        let row = |day: &str, time: &str, verdict: Verdict, reason: Option<&'static str>, free: Option<&str>| {
            let scheduled = at(&format!("{day}T{time}"));
            let free = free.map(|time| at(&format!("{day}T{time}")));
            Coming {
                scheduled,
                start: scheduled,
                end: scheduled,
                zones: Vec::new(),
                verdict,
                reason,
                because: None,
                free,
                to_approve: None,
            }
        };
        let draft = Typed { at: vec!["04:30".to_owned()], ..Typed::new() };
        let refused = |day| row(day, "04:30", Verdict::Refuse, Some("outside_hours"), Some("05:00"));
        let off = |day, time| row(day, time, Verdict::Refuse, Some("cancelled_day"), None);
        let rows = [refused("2026-12-01"), off("2026-12-02", "04:30"), refused("2026-12-03")];
        let plays = |day| row(day, "05:00", Verdict::Play, None, None);
        let found = |tried: Vec<Coming>| cures(&draft, &rows, &tz, |_| Some(tried.clone()));
        let cure = Cure { box_number: 0, to: Time::constant(5, 0, 0, 0) };
        assert_eq!(found(vec![plays("2026-12-01"), off("2026-12-02", "05:00"), plays("2026-12-03")]), [cure]);
        assert!(found(vec![off("2026-12-01", "05:00"), off("2026-12-02", "05:00")]).is_empty());
        assert!(
            found(vec![plays("2026-12-01"), row("2026-12-03", "05:00", Verdict::Miss, Some("x"), None)]).is_empty()
        );
    }
}
