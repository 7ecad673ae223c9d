//! The form of reasons in the journal, and their words.

use proptest::prelude::*;

use super::*;
use crate::diag::Text;

/// As it is written, and its words in Vietnamese and English.
const TOLD: &[(&str, &str, &str)] = &[
    ("power_lost", "mất điện", "power lost"),
    (
        "wait_expired: ban-tin",
        "chờ quá lâu sau mục khác: ban-tin",
        "would have waited too long behind another broadcast: ban-tin",
    ),
    ("alert: ông Năm: lũ", "phát khẩn cấp theo lệnh: ông Năm: lũ", "emergency order: ông Năm: lũ"),
    (
        "passed_as_emergency: outside_hours",
        "được phát vì là khẩn cấp, dù quy định không cho: ngoài giờ được phép phát",
        "passed as an emergency, against the rules: outside the permitted hours",
    ),
    (
        "clock_untrusted: no_ntp, no_battery",
        "đồng hồ chưa đáng tin: chưa đồng bộ qua mạng (NTP), máy không có đồng hồ có pin (RTC)",
        "the clock was not trusted: not synchronised over the network (NTP), there is no battery clock (RTC)",
    ),
    (
        "clock_trusted: person: ông Năm",
        "đồng hồ đáng tin: có người xác nhận: ông Năm",
        "the clock is trusted: on a person's word: ông Năm",
    ),
    ("started", "loa bắt đầu chạy", "loa began to run"),
    (
        "started: thon-3, thon-4",
        "loa bắt đầu chạy: chưa nối loa: thon-3, thon-4",
        "loa began to run: no horn: thon-3, thon-4",
    ),
    (
        "device_lost: không có card | there is no card",
        "mất thiết bị âm thanh khi đang phát: không có card",
        "the sound device went away: there is no card",
    ),
    (
        "device_failed: there is no card",
        "không phát được ra thiết bị âm thanh",
        "the sound device could not play: there is no card",
    ),
    (
        "alert: ông Năm: lũ; device_lost: không có card | there is no card",
        "phát khẩn cấp theo lệnh: ông Năm: lũ; mất thiết bị âm thanh khi đang phát: không có card",
        "emergency order: ông Năm: lũ; the sound device went away: there is no card",
    ),
    (
        "order_refused: outside_hours: say: hoa",
        "không nhận lệnh, ngoài giờ được phép phát: lệnh phát ngay: hoa",
        "an order was refused, outside the permitted hours: ordered: hoa",
    ),
    (
        "station_off: 2026-11-28 10:22:13..10:25:10",
        "đài không hoạt động vào giờ đó: từ 10:22:13 đến 10:25:10 ngày 28/11/2026",
        "the station was off at that time: from 10:22:13 to 10:25:10 on 2026-11-28",
    ),
    (
        "station_off: 2026-11-28 23:00:00..2026-11-29 05:00:00: 3: thon-1/a 3",
        "đài không hoạt động vào giờ đó: từ 23:00:00 ngày 28/11/2026 đến 05:00:00 ngày 29/11/2026: 3: thon-1/a 3",
        "the station was off at that time: from 23:00:00 on 2026-11-28 to 05:00:00 on 2026-11-29: 3: thon-1/a 3",
    ),
    (
        "clock_step: -1200.000 s: 2026-12-07 17:00:00..16:40:00",
        "đồng hồ bị chỉnh: lùi 20 phút, từ 17:00:00 07/12/2026 về 16:40:00 07/12/2026",
        "the clock was stepped: back by 20 min, from 2026-12-07 17:00:00 to 2026-12-07 16:40:00",
    ),
    (
        "underrun: 4; 1.250 s",
        "tiếng bị ngắt quãng (máy quá bận): 4 lần, mất 1,2 giây",
        "the sound had gaps (machine too busy): 4 times, 1.2 s lost",
    ),
    ("underrun: 1", "tiếng bị ngắt quãng (máy quá bận): 1 lần", "the sound had gaps (machine too busy): 1 time"),
    (
        "journal_altered: shorter: kept 873 4f2a: found 870",
        "nhật ký không còn như lúc đài ghi: trước có 873 dòng, còn 870",
        "the journal is not as the station had left it: it had 873 rows, 870 were left",
    ),
    (
        "journal_gone: kept 873 4f2a",
        "nhật ký trước đây đã mất: trước có 873 dòng",
        "the journal that was here is gone: it had 873 rows",
    ),
    (
        "not_approved: sound",
        "chưa được duyệt: bản ghi đã thay sau khi duyệt",
        "not approved: its sound was replaced after it was approved",
    ),
    ("approved: v1:aa-bb: Bà Hai (hoa)", "đã duyệt: Bà Hai (hoa)", "approved: Bà Hai (hoa)"),
    (
        "approved: v1:aa-bb: Bà Hai (hoa): paper: Anh Nam",
        "đã duyệt: Bà Hai (hoa), ký trên giấy, Anh Nam nhập vào máy",
        "approved: Bà Hai (hoa), signed on paper, entered by Anh Nam",
    ),
    (
        "returned: v1:aa-bb: Bà Hai (hoa): xin đọc chậm: bản ghi 0:38",
        "đã trả lại, chưa duyệt: Bà Hai (hoa): xin đọc chậm: bản ghi 0:38",
        "returned, not approved: Bà Hai (hoa): xin đọc chậm: bản ghi 0:38",
    ),
    ("proof_heard: 5/6", "micro nghe thấy loa: 5 trên 6 đoạn", "the microphone heard it: 5 of 6 stretches"),
    (
        "proof_not_heard: 0/4",
        "micro KHÔNG nghe thấy loa: 0 trên 4 đoạn",
        "the microphone did NOT hear it: 0 of 4 stretches",
    ),
    (
        "proof_unclear: noise",
        "chưa rõ loa có kêu không: xung quanh quá ồn",
        "it cannot be told whether it was heard: too much noise",
    ),
    (
        "proof_learnt: 133.5 ms; -41.2 dB",
        "micro đã học loa này: trễ 133,5 ms, mức -41,2 dB",
        "the microphone has learnt the horn: 133.5 ms later, at -41.2 dB",
    ),
    ("from_the_future: x", "from_the_future: x", "from_the_future: x"),
    ("", "", ""),
];

