//! An emergency of the schedule that sounds outside the lawful hours: nobody writes one without saying that he means it.

use jiff::civil::Time;
use maud::{Markup, html};

use super::ask::Sight;
use super::said;
use crate::diag::{Lang, Text, figure, text};
use crate::edit::{self, Edit};
use crate::fields::Fields;
use crate::gate::Who;
use crate::plan::{self, Rousing};
use crate::station::{Station, ZoneIx};

/// The field by which somebody says that he means it; its value is what he was asked, so that another hour is asked anew.
const MEANT: &str = "meant";

/// More times of the day than this are not told one by one.
const TIMES_MOST: usize = 6;

/// More zones than this are not told by their names.
const ZONES_MOST: usize = 6;

/// What somebody is asked before this is written; nothing where it adds no such hour, or where he has said that he means it.
pub(super) fn doubt(desk: &Sight, edit: &Edit, fields: &Fields) -> Option<Text> {
    // What the files do not take is told as that.
    let done = desk.editor.try_out(edit, &desk.world()).ok()?;
    let station = desk.station();
    let known = plan::rousing(&desk.look.world.schedule, station, &desk.look.world.library, desk.now);
    let all = edit::rousing(&done.texts, &desk.world());
    let new = all.iter().filter(|one| !known.iter().any(|known| one.is_within(known)));
    let said: Vec<Text> = new.map(|one| rouses(one, station)).collect();
    let join = |lang| said.iter().map(|one| one.get(lang)).collect::<Vec<_>>().join(" ");
    let asked = Text { vi: join(Lang::Vi), en: join(Lang::En) };
    (!said.is_empty() && fields.get(MEANT) != asked.vi).then_some(asked)
}

/// What it is, when and where.
pub(in crate::page) fn rouses(one: &Rousing, station: &Station) -> Text {
    let Text { vi: day_vi, en: day_en } = said::day(one.first.zoned(&station.timezone).date());
    let Text { vi: zones_vi, en: zones_en } = zones(one, station);
    let told = |(from, until): &(Time, Option<Time>)| match until {
        Some(until) => format!("{}-{}", said::clock(*from), until.strftime("%H:%M")),
        None => said::clock(*from),
    };
    let mut times: Vec<String> = one.times.iter().take(TIMES_MOST).map(told).collect();
    if one.times.len() > TIMES_MOST {
        times.push("…".to_owned());
    }
    let (title, times) = (&one.title, times.join(", "));
    if one.times.iter().any(|(_, until)| until.is_some()) {
        return text!(
            "«{title}» sẽ kêu lúc {times}, lần đầu {day_vi}, ở {zones_vi}: có lúc ngoài giờ được phép phát, đánh thức người dân.",
            "\"{title}\" will sound at {times}, first on {day_en}, in {zones_en}: in part outside the lawful hours, and people are woken."
        );
    }
    text!(
        "«{title}» sẽ kêu lúc {times}, lần đầu {day_vi}, ở {zones_vi}: ngoài giờ được phép phát, đánh thức người dân.",
        "\"{title}\" will sound at {times}, first on {day_en}, in {zones_en}: outside the lawful hours, and people are woken."
    )
}

fn zones(one: &Rousing, station: &Station) -> Text {
    let title = |zone: &ZoneIx| station.zones.get(usize::from(zone.0)).map(|zone| zone.title.as_str());
    let (titles, count) = (figure::joined(one.zones.iter().filter_map(title)), one.zones.len());
    if count == station.zones.len() {
        text!("tất cả cụm loa", "all zones")
    } else if count > ZONES_MOST {
        text!("{count} cụm loa", "{count} zones")
    } else {
        text!("{titles}", "{titles}")
    }
}

/// The box in which he says so.
pub(super) fn tick(asked: &Text, lang: Lang) -> Markup {
    html! {
        label.tick { input type="checkbox" name=(MEANT) value=(asked.vi);
            span { strong { (text!("Đúng ý tôi:", "I mean it:").get(lang)) } " " (asked.get(lang)) } }
    }
}

/// The same of what is done by one button: what was sent, to be sent again to the same address.
pub(super) fn ask_again(asked: &Text, fields: &Fields, who: &Who) -> Markup {
    let lang = who.lang;
    html! {
        p.said.bad role="alert" { (text!("Chưa ghi vào lịch.", "Not written yet.").get(lang)) " " (asked.get(lang)) }
        form method="post" action=(who.path) {
            @for (name, value) in fields.iter().filter(|(name, _)| *name != MEANT) { input type="hidden" name=(name) value=(value); }
            input type="hidden" name=(MEANT) value=(asked.vi);
            button { (text!("Đúng ý tôi, ghi vào lịch", "I mean it, write it").get(lang)) }
        }
    }
}
