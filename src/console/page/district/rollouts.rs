use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::look::{DistrictLook, looked};
use crate::app::App;
use crate::diag::{Lang, shown, text};
use crate::district::FleetRollout;
use crate::escaped::escaped;
use crate::gate::Who;
use crate::shell::{self, Page};

/// Every roll-out that is remembered: how far it is, and which boxes do not take it.
pub(super) async fn list(State(app): State<App>, who: Who) -> Response {
    let look = match looked(&app, &who).await {
        Ok(look) => look,
        Err(answer) => return answer,
    };
    let lang = who.lang;
    let body = html! {
        p { a.back href="/district" { (text!("Mạng loa", "The fleet").get(lang)) } }
        @if look.fleet().rollouts.is_empty() {
            p { (text!(
                "Chưa triển khai lịch nào theo đợt. Ở trung tâm: loa fleet rollout start.",
                "No schedule was rolled out in waves yet. At the centre: loa fleet rollout start."
            ).get(lang)) }
        }
        @for rollout in &look.fleet().rollouts { (one(&look, rollout, lang)) }
    };
    shell::page(&app, &who, Page::of(text!("Triển khai lịch theo đợt", "Schedules in waves")), &body)
}

fn one(look: &DistrictLook, rollout: &FleetRollout, lang: Lang) -> Markup {
    html! {
        article {
            h3 { (rollout.sentence(&look.tz).get(lang)) }
            ul { @for wave in &rollout.waves { li { (wave.sentence(&look.tz).get(lang)) } } }
            @if !rollout.boxes.is_empty() {
                details open[rollout.is_under_way()] {
                    summary { (text!("Đài không được hay quá hạn", "Stations that did not take it").get(lang)) " (" (rollout.boxes.len()) ")" }
                    ul.list { @for own in &rollout.boxes { li {
                        a.row href={ "/district/box/" (escaped(&own.place)) } {
                            strong { (shown(&own.place)) }
                            small { (shown(if lang == Lang::Vi { &own.vi } else { &own.en })) }
                        }
                    } } }
                }
            }
        }
    }
}

/// Those that are under way, on the page of the fleet; each leads to all of them.
pub(super) fn under_way(look: &DistrictLook, lang: Lang) -> Markup {
    let all = &look.fleet().rollouts;
    html! {
        @if !all.is_empty() {
            @for rollout in all.iter().filter(|rollout| rollout.is_under_way()) {
                p { a href="/district/rollouts" { (rollout.sentence(&look.tz).get(lang)) } }
            }
            p.actions { a.button href="/district/rollouts" { (text!("Triển khai lịch theo đợt", "Schedules in waves").get(lang)) } }
        }
    }
}
