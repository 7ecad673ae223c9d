//! Whether an alarm that is marked as real says in its words that it is a drill or a test. One that says that it is none, as real
//! ones do at the time of a drill, is none. Words that real alarms have too count where those would not have them: «kiểm tra» in what
//! the danger is called, and not in what people are told to do («kiểm tra nhà cửa»); a flood that waits for a person is a harm as well.

use loa_core::diag::fold;

use crate::alert::CapAlert;
use crate::event::{folded_words, split};
use crate::info::CapInfo;

/// In a name, a headline, or what is said to those who pass it on.
const CALLED: &[&str] = &[
    "dien tap",
    "thu nghiem",
    "tap duot",
    "luyen tap",
    "tap huan",
    "thao dien",
    "thuc tap",
    "ban tin kiem tra",
    "kiem tra dinh ky",
    "kiem tra he thong",
    "kiem tra thiet bi",
    "kiem tra duong truyen",
    "kiem tra ky thuat",
    "kiem tra bao dong",
    "kiem tra canh bao",
    "kiem tra coi",
    "kiem tra loa",
    "exercise",
    "drill",
    "rehearsal",
    "simulation",
    "simulated",
    "training",
    "system check",
    "siren check",
    "routine check",
    "weekly check",
    "monthly check",
];
/// In a name or a headline, besides.
const NAMES: &[&str] = &["test", "tests", "testing", "practice", "mock"];
/// In what a danger is called, besides: no danger is an inspection.
const EVENTS: &[&str] = &["kiem tra", "check"];
/// In what is said to those who pass it on, besides.
const NOTES: &[&str] = &["a test", "test only", "test message"];
/// In whole sentences, which are about much else too: a dam is on test, a gauge is tested.
const TEXTS: &[&str] = &[
    "dien tap",
    "tin thu nghiem",
    "la thu nghiem",
    "la luyen tap",
    "cuoc luyen tap",
    "buoi luyen tap",
    "luyen tap phong chong",
    "luyen tap ung pho",
    // «Tháo điện» is folded to the same.
    "la thao dien",
    "cuoc thao dien",
    "buoi thao dien",
    "thao dien phong chong",
    "thao dien phuong an",
    "la thuc tap",
    "cuoc thuc tap",
    "buoi thuc tap",
    "thuc tap phong chong",
    "thuc tap phuong an",
    "la tap huan",
    "la buoi tap huan",
    "la lop tap huan",
    "ban tin kiem tra",
    "la tin kiem tra",
    "la buoi kiem tra",
    "la dot kiem tra",
    "kiem tra dinh ky he thong",
    "kiem tra he thong bao dong",
    "kiem tra he thong canh bao",
    "kiem tra he thong loa",
    "exercise",
    "drill",
    "is a rehearsal",
    "is a simulation",
    "is simulated",
    "training only",
    "is a system check",
    "is a siren check",
    "is a routine check",
    "only a test",
    "just a test",
    "is a test",
    "test only",
];

/// With `thử` in them, anywhere: a power station is on trial too, and so are lamps.
const TRIES: &[&str] = &[
    "kiem thu",
    "phat thu",
    "ban tin thu",
    "la tin thu",
    "tin chay thu",
    "day la thu",
    "chi la thu",
    "chi de thu",
    "thu he thong bao dong",
    "thu he thong canh bao",
    "thu he thong loa",
    "thu he thong truyen thanh",
];
/// `Thử thách`: a hard time.
const AFTER_TRY: &[&str] = &["thach"];
/// Before the name of a test that is all of a sentence.
const LEADS: &[&str] = &["day", "chi", "la", "this", "is", "a", "just", "only"];

/// Words for what is made up, of which others differ by their marks only («gia đình», «xã Gia Lập», «mở phòng»): both as they are folded,
/// and the letters of which the first has one, composed or not.
const MADE_UP: &[(&str, &str, &[char])] = &[
    ("gia", "dinh", &['ả', 'Ả', '\u{309}']),
    ("gia", "lap", &['ả', 'Ả', '\u{309}']),
    ("mo", "phong", &['ô', 'Ô', '\u{302}']),
];
/// `Theo mô phỏng`, `kết quả mô phỏng`: what will come is reckoned so.
const BEFORE_MODEL: &[&str] = &["theo", "qua", "hinh"];

