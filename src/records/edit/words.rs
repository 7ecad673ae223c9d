use std::collections::{BTreeMap, BTreeSet};

use super::Value;
use super::difference::fields;
use super::entry::{FileEntry, Of, seats};
use super::layout::FileLayout;
use crate::diag::{Text, shown, text};
use crate::station::Zone;

/// What became of one entry from one text of a file to the next.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    /// What it is.
    pub of: Of,
    /// What it is called in the file.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Its lines before; none where it was made.
    pub before: Option<String>,
    /// Its lines after; none where it was taken out.
    pub after: Option<String>,
    /// Where it was taken out: the entry of its kind that stood before it.
    pub behind: Option<String>,
}

/// Every entry of which the lines are others, and what was done in words.
pub(super) fn compare(path: &str, before: &str, after: &str) -> (Vec<Part>, Text) {
    compare_with(path, before, after, &|_, _| None, &[])
}

/// The same where it is known which zones there are and what people call them.
pub(super) fn compare_with(
    path: &str,
    before: &str,
    after: &str,
    known: TitleOf<'_>,
    zones: &[Zone],
) -> (Vec<Part>, Text) {
    let (old, new) = match (FileLayout::of(path, before), FileLayout::of(path, after)) {
        (Ok(old), Ok(new)) => (old, new),
        (_, Err(_)) => {
            return (Vec::new(), text!("tệp bị hỏng sau lần sửa này", "the file is broken since this change"));
        }
        (Err(_), Ok(_)) => return (Vec::new(), text!("tệp hết hỏng", "the file is right again")),
    };
    let (old, new) = (entries(&old, path), entries(&new, path));
    let mut parts = Vec::new();
    let mut told: Vec<Text> = Vec::new();
    let find = |among: &BTreeMap<(Of, String), usize>, key: &(Of, String)| among.get(key).copied();
    let places = |entries: &[FileEntry]| -> BTreeMap<(Of, String), usize> {
        entries.iter().enumerate().map(|(at, one)| ((one.of, one.name.clone()), at)).collect()
    };
    let (mut was, mut is) = (places(&old), places(&new));
    for of in [Of::Cancel, Of::Mourning] {
        pair(of, (&old, &mut was), (&new, &mut is));
    }
    let keys: BTreeSet<(Of, String)> = was.keys().chain(is.keys()).cloned().collect();
    for key in keys {
        let (a, b) = (find(&was, &key).map(|at| (at, &old[at])), find(&is, &key).map(|at| &new[at]));
        let Some(one) = b.or(a.map(|(_, a)| a)) else { continue };
        if a.map(|(_, a)| &a.digest) == b.map(|b| &b.digest) {
            continue;
        }
        let behind = a
            .filter(|_| b.is_none())
            .and_then(|(at, a)| old[..at].iter().rev().find(|other| other.of == a.of).map(|other| other.name.clone()));
        told.push(of_entry((a.map(|(_, a)| a), b), one, known, zones));
        parts.push(Part {
            of: one.of,
            name: one.name.clone(),
            title: one.title().to_owned(),
            before: a.map(|(_, a)| a.lines.clone()),
            after: b.map(|b| b.lines.clone()),
            behind,
        });
    }
    (parts, joined(&told))
}

/// Entries that have no name are known by their lines; what is left of them is the same by its order, if as much is left
/// on both sides.
fn pair(
    of: Of,
    (old, was): (&[FileEntry], &mut BTreeMap<(Of, String), usize>),
    (new, is): (&[FileEntry], &mut BTreeMap<(Of, String), usize>),
) {
    let places = |entries: &[FileEntry]| -> Vec<usize> {
        entries.iter().enumerate().filter(|(_, one)| one.of == of).map(|(at, _)| at).collect()
    };
    let (mut left, mut right) = (places(old), places(new));
    left.retain(|at| {
        let same = right.iter().position(|other| new[*other].digest == old[*at].digest);
        same.map(|same| right.remove(same)).is_none()
    });
    was.retain(|key, _| key.0 != of);
    is.retain(|key, _| key.0 != of);
    let paired = left.len() == right.len();
    was.extend(left.into_iter().enumerate().map(|(number, at)| ((of, format!("{number}")), at)));
    let mark = if paired { "" } else { "+" };
    is.extend(right.into_iter().enumerate().map(|(number, at)| ((of, format!("{mark}{number}")), at)));
}

