use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

use super::add::{add, id_of, new_file, put_back, take_out};
use super::entry::{Of, seat, seats};
use super::exceptions::carried;
use super::keys::keys;
use super::layout::FileLayout;
use super::{Digest, Refusal, Value};
use crate::diag::document::is_caption;
use crate::diag::text;
use crate::schedule::{LABEL_MOST, LABELS};

/// Where entries go that belong to no file.
pub(super) const PAGE_FILE: &str = "schedules/trang-web.toml";

/// An entry, as somebody saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The file, relative to the station.
    pub file: String,
    /// What it is.
    pub of: Of,
    /// What it is called in that file.
    pub name: String,
    /// Of its lines as they were read; none for a change that holds whatever they say now.
    pub seen: Option<Digest>,
}

/// For whom: an empty list is never everybody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum For {
    /// Every zone.
    All,
    /// These zones or groups.
    Zones(Vec<String>),
}

/// One thing that is asked of the files.
#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// Set these keys of an entry; take those out that have no value.
    Keys {
        /// Which.
        at: Target,
        /// Key and value.
        keys: Vec<(String, Option<Value>)>,
    },
    /// A new broadcast. Its id is made of its title; it goes into the file of its campaign.
    Add {
        /// All keys but the id.
        keys: BTreeMap<String, Value>,
    },
    /// Take an entry out.
    Delete {
        /// Which.
        at: Target,
    },
    /// Put an entry back that was taken out.
    PutBack {
        /// Into which file.
        file: String,
        /// What it is.
        of: Of,
        /// Its lines, with its comments.
        lines: String,
        /// Behind which entry; else behind the last of its kind.
        behind: Option<String>,
    },
    /// Put lines in the place of an entry's: an older version of it.
    Lines {
        /// Which.
        at: Target,
        /// Its lines, with its comments.
        lines: String,
    },
    /// One occurrence of a broadcast does not play.
    Skip {
        /// Which broadcast.
        at: Target,
        /// Its time, at the station.
        when: DateTime,
    },
    /// One occurrence of a broadcast plays at another time.
    Move {
        /// Which broadcast.
        at: Target,
        /// Its time, at the station.
        when: DateTime,
        /// Its new time.
        to: DateTime,
    },
    /// Nothing but an emergency sounds for some hours.
    Quiet {
        /// From when.
        from: DateTime,
        /// Until when.
        until: DateTime,
        /// Where.
        zones: For,
        /// Why, as people are told.
        why: String,
    },
    /// Nothing but an emergency sounds on these days.
    DayOff {
        /// First day.
        first: Date,
        /// Last day, inclusive.
        last: Date,
        /// Where.
        zones: For,
        /// Why, as people are told.
        why: String,
    },
    /// The whole text of a file: an older version of it.
    Whole {
        /// Which.
        file: String,
        /// Its text.
        text: String,
    },
}

/// The files of a station by path, each with its text.
pub type Texts = BTreeMap<String, String>;

impl Change {
    /// Which entry it is about, where it is about one that is there.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Keys { at, .. }
            | Self::Delete { at }
            | Self::Skip { at, .. }
            | Self::Move { at, .. }
            | Self::Lines { at, .. } => Some(at),
            _ => None,
        }
    }

    /// The texts with the change in them: nothing else is another, and what says so already is not written. Gives the
    /// broadcast that was made or changed.
    pub fn apply(&self, texts: &mut Texts) -> Result<Option<String>, Refusal> {
        match self {
            Self::Keys { at, keys: wanted } => {
                empty_is_never_all(wanted)?;
                let text = at.text(texts)?;
                let layout = FileLayout::of(&at.file, text)?;
                let entry = seat(&layout, at.of, &at.name)?.entry(&layout, &at.file);
                // What stands there already stays as it is.
                let is_new = |(key, value): &(&str, &Value)| entry.field(key).is_none_or(|said| said.value != **value);
                let set = wanted.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_ref()?)));
                labels_are_kept(set.filter(is_new))?;
                // What was said of single occurrences goes along.
                let along = carried(|key| entry.field(key).map(|field| field.value.clone()), wanted);
                let own = wanted.iter().filter(|(key, _)| !along.iter().any(|(other, _)| other == key));
                let all: Vec<_> = own.chain(&along).cloned().collect();
                let next = keys(&at.file, text, at.of, &at.name, &all)?;
                texts.insert(at.file.clone(), next);
                Ok(at.broadcast())
            }
            Self::Add { keys } => add_broadcast(texts, keys),
            Self::Delete { at } => {
                let next = take_out(&at.file, at.text(texts)?, at.of, &at.name)?;
                texts.insert(at.file.clone(), next);
                Ok(None)
            }
            Self::PutBack { file, of, lines, behind } => {
                let text = texts.get(file).cloned().unwrap_or_default();
                if *of == Of::Broadcast {
                    let back = FileLayout::of(file, lines)?;
                    let ids = ids(texts);
                    if let Some(taken) = seats(&back).iter().find(|seat| ids.contains(&seat.name)) {
                        return Err(super::add::id_taken(&taken.name));
                    }
                }
                texts.insert(file.clone(), put_back(file, &text, *of, lines, behind.as_deref())?);
                Ok(None)
            }
            Self::Lines { at, lines } => {
                let text = at.text(texts)?;
                let next = lines_in_place(at, text, lines)?;
                texts.insert(at.file.clone(), next);
                Ok(at.broadcast())
            }
            Self::Skip { at, when } => {
                once(texts, at, *when, None)?;
                Ok(at.broadcast())
            }
            Self::Move { at, when, to } => {
                once(texts, at, *when, Some(*to))?;
                Ok(at.broadcast())
            }
            Self::Quiet { from, until, zones, why } => {
                let ends = [("from", Value::Moment(*from)), ("until", Value::Moment(*until))];
                cancel(texts, ends, zones, why)
            }
            Self::DayOff { first, last, zones, why } if first == last => {
                cancel(texts, [("date", Value::Date(*first))], zones, why)
            }
            Self::DayOff { first, last, zones, why } => {
                cancel(texts, [("from", Value::Date(*first)), ("until", Value::Date(*last))], zones, why)
            }
            Self::Whole { file, text } => {
                FileLayout::of(file, text)?;
                texts.insert(file.clone(), text.clone());
                Ok(None)
            }
        }
    }
}

