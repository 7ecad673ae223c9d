use std::collections::{BTreeMap, BTreeSet};

use super::Value;
use super::entry::{Entry, Of, seats};
use super::layout::Layout;
use crate::diag::{Text, shown, text};

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
    let (old, new) = match (Layout::of(path, before), Layout::of(path, after)) {
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
    let places = |entries: &[Entry]| -> BTreeMap<(Of, String), usize> {
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
        told.push(of_entry(a.map(|(_, a)| a), b, one));
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
    (old, was): (&[Entry], &mut BTreeMap<(Of, String), usize>),
    (new, is): (&[Entry], &mut BTreeMap<(Of, String), usize>),
) {
    let places = |entries: &[Entry]| -> Vec<usize> {
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

fn entries(layout: &Layout, path: &str) -> Vec<Entry> {
    seats(layout).iter().map(|seat| seat.entry(layout, path)).collect()
}

fn of_entry(before: Option<&Entry>, after: Option<&Entry>, one: &Entry) -> Text {
    let what = subject(one);
    match (before, after) {
        (None, _) => text!(what = what; "thêm {what}", "{what} added"),
        (_, None) => text!(what = what; "xóa {what}", "{what} deleted"),
        (Some(before), Some(after)) => {
            let told = fields(before, after);
            if told.is_empty() {
                return text!(what = what; "{what}: chỉ đổi chú thích hoặc cách viết", "{what}: only comments or the writing changed");
            }
            let (vi, en): (Vec<String>, Vec<String>) = told.into_iter().map(|text| (text.vi, text.en)).unzip();
            let said = Text { vi: vi.join(", "), en: en.join(", ") };
            text!(what = what, said = said; "{what}: {said}", "{what}: {said}")
        }
    }
}

/// `«Bản tin sáng»`, `đợt «Cải cách»`.
fn subject(entry: &Entry) -> Text {
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

/// What changed from one entry to the other, key by key: `giờ 05:30 thành 05:45`.
pub fn fields(before: &Entry, after: &Entry) -> Vec<Text> {
    let mut keys: Vec<&str> = after.fields.iter().map(|field| field.key.as_str()).collect();
    keys.extend(before.fields.iter().map(|field| field.key.as_str()).filter(|key| after.field(key).is_none()));
    let changed = keys.into_iter().filter_map(|key| {
        let value = |entry: &Entry| entry.field(key).map(|field| field.value.clone());
        let (was, is) = (value(before), value(after));
        let name = name(key);
        let said = |value: &Value| shown(&value.said());
        Some(match (was, is) {
            (Some(was), Some(is)) if !was.says_as(&is) => {
                let (was, is) = (said(&was), said(&is));
                text!(name = name; "{name} {was} thành {is}", "{name} {was} became {is}")
            }
            (None, Some(is)) => {
                let is = said(&is);
                text!(name = name; "thêm {name} {is}", "{name} {is} added")
            }
            (Some(was), None) => {
                let was = said(&was);
                text!(name = name; "bỏ {name} {was}", "{name} {was} removed")
            }
            _ => return None,
        })
    });
    changed.collect()
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
        "except" => text!("trừ", "except"),
        "also" => text!("phát thêm lúc", "extra time"),
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