/// Before one of these words: it is no drill.
const DENIALS: &[&str] =
    &["khong phai", "chang phai", "khong dung de", "khong dung cho", "khong phuc vu", "not", "isn t", "is no"];
/// What may stand between the two.
const AFTER_DENIALS: &[&str] = &[
    "a",
    "an",
    "any",
    "the",
    "just",
    "only",
    "or",
    "nor",
    "la",
    "mot",
    "chi",
    "cuoc",
    "buoi",
    "dot",
    "bai",
    "ban",
    "tin",
    "hay",
    "hoac",
    "dien",
    "tap",
    "thu",
    "nghiem",
    "duot",
    "luyen",
    "huan",
    "kiem",
    "tra",
    "mo",
    "phong",
    "gia",
    "dinh",
    "lap",
    "tinh",
    "huong",
    "exercise",
    "drill",
    "test",
    "simulation",
    "training",
    "rehearsal",
];
/// `Sơ tán như khi diễn tập`, `đã được diễn tập`: an earlier one.
const RECALLS: &[&str] = &["da", "nhu"];
const AFTER_RECALLS: &[&str] = &["khi", "luc", "trong", "duoc", "tung", "cuoc", "buoi", "dot", "lan", "ban", "bai"];
/// `Exercise extreme caution`.
const CARE: &[&str] = &[
    "care",
    "caution",
    "discretion",
    "judgement",
    "judgment",
    "patience",
    "prudence",
    "restraint",
    "sense",
    "vigilance",
];
const MUCH: &[&str] = &[
    "all",
    "common",
    "due",
    "extra",
    "extreme",
    "good",
    "great",
    "heightened",
    "increased",
    "maximum",
    "more",
    "particular",
    "reasonable",
    "utmost",
    "your",
];
/// `Avoid outdoor exercise`, `do not exercise outdoors`.
const BEFORE_SPORT: &[&str] = &["avoid", "hard", "heavy", "intense", "outdoor", "physical", "strenuous", "vigorous"];
const AFTER_SPORT: &[&str] = &["outdoors", "outside"];
/// `Hạn chế luyện tập`, `luyện tập thể thao`, `luyện tập ngoài trời`.
const BEFORE_TRAINING: &[&str] = &["che", "tranh", "ngung"];
const AFTER_TRAINING: &[&str] = &["the", "ngoai"];

/// Whether it calls itself a drill or a test, in any of its languages: each of them may be the only one that says so.
pub(crate) fn says_drill(alert: &CapAlert) -> bool {
    let is_called = |said: &str| says(CALLED, said, false) || is_made_up(said, false);
    let is_named = |info: &CapInfo| {
        [&info.event, &info.headline].into_iter().any(|said| says(NAMES, said, false) || is_called(said))
            || says(EVENTS, &info.event, false)
            || is_try(&info.event, usize::MAX)
            || is_try(&info.headline, 3)
            || is_tried(&info.headline)
    };
    let is_in_passing = |text: &str| is_tried(text) || is_bare(text);
    let is_told = |text: &String| says(TEXTS, text, true) || is_in_passing(text) || is_made_up(text, true);
    says(NOTES, &alert.note, false)
        || is_called(&alert.note)
        || is_in_passing(&alert.note)
        || alert.infos.iter().any(|info| is_named(info) || is_told(&info.description) || is_told(&info.instruction))
}

/// Whether one of these phrases stands there and means a drill: this one, or any that is told of.
fn says(phrases: &[&str], said: &str, is_text: bool) -> bool {
    let words = folded_words(said);
    phrases.iter().any(|phrase| {
        let wanted = folded_words(phrase);
        words.windows(wanted.len()).enumerate().any(|(at, window)| {
            if window != wanted.as_slice() {
                return false;
            }
            let (before, after) = (&words[..at], &words[at + wanted.len()..]);
            let is_denied = ends_in(before, AFTER_DENIALS, DENIALS);
            let is_recalled = is_text && ends_in(before, AFTER_RECALLS, RECALLS);
            let is_another = match *phrase {
                "exercise" => is_verb_or_sport(before, after),
                "luyen tap" => is_in(before.last(), BEFORE_TRAINING) || is_in(after.first(), AFTER_TRAINING),
                _ => false,
            };
            !is_denied && !is_recalled && !is_another
        })
    })
}

