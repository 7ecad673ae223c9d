use maud::{Markup, html};

use crate::diag::{Lang, text};

/// A name and a number that a phone rings.
pub(super) fn caller(contact: &str, phone: &str, lang: Lang) -> Markup {
    let digits: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    html! {
        @if contact.is_empty() && phone.is_empty() { span.hint { (text!("chưa ghi", "not written").get(lang)) } }
        (crate::diag::shown(contact))
        @if !phone.is_empty() {
            @if !contact.is_empty() { br; }
            @if digits.is_empty() { (crate::diag::shown(phone)) } @else { a.call href={ "tel:" (digits) } { (crate::diag::shown(phone)) } }
        }
    }
}
