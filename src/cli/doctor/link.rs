use std::time::Duration;

use jiff::tz::TimeZone;

use super::Look;
use crate::bundle::UtcSecond;
use crate::checkup::Finding;
use crate::diag::{Text, figure, text};
use crate::instant::Wall;
use crate::link::LinkStanding;
use crate::site::Site;
use crate::station::Station;

/// A village without a network for a day has one again tomorrow; one that has been silent for longer is looked after.
const SILENT: Duration = Duration::from_hours(24);

/// What there is to say where the centre does not answer: that it never did, for how long it has not, or since when the line
/// is cut and why.
fn silence(standing: &LinkStanding, tz: &TimeZone, now: Wall) -> Option<Finding> {
    let when = |at: UtcSecond| figure::moment(at.wall(), tz);
    // What hindered it before it answered last is over.
    let cut = standing.hindered.filter(|hindered| standing.heard.is_none_or(|heard| hindered.at > heard));
    let why = cut.map(|cut| cut.why.text());
    let (because_vi, because_en) =
        why.map_or((String::new(), String::new()), |Text { vi, en }| (format!(": {vi}"), format!(": {en}")));
    let said = match (standing.heard, cut) {
        (None, _) => text!(
            "chưa lần nào liên lạc được với trung tâm{because_vi}",
            "the centre was never reached yet{because_en}"
        ),
        (Some(heard), _) if now.after(heard.wall()) > SILENT => text!(
            at = when(heard);
            "trung tâm không trả lời đã hơn một ngày, từ {at}{because_vi}",
            "the centre has not answered for more than a day, since {at}{because_en}"
        ),
        (Some(_), Some(cut)) => text!(
            at = when(cut.at);
            "mất liên lạc với trung tâm từ {at}{because_vi}",
            "there is no contact with the centre since {at}{because_en}"
        ),
        (Some(_), None) => return None,
    };
    let Text { vi, en } = said;
    Some(Finding::warning(
        "link_silent",
        text!("{vi}; loa vẫn phát, nhật ký vẫn chờ để gửi", "{en}; sound goes on, and the journal waits to be sent"),
        text!(
            "xem mạng của hộp, rồi: systemctl status loa-link; xem đường về: loa link --status",
            "look at the network of the box, then: systemctl status loa-link; how it stands: loa link --status"
        ),
    ))
}

/// The centre answers, and takes no rows.
fn untaken(standing: &LinkStanding, tz: &TimeZone) -> Option<Finding> {
    let (at, Text { vi, en }) = standing.untaken()?;
    let at = figure::moment(at.wall(), tz);
    Some(Finding::warning(
        "link_untaken",
        text!(at = at; "nhật ký không lên được trung tâm từ {at}: {vi}", "the journal does not get to the centre since {at}: {en}"),
        text!(
            "gọi trung tâm; xem đường về: loa link --status",
            "ring the centre; how the link stands: loa link --status"
        ),
    ))
}

/// The way to the centre, where `loa.toml` names one: when it last answered, and how much of the journal it has.
pub(super) fn look(site: &Site, station: &Station, now: Wall) -> Option<Look> {
    if !station.link.is_written() {
        return None;
    }
    let standing = LinkStanding::read(site);
    let findings = silence(&standing, &station.timezone, now).into_iter().chain(untaken(&standing, &station.timezone));
    let findings = findings.collect();
    let (rows, received) = (standing.rows, standing.received);
    let seen = match standing.heard {
        None => text!("chưa lần nào liên lạc được", "never reached yet"),
        Some(heard) => {
            let at = figure::moment(UtcSecond::wall(heard), &station.timezone);
            text!(at = at; "trả lời lúc {at}, đã nhận {received} trên {rows} dòng nhật ký", "answered at {at}, has {received} of {rows} rows")
        }
    };
    Some(Look::new(text!("Trung tâm", "Centre"), seen, findings))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::link::{HinderedAt, LinkHindrance};

    fn standing() -> LinkStanding {
        LinkStanding {
            heard: None,
            held: Vec::new(),
            rows: 0,
            received: 0,
            refused: 0,
            keys: true,
            unjudged: BTreeMap::new(),
            hindered: None,
            unserved: None,
            full: None,
        }
    }

    #[test]
    fn a_centre_that_answers_and_takes_no_rows_is_told_with_why() {
        let at = Some(UtcSecond::of(Wall::from_secs(1_796_000_000)));
        let said = |standing: &LinkStanding| untaken(standing, &TimeZone::UTC).map(|found| found.message.vi);
        assert_eq!(said(&standing()), None);
        let full = said(&LinkStanding { full: at, ..standing() }).unwrap();
        assert!(full.contains("không còn chỗ cho nhật ký"), "{full}");
        let absent = said(&LinkStanding { unserved: at, ..standing() }).unwrap();
        assert!(absent.contains("không có nơi nhận nhật ký"), "{absent}");
    }

    #[test]
    fn a_line_that_is_cut_is_told_with_its_time_and_nothing_is_a_day_old_before_a_day() {
        let now = Wall::from_secs(1_796_000_000);
        let at = |seconds: u64| Some(UtcSecond::of(now - Duration::from_secs(seconds)));
        let said = |heard, hindered: Option<UtcSecond>| {
            let hindered = hindered.map(|at| HinderedAt { why: LinkHindrance::Refused, at });
            let standing = LinkStanding { heard, hindered, ..standing() };
            silence(&standing, &TimeZone::UTC, now).map(|found| found.message.vi)
        };
        assert_eq!(said(at(5), None), None);
        assert_eq!(said(at(5), at(60)), None, "it was cut, and is not any more");
        let cut = said(at(60), at(5)).unwrap();
        assert!(cut.starts_with("mất liên lạc với trung tâm từ") && !cut.contains("hơn một ngày"), "{cut}");
        let never = said(None, at(5)).unwrap();
        assert!(never.starts_with("chưa lần nào liên lạc được") && !never.contains("hơn một ngày"), "{never}");
        assert!(said(at(90_000), at(89_000)).unwrap().contains("hơn một ngày"));
    }
}
