//! What is asked before something is written by the day or the hour, while nothing speaks for the station's clock: with
//! another clock it would lie on a day that was not meant, and be lost without a word.

use maud::{Markup, html};

use crate::app::App;
use crate::diag::{Text, figure, text};
use crate::fields::Fields;
use crate::gate::Who;
use crate::plan::weekday_name;
use crate::role::Right;

/// The box by which somebody says that the clock is right.
const COMPARED: &str = "right";

/// What a form asks that goes by the clock; nothing where the clock is believed, or nobody knows.
pub(super) fn question(app: &App, who: &Who) -> Markup {
    let lang = who.lang;
    let Some(said) = doubt(app) else { return html! {} };
    html! {
        div.said.bad role="alert" {
            p { (said.get(lang)) }
            label.tick { input type="checkbox" name=(COMPARED); (text!("Đã so, đúng cả", "Compared, all of it is right").get(lang)) }
            @if who.may(Right::Machine) {
                a.button href="/machine#clock" { (text!("Xem đồng hồ", "See the clock").get(lang)) }
            }
        }
    }
}

/// Whether it may be written: the clock is believed, or somebody has compared it.
pub(super) fn answered(app: &App, fields: &Fields) -> Result<(), Text> {
    if doubt(app).is_none() || fields.is_ticked(COMPARED) {
        return Ok(());
    }
    Err(text!(
        "chưa ghi gì: đồng hồ của đài chưa đáng tin. Xin so với điện thoại rồi đánh dấu «Đã so, đúng cả»",
        "nothing was written: the station's clock is not trusted. Compare it with a telephone, then tick \"Compared, all of it is right\""
    ))
}

fn doubt(app: &App) -> Option<Text> {
    let status = app.door().status()?;
    if status.clock.trusted {
        return None;
    }
    let (now, tz) = (app.now().wall, app.station().timezone);
    let time = now.zoned(&tz).strftime("%H:%M").to_string();
    let (day, date) = (weekday_name(now, &tz), figure::date(now, &tz));
    let (day_vi, day_en, date_vi, date_en) = (day.vi, day.en, date.vi, date.en);
    Some(text!(
        "Đồng hồ của đài chưa đáng tin: máy đang nghĩ là {time}, {day_vi}, {date_vi}. Nếu sai, việc này ghi vào ngày khác và không có tác dụng. Xin so với điện thoại; nếu sai, nhờ người quản trị chỉnh giờ rồi xác nhận (trang Máy, hoặc loa clock confirm).",
        "The station's clock is not trusted: it takes it to be {time}, {day_en}, {date_en}. If that is wrong, this is written on another day and has no effect. Compare it with a telephone; if it is wrong, ask the administrator to set and confirm it (page Machine, or loa clock confirm)."
    ))
}