/// More changes than these are counted: one line of a list says them.
const TOLD_MOST: usize = 6;

fn joined(told: &[Text]) -> Text {
    if told.is_empty() {
        return text!("chỉ đổi chú thích hoặc khoảng trống", "only comments or blanks changed");
    }
    let shown: Vec<&Text> = told.iter().take(TOLD_MOST).collect();
    let (mut vi, mut en): (Vec<String>, Vec<String>) =
        (shown.iter().map(|one| one.vi.clone()).collect(), shown.iter().map(|one| one.en.clone()).collect());
    if let Some(more) = told.len().checked_sub(TOLD_MOST).filter(|more| *more > 0) {
        vi.push(format!("và {more} mục nữa"));
        en.push(format!("and {more} more"));
    }
    Text { vi: vi.join("; "), en: en.join("; ") }
}

fn entries(layout: &FileLayout, path: &str) -> Vec<FileEntry> {
    seats(layout).iter().map(|seat| seat.entry(layout, path)).collect()
}

fn of_entry(
    was_and_is: (Option<&FileEntry>, Option<&FileEntry>),
    one: &FileEntry,
    known: TitleOf<'_>,
    zones: &[Zone],
) -> Text {
    let what = subject(one);
    match was_and_is {
        (None, _) if one.of == Of::Cancel => {
            let Text { vi, en } = silence(one, known);
            text!("cho im {vi}", "silence {en}")
        }
        (_, None) if one.of == Of::Cancel => {
            let Text { vi, en } = silence(one, known);
            text!("cho phát tiếp, bỏ lần im {vi}", "let it go on, without the silence {en}")
        }
        (None, _) => text!(what = what; "thêm {what}", "{what} added"),
        (_, None) => text!(what = what; "xóa {what}", "{what} deleted"),
        (Some(before), Some(after)) => {
            let told = fields(before, after, known, zones);
            if told.is_empty() {
                return text!(what = what; "{what}: chỉ đổi chú thích hoặc cách viết", "{what}: only comments or the writing changed");
            }
            let (vi, en): (Vec<String>, Vec<String>) = told.into_iter().map(|text| (text.vi, text.en)).unzip();
            let said = Text { vi: vi.join(", "), en: en.join(", ") };
            text!(what = what, said = said; "{what}: {said}", "{what}: {said}")
        }
    }
}

/// A time of silence by what a reader asks of it: from when, until when, where, why.
fn silence(entry: &FileEntry, known: TitleOf<'_>) -> Text {
    let said = |key: &str| {
        let field = entry.field(key)?;
        let Text { vi, en } = value_said(key, &field.value, known);
        Some(Text { vi: shown(&vi), en: shown(&en) })
    };
    let everywhere = text!("tất cả các cụm loa", "all zones");
    let mut parts: Vec<Text> = Vec::new();
    if let Some(Text { vi, en }) = said("date").or_else(|| said("dates")) {
        parts.push(text!("cả ngày {vi}", "on {en}"));
    }
    if let Some(Text { vi, en }) = said("from") {
        parts.push(text!("từ {vi}", "from {en}"));
    }
    if let Some(Text { vi, en }) = said("until") {
        parts.push(text!("đến {vi}", "until {en}"));
    }
    let Text { vi, en } = said("zones").unwrap_or(everywhere);
    parts.push(text!("ở {vi}", "in {en}"));
    if let Some(Text { vi, en }) = said("why").filter(|why| !why.vi.is_empty()) {
        parts.push(text!("vì «{vi}»", "because of \"{en}\""));
    }
    let (vi, en): (Vec<String>, Vec<String>) = parts.into_iter().map(|part| (part.vi, part.en)).unzip();
    Text { vi: vi.join(" "), en: en.join(" ") }
}

