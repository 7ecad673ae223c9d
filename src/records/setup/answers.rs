use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::diag::{Diagnostic, Lang, SourceFile, Text, is_alike, is_deceptive, shown, text};
use crate::schedule::slug;
use crate::station::{Station, check};

/// A commune that was merged of several has some forty hamlets; more are written into `loa.toml` by hand.
const HAMLETS_MOST: usize = 64;

/// Letters of a name; what is longer fits no page.
const NAME_MOST: usize = 100;

/// What plays nowhere, for a station that has no card yet.
pub const NOWHERE: &str = "null";

/// Something that a hamlet's horns can hang on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Horn {
    /// As in `loa.toml`: `device:plughw:CARD=Device,DEV=0`.
    pub output: String,
    /// What people call it.
    pub title: String,
    /// So many hamlets can hear something else on it at the same time.
    pub channels: u16,
}

/// A hamlet, and where its sound leaves the machine.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hamlet {
    /// `Thôn Đồng Tâm`.
    pub title: String,
    /// As in `loa.toml`.
    pub output: String,
}

/// What a new station has to know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstAnswers {
    /// `Đài truyền thanh xã Đông Giang`.
    pub name: String,
    /// In the order in which they are shown.
    pub hamlets: Vec<Hamlet>,
    /// `vi` or `en`.
    pub language: String,
    /// Where the page listens; empty: no page of its own.
    pub listen: String,
}

impl FirstAnswers {
    /// The first `loa.toml`; `horns` is what this machine has. Nothing is written that would be complained of later.
    pub fn toml(&self, horns: &[Horn]) -> Result<String, Text> {
        let name = line(&self.name, &text!("tên đài", "the station's name"))?;
        let language: Lang = self.language.parse().map_err(|_| {
            let said = shown(&self.language);
            text!("tiếng «{said}» không có: viết vi hoặc en", "there is no language \"{said}\": write vi or en")
        })?;
        let language = if language == Lang::En { "en" } else { "vi" };
        let zones = self.zones(horns)?;
        let mut out = format!(
            "# Đài này: tên, các cụm loa, cụm nào phát ra đâu. Xem các card: loa devices\n\
             # Sửa xong thì gõ: loa check, rồi khởi động lại loa.\n\n\
             name     = {}\ntimezone = \"Asia/Ho_Chi_Minh\"\nlanguage = \"{language}\"\n",
            quoted(&name)
        );
        for Zone { id, title, output, channel } in &zones {
            let (title, output) = (quoted(title), quoted(output));
            let _ = write!(
                out,
                "\n[zones.{id}]\ntitle   = {title}\noutput  = {output}\nchannel = {}\n",
                channel.as_deref().unwrap_or("\"both\"")
            );
        }
        let listen = self.listen.trim();
        if !listen.is_empty() {
            let _ = write!(out, "\n[console]\nlisten = {}\n", quoted(listen));
        }
        // Who sets a station up means to be ready for an emergency: it is reminded of what that takes.
        out.push_str(
            "\n# Khi có việc khẩn cấp: ghi âm sẵn canh-bao-lu, canh-bao-bao, canh-bao-chay-rung, canh-bao-tim-nguoi, canh-bao-khac,\n\
             # dinh-chinh, het-bao-dong và dien-tap rồi nộp trên trang, mục Báo khẩn cấp. Mỗi tháng diễn tập một lần.\n\
             [emergency]\nrepeat = 3\n",
        );
        let (station, found) = read(&out);
        match found.into_iter().next() {
            // What this file says is loa's own; what is wrong with it came from outside.
            Some(one) => Err(one.message),
            None if station.zones.len() == zones.len() => Ok(out),
            None => Err(text!("không hiểu các thôn đã ghi", "the hamlets cannot be read")),
        }
    }

    /// The station that these answers make.
    pub fn station(&self, horns: &[Horn]) -> Result<Station, Text> {
        self.toml(horns).map(|text| read(&text).0)
    }

