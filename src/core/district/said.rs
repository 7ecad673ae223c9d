use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::alarm::FleetAlarm;
use super::cause::FleetCause;
use super::judged::{Consequence, JudgedBox};
use super::view::FleetCounts;
use crate::diag::{Text, figure, shown, text};
use crate::instant::Wall;
use crate::reason::{Reason, untaken};
use crate::signature::Locality;

/// A bundle with a lower number than the box has had of the same key: it is no newest one.
const OLDER: &str = "bundle_older";

/// What communes and provinces are called, where somebody has said.
pub type AreaNames = BTreeMap<Locality, String>;

/// The first sentence, whole: for a terminal. A page makes a link of each number.
pub fn sentence(counts: &FleetCounts, alarms: usize) -> Text {
    let FleetCounts { all, lately, late, silent } = *counts;
    let (all, lately, late, silent) = (counted(all), counted(lately), counted(late), counted(silent));
    let alarms = counted(alarms);
    text!(
        all = all, lately = lately, late = late, silent = silent, alarms = alarms;
        "{lately} trên {all} đài đã báo trong 10 phút; {late} im quá hạn; {silent} đài sẽ thiếu tiếng buổi tới; {alarms} sự cố",
        "{lately} of {all} stations heard within 10 minutes; {late} overdue; {silent} will be silent at the next session; {alarms} troubles"
    )
}

/// What comes of how a box stands, in a few words.
pub fn consequence_sentence(own: &JudgedBox, tz: &TimeZone) -> Text {
    let why = |code: &str| {
        let Text { vi, en } = code_words(code);
        if code.is_empty() { text!("", "") } else { text!(": {vi}", ": {en}") }
    };
    match own.consequence {
        Consequence::SilentNext => {
            let Text { vi, en } = why(own.code());
            match own.next() {
                Some(at) => {
                    text!(at = figure::moment(at, tz); "Sẽ thiếu tiếng lúc {at}{vi}", "Will be silent at {at}{en}")
                }
                None => text!("Sẽ thiếu tiếng buổi tới{vi}", "Will be silent at the next session{en}"),
            }
        }
        Consequence::DidNotPlay => {
            let Text { vi, en } = why(own.code());
            text!("Buổi gần nhất thiếu tiếng{vi}", "Was silent in its last session{en}")
        }
        Consequence::Unknown => text!(
            "Im quá giới hạn: không biết có phát hay không",
            "Silent past its limit: nobody knows whether it plays"
        ),
        Consequence::Lost => {
            let at = own.facts.lost.unwrap_or_default();
            text!(
                at = figure::moment(at, tz);
                "Máy đã báo mất lúc {at}: nơi này chưa có máy khác",
                "The box was told to be stolen at {at}: no other stands here yet"
            )
        }
        Consequence::Unproven if own.facts.journal.after_lost => {
            text!("Có dòng nhật ký sau khi báo mất máy", "Rows came after the box was told to be stolen")
        }
        Consequence::Unproven => text!("Nhật ký không nối liền", "Its journal contradicts itself"),
        Consequence::OldSchedule if !own.facts.refused.is_empty() => {
            // What is refused for another reason is worse.
            let code = own.facts.refused.values().find(|code| *code != OLDER).map_or(OLDER, String::as_str);
            if code == OLDER {
                return text!(
                    "Giữ gói số cao hơn, không cài gói cũ hơn vừa gửi",
                    "Goes by a higher number, and leaves the older one that was sent out on purpose"
                );
            }
            let Text { vi, en } = why(code);
            text!("Không nhận lịch mới{vi}", "Has refused the newest schedule{en}")
        }
        Consequence::OldSchedule => text!("Chưa dùng lịch mới nhất", "Does not go by the newest schedule"),
        Consequence::RowsMissing => text!("Còn thiếu dòng nhật ký", "Rows of its journal are missing"),
        Consequence::OutOfReach => {
            text!("Ngoài tầm liên lạc; lần cuối nghe thấy vẫn tốt", "Out of reach; well when it was last heard")
        }
        Consequence::Vacant => text!("Chưa nghe thấy máy nào ở đây", "No box was ever heard here"),
        Consequence::Well => text!("Tốt", "Well"),
    }
}

