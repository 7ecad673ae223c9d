use maud::{Markup, PreEscaped, html};

use super::look::{DistrictLook, address};
use crate::diag::{Lang, Text, text};
use crate::district::{FleetShown, JudgedBox, SquareMark, counted, squares};

/// Communes that are drawn; a country is looked at by provinces.
const COMMUNES_MOST: usize = 600;

/// Every box that is shown, as a square in its commune; a commune is a link.
pub(super) fn map(look: &DistrictLook, shown: &FleetShown, lang: Lang) -> Markup {
    let own = look.fleet();
    let communes = own.view.communes();
    let marks: Vec<SquareMark> = {
        let mut all: Vec<_> = own.view.boxes.iter().map(|one| SquareMark::of(one.consequence)).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    html! {
        section.fleet-map aria-label=(text!("Các đài theo xã", "Stations by commune").get(lang)) {
            p.legend { @for mark in marks {
                span { svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" { path class=(mark.class()) d=(lone(mark)) {} } " " (name(mark).get(lang)) }
            } }
            div.communes {
                @for (area, boxes) in communes.iter().take(COMMUNES_MOST) {
                    @let drawn: Vec<&JudgedBox> = boxes.iter().copied().filter(|one| shown.has(one, look.now)).collect();
                    @if !drawn.is_empty() {
                        @let there = FleetShown { area: Some(area.clone()), ..shown.clone() };
                        a.commune href=(address("/district", &there)) {
                            (PreEscaped(squares(&drawn)))
                            span { (own.area(area)) span.unseen { ": " (told(&drawn).get(lang)) } }
                        }
                    }
                }
            }
            @if communes.len() > COMMUNES_MOST {
                @let more = counted(communes.len() - COMMUNES_MOST);
                p.hint { (text!(more = more; "Còn {more} xã nữa: hãy tìm theo tên.", "{more} more communes: look for a name.").get(lang)) }
            }
        }
    }
}

/// A mark by itself, for the legend.
fn lone(mark: SquareMark) -> String {
    let (x, y) = mark.begin();
    format!("M{x} {y}{}", mark.shape())
}

/// What a mark means.
fn name(mark: SquareMark) -> Text {
    match mark {
        SquareMark::Red => {
            text!("không phát, sẽ không phát, hoặc không còn biết gì", "silent, will be, or nothing is known")
        }
        SquareMark::Amber => text!("nhật ký hay lịch chưa đúng", "journal or schedule is not right"),
        SquareMark::Grey => {
            text!("ngoài tầm liên lạc, lần cuối nghe thấy vẫn tốt", "out of reach, well when last heard")
        }
        SquareMark::Vacant => text!("chưa có máy", "no box"),
        SquareMark::Well => text!("tốt", "well"),
    }
}

/// `20 đài, 2 không phát`: what somebody hears who does not see the squares.
fn told(boxes: &[&JudgedBox]) -> Text {
    let (all, red) = (boxes.len(), boxes.iter().filter(|own| own.consequence.is_red()).count());
    text!("{all} đài, {red} màu đỏ", "stations: {all}, red: {red}")
}