    fn zones(&self, horns: &[Horn]) -> Result<Vec<Zone>, Text> {
        let count = self.hamlets.len();
        if count == 0 {
            return Err(text!("chưa ghi thôn nào: cần ít nhất một thôn", "no hamlet is given: at least one is needed"));
        }
        if count > HAMLETS_MOST {
            return Err(text!(
                "quá {HAMLETS_MOST} thôn: ghi trước {HAMLETS_MOST} thôn, các thôn khác viết thêm vào loa.toml sau",
                "more than {HAMLETS_MOST} hamlets: give the first {HAMLETS_MOST}, and write the others into loa.toml later"
            ));
        }
        let mut on: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, hamlet) in self.hamlets.iter().enumerate() {
            on.entry(&hamlet.output).or_default().push(place);
        }
        let mut channels = vec![None; count];
        for (output, places) in &on {
            if *output == NOWHERE {
                continue;
            }
            let horn = horns.iter().find(|horn| horn.output == *output).ok_or_else(|| unknown(output, horns))?;
            for (number, place) in places.iter().enumerate() {
                channels[*place] = channel(horn, number, places.len())?;
            }
        }
        let (mut ids, mut zones) = (BTreeSet::new(), Vec::new());
        for (hamlet, channel) in self.hamlets.iter().zip(channels) {
            let title = line(&hamlet.title, &text!("tên thôn", "the name of a hamlet"))?;
            // Two that only differ in capitals are one to whoever chooses where an alarm is heard.
            if let Some(other) = zones.iter().find(|zone: &&Zone| is_alike(&zone.title, &title)) {
                let (title, other) = (shown(&title), shown(&other.title));
                return Err(if title == other {
                    text!("thôn «{title}» ghi hai lần", "the hamlet \"{title}\" is given twice")
                } else {
                    text!(
                        "hai thôn «{other}» và «{title}» trùng tên: thêm chữ để phân biệt",
                        "the hamlets \"{other}\" and \"{title}\" are given twice, as it were: add a word to tell them apart"
                    )
                });
            }
            let stem = match slug(&title) {
                stem if stem.is_empty() => format!("cum-{}", zones.len() + 1),
                stem => stem,
            };
            // One of so many names is free.
            let others = (2..=count + 1).map(|number| format!("{stem}-{number}"));
            let id = std::iter::once(stem.clone()).chain(others).find(|id| !ids.contains(id)).unwrap_or(stem);
            ids.insert(id.clone());
            zones.push(Zone { id, title, output: hamlet.output.clone(), channel });
        }
        Ok(zones)
    }
}

/// As it will stand in `loa.toml`.
struct Zone {
    id: String,
    title: String,
    output: String,
    channel: Option<String>,
}

/// Which part of a card the hamlet of this number is heard on, where so many are; none: all of it.
fn channel(horn: &Horn, number: usize, of: usize) -> Result<Option<String>, Text> {
    let channels = usize::from(horn.channels);
    if of == 1 {
        return Ok(None);
    }
    if of > channels {
        let title = shown(&horn.title);
        return Err(text!(
            "card {title} có {channels} kênh nên chỉ dùng được cho {channels} thôn, mà có {of} thôn: chọn card khác cho các thôn còn lại, hoặc chọn «chưa có card»",
            "the card {title} has {channels} channels, for {channels} hamlets, and {of} are on it: choose another card for the others, or \"no card yet\""
        ));
    }
    Ok(Some(match (channels, number) {
        (2, 0) => "\"left\"".to_owned(),
        (2, 1) => "\"right\"".to_owned(),
        _ => (number + 1).to_string(),
    }))
}

fn unknown(output: &str, horns: &[Horn]) -> Text {
    let (output, all) = (shown(output), horns.iter().map(|horn| horn.output.as_str()).chain([NOWHERE]));
    let all = all.collect::<Vec<_>>().join(", ");
    text!(
        "máy này không có «{output}»; chọn một trong: {all}",
        "this machine has no \"{output}\"; choose one of: {all}"
    )
}

/// One line of words that a person typed.
fn line(typed: &str, what: &Text) -> Result<String, Text> {
    let words = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let (vi, en) = (&what.vi, &what.en);
    if words.is_empty() {
        return Err(text!("chưa ghi {vi}", "{en} is missing"));
    }
    if words.chars().count() > NAME_MOST {
        return Err(text!("{vi} dài quá {NAME_MOST} chữ", "{en} has more than {NAME_MOST} letters"));
    }
    if words.contains(is_deceptive) {
        return Err(text!("{vi} có ký tự không nhìn thấy được", "{en} has characters that nobody can see"));
    }
    Ok(words)
}

fn quoted(words: &str) -> String {
    toml::Value::String(words.to_owned()).to_string()
}