/// A code of a finding or of a reason, in words.
fn code_words(code: &str) -> Text {
    match code {
        "" => text!("", ""),
        "clock_untrusted" => text!("đồng hồ chưa đáng tin", "its clock is not believed"),
        "zone_trouble" => text!("card âm thanh không ra tiếng", "its sound card does not sound"),
        "not_running" => text!(
            "chương trình phát không chạy hoặc không trả lời",
            "the program that plays does not run, or does not answer"
        ),
        "disk_full" => text!("ổ đĩa đầy", "its disk is full"),
        "no_sound" | "changing" | "changed" => text!("chưa có bản ghi để phát", "a recording is missing"),
        code => untaken(code).unwrap_or_else(|| Reason::from(code).brief()),
    }
}

/// An alarm, in a sentence: where, how many boxes, what, since when.
pub fn alarm_sentence(alarm: &FleetAlarm, names: &AreaNames, tz: &TimeZone) -> Text {
    let area = names.get(&alarm.area).map_or_else(|| alarm.area.to_string(), |name| shown(name));
    let many = counted(alarm.boxes.len());
    let since = figure::moment(alarm.raised, tz);
    let Text { vi: what, en: what_en } = match &alarm.cause {
        FleetCause::Centre => text!(
            "cùng im, có thể máy chủ hay đường truyền của trung tâm",
            "silent together: the centre's own server or line, most likely"
        ),
        FleetCause::Outage => {
            text!("cùng im, có thể mất điện hay mất mạng", "silent together: a power cut or no network, most likely")
        }
        FleetCause::SilentNext(code) => {
            let Text { vi, en } = code_words(code);
            text!("sẽ thiếu tiếng buổi tới, {vi}", "will be silent at the next session, {en}")
        }
        FleetCause::DidNotPlay(code) => {
            let Text { vi, en } = code_words(code);
            text!("thiếu tiếng buổi gần nhất, {vi}", "silent in the last session, {en}")
        }
        FleetCause::Unknown => text!("im quá giới hạn", "silent past the limit"),
        FleetCause::Break => text!("chuỗi nhật ký đứt", "the journal's chain is broken"),
        FleetCause::Other => {
            text!(
                "gửi một dòng nhật ký lên hai lần mà khác nhau, bản đến sau được để riêng",
                "sent a row twice, and not the same; the later one is held back"
            )
        }
        FleetCause::AfterLost => {
            text!("có dòng nhận được sau khi báo mất máy", "rows came after the box was told to be stolen")
        }
        FleetCause::Twin => text!("hai máy dùng chung một khóa", "two boxes use one key"),
        FleetCause::Rubbish => text!(
            "có thứ gửi đến mang tên mà trung tâm không nhận",
            "something came in their name that the centre does not take"
        ),
        // It is of no box.
        FleetCause::TwoCollectors => {
            return text!(
                since = since;
                "{area}: hai chương trình thu cùng lấy nhật ký vào hai cơ sở dữ liệu, từ {since}",
                "{area}: two collectors take the same rows into two databases, since {since}"
            );
        }
        FleetCause::LostStreams => {
            return text!(
                since = since;
                "{area}: máy chủ đã mất lịch, âm thanh hay báo động mà trung tâm đã gửi, từ {since}",
                "{area}: the server has lost schedules, sounds or alarms that the centre had sent, since {since}"
            );
        }
        FleetCause::FullStreams => {
            return text!(
                since = since;
                "{area}: máy chủ sắp hết hay đã hết chỗ cho nhật ký hoặc âm thanh, từ {since}",
                "{area}: the server has little or no room left for rows or sounds, since {since}"
            );
        }
        FleetCause::Refused(code) if code == OLDER => text!(
            "giữ gói số cao hơn, không cài gói cũ hơn vừa gửi",
            "go by a higher number, and leave the older one that was sent out on purpose"
        ),
        FleetCause::Refused(code) => {
            let Text { vi, en } = code_words(code);
            text!("không nhận lịch mới, {vi}", "refused the newest schedule, {en}")
        }
    };
    text!(
        many = many, since = since;
        "{area}: {many} đài {what}, từ {since}",
        "{area}: stations: {many}, {what_en}, since {since}"
    )
}

