use crate::diag::{Text, text};

/// The code of a note that an emergency sounded although a rule forbids it to others.
const PASSED: &str = "passed_as_emergency";

/// The codes whose detail is a list of codes.
const TRUSTED: &str = "clock_trusted";
const UNTRUSTED: &str = "clock_untrusted";

/// The codes whose detail is what a device complained of, in both languages (see [`in_both`]).
const DEVICE: [&str; 3] = ["device_lost", "device_failed", "amplifier_failed"];

/// Stands between the two languages of a detail.
const BETWEEN: &str = " | ";

/// A detail that each reader gets in the own language: Vietnamese, then English.
pub fn in_both(text: &Text) -> String {
    format!("{}{BETWEEN}{}", text.vi, text.en)
}

/// The code of an order that changed nothing.
const REFUSED: &str = "order_refused";

/// A reason as it stands in an entry (`code`, or `code: detail`) in words. A code that is not known
/// here is shown as it is.
pub fn reason(written: &str) -> Text {
    let (code, detail) = match written.split_once(':') {
        Some((code, detail)) => (code.trim(), detail.trim()),
        None => (written.trim(), ""),
    };
    let Some(words) = known(code) else {
        return Text { vi: written.to_owned(), en: written.to_owned() };
    };
    if detail.is_empty() {
        return words;
    }
    let Text { vi, en } = words;
    if let TRUSTED | UNTRUSTED = code {
        let parts: Vec<Text> = detail.split(", ").map(reason).collect();
        let join = |word: fn(&Text) -> &str| parts.iter().map(word).collect::<Vec<_>>().join(", ");
        let (because_vi, because_en) = (join(|part| &part.vi), join(|part| &part.en));
        return text!("{vi}: {because_vi}", "{en}: {because_en}");
    }
    // Why an order was refused is a code, and the order another.
    if let (REFUSED, Some((rule, order))) = (code, detail.split_once(": ")) {
        let (rule, order) = (known(rule).unwrap_or_else(|| reason(rule)), reason(order));
        let (rule_vi, order_vi, rule_en, order_en) = (rule.vi, order.vi, rule.en, order.en);
        return text!("{vi}, {rule_vi}: {order_vi}", "{en}, {rule_en}: {order_en}");
    }
    if DEVICE.contains(&code) {
        return match detail.split_once(BETWEEN) {
            Some((own_vi, own_en)) => text!("{vi}: {own_vi}", "{en}: {own_en}"),
            // Older rows have it in English only.
            None => text!("{vi}", "{en}: {detail}"),
        };
    }
    // Behind an order stands what befell its device.
    if let ("alert" | "say", Some((asked, befell))) = (code, detail.split_once("; device_lost")) {
        let befell = reason(&format!("device_lost{befell}"));
        let (befell_vi, befell_en) = (befell.vi, befell.en);
        return text!("{vi}: {asked}; {befell_vi}", "{en}: {asked}; {befell_en}");
    }
    // What an emergency passed is a code itself.
    if let (PASSED, Some(rule)) = (code, known(detail)) {
        let (rule_vi, rule_en) = (rule.vi, rule.en);
        return text!("{vi}: {rule_vi}", "{en}: {rule_en}");
    }
    let behind = super::detail::detail(code, detail);
    let with = |words: String, detail: String| if detail.is_empty() { words } else { format!("{words}: {detail}") };
    Text { vi: with(vi, behind.vi), en: with(en, behind.en) }
}