/// `«Bản tin sáng»`, `đợt «Cải cách»`.
fn subject(entry: &FileEntry) -> Text {
    let title = shown(entry.title());
    match entry.of {
        Of::Broadcast => text!("«{title}»", "\"{title}\""),
        Of::Cancel => text!("đoạn nghỉ phát «{title}»", "the quiet time \"{title}\""),
        Of::Holiday => text!("ngày nghỉ «{title}»", "the holiday \"{title}\""),
        Of::Mourning => text!("ngày để tang «{title}»", "the mourning \"{title}\""),
        Of::Campaign => text!("đợt «{title}»", "the campaign \"{title}\""),
        Of::Days => text!("loại ngày «{title}»", "the days \"{title}\""),
        Of::Rules => text!("quy định giờ phát", "the rules"),
    }
}

/// What people call something that a key names by its id: a zone, a campaign, a sound.
pub type TitleOf<'a> = &'a dyn Fn(&str, &str) -> Option<Text>;

/// What people call a value of a key, where nothing is known of zones, campaigns and sounds.
pub(super) fn said(key: &str, value: &Value) -> Text {
    value_said(key, value, &|_, _| None)
}

/// What people call a value of a key: the words that the file has in English are said as the form says them, and what it names
/// by an id as people call it.
pub fn value_said(key: &str, value: &Value, known: TitleOf<'_>) -> Text {
    let parts: Vec<Text> = value
        .items()
        .iter()
        .map(|item| {
            let written = item.said();
            item.text()
                .and_then(|text| word(key, text).or_else(|| known(key, text)))
                .unwrap_or(Text { vi: written.clone(), en: written })
        })
        .collect();
    let joined = |of: fn(&Text) -> &str| parts.iter().map(of).collect::<Vec<_>>().join(", ");
    Text { vi: joined(|part| &part.vi), en: joined(|part| &part.en) }
}

fn word(key: &str, text: &str) -> Option<Text> {
    let (head, length) = text.split_once(' ').unwrap_or((text, ""));
    Some(match (key, head) {
        ("class", "normal") => text!("thông thường", "normal"),
        ("class", "priority") => text!("ưu tiên", "priority"),
        ("class", "emergency") => text!("khẩn cấp", "emergency"),
        ("kind", "music") => text!("âm nhạc", "music"),
        ("kind", "bulletin") => text!("bản tin", "bulletin"),
        ("if_missed", "skip") => text!("bỏ lần ấy", "leave it"),
        ("if_missed", "join") => text!("vào giữa chừng", "join in the middle"),
        ("if_missed", "late") => {
            text!(length = span(length); "phát trễ, nhiều nhất {length}", "play it late, within {length}")
        }
        ("wait" | "gap", _) if length.is_empty() => span(head),
        ("play", "chime") if length.is_empty() => text!("chuông", "chime"),
        ("play", "pause") => text!(length = span(length); "nghỉ {length}", "pause of {length}"),
        ("if_interrupted", "resume") => text!("phát tiếp từ chỗ bị cắt", "go on"),
        ("if_interrupted", "restart") => text!("phát lại từ đầu", "begin again"),
        ("if_interrupted", "drop") => text!("thôi", "leave it"),
        ("zones", "all") => text!("tất cả các cụm loa", "all zones"),
        ("except" | "only", "holidays") => text!("ngày lễ", "holidays"),
        ("days" | "only" | "except", day) => return weekday(day),
        _ => return None,
    })
}

/// `10m` is ten minutes; what is written otherwise stays.
fn span(written: &str) -> Text {
    let unit = |sign: &str| {
        let count = written.strip_suffix(sign)?.trim();
        (!count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit())).then(|| count.to_owned())
    };
    if let Some(count) = unit("s") {
        text!("{count} giây", "{count} s")
    } else if let Some(count) = unit("m") {
        text!("{count} phút", "{count} min")
    } else if let Some(count) = unit("h") {
        text!("{count} giờ", "{count} h")
    } else {
        text!("{written}", "{written}")
    }
}

