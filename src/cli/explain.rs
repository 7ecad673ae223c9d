//! `loa explain`: what a code means, of a finding or of a reason in the journal.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::failure::{Exit, Failure};
use super::page::Page;
use super::{Context, sheet};
use crate::diag::{Lang, Text, nearest, shown, text};
use crate::reason::{CODES, Reason};

/// The codes of findings, as people may read them in the repository too.
const PAGE: &str = include_str!("../../docs/codes.md");

/// `loa explain`.
#[derive(Args, Debug)]
pub(super) struct ExplainArgs {
    /// Mã, hay cả lý do trong nhật ký; không ghi thì in mọi mã. | A code, or a reason of the journal; none: all codes.
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// What a code says.
struct Known {
    code: &'static str,
    /// Of a reason in the journal; else of a finding.
    is_reason: bool,
    words: Text,
}

pub(super) fn run(context: &Context, args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let known = match &args.code {
        None => all(),
        Some(written) => {
            let found = asked(written);
            if found.is_empty() {
                return Err(unknown(written).into());
            }
            found
        }
    };
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

fn unknown(written: &str) -> Failure {
    let all = all();
    let near = nearest(written, all.iter().map(|one| one.code));
    let written = shown(written);
    let said = match near {
        Some(near) => text!(
            "không có mã «{written}»; có phải là «{near}»? «loa explain» in mọi mã",
            "there is no code \"{written}\"; did you mean \"{near}\"? \"loa explain\" prints all codes"
        ),
        None => text!(
            "không có mã «{written}»; «loa explain» in mọi mã",
            "there is no code \"{written}\"; \"loa explain\" prints all codes"
        ),
    };
    Failure::new(Exit::Usage, said)
}
