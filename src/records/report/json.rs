use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::book::{Book, BookPart};
use super::happening::Happening;
use super::line::BookLine;
use super::stamp::BookStamp;
use crate::diag::Lang;
use crate::fact::Uncounted;
use crate::instant::Wall;

/// A book for programs. Keys are never taken away; instants are RFC 3339.
pub fn json(book: &Book, lang: Lang) -> Value {
    let tz = &book.tz;
    let days: Vec<Value> = book
        .days
        .iter()
        .map(|day| {
            let parts = day.parts.iter().map(|part| match part {
                BookPart::Session(session) => json!({
                    "kind": "session", "from": session.from.rfc3339(tz), "to": session.to.rfc3339(tz), "total": session.total,
                }),
                BookPart::Line(one) => line(one, tz, lang),
                BookPart::Happening(one) => happening(one, tz, lang),
            });
            json!({
                "date": day.date.to_string(), "lunar": day.lunar.short().get(lang), "total": day.total,
                "parts": parts.collect::<Vec<_>>(),
            })
        })
        .collect();
    let campaigns: Vec<Value> = book
        .campaigns
        .iter()
        .map(|one| {
            let mut value = serde_json::to_value(one).unwrap_or_default();
            value["target"] = json!(one.target.as_ref().map(|target| target.get(lang)));
            value
        })
        .collect();
    json!({
        "period": book.period.code(), "station": book.station, "made": book.made.rfc3339(tz), "early": book.is_early(),
        "from": book.period.first().to_string(), "until": book.period.last().to_string(),
        "horns": book.has_horns, "total": book.total, "zones": book.zones, "campaigns": campaigns,
        "counted": book.counted, "tests": book.tests, "drills": book.drills, "recalled": book.recalled, "days": days, "stamp": book.stamp.as_ref().map(stamp),
    })
}

fn at(at: Option<Wall>, tz: &TimeZone) -> Option<String> {
    at.map(|at| at.rfc3339(tz))
}

fn line(line: &BookLine, tz: &TimeZone, lang: Lang) -> Value {
    json!({
        "kind": "line", "number": line.number, "rows": line.rows, "title": line.title, "called": line.called, "zones": line.zones,
        "planned": at(line.planned, tz), "started": at(line.started, tz), "ended": at(line.ended, tz),
        "seconds_planned": [line.seconds_planned.0, line.seconds_planned.1],
        "seconds_played": [line.seconds_played.0, line.seconds_played.1],
        "class": line.class, "test": line.uncounted == Some(Uncounted::Test), "uncounted": line.uncounted, "unheard": line.is_unheard, "languages": line.languages, "sources": line.sources,
        "authors": line.authors, "approved_by": line.approved_by, "approved_at": at(line.approved_at, tz),
        "approved_on_paper": line.entered_by.is_some(), "entered_by": line.entered_by, "outcome": line.outcome,
        "because": line.reason.as_ref().map(|reason| reason.get(lang)), "campaign": line.campaign,
    })
}

fn happening(one: &Happening, tz: &TimeZone, lang: Lang) -> Value {
    json!({
        "kind": "happening", "row": one.seq, "at": one.at.rfc3339(tz), "what": one.kind, "zone": one.zone,
        "said": one.said.get(lang),
    })
}

fn stamp(stamp: &BookStamp) -> Value {
    json!({
        "first": stamp.first, "last": stamp.last, "code": stamp.code, "hash": stamp.hash, "print": stamp.print,
        "seal": stamp.signed.as_ref().map(ToString::to_string),
    })
}
