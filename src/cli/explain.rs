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
    /// Of a reason in the journal; else of a finding.
    is_reason: bool,
    words: Text,
}

pub(super) fn run(context: &Context, args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let written = args.code.join(" ");
    let known = if args.code.is_empty() { all() } else { answered(&written) };
    if known.is_empty() {
        return Err(unknown(&written).into());
    }
    if context.json {
        let rows = known.iter().map(|one| {
            let kind = if one.is_reason { "reason" } else { "finding" };
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
        let place = if one.is_reason { text!("nhật ký", "journal") } else { text!("kiểm tra", "finding") };
        let head = format!("{} ({}): ", one.code, place.get(lang));
        let _ = write!(out, "{}", sheet::paragraph(&head, one.words.get(lang), columns));
    }
    out
}

/// Everything, findings first.
fn all() -> Vec<Known> {
    let reasons = CODES.iter().map(|code| Known { code, is_reason: true, words: Reason::from(*code).brief() });
    findings().chain(reasons).collect()
}

/// The rows of the page: code, Vietnamese, English.
fn findings() -> impl Iterator<Item = Known> {
    PAGE.lines().filter(|line| line.starts_with("| `")).filter_map(|line| {
        let mut cells = line.split(" | ").map(|cell| cell.trim_matches(['|', ' ']));
        let (code, vi, en) = (cells.next()?.trim_matches('`'), cells.next()?, cells.next()?);
        Some(Known { code, is_reason: false, words: text!("{vi}", "{en}") })
    })
}

/// What is known of what was typed: `outside_hours`, `error[outside_hours]`, or a reason as the journal has it.
fn asked(written: &str) -> Vec<Known> {
    let written = written.trim();
    let code = written.split_once('[').map_or(written, |(_, inner)| inner.trim_end_matches(']'));
    let code = code.split(':').next().unwrap_or_default().trim().to_lowercase();
    let mut found: Vec<Known> = all().into_iter().filter(|one| one.code == code).collect();
    if written.contains(": ") {
        found.retain(|one| one.is_reason);
        for one in &mut found {
            one.words = Reason::from(written).words();
        }
    }
    found
}

/// By its code, else by its words.
fn answered(written: &str) -> Vec<Known> {
    let found = asked(written);
    if found.is_empty() { spoken(written) } else { found }
}

/// Fewer letters mean nothing.
const LETTERS_LEAST: usize = 4;
/// More than so many answers are none.
const ANSWERS_MOST: usize = 5;

/// The reasons that somebody means by the words for them: `có người bấm dừng`, `mat dien`, `stopped by a person: ông
/// Năm`, a part of them, or with a slip in them.
fn spoken(written: &str) -> Vec<Known> {
    let wanted = fold(written);
    if wanted.chars().count() < LETTERS_LEAST {
        return Vec::new();
    }
    let briefs: Vec<(Known, [String; 2])> = all()
        .into_iter()
        .filter(|one| one.is_reason)
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
