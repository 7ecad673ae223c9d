use std::fmt;

use super::decided::{Approved, NotApproved, Returned};
use super::detail::{Confirmed, Holes, Misfit, Off, Ordered, Refused, Renewed, Restored, Step, Trouble};
use super::form::Detail;
use super::hornless::Hornless;
use super::proven::{ProofCount, ProofWay};
use super::relayed::RelayStretch;
use super::untaken::Untaken;
use crate::diag::{Text, text};
use crate::proof::ProofDoubt;

/// The table of all reasons: a variant with what stands behind its code, the code, and its words in Vietnamese and
/// English.
macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident $(($detail:ty))? $code:literal $vi:literal $en:literal;)*) => {
        /// Why something was, or was not.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub enum Reason {
            $($(#[$doc])* $name $(($detail))?,)*
            /// Written by another version of loa, or by a hand: shown as it is.
            Unknown(String),
        }

        /// The code of every reason, in the order of the list.
        pub const CODES: &[&str] = &[$($code),*];

        impl Reason {
            /// Its code: what stands before the colon.
            pub fn code(&self) -> &str {
                match self {
                    $(Self::$name { .. } => $code,)*
                    Self::Unknown(written) => written.split(':').next().unwrap_or_default().trim(),
                }
            }

            /// What it says without its detail; one that is not known here as it is written.
            pub fn brief(&self) -> Text {
                Self::say(self.code()).unwrap_or_else(|| {
                    let written = self.to_string();
                    text!("{written}", "{written}")
                })
            }

            /// What it says.
            pub fn words(&self) -> Text {
                $(reasons!(@words self $name $($detail)?);)*
                match self {
                    // A known code with a detail that another version may have a sentence for.
                    Self::Unknown(written) if Self::say(self.code()).is_some() => {
                        let detail = written.split_once(':').map_or("", |(_, detail)| detail.trim());
                        joined(self.brief(), ": ", text!("{detail}", "{detail}"))
                    }
                    _ => self.brief(),
                }
            }

            fn say(code: &str) -> Option<Text> {
                match code {
                    $($code => Some(text!($vi, $en)),)*
                    _ => None,
                }
            }

            fn detail(&self) -> Option<String> {
                $(reasons!(@detail self $name $($detail)?);)*
                None
            }

            fn read(code: &str, detail: &str) -> Option<Self> {
                match code {
                    $($code => reasons!(@read detail $name $($detail)?),)*
                    _ => None,
                }
            }
        }
    };
    (@words $this:ident $name:ident) => {};
    (@words $this:ident $name:ident $detail:ty) => {
        if let Self::$name(detail) = $this {
            return joined($this.brief(), <$detail as Detail>::BETWEEN, detail.words());
        }
    };
    (@detail $this:ident $name:ident) => {};
    (@detail $this:ident $name:ident $detail:ty) => {
        if let Self::$name(detail) = $this {
            return Some(detail.text());
        }
    };
    (@read $written:ident $name:ident) => {
        $written.is_empty().then_some(Self::$name)
    };
    (@read $written:ident $name:ident $detail:ty) => {
        <$detail as Detail>::read($written).map(Self::$name)
    };
}

