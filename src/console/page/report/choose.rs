use axum::extract::{RawQuery, State};
use axum::response::Response;
use maud::{Markup, html};

use super::made::period;
use crate::app::App;
use crate::diag::{Lang, Text, capital, text};
use crate::fields::Fields;
use crate::gate::{Who, go_to};
use crate::instant::Wall;
use crate::report::{Period, Prints};
use crate::shell::{self, Page};
use crate::station::Station;

/// Weeks, and months, that are offered for a look.
const PAST: usize = 8;

/// `In sổ tuần này`, `In sổ tuần trước`: one tap to the paper.
pub(in crate::page) fn buttons(station: &Station, now: Wall, lang: Lang) -> Markup {
    let this = Period::week_of(now.zoned(&station.timezone).date());
    html! {
        div.actions {
            (print(this, &text!("In sổ tuần này", "Print this week"), lang))
            (print(this.previous(), &text!("In sổ tuần trước", "Print last week"), lang))
            a.button href="/report" { (text!("Sổ và báo cáo", "Books and reports").get(lang)) }
        }
    }
}

/// A print is counted, so that it is a form.
fn print(period: Period, said: &Text, lang: Lang) -> Markup {
    html! {
        form method="post" action="/report/print" {
            button name="period" value=(period.code()) { (said.get(lang)) }
        }
    }
}

/// `/report`: everything that can be printed; `?when=` leads to the period that was typed.
pub(super) async fn choose(State(app): State<App>, who: Who, RawQuery(query): RawQuery) -> Response {
    let (station, now, lang) = (app.look().await.world.station.clone(), app.now().wall, who.lang);
    let today = now.zoned(&station.timezone).date();
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let (kind, when) = (fields.get("kind"), fields.get("when"));
    let mut said = None;
    if !when.is_empty() {
        let found = if kind == "month" { Period::parse_month(when, today) } else { Period::parse_week(when, today) };
        match found {
            Ok(period) => return go_to(&format!("/report/paper/{}", period.code())),
            Err(why) => said = Some(why),
        }
    }
    let prints = Prints::read(app.site());
    let weeks = std::iter::successors(Some(Period::week_of(today)), |week| Some(week.previous())).take(PAST);
    let months = std::iter::successors(Some(Period::month_of(today)), |month| Some(month.previous())).take(PAST);
    let body = html! {
        @if let Some(said) = &said { p.said role="alert" { (said.get(lang)) "." } }
        section.card {
            h2 { (text!("Sổ nhật ký tuần", "The weekly log book").get(lang)) }
            ul.list { @for week in weeks { (row(week, &prints, lang)) } }
            (other("week", "2026-W49", when, kind == "week", lang))
        }
        section.card {
            h2 { (text!("Báo cáo tháng", "The monthly report").get(lang)) }
            ul.list { @for month in months { (row(month, &prints, lang)) } }
            (other("month", "12/2026", when, kind == "month", lang))
        }
        p.hint { (text!(
            "Bấm «In» hay «Word» là tính một lần in: bản sau tự ghi «Bản in lại». Xem và tải bảng Excel thì không tính.",
            "\"Print\" and \"Word\" count as a print: later ones say that they are reprints. Looking and tables do not count."
        ).get(lang)) }
    };
    shell::page(&app, &who, Page::of(text!("Sổ và báo cáo", "Books and reports")), &body)
}

fn row(period: Period, prints: &Prints, lang: Lang) -> Markup {
    let code = period.code();
    let name = period.text();
    let printed = prints.of(period);
    html! {
        li {
            strong { (capital(name.get(lang))) }
            @if printed > 0 { " " span.hint { (text!("đã in {printed} lần", "printed {printed} times").get(lang)) } }
            div.actions {
                a.button href={ "/report/paper/" (code) } { (text!("Xem", "Look").get(lang)) }
                form method="post" action="/report/print" {
                    button name="period" value=(code) aria-label={ (text!("In", "Print").get(lang)) " " (name.get(lang)) } {
                        (text!("In", "Print").get(lang))
                    }
                }
                form method="post" action="/report/word" {
                    button name="period" value=(code) { (text!("Word (.docx)", "Word (.docx)").get(lang)) }
                }
                a.button href={ "/report/table/" (code) "/so.xlsx" } { (text!("Tải về cho Excel", "Download for Excel").get(lang)) }
                a.button href={ "/report/table/" (code) "/so.csv" } { "CSV" }
            }
        }
    }
}

fn other(kind: &str, example: &str, when: &str, is_this: bool, lang: Lang) -> Markup {
    let label = if kind == "month" {
        text!("Tháng khác", "Another month")
    } else {
        text!("Tuần khác, hay một ngày trong tuần", "Another week, or a day of it")
    };
    html! {
        form.narrow method="get" action="/report" {
            input type="hidden" name="kind" value=(kind);
            label { (label.get(lang)) " (" (example) ")"
                input name="when" required maxlength="40" autocomplete="off" value=[is_this.then_some(when)]; }
            button { (text!("Xem", "Look").get(lang)) }
        }
    }
}

/// The period that a form names, or the page that says why not.
pub(super) fn asked(app: &App, who: &Who, fields: &Fields) -> Result<Period, Box<Response>> {
    period(fields.get("period")).map_err(|why| Box::new(shell::refused(app, who, &why)))
}