#[test]
fn a_reason_keeps_its_detail_and_an_unknown_one_stays_as_it_is() {
    for &(written, vi, en) in TOLD {
        let reason = Reason::from(written);
        assert_eq!(reason.words(), Text { vi: vi.to_owned(), en: en.to_owned() }, "{written}");
        assert_eq!(reason.to_string(), written);
        assert_eq!(matches!(reason, Reason::Unknown(_)), !CODES.contains(&reason.code()), "{written}");
    }
}

#[test]
fn each_code_stands_once_and_reads_as_itself() {
    for (at, code) in CODES.iter().enumerate() {
        assert!(!CODES[..at].contains(code), "{code}");
        assert_eq!(Reason::from(*code).to_string(), *code);
    }
}

proptest! {
    /// Whatever a journal holds is written again as it was.
    #[test]
    fn what_is_read_is_written_as_it_was(
        code in 0..CODES.len() + 1,
        detail in "([a-z0-9]{0,4}|: |; |, | \\| |device_lost|2026-11-28 10:22:13|\\.\\.|10:25:10| s|-?[0-9.]{1,5}){0,6}",
        colon in prop::sample::select(&[":", ": ", "", " "][..]),
    ) {
        let code = CODES.get(code).copied().unwrap_or("from_the_future");
        let written = format!("{code}{colon}{detail}");
        let reason = Reason::from(written.as_str());
        prop_assert_eq!(reason.to_string(), &*written);
        let _ = reason.words();
        prop_assert_eq!(Reason::from(reason.to_string()), reason);
    }
}

#[test]
fn why_a_bundle_was_not_taken_is_said_in_words() {
    let of = |written: &str| Reason::from(written).words();
    let taken = of("bundle_refused: bundle_name_taken, goi, tuan.loa");
    assert!(taken.vi.ends_with("tên tệp ấy là của đài hay của nơi gửi khác; đổi tên (goi, tuan.loa)"), "{taken:?}");
    assert!(taken.en.ends_with("take another (goi, tuan.loa)"), "{taken:?}");
    let old = Reason::from("bundle_refused: bundle_older, a.loa");
    assert_eq!(old.to_string(), "bundle_refused: bundle_older, a.loa", "rows are chained by it");
    assert!(of("bundle_refused: bundle_of_tomorrow, a.loa").vi.ends_with("bundle_of_tomorrow, a.loa"));
}