reasons! {
    // What the plan says.
    /// It began behind this broadcast.
    Waits(String) "waits" "chờ mục khác phát xong" "waited for another broadcast";
    /// It would have waited too long behind this broadcast.
    WaitExpired(String) "wait_expired" "chờ quá lâu sau mục khác" "would have waited too long behind another broadcast";
    /// This broadcast cut it.
    Interrupted(String) "interrupted" "bị mục khẩn hơn ngắt" "interrupted by a more urgent broadcast";
    /// It would have begun outside the lawful hours.
    OutsideHours "outside_hours" "ngoài giờ được phép phát" "outside the permitted hours";
    /// It ran, or would have run, past their end.
    PastHours "past_hours" "kéo dài quá giờ được phép phát" "ran past the end of the permitted hours";
    /// Its session was, or would have been, longer than permitted.
    SessionTooLong "session_too_long" "buổi phát dài quá mức cho phép" "the session would be longer than permitted";
    /// The day had had all its sessions.
    TooManySessions "too_many_sessions" "trong ngày đã đủ số buổi phát" "the day has had all its sessions";
    /// It is music, in a time of mourning.
    Mourning "mourning" "nhạc không phát trong ngày có tang" "music, in a time of mourning";
    /// The day, or these hours of it, were called off, and why.
    CancelledDay(String) "cancelled_day" "đang lúc nghỉ phát" "this time was called off";
    /// Nobody had let it sound, as it was.
    NotApproved(NotApproved) "not_approved" "chưa được duyệt" "not approved";
    /// Some of its sound was not there, or could not be played.
    NoSound "no_sound" "không có tệp âm thanh phát được" "no sound that can be played";
    /// Its sound was still being copied.
    Changing "changing" "tệp âm thanh còn đang chép dở" "the sound was still being copied";
    /// This file of it was replaced.
    Changed(String) "changed" "tệp âm thanh bị thay" "the sound was replaced";

    // What befell it.
    /// The power went while it was under way, or about to begin.
    PowerLost "power_lost" "mất điện" "power lost";
    /// The station was off when it was due, or so much was missed in an outage.
    StationOff(Off) "station_off" "đài không hoạt động vào giờ đó" "the station was off at that time";
    /// Its time had passed; of a note that only counts, as in [`Off`].
    Late(String) "late" "trễ giờ" "too late";
    /// It entered in its middle.
    Joined "joined" "vào giữa chừng, sau giờ phát" "entered in the middle, after its time";
    /// Its sound had dropouts.
    Underrun(Holes) "underrun" "tiếng bị ngắt quãng (máy quá bận)" "the sound had gaps (machine too busy)";
    /// The sound of a higher station was heard.
    Relayed(RelayStretch) "relayed" "đã tiếp sóng" "relayed";
    /// A higher station was silent, or could not be had.
    RelaySilent(RelayStretch) "relay_silent" "đài cấp trên không có tiếng" "the relay was silent";
    /// What was sent of a higher station is kept, to be heard again.
    RelayKept(RelayStretch) "relay_kept" "đã giữ tiếng tiếp sóng để nghe lại" "what was relayed is kept to be heard again";
    /// It is not.
    RelayUnkept(Trouble) "relay_unkept" "không giữ được tiếng tiếp sóng để nghe lại" "what is relayed is not kept";
    /// The oldest of what was kept were taken away, by the bounds of what may be: how many, the first and the last.
    KeptErased(String) "kept_erased" "đã xóa bản giữ lại cũ nhất, theo giới hạn số ngày và dung lượng" "the oldest recordings that were kept are erased, by their bounds";
    /// The microphone that listens to the horns heard it: in how many stretches.
    ProofHeard(ProofCount) "proof_heard" "micro nghe thấy loa" "the microphone heard it";
    /// It did not, and would have.
    ProofNotHeard(ProofCount) "proof_not_heard" "micro KHÔNG nghe thấy loa" "the microphone did NOT hear it";
    /// Nobody can say, and why.
    ProofUnclear(ProofDoubt) "proof_unclear" "chưa rõ loa có kêu không" "it cannot be told whether it was heard";
    /// By test tones the microphone has learnt how it hears the horns.
    ProofLearnt(ProofWay) "proof_learnt" "micro đã học loa này" "the microphone has learnt the horn";
    /// It has not: the sweep was not in what it heard, or several times.
    ProofNotLearnt "proof_not_learnt" "micro chưa học được loa này: không nghe ra tiếng thử" "the microphone has not learnt the horn: the test tones were not found";
    /// Its sound was not decoded in time.
    Starved "starved" "âm thanh bị ngắt quãng, máy không kịp giải mã" "the sound broke off: it was not decoded in time";
    /// Its device went away while it sounded.
    DeviceLost(Trouble) "device_lost" "mất thiết bị âm thanh khi đang phát" "the sound device went away";
    /// Its device, or its file, could not play.
    DeviceFailed(Trouble) "device_failed" "không phát được ra thiết bị âm thanh" "the sound device could not play";
    /// It ended before it was over, and nobody knows why.
    CutShort "cut_short" "bị ngắt trước khi phát hết" "it ended before it was over";
    /// The files no longer have it.
    Cancelled "cancelled" "bị hủy" "cancelled";

    // What people ordered.
    /// An alert.
    Alert(Ordered) "alert" "phát khẩn cấp theo lệnh" "emergency order";
    /// An emergency that is written in a schedule: who ordered it, and for what.
    Warrant(Ordered) "warrant" "khẩn cấp theo lịch, theo lệnh" "scheduled emergency, ordered";
    /// A say.
    Say(Ordered) "say" "lệnh phát ngay" "ordered";
    /// Test tones.
    TestTone(Ordered) "test_tone" "tiếng thử theo lệnh" "test tones by order";
    /// A drill of an alarm.
    Drill(Ordered) "drill" "diễn tập theo lệnh" "drill, by order";
    /// Somebody spoke live.
    Talk(Ordered) "talk" "nói trực tiếp" "spoken live";
    /// What somebody spoke live was kept, after its row was written: who spoke.
    TalkKept(Ordered) "talk_kept" "giữ lại tiếng nói trực tiếp" "what was spoken live is kept";
    /// It was not kept: who spoke, and why.
    TalkUnkept(Ordered) "talk_unkept" "không giữ được tiếng nói trực tiếp để nghe lại" "what was spoken live is not kept";
    /// The horns are heard in the microphone of somebody who spoke live: who.
    TalkHowl(Ordered) "talk_howl" "tiếng hú khi nói trực tiếp (micrô quá gần loa)" "feedback while somebody spoke live";
    /// Nothing came of somebody who spoke live: who.
    TalkSilent(Ordered) "talk_silent" "nói trực tiếp mà không có tiếng" "nothing was heard of somebody who spoke live";
    /// The line of somebody who spoke live broke, or he was ended by loa: who, and why.
    TalkLost(Ordered) "talk_lost" "nói trực tiếp bị đứt" "a live talk broke off";
    /// A stop.
    Stopped(Ordered) "stopped" "có lệnh dừng" "stopped by order";
    /// A stop within the tone of an alarm: no word of it was heard.
    Recalled(Ordered) "recalled" "kết thúc ngay trong tiếng báo hiệu, chưa lời nào được phát" "ended in its tone, before any word";
    /// An order that changed nothing.
    OrderRefused(Refused) "order_refused" "không nhận lệnh" "an order was refused";
    /// Too many orders of one account were under way.
    TooManyOrders "too_many_orders" "quá nhiều lệnh chưa phát xong" "too many orders not at their end";
    /// A newer order took its place: that one's id.
    Superseded(String) "superseded" "nhường cho lệnh khẩn cấp mới hơn" "gave way to a newer emergency order";
    /// The same order was given before, and was not at its end.
    SameOrder "same_order" "lệnh này đã có và chưa phát xong" "the same order was given and is not at its end";
    /// Something sounded where test tones were ordered.
    Busy "busy" "đang có mục khác phát" "something else sounds";
    /// An emergency sounded against this rule.
    PassedAsEmergency(Box<Reason>) "passed_as_emergency" "được phát vì là khẩn cấp, dù quy định không cho" "passed as an emergency, against the rules";
    /// An alarm was made ready and not sounded a minute later: who made it, and which.
    AlarmUnsent(Ordered) "alarm_unsent" "CHƯA PHÁT báo động đã soạn" "an alarm that was made ready is NOT SENT";
    /// It was given up, by a person or after ten minutes.
    AlarmDropped(Ordered) "alarm_dropped" "bỏ báo động đã soạn, chưa phát" "an alarm that was made ready was given up, not sounded";
    /// A second person agrees with an alarm: before it, or afterwards where that is enough.
    AlarmAgreed(Ordered) "alarm_agreed" "người thứ hai xác nhận báo động" "a second person agrees with the alarm";
    /// One person sounded an alarm that needs two: who, and why.
    AlarmAlone(Ordered) "alarm_alone" "một người phát báo động cần hai người" "one person sounded an alarm that needs two";
    /// Its end was read: who has ticked it.
    AlarmRead(Ordered) "alarm_read" "đã đọc kết quả báo động" "the outcome of the alarm was read";
    /// Something was added about it, afterwards.
    AlarmRemark(Ordered) "alarm_remark" "ghi thêm về báo động" "a remark on the alarm";
    /// An alarm came from outside: who wrote it down, and how it was judged.
    AlarmReceived(Ordered) "alarm_received" "nhận báo động từ ngoài" "an alarm came from outside";
    /// An alarm from outside waited for a person, who decided that it does not sound: who, and why.
    AlarmDeclined(Ordered) "alarm_declined" "quyết định KHÔNG PHÁT báo động từ ngoài" "a person decided that an alarm from outside does not sound";
    /// An alarm from outside is over, and was not heard everywhere: where, and whom to call.
    AlarmUnheard(Ordered) "alarm_unheard" "có nơi KHÔNG NGHE được báo động" "an alarm was NOT HEARD everywhere";
    /// How long a drill took from the tap to the first sample: who, and the figures.
    DrillMeasured(Ordered) "drill_measured" "đo được ở buổi diễn tập" "measured in the drill";
    /// A sealed code for the night was used: by whom.
    NightCode(Ordered) "night_code" "dùng mã niêm phong" "a sealed code was used";
    /// Sealed codes for the night were made anew: by whom.
    NightCodes(Ordered) "night_codes" "làm mã niêm phong mới, mã cũ hết dùng" "sealed codes were made anew, older ones are void";

    // What people decided.
    /// A broadcast may sound: who let it, and what it was.
    Approved(Approved) "approved" "đã duyệt" "approved";
    /// It may not: who gave it back, and what is to be changed.
    Returned(Returned) "returned" "đã trả lại, chưa duyệt" "returned, not approved";

    /// The station asks for no approvals any more, though there were some.
    ApprovalLifted "approval_lifted" "đài không còn cần duyệt mục phát" "the station asks for no approvals any more";

    // The clock.
    /// It is believed, for these.
    ClockTrusted(Vec<Reason>) "clock_trusted" "đồng hồ đáng tin" "the clock is trusted";
    /// It is not, for these.
    ClockUntrusted(Vec<Reason>) "clock_untrusted" "đồng hồ chưa đáng tin" "the clock was not trusted";
    /// A person vouched for it.
    ClockConfirmed(Confirmed) "clock_confirmed" "có người xác nhận đồng hồ đúng" "a person found the clock right";
    /// So far had it run away, and in what time.
    ClockDrift(String) "clock_drift" "đồng hồ đã chạy lệch khi không được đồng bộ" "the clock had drifted unsynchronised";
    /// It was set.
    ClockStep(Step) "clock_step" "đồng hồ bị chỉnh" "the clock was stepped";
    /// NTP keeps it.
    Ntp "ntp" "được đồng bộ qua mạng (NTP)" "synchronised over the network (NTP)";
    /// NTP has set it since the machine was switched on.
    NtpEarlier "ntp_earlier" "đã được đồng bộ từ khi bật máy" "was synchronised since the machine was switched on";
    /// A battery clock agrees.
    Battery "battery" "khớp với đồng hồ có pin (RTC)" "agrees with a battery clock (RTC)";
    /// The host of this virtual machine or container keeps it: the sign of that.
    HostClock(String) "host_clock" "máy chủ bên ngoài giữ giờ" "the host keeps the time";
    /// This person vouches for it.
    Person(String) "person" "có người xác nhận" "on a person's word";
    /// `loa.toml` vouches for it.
    Always "always" "theo loa.toml: trust = \"always\"" "by loa.toml: trust = \"always\"";
    /// It is behind the newest row of the journal.
    EarlierThanJournal "earlier_than_journal" "sớm hơn dòng mới nhất của nhật ký" "it is earlier than the newest row of the journal";
    /// It is older than any loa.
    NeverSet "never_set" "chưa được chỉnh giờ lần nào" "it was never set";
    /// NTP does not keep it.
    NoNtp "no_ntp" "chưa đồng bộ qua mạng (NTP)" "not synchronised over the network (NTP)";
    /// The machine has no battery clock.
    NoBattery "no_battery" "máy không có đồng hồ có pin (RTC)" "there is no battery clock (RTC)";
    /// The battery clock says something else.
    BatteryDiffers "battery_differs" "khác với đồng hồ có pin (RTC) của máy" "the machine's battery clock (RTC) says something else";
    /// It was set after somebody vouched for it.
    ClockMoved "clock_moved" "giờ máy đã bị đổi từ lần xác nhận hay đồng bộ" "it was set since somebody or NTP vouched for it";

    // The station.
    /// The daemon began; and with which zones nobody hears.
    Started(Hornless) "started" "loa bắt đầu chạy" "loa began to run";
    /// The daemon ended.
    Shutdown "shutdown" "loa được tắt" "loa was shut down";
    /// The nightly rehearsal found so many things.
    Rehearsal(u64) "rehearsal" "diễn tập đêm, số chỗ cần chữa" "nightly rehearsal, findings";
    /// This schedule file is broken.
    ScheduleBroken(String) "schedule_broken" "tệp lịch bị hỏng" "a schedule file is broken";
    /// It is right again.
    ScheduleMended(String) "schedule_mended" "tệp lịch hết hỏng" "a schedule file is right again";
    /// Its last good version is dropped.
    LastGoodExpired(String) "last_good_expired" "tệp lịch hỏng đã 7 ngày, thôi phát theo bản cũ" "broken for 7 days, its last good version is dropped";
    /// This schedule file is a copy.
    ScheduleCopy(String) "schedule_copy" "tệp lịch là bản sao nên bị bỏ qua" "a schedule file is a copy and is left out";
    /// The lawful hours are others: by which line, and what they are.
    RulesChanged(String) "rules_changed" "giờ được phép phát đã đổi" "the lawful hours have changed";
    /// `loa.toml` is broken.
    StationKept "station_kept" "loa.toml hỏng, dùng bản đúng gần nhất" "loa.toml is broken, its last good version is in use";
    /// `loa.toml` has changed.
    StationChanged "station_changed" "loa.toml đã thay đổi, chờ khởi động lại" "loa.toml changed, waits for a restart";
    /// This amplifier was switched on.
    AmplifierOn(String) "amplifier_on" "bật tăng âm" "the amplifier was switched on";
    /// It was switched off.
    AmplifierOff(String) "amplifier_off" "tắt tăng âm" "the amplifier was switched off";
    /// It did not obey.
    AmplifierFailed(Trouble) "amplifier_failed" "không bật tắt được tăng âm" "the amplifier could not be switched";

    /// A signed bundle was installed: its number, who sends it, and whose signatures are on it.
    BundleInstalled(String) "bundle_installed" "đã nhận lịch có chữ ký từ nơi khác" "a signed bundle was installed";
    /// One was not taken: the code of why, and its file.
    BundleRefused(Untaken) "bundle_refused" "không nhận gói tin mang đến" "a bundle that was brought was not taken";
    /// A courier took the journal and a report along: up to which row.
    ReportTaken(u64) "report_taken" "đã chép nhật ký và báo cáo cho người đưa tin, đến dòng" "a courier took the journal and a report along, up to row";

    // The journal.
    /// It takes the place of a damaged one.
    JournalRenewed(Renewed) "journal_renewed" "nhật ký cũ bị hỏng, đã cất riêng" "the old journal was damaged and set aside";
    /// It is not as it was left.
    JournalAltered(Misfit) "journal_altered" "nhật ký không còn như lúc đài ghi" "the journal is not as the station had left it";
    /// The journal that was here is gone.
    JournalGone(Misfit) "journal_gone" "nhật ký trước đây đã mất" "the journal that was here is gone";
    /// Its file was taken away while the station ran.
    JournalRestored(Restored) "journal_restored" "tệp nhật ký bị lấy đi khi đài đang chạy, đã lập lại" "the journal's file was taken away while the station ran, and put back";
    /// The station was set up again from a backup: when that was made, and where the journal stood then.
    StationRestored(String) "station_restored" "đài được dựng lại từ bản sao lưu" "the station was set up again from a backup";
    /// The disk had no room for so many rows.
    JournalGap(u64) "journal_gap" "nhật ký thiếu dòng vì ổ đĩa không ghi được" "rows are missing, the disk could not write";
}

