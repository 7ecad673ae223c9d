//! `loa explain`: what a code means, of a finding or of a reason in the journal.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::failure::{Exit, Failure};
use super::page::Page;
use super::{Context, sheet};
use crate::diag::{Lang, Text, fold, nearest, shown, text};
use crate::fact::Outcome;
use crate::journal::export;
use crate::reason::{CODES, Reason};

/// The codes of findings, as people may read them in the repository too.
const PAGE: &str = include_str!("../../docs/codes.md");

/// `loa explain`.
#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// Mã, hay chữ đọc thấy trên màn hình; không ghi thì in mọi mã. | A code, or words as they are shown; none: all codes.
    #[arg(value_name = "CODE")]
    code: Vec<String>,
}

/// What a code says.
struct Known {
    code: &'static str,
    sort: Sort,
    words: Text,
}

/// Of what a code speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Finding,
    /// In the journal: why.
    Reason,
    /// In the journal: what became of an airing.
    Outcome,
}

pub(super) fn run(context: &Context, args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let written = args.code.join(" ");
    let known = if args.code.is_empty() { all() } else { answered(&written) };
    if known.is_empty() {
        return Err(unknown(&written).into());
    }
    if context.json {
        let rows = known.iter().map(|one| {
            let kind = match one.sort {
                Sort::Finding => "finding",
                Sort::Reason => "reason",
                Sort::Outcome => "outcome",
            };
            json!({ "code": one.code, "kind": kind, "vi": one.words.vi, "en": one.words.en })
        });
        Page::data(serde_json::to_string_pretty(&rows.collect::<Vec<_>>())? + "\n");
    } else {
        Page::text(told(&known, context.lang));
    }
    Ok(ExitCode::SUCCESS)
}

fn told(known: &[Known], lang: Lang) -> String {
    let columns = sheet::text_columns();
    let mut out = String::new();
    for one in known {
        let place = match one.sort {
            Sort::Finding => text!("kiểm tra", "finding"),
            Sort::Reason => text!("nhật ký", "journal"),
            Sort::Outcome => text!("kết quả", "outcome"),
        };
        let head = format!("{} ({}): ", one.code, place.get(lang));
        let _ = write!(out, "{}", sheet::paragraph(&head, one.words.get(lang), columns));
    }
    out
}

/// Everything, findings first.
fn all() -> Vec<Known> {
    let reasons = CODES.iter().map(|code| Known { code, sort: Sort::Reason, words: Reason::from(*code).brief() });
    findings().chain(reasons).collect()
}

/// The rows of the page: code, Vietnamese, English.
fn findings() -> impl Iterator<Item = Known> {
    PAGE.lines().filter(|line| line.starts_with("| `")).filter_map(|line| {
        let mut cells = line.split(" | ").map(|cell| cell.trim_matches(['|', ' ']));
        let (code, vi, en) = (cells.next()?.trim_matches('`'), cells.next()?, cells.next()?);
        Some(Known { code, sort: Sort::Finding, words: text!("{vi}", "{en}") })
    })
}

/// What is known of what was typed: `outside_hours`, `error[outside_hours]`, or a reason as the journal has it.
fn asked(written: &str) -> Vec<Known> {
    let written = written.trim();
    let code = written.split_once('[').map_or(written, |(_, inner)| inner.trim_end_matches(']'));
    let code = code.split(':').next().unwrap_or_default().trim().to_lowercase();
    let mut found: Vec<Known> = all().into_iter().filter(|one| one.code == code).collect();
    if written.contains(": ") {
        found.retain(|one| one.sort == Sort::Reason);
        for one in &mut found {
            one.words = Reason::from(written).words();
        }
    }
    found
}

/// By its code, else by its words.
fn answered(written: &str) -> Vec<Known> {
    let found = asked(written);
    let found = if found.is_empty() { outcome(written).into_iter().collect() } else { found };
    if found.is_empty() { spoken(written) } else { found }
}

/// An outcome by its code or by a word for it: `missed`, `bị lỡ`, `lỡ`, `phát đúng`.
fn outcome(written: &str) -> Option<Known> {
    let outcomes: [(Outcome, &str, &[&str], Text); 4] = [
        (
            Outcome::Played,
            "played",
            &["phatdung", "phatdu", "daphatdu", "phatxong"],
            text!("người nghe nghe được trọn vẹn", "all of it was heard"),
        ),
        (
            Outcome::Partial,
            "partial",
            &["motphan", "phatdo", "phatdodang"],
            text!(
                "người nghe chỉ nghe được một phần; vì sao thì lý do ghi bên cạnh",
                "only a part of it was heard; the reason beside it says why"
            ),
        ),
        (
            Outcome::Missed,
            "missed",
            &["lo", "bolo", "khongphat", "khongphatduoc"],
            text!(
                "đến giờ mà không phát được, không ai nghe gì; vì sao thì lý do ghi bên cạnh",
                "its time came and nothing of it was heard; the reason beside it says why"
            ),
        ),
        (
            Outcome::Refused,
            "refused",
            &["tuchoi", "khongduocphat"],
            text!(
                "quy định không cho phát nên loa không phát; quy định nào thì lý do ghi bên cạnh",
                "a rule forbade it, so it was not played; the reason beside it says which"
            ),
        ),
    ];
    let wanted = fold(written);
    let is_said = |outcome: Outcome, code: &str, others: &[&str]| {
        let own = export::outcome(outcome);
        wanted == code || wanted == fold(&own.vi) || wanted == fold(&own.en) || others.contains(&wanted.as_str())
    };
    let mut outcomes = outcomes.into_iter();
    let (_, code, _, words) = outcomes.find(|(outcome, code, others, _)| is_said(*outcome, code, others))?;
    Some(Known { code, sort: Sort::Outcome, words })
}