fn weekday(word: &str) -> Option<Text> {
    const DAYS: [(&str, &str, &str); 7] = [
        ("mon", "T2", "Mon"),
        ("tue", "T3", "Tue"),
        ("wed", "T4", "Wed"),
        ("thu", "T5", "Thu"),
        ("fri", "T6", "Fri"),
        ("sat", "T7", "Sat"),
        ("sun", "CN", "Sun"),
    ];
    let one = |word: &str| DAYS.iter().find(|(name, ..)| *name == word);
    if word == "daily" {
        return Some(text!("mọi ngày", "every day"));
    }
    match word.split_once('-') {
        None => one(word).map(|(_, vi, en)| text!("{vi}", "{en}")),
        Some((first, last)) => {
            let ((_, from_vi, from_en), (_, to_vi, to_en)) = (one(first)?, one(last)?);
            Some(text!("{from_vi} đến {to_vi}", "{from_en} to {to_en}"))
        }
    }
}

/// What people call a key.
pub fn name(key: &str) -> Text {
    match key {
        "title" => text!("tên", "title"),
        "name" => text!("tên", "name"),
        "campaign" => text!("đợt tuyên truyền", "campaign"),
        "zones" => text!("cụm loa", "zones"),
        "at" => text!("giờ", "time"),
        "days" => text!("ngày trong tuần", "days"),
        "date" | "dates" => text!("ngày", "date"),
        "lunar" => text!("ngày âm lịch", "lunar day"),
        "from" => text!("từ", "from"),
        "until" => text!("đến hết", "until"),
        "except" => text!("lần không phát", "left out"),
        "also" => text!("lần phát thêm", "extra airing"),
        "only" => text!("chỉ phát vào", "only on"),
        "kind" => text!("kiểu", "kind"),
        "play" => text!("nội dung", "sounds"),
        "repeat" => text!("số lần lặp", "repeats"),
        "gap" => text!("khoảng nghỉ giữa hai lần", "gap"),
        "chime" => text!("chuông", "chime"),
        "bed" => text!("nhạc nền", "bed"),
        "class" => text!("loại bản tin", "class"),
        "by" => text!("người ra lệnh", "ordered by"),
        "why" => text!("lý do", "reason"),
        "order" => text!("thứ tự", "order"),
        "wait" => text!("chờ tối đa", "longest wait"),
        "if_missed" => text!("khi bị lỡ", "if missed"),
        "if_interrupted" => text!("khi bị cắt ngang", "if interrupted"),
        "target" => text!("mục tiêu", "target"),
        "hours" => text!("giờ được phát", "lawful hours"),
        other => {
            let key = shown(other);
            text!("«{key}»", "`{key}`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_said_in_the_language_of_who_reads_it() {
        let word = |word: &str| Value::Text(word.to_owned());
        for (key, value, vi, en) in [
            ("class", word("priority"), "ưu tiên", "priority"),
            ("days", word("mon-fri"), "T2 đến T6", "Mon to Fri"),
            ("days", Value::texts(["mon", "sun"].map(str::to_owned)), "T2, CN", "Mon, Sun"),
            ("days", word("daily"), "mọi ngày", "every day"),
            ("except", Value::texts(["holidays", "tet"].map(str::to_owned)), "ngày lễ, tet", "holidays, tet"),
            ("if_missed", word("late 10m"), "phát trễ, nhiều nhất 10 phút", "play it late, within 10 min"),
            ("wait", word("90s"), "90 giây", "90 s"),
            (
                "play",
                Value::texts(["chime", "ban-tin", "pause 2s"].map(str::to_owned)),
                "chuông, ban-tin, nghỉ 2 giây",
                "chime, ban-tin, pause of 2 s",
            ),
            ("zones", word("all"), "tất cả các cụm loa", "all zones"),
            // What people have named stays as they named it, and what nobody knows.
            ("title", word("daily"), "daily", "daily"),
            ("days", word("ngay-hop"), "ngay-hop", "ngay-hop"),
            ("at", word("05:30"), "05:30", "05:30"),
        ] {
            assert_eq!(said(key, &value), Text { vi: vi.to_owned(), en: en.to_owned() }, "{key}");
        }
    }
}