/// What to do about it.
pub fn cure(cause: &FleetCause) -> Text {
    let code = match cause {
        FleetCause::SilentNext(code) | FleetCause::DidNotPlay(code) | FleetCause::Refused(code) => code.as_str(),
        _ => "",
    };
    match (cause, code) {
        (FleetCause::Centre, _) => text!(
            "xem máy chủ và đường truyền của trung tâm trước: nats-server, loa collect run",
            "look at the centre's own server and line first: nats-server, loa collect run"
        ),
        (FleetCause::Outage, _) => text!(
            "gọi một người trong xã hỏi có điện, có mạng không; đài vẫn phát theo lịch đang có, nhật ký lên sau",
            "ring somebody in the commune: is there power, is there a network? Boxes go on by the schedule they have; journals come later"
        ),
        (FleetCause::Unknown, _) => text!(
            "gọi người trông máy: máy có điện không, loa có phát không; ở máy gõ: loa link --status",
            "ring whoever looks after the box: has it power, does it sound? At the box: loa link --status"
        ),
        (_, "clock_untrusted") => text!(
            "nhờ người ở máy xem giờ; nếu giờ đúng, gõ: loa clock confirm",
            "have somebody at the box look at its clock; if it is right: loa clock confirm"
        ),
        (_, "zone_trouble") => text!(
            "nhờ người ở máy cắm lại card âm thanh rồi gõ: loa doctor",
            "have somebody plug the sound card in again, then: loa doctor"
        ),
        (_, "not_running") => text!("ở máy gõ: sudo systemctl restart loa", "at the box: sudo systemctl restart loa"),
        (_, "disk_full") => {
            text!("ở máy dọn bớt audio/ rồi gõ: loa doctor", "at the box make room in audio/, then: loa doctor")
        }
        (_, "no_sound" | "changing" | "changed") => text!(
            "gửi bản ghi còn thiếu cho đài (USB, trang của đài, hay loa fleet send); ở máy, loa check ghi thiếu tệp nào",
            "get the missing recording to the station (stick, its page, or loa fleet send); at the box loa check names the file"
        ),
        (FleetCause::Other, _) => text!(
            "loa collect status ghi dòng nào của nhật ký nào; hai máy chạy cùng một thẻ chép lại thì tìm máy kia, thu khóa rồi cấp khóa mới (loa fleet revoke); xem xong thì đóng, ghi rõ đã thấy gì",
            "loa collect status names the rows and the journal; where two boxes run from copies of one card, find the other one, revoke the key and issue a new one (loa fleet revoke); then close it, and write what was found"
        ),
        (FleetCause::Break, _) => text!(
            "hỏi người trông máy có thay thẻ nhớ hay chép lại máy không; xem xong thì đóng, ghi rõ đã thấy gì",
            "ask whether the card was changed or the box set up again; then close it, and write what was found"
        ),
        (FleetCause::Twin, _) => text!(
            "tìm máy kia, thu khóa rồi cấp khóa mới: loa fleet revoke; xem xong thì đóng, ghi rõ đã thấy gì",
            "find the other box, revoke the key and issue a new one: loa fleet revoke; then close it, and write what was found"
        ),
        (FleetCause::Rubbish, _) => text!(
            "gõ loa collect status để xem vì sao; nghi khóa bị lộ thì loa fleet revoke rồi cấp khóa mới; xem xong thì đóng, ghi rõ đã thấy gì",
            "loa collect status says why; if a key may have leaked: loa fleet revoke, then a new one; then close it, and write what was found"
        ),
        (FleetCause::TwoCollectors, _) => text!(
            "chọn một cơ sở dữ liệu để giữ, tắt loa collect run ở chỗ kia: loa collect status ghi cái nào",
            "choose which database stays, and end loa collect run at the other place: loa collect status names it"
        ),
        (FleetCause::LostStreams, _) => text!(
            "đài nào chưa nhận thì không nhận được nữa: xem loa fleet held, gửi lại lịch (loa fleet send) và báo động còn hiệu lực (loa fleet alarm); gửi xong thì đóng, ghi rõ đã gửi lại gì",
            "stations that have not taken it yet cannot any more: see loa fleet held, send the schedules (loa fleet send) and the alarms that still hold (loa fleet alarm) again; then close it, and write what was sent"
        ),
        (FleetCause::FullStreams, _) => text!(
            "loa collect status ghi luồng nào và cách nới giới hạn; xem ổ đĩa của máy chủ còn chỗ trước; đầy thì nhật ký chờ ở các đài, không mất",
            "loa collect status names the stream and how to raise its limit; see first that the server's disk has room. While it is full, rows wait at the stations, and none is lost"
        ),
        (FleetCause::AfterLost, _) => text!(
            "máy báo mất vẫn gửi: báo công an xã, và xem khóa đã thu chưa: loa fleet push",
            "a stolen box still sends: tell the police, and see that its key is good no more: loa fleet push"
        ),
        (FleetCause::Refused(_), OLDER) => text!(
            "loa fleet held ghi đài đang giữ số nào, gói gửi đi số nào; vẫn muốn dùng gói ấy thì đóng gói lại với --number cao hơn số đang giữ, rồi loa fleet send",
            "loa fleet held names the number that each station has and the one that was sent; if that one is wanted, make it again with a --number above the one that is held, then loa fleet send"
        ),
        (FleetCause::Refused(_), code) if !code.is_empty() => {
            text!("xem mã ấy nghĩa là gì: loa explain {code}", "see what that code means: loa explain {code}")
        }
        (_, code) if !code.is_empty() => text!(
            "ở máy gõ: loa doctor; mã ấy nghĩa là: loa explain {code}",
            "at the box: loa doctor; what the code means: loa explain {code}"
        ),
        _ => text!("ở máy gõ: loa doctor", "at the box: loa doctor"),
    }
}