/// Fewer letters mean nothing.
const LETTERS_LEAST: usize = 4;
/// More than so many answers are none.
const ANSWERS_MOST: usize = 5;

/// The reasons that somebody means by the words for them: `có lệnh dừng`, `mat dien`, `stopped by order: ông
/// Năm`, a part of them, or with a slip in them.
fn spoken(written: &str) -> Vec<Known> {
    let wanted = fold(written);
    if wanted.chars().count() < LETTERS_LEAST {
        return Vec::new();
    }
    let briefs: Vec<(Known, [String; 2])> = all()
        .into_iter()
        .filter(|one| one.sort == Sort::Reason)
        .map(|one| {
            let words = [fold(&one.words.vi), fold(&one.words.en)];
            (one, words)
        })
        .collect();
    let those = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..briefs.len()).filter(|at| briefs[*at].1.iter().any(|words| is(words))).collect()
    };
    let mut found = those(&|words| words == wanted);
    if found.is_empty() {
        // Behind the words the detail: the longest of them is meant.
        let most =
            briefs.iter().flat_map(|(_, words)| words).filter(|words| wanted.starts_with(*words)).map(String::len);
        let most = most.max().unwrap_or(usize::MAX);
        found = those(&|words| words.len() == most && wanted.starts_with(words));
    }
    if found.is_empty() {
        found = those(&|words| words.contains(&wanted));
    }
    if found.is_empty() || found.len() > ANSWERS_MOST {
        let all = briefs.iter().flat_map(|(_, words)| words.iter().map(String::as_str));
        let near = nearest(&wanted, all).map(str::to_owned);
        found = near.map(|near| those(&|words| words == near)).unwrap_or_default();
    }
    let mut at = 0;
    let mut briefs = briefs;
    briefs.retain(|_| {
        at += 1;
        found.contains(&(at - 1))
    });
    briefs.into_iter().map(|(one, _)| one).collect()
}

/// So many codes are offered.
const OFFERED: usize = 3;

/// The codes whose words have most in common with what was typed, the nearest first.
fn offered(written: &str) -> Vec<Known> {
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).map(fold);
        words.filter(|word| word.chars().count() > 1).collect()
    };
    let wanted = words(written);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(usize, Known)> = all()
        .into_iter()
        .map(|one| {
            let own = [&one.words.vi, &one.words.en].map(|text| wanted.intersection(&words(text)).count());
            let code = wanted.intersection(&words(&one.code.replace('_', " "))).count();
            (own[0].max(own[1]).max(code), one)
        })
        // Half of the words at least: fewer are in any sentence.
        .filter(|(score, _)| *score * 2 >= wanted.len())
        .collect();
    scored.sort_by_key(|(score, one)| (Reverse(*score), one.words.vi.len()));
    scored.into_iter().map(|(_, one)| one).take(OFFERED).collect()
}

fn unknown(written: &str) -> Failure {
    let all = all();
    let near = nearest(written, all.iter().map(|one| one.code));
    let offered = offered(written);
    let list = |lang| {
        let rows = offered.iter().map(|one| format!("{} ({})", one.code, one.words.get(lang).trim_end_matches('.')));
        rows.collect::<Vec<_>>().join("; ")
    };
    let (vi, en) = (list(Lang::Vi), list(Lang::En));
    let written = shown(written);
    let said = match near {
        Some(near) => text!(
            "không có mã «{written}»; có phải là «{near}»? «loa explain» in mọi mã",
            "there is no code \"{written}\"; did you mean \"{near}\"? \"loa explain\" prints all codes"
        ),
        None if !offered.is_empty() => text!(
            "không có mã hay lý do «{written}»; gần nhất: {vi}. «loa explain» in mọi mã",
            "there is no code or reason \"{written}\"; the nearest: {en}. \"loa explain\" prints all codes"
        ),
        None => text!(
            "không có mã hay lý do «{written}»; «loa explain» in mọi mã",
            "there is no code or reason \"{written}\"; \"loa explain\" prints all codes"
        ),
    };
    Failure::new(Exit::Usage, said)
}
