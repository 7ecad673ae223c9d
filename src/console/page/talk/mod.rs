//! `Nói trực tiếp`: press, wait for the chime, speak. Where the browser has no microphone for the page it says why, and leads to
//! what always works: record first, hear it, then play. That is the first choice here too. The sound comes in over [`line`].

mod line;
mod spoken;

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::hornless;
use crate::app::App;
use crate::diag::{Lang, Text, figure, text};
use crate::gate::{Need, Who};
use crate::role::Right;
use crate::route::{Ask, Route, route};
use crate::shell::{self, Page};
use crate::tls;

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/talk", Need::Right(Right::Say), || get(ask)),
    route(Ask::Get, "/talk/line", Need::Right(Right::Say), || get(line::open)),
];

async fn ask(State(app): State<App>, who: Who) -> Response {
    let lang = who.lang;
    let station = app.station();
    let zones = who.zones(Right::Say, &station);
    let one = zones.len() == 1;
    let most = figure::length(station.talk_most);
    let body = html! {
        section.card {
            p { (text!(
                "Ghi âm trước, nghe lại rồi phát: rõ hơn, và sửa được trước khi bà con nghe.",
                "Record first, hear it, then play: clearer, and what is wrong is put right before anybody hears it."
            ).get(lang)) }
            p.actions {
                @if who.may(Right::Sounds) {
                    a.button.main href="/sounds/new" { (text!("Ghi âm trước", "Record first").get(lang)) }
                }
                a.button href="/say" { (text!("Phát bản đã có", "Play what is there").get(lang)) }
            }
        }
        noscript { p.said { (text!(
            "Nói trực tiếp cần JavaScript, mà ở đây đang tắt.",
            "Speaking live takes JavaScript, which is off here."
        ).get(lang)) } }
        section #talk data-line="/talk/line"
            data-chime=(say(lang, &text!("Đang có tiếng chuông, chờ rồi hãy nói…", "The chime sounds; wait, then speak…")))
            data-howl=(say(lang, &text!("Có tiếng hú: đi xa loa ra, hoặc quay điện thoại đi.", "Feedback: go away from the horn, or turn the phone.")))
            data-silent=(say(lang, &text!("Không nghe thấy tiếng nào: nói gần micrô hơn.", "Nothing is heard: speak closer to the microphone.")))
            data-ready=(say(lang, &text!("Sẵn sàng. Giữ nút, chờ hết tiếng chuông rồi nói.", "Ready. Hold the button, wait for the end of the chime, then speak.")))
            data-nowhere=(say(lang, &text!("Xin chọn ít nhất một cụm loa.", "Choose at least one zone.")))
            data-lost=(say(lang, &text!("Mất kết nối với đài, chưa nói ra loa được.", "The line to the station is lost; nothing of what you said was heard.")))
            data-broke=(say(lang, &text!("Mất kết nối với đài; những gì đã nói tới lúc ấy đã ra loa.", "The line to the station is lost; what you said until then was heard.")))
            data-refused=(say(lang, &text!("Điện thoại không cho trang này dùng micrô. Xin cho phép, hoặc ghi âm trước.", "The phone does not let this page use the microphone. Allow it, or record first."))) {
            (unsafe_line(&app, lang))
            p.hint data-is="open" hidden { (text!(
                most = most;
                "Trong giờ được phép, khi không có mục nào đang phát, mỗi lần nhiều nhất {most}. Tiếng nói được giữ lại trong nhật ký nếu ổ đĩa còn chỗ.",
                "Within the hours, where nothing else sounds, {most} at a time at most. What is said is kept in the journal where the disk has room."
            ).get(lang)) }
            fieldset data-is="open" hidden {
                legend { (text!("Ở đâu", "Where").get(lang)) }
                @for zone in &zones {
                    label.tick { input type="checkbox" name="zone" value=(zone.id) checked[one]; (zone.title) }
                }
                (hornless::told(&zones, lang))
            }
            p data-is="open" hidden {
                button.big type="button" data-does="open" { (text!("Mở micrô", "Open the microphone").get(lang)) }
            }
            div data-is="live" hidden {
                label.level { (text!("Mức tiếng", "Level").get(lang)) meter min="0" max="1" low="0.05" high="0.8" optimum="0.4" value="0" {} }
                button.big.main.talk type="button" data-does="talk" { (text!("Giữ để nói", "Hold to speak").get(lang)) }
            }
            p.said data-is="told" role="status" aria-live="assertive" hidden {}
        }
    };
    shell::page(&app, &who, Page::of(text!("Nói trực tiếp", "Speak live")), &body)
}

fn say(lang: Lang, text: &Text) -> String {
    text.get(lang).to_owned()
}

/// Why there is no microphone for the page, and the way out.
fn unsafe_line(app: &App, lang: Lang) -> Markup {
    let has_own = tls::own_authority(app.site()).is_some();
    html! {
        div.said data-is="unsafe" hidden {
            p { (text!(
                "Ở đây điện thoại không cho dùng micrô: nói trực tiếp cần kết nối mã hóa (https) mà điện thoại tin.",
                "The phone has no microphone for this page: speaking live takes an encrypted line (https) that the phone trusts."
            ).get(lang)) }
            @if has_own {
                p { a.button href="/ca" { (text!("Cài chứng nhận của đài", "Install the station's certificate").get(lang)) } }
            } @else {
                p.hint { (text!(
                    "Người quản trị bật được: loa console cert.",
                    "The administrator can have it: loa console cert."
                ).get(lang)) }
            }
        }
    }
}