/// Whether one of these ends stands last there, whatever of `between` comes behind it.
fn ends_in(words: &[String], between: &[&str], ends: &[&str]) -> bool {
    let kept = words.iter().rposition(|word| !between.contains(&word.as_str())).map_or(0, |at| at + 1);
    ends.iter().any(|end| words[..kept].ends_with(&folded_words(end)))
}

/// The other meanings of `exercise`.
fn is_verb_or_sport(before: &[String], after: &[String]) -> bool {
    let (next, then) = (after.first(), after.get(1));
    is_in(next, CARE)
        || is_in(next, MUCH) && is_in(then, CARE)
        || is_in(next, AFTER_SPORT)
        || is_in(before.last(), BEFORE_SPORT)
}

fn is_in(word: Option<&String>, list: &[&str]) -> bool {
    word.is_some_and(|word| list.contains(&word.as_str()))
}

/// Whether it is called made up («giả định», «giả lập», «mô phỏng»); in a whole sentence where it says so of itself («đây là mô phỏng») or of
/// what happens («tình huống giả định»).
fn is_made_up(said: &str, is_text: bool) -> bool {
    let words: Vec<&str> = split(said).collect();
    words.windows(2).enumerate().any(|(at, pair)| {
        let is_one = |(first, second, letters): &(&str, &str, &[char])| {
            fold(pair[0]) == *first && fold(pair[1]) == *second && pair[0].contains(*letters)
        };
        if !MADE_UP.iter().any(is_one) {
            return false;
        }
        let before: Vec<String> = words[..at].iter().map(|word| fold(word)).collect();
        let is_said = !is_text || ends_in(&before, &["mot"], &["la", "tinh huong"]);
        is_said && !is_in(before.last(), BEFORE_MODEL) && !ends_in(&before, AFTER_DENIALS, DENIALS)
    })
}

/// Whether `thử` stands among the first words, so many of them.
fn is_try(said: &str, most: usize) -> bool {
    let words: Vec<&str> = split(said).collect();
    words.iter().take(most).enumerate().any(|(at, word)| tries(word) && !is_denied(&words[..at]))
}

/// Whether it says one of the phrases with `thử`.
fn is_tried(said: &str) -> bool {
    let words: Vec<&str> = split(said).collect();
    let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
    TRIES.iter().any(|phrase| {
        let wanted = folded_words(phrase);
        folded.windows(wanted.len()).enumerate().any(|(at, window)| {
            let end = at + wanted.len();
            window == wanted.as_slice()
                && words[at..end].iter().all(|word| fold(word) != "thu" || tries(word))
                && !is_in(folded.get(end), AFTER_TRY)
                && !ends_in(&folded[..at], AFTER_DENIALS, DENIALS)
        })
    })
}

/// Whether one of its sentences is nothing but the name of a test: `TEST.`, `Đây là kiểm tra đường truyền.`
fn is_bare(said: &str) -> bool {
    said.split(['.', '!', '?', ';', '\n']).any(|sentence| {
        let words = folded_words(sentence);
        let lead = words.iter().take_while(|word| LEADS.contains(&word.as_str())).count();
        let named = &words[lead..];
        let is_all = |wanted: &[String]| named.chunks(wanted.len()).all(|chunk| chunk == wanted);
        !named.is_empty() && CALLED.iter().chain(NAMES).any(|phrase| is_all(&folded_words(phrase)))
    })
}

/// Of `thử`, `thứ` and `thu` the first.
fn tries(word: &str) -> bool {
    fold(word) == "thu" && word.contains(['ử', 'Ử', '\u{309}'])
}

fn is_denied(before: &[&str]) -> bool {
    let before: Vec<String> = before.iter().map(|word| fold(word)).collect();
    ends_in(&before, AFTER_DENIALS, DENIALS)
}
