use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;
use maud::html;

use crate::app::App;
use crate::board::{Board, BoardError};
use crate::diag::{Text, text};
use crate::district::{FleetShow, FleetShown};
use crate::escaped::escaped;
use crate::fields::Fields;
use crate::fleet::DistrictFleet;
use crate::gate::Who;
use crate::instant::Wall;
use crate::shell::{self, Page};
use crate::signature::Locality;

/// Letters of what is looked for.
const WORDS_MOST: usize = 80;

/// The fleet, as one page draws it.
pub(super) struct DistrictLook {
    fleet: Arc<DistrictFleet>,
    pub(super) now: Wall,
    pub(super) tz: TimeZone,
}

impl DistrictLook {
    pub(super) fn fleet(&self) -> &DistrictFleet {
        &self.fleet
    }

    /// The heading of the page.
    pub(super) fn heading(&self, shown: &FleetShown) -> Text {
        let own = self.fleet();
        match &shown.area {
            Some(area) => {
                let area = own.area(area);
                text!("{area}", "{area}")
            }
            None if own.name.is_empty() => text!("Mạng loa", "The fleet"),
            None => {
                let name = crate::diag::shown(&own.name);
                text!("{name}", "{name}")
            }
        }
    }
}

/// What is asked for.
pub(super) fn wanted(fields: &Fields) -> FleetShown {
    FleetShown {
        show: FleetShow::read(fields.get("show")),
        area: Locality::read(fields.get("area")),
        words: fields.get("q").chars().take(WORDS_MOST).collect::<String>().to_lowercase(),
    }
}

/// A page with this filter: an address that can be sent to somebody.
pub(super) fn address(path: &str, shown: &FleetShown) -> String {
    let mut asked = Vec::new();
    if shown.show != FleetShow::All {
        asked.push(format!("show={}", shown.show.word()));
    }
    asked.extend(shown.area.iter().map(|area| format!("area={}", escaped(area.as_str()))));
    if !shown.words.is_empty() {
        asked.push(format!("q={}", escaped(&shown.words)));
    }
    if asked.is_empty() { path.to_owned() } else { format!("{path}?{}", asked.join("&")) }
}

/// The same place and words, another filter.
pub(super) fn with(shown: &FleetShown, show: FleetShow) -> String {
    address("/district", &FleetShown { show, ..shown.clone() })
}

/// What stands behind the question mark.
pub(super) fn asked(query: Option<String>) -> Fields {
    Fields::read(query.unwrap_or_default().as_bytes())
}

/// The directory of the fleet, where this station shows one.
pub(super) fn fleet_dir(app: &App) -> Option<std::path::PathBuf> {
    app.station().fleet.map(|dir| app.dir().join(dir))
}

/// The fleet as it is, or was a moment ago; else the page that says why not.
pub(super) async fn looked(app: &App, who: &Who) -> Result<DistrictLook, Response> {
    let Some(dir) = fleet_dir(app) else { return Err(nowhere(app, who)) };
    match &*app.district(dir).await {
        Ok(fleet) => Ok(DistrictLook { fleet: fleet.clone(), now: app.now().wall, tz: app.station().timezone }),
        Err(why) => {
            let body = html! { p.said.bad role="alert" { (crate::sentence::sentence(why.get(who.lang))) } };
            Err(shell::page(app, who, Page::of(text!("Mạng loa", "The fleet")), &body))
        }
    }
}

fn nowhere(app: &App, who: &Who) -> Response {
    let page = Page { title: text!("Không có trang này", "There is no such page"), status: StatusCode::NOT_FOUND };
    let body = html! {
        p { (text!(
            "Máy này không ở trung tâm của mạng loa. Ở trung tâm thì ghi [fleet] dir vào loa.toml.",
            "This machine is at no fleet's centre. At the centre write [fleet] dir into loa.toml."
        ).get(who.lang)) }
        p { a.button href="/" { (text!("Về trang Hôm nay", "Back to Today").get(who.lang)) } }
    };
    shell::page(app, who, page, &body)
}

/// Write on the board, away from the pages.
pub(super) async fn on_board<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&mut Board) -> Result<T, BoardError> + Send + 'static,
) -> Result<T, BoardError> {
    let dir = fleet_dir(app).ok_or(BoardError::Absent)?;
    let done = tokio::task::spawn_blocking(move || work(&mut Board::find(&dir)?)).await;
    done.unwrap_or(Err(BoardError::Absent))
}