impl Target {
    fn text<'t>(&self, texts: &'t Texts) -> Result<&'t str, Refusal> {
        texts.get(&self.file).map(String::as_str).ok_or_else(|| Refusal::gone(&self.file))
    }

    fn broadcast(&self) -> Option<String> {
        (self.of == Of::Broadcast).then(|| self.name.clone())
    }
}

/// All ids that broadcasts have, in files that can be read.
fn ids(texts: &Texts) -> std::collections::BTreeSet<String> {
    let layouts = texts.iter().filter_map(|(path, text)| FileLayout::of(path, text).ok());
    let seats = layouts.flat_map(|layout| seats(&layout));
    seats.filter(|seat| seat.of == Of::Broadcast).map(|seat| seat.name).collect()
}

fn add_broadcast(texts: &mut Texts, keys: &BTreeMap<String, Value>) -> Result<Option<String>, Refusal> {
    let wanted: Vec<(String, Option<Value>)> =
        keys.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
    empty_is_never_all(&wanted)?;
    let Some(title) = keys.get("title").and_then(Value::text).filter(|title| !title.trim().is_empty()) else {
        return Err(untitled());
    };
    labels_are_kept(keys.iter().map(|(key, value)| (key.as_str(), value)))?;
    let taken = ids(texts);
    let id = id_of(title, &|id| taken.contains(id));
    let mut keys = keys.clone();
    keys.insert("id".to_owned(), Value::Text(id.clone()));
    let home = keys.get("campaign").and_then(Value::text).and_then(|campaign| file_of(texts, campaign));
    let file = home.unwrap_or_else(|| PAGE_FILE.to_owned());
    let text = texts.get(&file).cloned().unwrap_or_else(new_file);
    texts.insert(file.clone(), add(&file, &text, Of::Broadcast, &keys)?);
    Ok(Some(id))
}

fn untitled() -> Refusal {
    Refusal::new(
        "missing_title",
        text!("mục phát này chưa có tên", "this broadcast has no title"),
        text!("ghi tên mục phát, ví dụ: Bản tin sáng", "give it a title, such as: Morning bulletin"),
    )
}

/// The file that tells of a campaign.
fn file_of(texts: &Texts, campaign: &str) -> Option<String> {
    let tells = |(path, text): &(&String, &String)| {
        text.contains(campaign)
            && FileLayout::of(path, text).is_ok_and(|layout| seat(&layout, Of::Campaign, campaign).is_ok())
    };
    texts.iter().find(tells).map(|(path, _)| path.clone())
}

fn cancel<const N: usize>(
    texts: &mut Texts,
    ends: [(&str, Value); N],
    zones: &For,
    why: &str,
) -> Result<Option<String>, Refusal> {
    let mut keys: BTreeMap<String, Value> = ends.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    if let For::Zones(zones) = zones {
        empty_is_never_all(&[("zones".to_owned(), Some(Value::texts(zones.clone())))])?;
        keys.insert("zones".to_owned(), Value::texts(zones.clone()));
    }
    keys.insert("why".to_owned(), Value::Text(why.to_owned()));
    labels_are_kept(keys.iter().map(|(key, value)| (key.as_str(), value)))?;
    let text = texts.get(PAGE_FILE).cloned().unwrap_or_else(new_file);
    texts.insert(PAGE_FILE.to_owned(), add(PAGE_FILE, &text, Of::Cancel, &keys)?);
    Ok(None)
}

