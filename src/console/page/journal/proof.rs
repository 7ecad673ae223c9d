//! Whether the journal is as the station has written it. Following the whole chain takes seconds in a journal of years, so
//! that it is done behind the page, one at a time, and what was found is kept for a while.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use maud::{Markup, html};
use tokio::time::timeout;

use super::words;
use crate::diag::{Lang, Text, figure, text};
use crate::instant::{Mono, Now, Wall};
use crate::journal::{Breach, Reader};
use crate::site::Site;

/// What was found holds so long; rows that came meanwhile are in the next proof.
const GOOD_FOR: Duration = Duration::from_mins(30);

/// So long a page waits for a proof: a journal of some weeks is followed in that.
const PATIENCE: Duration = Duration::from_millis(300);

/// Findings that are told on the page; `loa journal verify` tells all.
const TOLD_MOST: usize = 5;

/// What was found.
#[derive(Clone, PartialEq, Debug)]
struct Found {
    at: Wall,
    mono: Mono,
    what: Result<(u64, Vec<Breach>), Text>,
}

#[derive(Debug, Default)]
struct State {
    found: Option<Found>,
    is_running: bool,
}

/// The last proof, for everybody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proof(Arc<Mutex<State>>);

impl Proof {
    /// Begin a proof where there is none that is good, and wait for it a moment.
    async fn look(&self, site: &Site, now: Now) -> Option<Found> {
        {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let is_good = state.found.as_ref().is_some_and(|found| now.mono.after(found.mono) < GOOD_FOR);
            if is_good || state.is_running {
                return state.found.clone();
            }
            state.is_running = true;
        }
        let (proof, site) = (self.clone(), site.clone());
        let work = tokio::task::spawn_blocking(move || {
            let what = follow(&site, now.wall);
            let mut state = proof.0.lock().unwrap_or_else(PoisonError::into_inner);
            *state = State { found: Some(Found { at: now.wall, mono: now.mono, what }), is_running: false };
        });
        // Where it takes longer the next page has it.
        let _ = timeout(PATIENCE, work).await;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).found.clone()
    }
}

fn follow(site: &Site, now: Wall) -> Result<(u64, Vec<Breach>), Text> {
    let reader = Reader::open(&site.journal()).map_err(|error| error.text())?;
    let Some(reader) = reader else { return Ok((0, Vec::new())) };
    let verified = reader.verify_against(now, &[]).map_err(|error| error.text())?;
    Ok((verified.rows, verified.breaches))
}

/// Rows that were written since a proof of so many.
async fn since(site: &Site, rows: u64) -> u64 {
    let path = site.journal();
    let head = tokio::task::spawn_blocking(move || {
        let reader = Reader::open(&path).ok().flatten()?;
        reader.head().ok().map(|(row, _)| row)
    });
    head.await.ok().flatten().unwrap_or(rows).saturating_sub(rows)
}

/// `Nhật ký nguyên vẹn đến dòng 1.284, kiểm tra lúc 05:30 hôm nay.`, with how many rows came since; or what is not as it was.
pub(super) async fn said(proof: &Proof, site: &Site, now: Now, tz: &TimeZone, lang: Lang) -> Markup {
    let found = proof.look(site, now).await;
    let newer = match &found {
        Some(Found { what: Ok((rows, breaches)), .. }) if breaches.is_empty() => since(site, *rows).await,
        _ => 0,
    };
    html! {
        @match found {
            None => p.hint { (text!(
                "Đang kiểm tra nhật ký có nguyên vẹn không; mở lại trang này sau một phút.",
                "The journal is being checked; open this page again in a minute."
            ).get(lang)) },
            Some(Found { what: Err(why), .. }) => p.said.bad role="alert" { (text!(
                why = why;
                "Chưa kiểm tra được nhật ký: {why}.",
                "The journal could not be checked: {why}."
            ).get(lang)) },
            Some(Found { what: Ok((rows, breaches)), at, .. }) => @if breaches.is_empty() {
                p.hint { (text!(
                    rows = words::count(rows), when = figure::moment(at, tz);
                    "Nhật ký nguyên vẹn đến dòng {rows}, kiểm tra lúc {when}.",
                    "The journal is intact up to row {rows}, checked at {when}."
                ).get(lang))
                @if newer > 0 { " " (text!(
                    newer = words::count(newer);
                    "{newer} dòng ghi sau lúc ấy chưa được kiểm tra.",
                    "Rows written since, not checked yet: {newer}."
                ).get(lang)) } }
            } @else {
                div.said.bad role="alert" {
                    p { strong { (broken(&breaches).get(lang)) } }
                    ul { @for breach in breaches.iter().take(TOLD_MOST) { li { (breach.what.get(lang)) } } }
                    p { (text!(
                        "Xin báo người quản trị: giữ nguyên tệp làm bằng chứng, chép cả thư mục state/ sang nơi khác.",
                        "Tell the administrator: keep the file as evidence, copy the whole of state/ elsewhere."
                    ).get(lang)) }
                }
            },
        }
    }
}

fn broken(breaches: &[Breach]) -> Text {
    match breaches.iter().map(|breach| breach.seq).filter(|seq| *seq > 0).min() {
        Some(first) => text!(
            first = words::count(first);
            "Nhật ký không nguyên vẹn từ dòng {first}.",
            "The journal is not intact from row {first}."
        ),
        None => text!("Nhật ký không còn như lúc đài ghi.", "The journal is not as the station wrote it."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_that_does_not_hold_is_named() {
        let breach = |seq| Breach::new(seq, text!("x", "x"));
        assert_eq!(broken(&[breach(0), breach(1_900), breach(873)]).vi, "Nhật ký không nguyên vẹn từ dòng 873.");
        assert!(!broken(&[breach(0)]).vi.contains("dòng"));
    }
}