impl Reason {
    fn form(&self) -> String {
        self.to_string()
    }
}

fn joined(brief: Text, between: &str, detail: Text) -> Text {
    let with =
        |brief: String, detail: String| if detail.is_empty() { brief } else { format!("{brief}{between}{detail}") };
    Text { vi: with(brief.vi, detail.vi), en: with(brief.en, detail.en) }
}

/// As the journal has it: `code`, or `code: detail`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Unknown(written) = self {
            return f.write_str(written);
        }
        f.write_str(self.code())?;
        match self.detail() {
            Some(detail) if !detail.is_empty() => write!(f, ": {detail}"),
            _ => Ok(()),
        }
    }
}

/// Reads what the journal has. What this version would not write in the same way stays as it is.
impl From<&str> for Reason {
    fn from(written: &str) -> Self {
        let (code, detail) = written.split_once(": ").unwrap_or((written, ""));
        let read = Self::read(code, detail).filter(|reason| reason.form() == written);
        read.unwrap_or_else(|| Self::Unknown(written.to_owned()))
    }
}

impl From<String> for Reason {
    fn from(written: String) -> Self {
        Self::from(written.as_str())
    }
}

/// Compared as the journal has it.
impl PartialEq<str> for Reason {
    fn eq(&self, written: &str) -> bool {
        self.form() == written
    }
}

impl PartialEq<&str> for Reason {
    fn eq(&self, written: &&str) -> bool {
        *self == **written
    }
}
