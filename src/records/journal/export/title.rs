use crate::diag::Lang;
use crate::fact::{Entry, EntryKind};
use crate::reason::Reason;

/// What a row is about, in the language of whoever reads. A note's title was written in Vietnamese; elsewhere it is
/// said from its reason, unless it is a name that people have given, of a sound or a broadcast.
pub fn title(entry: &Entry, lang: Lang) -> String {
    match (entry.kind, lang, &entry.reason) {
        (
            _,
            _,
            None
            | Some(
                Reason::Alert(_)
                | Reason::Say(_)
                | Reason::Talk(_)
                | Reason::TestTone(_)
                | Reason::OrderRefused(_)
                | Reason::PassedAsEmergency(_)
                | Reason::Underrun(_)
                | Reason::Unknown(_),
            ),
        ) => entry.title.clone(),
        (EntryKind::Note, Lang::En, Some(reason)) => reason.brief().en,
        _ => entry.title.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_in_the_reader_s_language_and_a_name_stays_a_name() {
        let note =
            |reason: &str, title: &str| Entry { title: title.into(), reason: Some(reason.into()), ..Entry::default() };
        let table = [
            (note("started", "Xã A: loa 0.1.0 bắt đầu chạy"), "loa began to run", "Xã A: loa 0.1.0 bắt đầu chạy"),
            (note("clock_trusted: ntp", "đồng hồ đáng tin"), "the clock is trusted", "đồng hồ đáng tin"),
            (note("alert: ông Năm: lũ", "canh-bao-lu"), "canh-bao-lu", "canh-bao-lu"),
            (note("from_the_future: x", "gì đó"), "gì đó", "gì đó"),
            (Entry { kind: EntryKind::Airing, ..note("late", "Bản tin") }, "Bản tin", "Bản tin"),
        ];
        for (entry, en, vi) in table {
            assert_eq!((title(&entry, Lang::En).as_str(), title(&entry, Lang::Vi).as_str()), (en, vi));
        }
    }
}
