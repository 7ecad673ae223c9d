//! Two people changed the same broadcast: field by field, both say, and whoever came second chooses. What only one of them
//! touched needs no question. Everything that was typed goes back as it came.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::app::App;
use crate::diag::{Text, text};
use crate::edit::{self, Clash, Conflict};
use crate::fields::Fields;
use crate::gate::Who;
use crate::sentence::sentence;
use crate::shell::{self, Page};

/// Both say something else than was there, and not the same.
fn is_a_question(clash: &Clash) -> bool {
    clash.theirs != clash.yours && clash.yours != clash.was && clash.theirs != clash.was
}

pub(super) fn page(app: &App, who: &Who, fields: &Fields, message: &Text, conflict: &Conflict) -> Response {
    let lang = who.lang;
    let said = |said: &Option<Text>| said.clone().unwrap_or_else(|| text!("(không có)", "(none)")).get(lang).to_owned();
    // The line ends of a form are a browser's: see `sent`.
    let now = super::sent::packed(&conflict.now.lines);
    let (asked, told): (Vec<&Clash>, Vec<&Clash>) = conflict.clashes.iter().partition(|clash| is_a_question(clash));
    let other = told.iter().filter(|clash| clash.theirs != clash.was && clash.theirs != clash.yours);
    let body = html! {
        p.said role="alert" { (sentence(message.get(lang))) " " (text!("Xin xem hai bản rồi chọn.", "Look at both and choose.").get(lang)) }
        form.broadcast method="post" action="/schedule/save" {
            @for (name, value) in fields.iter().filter(|(name, _)| !matches!(*name, "do" | "now") && !name.starts_with("take.")) {
                input type="hidden" name=(name) value=(value);
            }
            input type="hidden" name="now" value=(now);
            @for clash in &asked {
                fieldset {
                    legend { (edit::name(&clash.key).get(lang)) }
                    @if clash.was.is_some() { p.hint { (text!("Trước đó: ", "Before: ").get(lang)) (said(&clash.was)) } }
                    div.two {
                        label.chip { input type="radio" name={ "take." (clash.key) } value="theirs" required;
                            span { (text!("Bản của người kia: ", "Theirs: ").get(lang)) strong { (said(&clash.theirs)) } } }
                        label.chip { input type="radio" name={ "take." (clash.key) } value="yours" required;
                            span { (text!("Bản đang sửa: ", "Yours: ").get(lang)) strong { (said(&clash.yours)) } } }
                    }
                }
            }
            @for clash in other {
                p.hint { (text!("Người kia sửa, được giữ: ", "Changed by the other, kept: ").get(lang)) (edit::name(&clash.key).get(lang)) " " (said(&clash.theirs)) }
            }
            p.actions {
                button.main name="do" value="save" { (text!("Lưu", "Save").get(lang)) }
                button name="do" value="try" formnovalidate { (text!("Xem lại biểu mẫu", "Back to the form").get(lang)) }
            }
        }
    };
    let title = text!("Hai người cùng sửa một mục", "Two people changed one broadcast");
    shell::page(app, who, Page { title, status: StatusCode::CONFLICT }, &body)
}
