use maud::{Markup, html};

use crate::diag::{Lang, Text, text};
use crate::station::Zone;

/// Whom to call in a zone.
pub(super) fn call(zone: &Zone, lang: Lang) -> Markup {
    let digits: String = zone.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    html! {
        @if !zone.contact.is_empty() || !digits.is_empty() {
            span.call { (text!("Gọi", "Call").get(lang)) " " (zone.contact) " "
                @if !digits.is_empty() { a href={ "tel:" (digits) } { (zone.phone) } } }
        }
    }
}

/// Those who were not reached, and why, as a table to be printed and ticked off.
pub(super) fn calls(missed: &[(&Zone, Text)], lang: Lang) -> Markup {
    html! {
        @if missed.is_empty() { p { (text!("Không còn nơi nào.", "There is none.").get(lang)) } }
        @else {
            div.wide-table tabindex="0" role="region" aria-label=(text!("Danh sách", "List").get(lang)) {
                table.calls {
                    thead { tr {
                        th scope="col" { (text!("Cụm loa", "Zone").get(lang)) }
                        th scope="col" { (text!("Vì sao", "Why").get(lang)) }
                        th scope="col" { (text!("Gọi cho", "Whom to call").get(lang)) }
                        th scope="col" { (text!("Điện thoại", "Telephone").get(lang)) }
                        th scope="col" { (text!("Đã gọi lúc", "Called at").get(lang)) }
                    } }
                    tbody { @for (zone, why) in missed { tr {
                        th scope="row" { (zone.title) }
                        td { (why.get(lang)) }
                        td { (zone.contact) }
                        td { (zone.phone) }
                        td {}
                    } } }
                }
            }
        }
    }
}

/// Prints what is shown.
pub(super) fn print_button(lang: Lang) -> Markup {
    html! { button.main type="button" data-print hidden { (text!("In danh sách này", "Print this list").get(lang)) } }
}