/// Call one occurrence off, and let one play at another time.
fn once(texts: &mut Texts, at: &Target, when: DateTime, to: Option<DateTime>) -> Result<(), Refusal> {
    let text = at.text(texts)?;
    let layout = FileLayout::of(&at.file, text)?;
    let seat = seat(&layout, at.of, &at.name)?;
    let said = |key: &str| {
        let found = seat.table().and_then(|table| table.get(key));
        found.map_or_else(Vec::new, |entry| Value::of(&entry.node, &layout.text).items().to_vec())
    };
    let (mut except, mut also) = (said("except"), said("also"));
    let has = |list: &[Value], at: DateTime| list.iter().any(|value| value.moment() == Some(at));
    // What was added is taken back, and what was called off is let in again, before anything is written beside it.
    if has(&also, when) {
        also.retain(|value| value.moment() != Some(when));
    } else if !has(&except, when) {
        except.push(Value::Moment(when));
    }
    if let Some(to) = to {
        if has(&except, to) {
            except.retain(|value| value.moment() != Some(to));
        } else if !has(&also, to) {
            also.push(Value::Moment(to));
        }
    }
    let value = |list: Vec<Value>| (!list.is_empty()).then_some(Value::List(list));
    let wanted = [("except".to_owned(), value(except)), ("also".to_owned(), value(also))];
    let next = keys(&at.file, text, at.of, &at.name, &wanted)?;
    texts.insert(at.file.clone(), next);
    Ok(())
}

/// The text with `lines` in the place of an entry's.
fn lines_in_place(at: &Target, text: &str, lines: &str) -> Result<String, Refusal> {
    let layout = FileLayout::of(&at.file, text)?;
    let seat = seat(&layout, at.of, &at.name)?;
    let alone = FileLayout::of(&at.file, lines)?;
    let one = matches!(&seats(&alone)[..], [one] if one.of == at.of && one.name == at.name);
    if seat.lines.is_none() || !(one || matches!(at.of, Of::Cancel | Of::Mourning)) {
        return Err(Refusal::by_hand(&at.name));
    }
    // Byte for byte: a text over several lines has its line ends in it.
    let mut lines = lines.trim_end_matches(['\r', '\n']).to_owned();
    if text[..seat.span.end].ends_with('\n') {
        lines.push_str(layout.ending());
    }
    let mut splice = super::splice::Splice::default();
    splice.put(seat.span.clone(), lines);
    let next = splice.apply(text);
    super::proof::of_lines(&layout, &seat, &alone, &at.file, &next)?;
    Ok(next)
}

/// No day, no zone, no time: in a form that is something forgotten, and never everything.
fn empty_is_never_all(keys: &[(String, Option<Value>)]) -> Result<(), Refusal> {
    const LISTS: [&str; 7] = ["zones", "at", "days", "dates", "lunar", "play", "title"];
    let empty = |value: &Value| match value {
        Value::List(items) => items.is_empty(),
        Value::Text(text) => text.trim().is_empty(),
        Value::Table(table) => table.is_empty(),
        _ => false,
    };
    let found = keys.iter().find(|(key, value)| LISTS.contains(&key.as_str()) && value.as_ref().is_some_and(empty));
    let Some((key, _)) = found else { return Ok(()) };
    let help = match key.as_str() {
        "zones" => text!("xin chọn ít nhất một cụm loa", "choose at least one zone"),
        "at" => text!("xin ghi ít nhất một giờ phát, ví dụ 05:30", "give at least one time, such as 05:30"),
        "play" => text!("xin chọn ít nhất một nội dung", "choose at least one sound"),
        "title" => return Err(untitled()),
        _ => text!("xin chọn ít nhất một ngày phát", "choose at least one day"),
    };
    Err(Refusal::new("empty_list", text!("danh sách «{key}» trống", "the list `{key}` is empty"), help))
}

/// A label that the check would cut or mend is not written at all.
fn labels_are_kept<'k>(mut keys: impl Iterator<Item = (&'k str, &'k Value)>) -> Result<(), Refusal> {
    let is_odd = |(key, value): &(&str, &Value)| {
        LABELS.contains(key) && value.text().is_some_and(|text| !is_caption(text, LABEL_MOST))
    };
    let Some((key, _)) = keys.find(is_odd) else { return Ok(()) };
    Err(Refusal::new(
        "bad_title",
        text!(
            "«{key}» dài quá {LABEL_MOST} ký tự (kể cả dấu cách), hoặc có ký tự không hiện được (tab, xuống dòng…)",
            "`{key}` is longer than {LABEL_MOST} characters, or holds some that cannot be shown (a tab, a line break…)"
        ),
        text!(
            "viết trên một dòng, nhiều nhất {LABEL_MOST} ký tự",
            "write it on one line, of {LABEL_MOST} characters at most"
        ),
    ))
}
