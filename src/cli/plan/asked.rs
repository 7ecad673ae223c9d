use std::sync::Arc;

use jiff::tz::TimeZone;

use super::super::{Exit, Failure, when};
use crate::diag::{fold, nearest, shown, text};
use crate::instant::Wall;
use crate::schedule::{Broadcast, Schedule};

/// What is asked about: a broadcast, by its id or title, and an instant. Neither a title of several words nor a
/// date with its time has to be quoted.
pub(super) fn asked<'s>(
    schedule: &'s Schedule,
    words: &[String],
    now: Wall,
    tz: &TimeZone,
) -> Result<(&'s Arc<Broadcast>, Wall), Failure> {
    let parts: Vec<(String, String)> =
        (1..words.len()).map(|count| (words[..count].join(" "), words[count..].join(" "))).collect();
    let read = |at: &str| when::parse(at, now, tz).map_err(|text| Failure::new(Exit::Usage, text));
    for (id, at) in &parts {
        if let (Ok(broadcast), Ok(at)) = (find(schedule, id), read(at)) {
            return Ok((broadcast, at));
        }
    }
    // What of it can be understood says which part cannot.
    let known = parts.iter().find(|(id, _)| find(schedule, id).is_ok());
    let timed = parts.iter().find(|(_, at)| read(at).is_ok());
    let (id, at) = known.or(timed).or(parts.first()).cloned().unwrap_or_default();
    Ok((find(schedule, &id)?, read(&at)?))
}

/// The broadcast of this id, or of this title: the title without regard to case and marks, where that leaves one
/// only. An id is a name for programs, and a slip in it is told.
fn find<'s>(schedule: &'s Schedule, id: &str) -> Result<&'s Arc<Broadcast>, Failure> {
    let all = &schedule.broadcasts;
    let found = all.iter().find(|broadcast| broadcast.id == id);
    let titled = || all.iter().find(|broadcast| broadcast.title == id);
    let alike = || {
        let folded = fold(id);
        let mut alike = all.iter().filter(|one| fold(&one.title) == folded);
        alike.next().filter(|_| alike.next().is_none())
    };
    found.or_else(titled).or_else(alike).ok_or_else(|| {
        let written = shown(id);
        let near = nearest(id, all.iter().map(|broadcast| broadcast.id.as_str()));
        let text = match near {
            Some(near) => text!(
                "không có mục phát «{written}»; có phải là «{near}»?",
                "there is no broadcast \"{written}\"; did you mean \"{near}\"?"
            ),
            None => text!(
                "không có mục phát «{written}»; xem tên các mục bằng: loa plan --json, hoặc trong schedules/",
                "there is no broadcast \"{written}\"; see their ids with: loa plan --json, or in schedules/"
            ),
        };
        Failure::new(Exit::Usage, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::sample::{daily, zone};

    #[test]
    fn a_broadcast_is_asked_for_by_its_id_or_title_and_an_instant_in_plain_words() {
        let tz = zone("Asia/Ho_Chi_Minh");
        let titled = |id: &str, title: &str| Arc::new(Broadcast { title: title.to_owned(), ..daily(id, &["10:24"]) });
        let broadcasts = vec![titled("ban-tin", "Bản tin buổi sáng"), titled("nhac", "Nhạc hiệu")];
        let schedule = Schedule { broadcasts, ..Schedule::default() };
        // 2026-11-28, a Saturday.
        let now = crate::calendar::sample::at("2026-11-28T12:00", &tz);
        let ask = |words: &str| {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            asked(&schedule, &words, now, &tz).map(|(found, at)| format!("{} {}", found.id, &at.rfc3339(&tz)[..16]))
        };
        for (words, expected) in [
            ("ban-tin 28/11 10:24", "ban-tin 2026-11-28T10:24"),
            ("Bản tin buổi sáng hôm nay 10h24", "ban-tin 2026-11-28T10:24"),
            ("ban tin buoi sang T7 10h24", "ban-tin 2026-11-28T10:24"),
            ("Nhạc hiệu hôm qua 10:24", "nhac 2026-11-27T10:24"),
            ("nhac 2026-11-28T10:24", "nhac 2026-11-28T10:24"),
        ] {
            assert_eq!(ask(words).map_err(|error| error.to_string()), Ok(expected.to_owned()), "{words}");
        }
        let refused = |words: &str| ask(words).unwrap_err().to_string();
        assert!(refused("nhac-hieu-x 10:24").contains("nhac-hieu-x"), "{}", refused("nhac-hieu-x 10:24"));
        assert!(refused("nhac hôm nào").contains("hôm nào"), "{}", refused("nhac hôm nào"));
    }
}
