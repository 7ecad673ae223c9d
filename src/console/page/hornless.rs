//! What is told before anything is sent to zones of which some feed no horn.

use maud::{Markup, html};

use crate::diag::{Lang, figure, text};
use crate::station::Zone;

/// Which of these zones nobody hears; nothing where each has a horn.
pub(super) fn told(zones: &[&Zone], lang: Lang) -> Markup {
    let bare: Vec<&str> = zones.iter().filter(|zone| !zone.output.is_horn()).map(|zone| zone.title.as_str()).collect();
    let (names, count) = (figure::joined(bare.iter().copied()), bare.len());
    html! {
        @if count > 0 && count == zones.len() {
            p.said.bad { (text!("Không cụm nào ở đây nối với loa: phát thì không ai nghe.", "None of these zones has a horn: nobody hears what is sent.").get(lang)) }
        } @else if count > 0 {
            p.said { (text!("Chưa nối với loa, phát ở đó thì không ai nghe: {names}.", "No horn, nobody hears it there: {names}.").get(lang)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::OutputName;

    #[test]
    fn zones_without_a_horn_are_named_and_where_none_has_one_that_is_said() {
        let (mut horn, mut bare) = (Zone::named("thon-1".to_owned()), Zone::named("thon-2".to_owned()));
        (horn.output, bare.output) = (OutputName::Device("default".to_owned()), OutputName::Null);
        let told = |zones: &[&Zone]| super::told(zones, Lang::En).into_string();
        assert_eq!(told(&[&horn]), "");
        assert!(told(&[&horn, &bare]).contains("No horn, nobody hears it there: thon-2."));
        assert!(told(&[&bare]).contains("None of these zones has a horn"));
    }
}
