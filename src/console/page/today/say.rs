//! `Phát ngay`: a sound that is good, in zones of his, in its turn and within the hours.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::said::span;
use super::stop::{keep, zones_of};
use crate::console::app::App;
use crate::console::fields::Fields;
use crate::console::gate::Who;
use crate::console::role::Right;
use crate::console::sentence::capital;
use crate::console::shell::{self, Page};
use crate::daemon::protocol::Command;
use crate::diag::{Text, text};
use crate::plan;

/// A list that somebody can look through.
const SOUNDS_MOST: usize = 500;

/// The form.
pub(super) async fn ask(State(app): State<App>, who: Who) -> Response {
    form(&app, &who, &Fields::default(), None).await
}

async fn form(app: &App, who: &Who, typed: &Fields, said: Option<&Text>) -> Response {
    let lang = who.lang;
    let look = app.look().await;
    let station = &look.world.station;
    let zones = who.zones(Right::Say, station);
    let good = look.world.library.sounds.values().filter_map(|sound| Some((sound, sound.facts.as_ref().ok()?)));
    let good: Vec<_> = good.take(SOUNDS_MOST).collect();
    let one = zones.len() == 1;
    let body = html! {
        @if let Some(said) = said { p.said.bad role="alert" { (said.get(lang)) } }
        p.hint { (text!(
            "Phát trong giờ được phép, sau mục đang phát. Mỗi cụm loa phát khi đến lượt.",
            "It plays within the hours, behind what is playing. Each zone plays it in its turn."
        ).get(lang)) }
        @if good.is_empty() {
            p { (text!("Chưa có bản ghi nào phát được.", "There is no recording that can play yet.").get(lang)) }
        } @else {
            form.narrow method="post" action="/say" {
                label { (text!("Bản ghi", "Recording").get(lang))
                    select name="name" required {
                        @for (sound, facts) in good {
                            @let stem = plan::without_ending(&sound.file).unwrap_or(&sound.file);
                            option value=(sound.file) selected[typed.get("name") == sound.file] {
                                (stem) " (" (span(facts.length().as_secs_f64())) ")"
                            }
                        }
                    }
                }
                fieldset {
                    legend { (text!("Ở đâu", "Where").get(lang)) }
                    @for zone in zones {
                        label.tick {
                            input type="checkbox" name="zone" value=(zone.id) checked[one || typed.all("zone").any(|own| own == zone.id)];
                            (zone.title)
                        }
                    }
                }
                button.main { (text!("Phát ngay", "Play now").get(lang)) }
            }
        }
    };
    let status = if said.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    shell::page(app, who, Page { title: text!("Phát ngay", "Play now"), status }, &body)
}

/// The order.
pub(super) async fn order(State(app): State<App>, who: Who, fields: Fields) -> Response {
    let named: Vec<String> = fields.all("zone").map(str::to_owned).collect();
    if named.is_empty() {
        let said = text!("Xin chọn ít nhất một cụm loa.", "Choose at least one zone.");
        return form(&app, &who, &fields, Some(&said)).await;
    }
    let zones = match zones_of(&who, Right::Say, &app.station(), named) {
        Ok(zones) => zones,
        Err(why) => return shell::refused(&app, &who, &why),
    };
    let name = fields.get("name").to_owned();
    let command = Command::Say { name, zones, by: who.person().name.clone(), wait: true };
    match app.door().order(&command).await {
        Ok(receipt) => keep(&app, &who, receipt, Vec::new()),
        Err(why) => {
            let (vi, en) = (capital(&why.vi), capital(&why.en));
            form(&app, &who, &fields, Some(&text!("{vi}.", "{en}."))).await
        }
    }
}