fn read(text: &str) -> (Station, Vec<Diagnostic>) {
    check(&SourceFile { path: "loa.toml".to_owned(), text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::Channel;

    fn horns() -> Vec<Horn> {
        let horn = |output: &str, channels| Horn { output: output.to_owned(), title: "USB".to_owned(), channels };
        vec![horn("device:default", 2), horn("device:plughw:CARD=Eight,DEV=0", 8)]
    }

    fn answers(hamlets: &[(&str, &str)]) -> FirstAnswers {
        let hamlet = |(title, output): &(&str, &str)| Hamlet { title: (*title).into(), output: (*output).into() };
        FirstAnswers {
            name: "Đài truyền thanh xã \"Đông Giang\"".to_owned(),
            hamlets: hamlets.iter().map(hamlet).collect(),
            language: "vi".to_owned(),
            listen: "0.0.0.0:8080".to_owned(),
        }
    }

    fn refused(answers: &FirstAnswers) -> String {
        answers.toml(&horns()).unwrap_err().en
    }

    #[test]
    fn answers_become_a_station_without_a_complaint_and_hamlets_of_one_card_share_its_channels() {
        let two = answers(&[("Thôn Đồng Tâm", "device:default"), (" Thôn  2 ", "device:default")]);
        let station = two.station(&horns()).unwrap();
        assert_eq!(station.name, "Đài truyền thanh xã \"Đông Giang\"");
        let zones: Vec<_> =
            station.zones.iter().map(|zone| (zone.id.as_str(), zone.title.as_str(), zone.channel)).collect();
        assert_eq!(zones, [("thon-dong-tam", "Thôn Đồng Tâm", Channel::One(1)), ("thon-2", "Thôn 2", Channel::One(2))]);
        assert!(station.console.is_some() && station.language == Some(Lang::Vi));
        let one = answers(&[("Cả xã", "device:default")]).station(&horns()).unwrap();
        assert_eq!(one.zones[0].channel, Channel::Both);
        let eight = "device:plughw:CARD=Eight,DEV=0";
        let three = answers(&[("A", eight), ("B", eight), ("C", "null"), ("D", "null")]).station(&horns()).unwrap();
        assert_eq!(three.zones[1].channel, Channel::One(2));
        // Letters that no id has, and two that fold to one.
        let odd = answers(&[("文", "null"), ("Bản Mây", "null"), ("Bàn Máy", "null")]).station(&horns()).unwrap();
        let ids: Vec<_> = odd.zones.iter().map(|zone| zone.id.as_str()).collect();
        assert_eq!(ids, ["cum-1", "ban-may", "ban-may-2"]);
    }

    #[test]
    fn what_cannot_be_a_station_is_refused_with_its_reason() {
        for (hamlets, reason) in [
            (&[][..], "no hamlet"),
            (&[("", "null")], "is missing"),
            (&[("A", "null"), ("A", "null")], "given twice"),
            (&[("A", "null"), ("a", "null")], "\"A\" and \"a\" are given twice"),
            (&[("Thôn Đồng", "null"), ("thôn  ĐỒNG", "null")], "given twice"),
            (&[("Bản Mây", "null"), ("Ba\u{309}n Mây", "null")], "given twice"),
            (&[("A\u{202e}", "null")], "nobody can see"),
            (&[("A", "device:hw:9")], "has no \"device:hw:9\"; choose one of: device:default"),
            (&[("A", "wav:../../x.wav")], "has no \"wav:"),
            (&[("A", "device:default"), ("B", "device:default"), ("C", "device:default")], "2 channels"),
        ] {
            let said = refused(&answers(hamlets));
            assert!(said.contains(reason), "{hamlets:?}: {said}");
        }
        let good = answers(&[("A", "null")]);
        assert!(refused(&FirstAnswers { name: " ".to_owned(), ..good.clone() }).contains("name is missing"));
        assert!(refused(&FirstAnswers { name: "x".repeat(101), ..good.clone() }).contains("more than 100"));
        assert!(refused(&FirstAnswers { language: "fr".to_owned(), ..good.clone() }).contains("write vi or en"));
        assert!(
            refused(&FirstAnswers { listen: "0.0.0.0".to_owned(), ..good.clone() }).contains("is not an IP address")
        );
        let many = (0..=HAMLETS_MOST).map(|n| Hamlet { title: format!("T{n}"), output: "null".to_owned() });
        assert!(refused(&FirstAnswers { hamlets: many.collect(), ..good.clone() }).contains("more than 64"));
        // Words that would be more than words in the file stay words.
        let sly = FirstAnswers { name: "x\"\n[amplifier] # '''".to_owned(), ..good };
        assert_eq!(sly.station(&horns()).unwrap().name, "x\" [amplifier] # '''");
    }
}