/// What a code says, if it is one of this version.
pub(super) fn known(code: &str) -> Option<Text> {
    Some(match code {
        "waits" => text!("chờ mục khác phát xong", "waited for another broadcast"),
        "wait_expired" => text!("chờ quá lâu sau mục khác", "would have waited too long behind another broadcast"),
        "interrupted" => text!("bị mục khẩn hơn ngắt", "interrupted by a more urgent broadcast"),
        "outside_hours" => text!("ngoài giờ được phép phát", "outside the permitted hours"),
        "past_hours" => text!("kéo dài quá giờ được phép phát", "ran past the end of the permitted hours"),
        "mourning" => text!("nhạc không phát trong ngày có tang", "music, in a time of mourning"),
        "cancelled_day" => text!("ngày này nghỉ phát", "the day was called off"),
        "session_too_long" => text!("buổi phát dài quá mức cho phép", "the session would be longer than permitted"),
        "too_many_sessions" => text!("trong ngày đã đủ số buổi phát", "the day has had all its sessions"),
        PASSED => {
            text!("được phát vì là khẩn cấp, dù quy định không cho", "passed as an emergency, against the rules")
        }
        "no_sound" => text!("không có tệp âm thanh phát được", "no sound that can be played"),
        "changing" => text!("tệp âm thanh còn đang chép dở", "the sound was still being copied"),
        "changed" => text!("tệp âm thanh bị thay", "the sound was replaced"),
        "power_lost" => text!("mất điện", "power lost"),
        "station_off" => text!("đài không hoạt động vào giờ đó", "the station was off at that time"),
        "late" => text!("trễ giờ", "too late"),
        "underrun" => text!("tiếng bị ngắt quãng (máy quá bận)", "the sound had gaps (machine too busy)"),
        "joined" => {
            text!("vào giữa chừng, sau giờ phát", "entered in the middle, after its time")
        }
        "stopped" => text!("có người bấm dừng", "stopped by a person"),
        "device_lost" => text!("mất thiết bị âm thanh khi đang phát", "the sound device went away"),
        "device_failed" => text!("không phát được ra thiết bị âm thanh", "the sound device could not play"),
        "starved" => {
            text!("âm thanh bị ngắt quãng, máy không kịp giải mã", "the sound broke off: it was not decoded in time")
        }
        "dropped" => text!("bị bỏ, không phát tiếp sau khi bị ngắt", "dropped after an interruption"),
        UNTRUSTED => text!("đồng hồ chưa đáng tin", "the clock was not trusted"),
        TRUSTED => text!("đồng hồ đáng tin", "the clock is trusted"),
        "clock_confirmed" => text!("có người xác nhận đồng hồ đúng", "a person found the clock right"),
        "clock_drift" => text!("đồng hồ đã chạy lệch khi không được đồng bộ", "the clock had drifted unsynchronised"),
        "ntp" => text!("được đồng bộ qua mạng (NTP)", "synchronised over the network (NTP)"),
        "ntp_earlier" => {
            text!("đã được đồng bộ từ khi bật máy", "was synchronised since the machine was switched on")
        }
        "battery" => text!("khớp với đồng hồ có pin (RTC)", "agrees with a battery clock (RTC)"),
        "host_clock" => text!("máy chủ bên ngoài giữ giờ", "the host keeps the time"),
        "person" => text!("có người xác nhận", "on a person's word"),
        "always" => text!("theo loa.toml: trust = \"always\"", "by loa.toml: trust = \"always\""),
        "earlier_than_journal" => {
            text!("sớm hơn dòng mới nhất của nhật ký", "it is earlier than the newest row of the journal")
        }
        "never_set" => text!("chưa được chỉnh giờ lần nào", "it was never set"),
        "no_ntp" => text!("chưa đồng bộ qua mạng (NTP)", "not synchronised over the network (NTP)"),
        "no_battery" => text!("máy không có đồng hồ có pin (RTC)", "there is no battery clock (RTC)"),
        "battery_differs" => {
            text!("khác với đồng hồ có pin (RTC) của máy", "the machine's battery clock (RTC) says something else")
        }
        "clock_moved" => {
            text!("giờ máy đã bị đổi từ lần xác nhận hay đồng bộ", "it was set since somebody or NTP vouched for it")
        }
        "shutdown" => text!("loa được tắt", "loa was shut down"),
        "rehearsal" => text!("diễn tập đêm, số chỗ cần chữa", "nightly rehearsal, findings"),
        "schedule_broken" => text!("tệp lịch bị hỏng", "a schedule file is broken"),
        "schedule_mended" => text!("tệp lịch hết hỏng", "a schedule file is right again"),
        "last_good_expired" => {
            text!(
                "tệp lịch hỏng đã 7 ngày, thôi phát theo bản cũ",
                "broken for 7 days, its last good version is dropped"
            )
        }
        "schedule_copy" => text!("tệp lịch là bản sao nên bị bỏ qua", "a schedule file is a copy and is left out"),
        "rules_changed" => text!("giờ được phép phát đã đổi", "the lawful hours have changed"),
        "station_kept" => {
            text!("loa.toml hỏng, dùng bản đúng gần nhất", "loa.toml is broken, its last good version is in use")
        }
        "station_changed" => text!("loa.toml đã thay đổi, chờ khởi động lại", "loa.toml changed, waits for a restart"),
        "amplifier_on" => text!("bật tăng âm", "the amplifier was put on"),
        "amplifier_off" => text!("tắt tăng âm", "the amplifier was put off"),
        "amplifier_failed" => text!("không bật tắt được tăng âm", "the amplifier could not be switched"),
        "started" => text!("loa bắt đầu chạy", "loa began to run"),
        "journal_renewed" => text!("nhật ký cũ bị hỏng, đã cất riêng", "the old journal was damaged and set aside"),
        "journal_altered" => {
            text!("nhật ký không còn như lúc đài ghi", "the journal is not as the station had left it")
        }
        "journal_gone" => {
            text!("nhật ký trước đây đã mất", "the journal that was here is gone")
        }
        "journal_restored" => text!(
            "tệp nhật ký bị lấy đi khi đài đang chạy, đã lập lại",
            "the journal's file was taken away while the station ran, and put back"
        ),
        "journal_gap" => {
            text!("nhật ký thiếu dòng vì ổ đĩa không ghi được", "rows are missing, the disk could not write")
        }
        "clock_step" => text!("đồng hồ bị chỉnh", "the clock was stepped"),
        "cut_short" => text!("bị ngắt trước khi phát hết", "it ended before it was over"),
        "cancelled" => text!("bị hủy", "cancelled"),
        "alert" => text!("phát khẩn cấp theo lệnh", "emergency order"),
        "say" => text!("phát ngay theo lệnh", "played by order"),
        "test_tone" => text!("tiếng thử theo lệnh", "test tones by order"),
        REFUSED => text!("không nhận lệnh", "an order was refused"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_keeps_its_detail_and_an_unknown_one_stays_as_it_is() {
        let table = [
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
                "không nhận lệnh, ngoài giờ được phép phát: phát ngay theo lệnh: hoa",
                "an order was refused, outside the permitted hours: played by order: hoa",
            ),
            ("from_the_future: x", "from_the_future: x", "from_the_future: x"),
            ("", "", ""),
        ];
        for (written, vi, en) in table {
            assert_eq!(reason(written), Text { vi: vi.to_owned(), en: en.to_owned() }, "{written}");
        }
    }
}
