use jiff::tz::TimeZone;

use super::{Audience, both, written};
use crate::diag::figure::date;
use crate::diag::{Text, text};
use crate::instant::Wall;
use crate::plan::{Fault, PlanContext, missing_cure};
use crate::station::ZoneIx;

/// What a ground holds, said to people.
impl PlanContext<'_> {
    /// `giờ được phép phát 05:00-06:30, 17:00-18:30 (schedules/rules.toml:5)`.
    pub fn hours(&self, zone: ZoneIx, reader: Audience) -> Text {
        let rules = self.rules(zone);
        let (Text { vi, en }, places) = (rules.told(), &rules.places);
        if let Some(none) = self.no_hours(zone, reader) {
            return none;
        }
        match &places.hours {
            _ if reader == Audience::Page => text!("giờ được phép phát {vi}", "the lawful hours {en}"),
            Some(place) => {
                let place = written(place);
                text!("giờ được phép phát {vi} ({place})", "the lawful hours {en} ({place})")
            }
            None => text!(
                "giờ được phép phát {vi} (mặc định, vì chưa viết `hours` trong [rules])",
                "the lawful hours {en} (the default, since [rules] has no `hours`)"
            ),
        }
    }

    /// Where no hour is lawful: that, as a clause of its own.
    pub fn no_hours(&self, zone: ZoneIx, reader: Audience) -> Option<Text> {
        let rules = self.rules(zone);
        if !rules.has_no_hours() {
            return None;
        }
        Some(match &rules.places.hours {
            Some(place) => {
                let place = reader.place(place);
                text!("không giờ nào được phép phát{place}", "no hour is lawful{place}")
            }
            // The built-in hours are never none.
            None if reader == Audience::Page => text!(
                "chưa đọc được giờ được phép phát trong lịch, nên không giờ nào được phát",
                "the lawful hours of the schedule cannot be read, so no hour is lawful"
            ),
            None => text!(
                "chưa đọc được giờ được phép phát trong [rules], nên không giờ nào được phát",
                "the lawful hours of [rules] cannot be read, so no hour is lawful"
            ),
        })
    }

    /// The rule that forbids `at`: the weekday's, where the hours would allow it on another day.
    pub(in crate::plan) fn rule_broken_at(&self, zone: ZoneIx, at: Wall, reader: Audience) -> Text {
        if self.guard(zone).is_lawful_day(at) {
            return self.hours(zone, reader);
        }
        let (day, date) = (weekday_name(at, self.tz()), date(at, self.tz()));
        if reader == Audience::Page {
            return both(
                format!("các ngày được phép phát: {} {} không được phát", day.vi, date.vi),
                format!("the lawful days: nothing may play on {} {}", day.en, date.en),
            );
        }
        let place =
            self.rules(zone).places.days.as_ref().map_or_else(String::new, |place| format!(" ({})", written(place)));
        both(
            format!("các ngày được phép phát trong [rules]{place}: {} {} không được phát", day.vi, date.vi),
            format!("the lawful days of [rules]{place}: nothing may play on {} {}", day.en, date.en),
        )
    }

    /// What is wrong with sounds that cannot play in a zone, and the cure.
    pub(in crate::plan) fn silence(&self, missing: &[String], zone: ZoneIx, reader: Audience) -> (Text, Text) {
        let languages = self.station().zones.get(usize::from(zone.0)).map_or(&[][..], |zone| &zone.languages);
        let (mut why, mut cures): (Vec<Text>, Vec<Text>) = (Vec::new(), Vec::new());
        for name in missing {
            let found = self.shelf().find(name, languages);
            let mut faults = found.faulty.iter().filter_map(|sound| Some((&sound.file, sound.facts.as_ref().err()?)));
            if let Some((file, fault)) = faults.next() {
                let (vi, en) = (&fault.message.vi, &fault.message.en);
                why.push(if reader == Audience::Page {
                    both(
                        format!("bản ghi «{name}» không phát được: {}", vi.trim_end_matches('.')),
                        format!("the recording \"{name}\" cannot play: {}", en.trim_end_matches('.')),
                    )
                } else {
                    both(
                        format!("tệp audio/{file} không phát được: {}", vi.trim_end_matches('.')),
                        format!("the file audio/{file} cannot play: {}", en.trim_end_matches('.')),
                    )
                });
                cures.push(if fault.code == Fault::CHANGING {
                    text!("đợi chép xong", "wait until that is done")
                } else {
                    text!("chép một tệp tốt vào audio/, tên {name}", "copy a good file into audio/, named {name}")
                });
                continue;
            }
            if reader == Audience::Page {
                why.push(text!("chưa có bản ghi «{name}»", "there is no recording \"{name}\" yet"));
                continue;
            }
            why.push(text!("chưa nạp âm thanh «{name}»", "the sound \"{name}\" is not loaded"));
            cures.push(missing_cure(name, self.shelf()));
        }
        (joined(&why), joined(&cures))
    }
}

pub(in crate::plan) fn joined(parts: &[Text]) -> Text {
    let join = |of: fn(&Text) -> &str| parts.iter().map(of).collect::<Vec<_>>().join("; ");
    both(join(|text| &text.vi), join(|text| &text.en))
}

/// `thứ Hai`, `Monday`.
pub fn weekday_name(at: Wall, tz: &TimeZone) -> Text {
    let day = at.zoned(tz).weekday();
    let vi = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"];
    let vi = vi[usize::try_from(day.to_monday_zero_offset()).unwrap_or_default() % 7].to_owned();
    both(vi, format!("{day:?}"))
}