/// A box in the three facts, each a line: heard, schedule, journal.
pub fn box_lines(own: &JudgedBox, tz: &TimeZone) -> [Text; 3] {
    let facts = &own.facts;
    let heard = match (facts.heard, own.expected) {
        (Some(heard), Some(expected)) => text!(
            at = figure::moment(heard.at, tz), by = figure::moment(expected, tz);
            "báo lần cuối {at}, chờ báo lại trước {by}",
            "last heard {at}, expected again by {by}"
        ),
        _ => text!("chưa báo lần nào", "never heard"),
    };
    let schedule = if !facts.refused.is_empty() && facts.refused.values().all(|code| code == OLDER) {
        text!("giữ lịch số cao hơn gói vừa gửi", "has a higher number than the one that was sent")
    } else if !facts.refused.is_empty() {
        text!("không nhận lịch mới", "has refused the newest schedule")
    } else if let Some((sender, version)) = own.wanted.iter().next() {
        let held = facts.bundles.get(sender).copied().unwrap_or(0);
        text!(
            "lịch của {sender}: cần số {version}, đang dùng số {held}",
            "schedule of {sender}: wants {version}, has {held}"
        )
    } else if facts.state.is_none() {
        text!("chưa biết dùng lịch nào", "which schedule it has is not known")
    } else if facts.bundles.is_empty() {
        text!("chưa có lịch từ trung tâm", "no schedule from the centre")
    } else {
        text!("đang dùng lịch mới nhất", "has the newest schedule")
    };
    let journal = &facts.journal;
    let received = counted(usize::try_from(journal.received).unwrap_or(usize::MAX));
    let missing = counted(usize::try_from(journal.missing()).unwrap_or(usize::MAX));
    let rows = if journal.is_complete() {
        text!(received = received; "nhật ký đã nhận đủ đến dòng {received}", "journal whole up to row {received}")
    } else {
        text!(
            received = received, missing = missing;
            "nhật ký đã nhận đến dòng {received}, còn {missing} dòng",
            "journal up to row {received}, rows still to come: {missing}"
        )
    };
    [heard, schedule, rows]
}

/// How many, in groups of three: `1.010` and `1,010`.
pub fn counted(number: usize) -> Text {
    figure::counted(number as u64)
}

/// A moment as it stands in a table: the time of today, else the date too.
pub fn short_moment(at: Wall, now: Wall, tz: &TimeZone) -> Text {
    figure::told(&at.rfc3339(tz), &now.rfc3339(tz))
}
