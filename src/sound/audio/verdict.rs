//! Judges what was measured of a sound: what must not be broadcast, and what would be understood better
//! if it were recorded again. Every sound is judged here, loaded or dropped into `audio/` by hand.
//! Pure: numbers in, sentences out.

use super::fault::clock;
use super::meter::Measures;
use super::{fault, limit};
use crate::diag::{Diagnostic, Lang, Severity, Text, text};
use crate::plan::Fault;

/// Softer than this, in LUFS, even the levelling of a broadcast would bring up mostly noise.
const QUIET_LUFS: f64 = -35.0;

/// Softer than this it stays soft on the air: the levelling brings a sound up by 20 dB at most.
const INAUDIBLE_LUFS: f64 = -45.0;

/// Shorter than this, in seconds, nothing can be said.
const SHORT_S: f64 = 0.5;

/// Cut tops that are heard as a crackle: one or two in a long sound are not.
const CLIPPED_RUNS: u64 = 5;

/// Longer silence than this, in seconds, makes people think that the horn is broken.
const HEAD_S: f64 = 2.0;
const TAIL_S: f64 = 5.0;
const GAP_S: f64 = 6.0;

/// Speech less than this over the noise is tiring to follow; in the wind, lost. What is said and what is warned of is
/// this one number.
const SPEECH_OVER_NOISE_DB: f64 = 20.0;

/// At or below this it can hardly be understood.
const DROWNED_DB: f64 = 10.5;

/// Where the sound of a telephone ends, at 3.4 kHz or at half its rate: consonants lie above it. What ends
/// lower is no voice but a gong or a drum.
const NARROW_HZ: std::ops::Range<f64> = 2_500.0..4_200.0;

/// Offset of the zero line that costs a horn's membrane some of its travel, and clicks at every cut.
const DC: f64 = 0.02;

/// Between soft and loud, in LU, more than a villager's ear in the wind can follow.
const RANGE_LU: f64 = 20.0;

/// Power lost in the folding that only opposite channels lose: unrelated ones lose 3 dB.
const CANCELLED_DB: f64 = -10.0;

/// Refuses what nobody would hear.
pub(super) fn refuse(measures: &Measures) -> Result<(), Fault> {
    let inaudible = measures.has_loudness() && measures.loudness_lufs.is_none();
    let silent = 20.0 * f64::from(limit::SILENCE_PEAK).log10();
    if measures.folded_peak_db < silent && measures.sample_peak_db >= silent && !inaudible {
        return Err(fault::cancelled());
    }
    if measures.folded_peak_db < silent || inaudible { Err(fault::silent()) } else { Ok(()) }
}

/// What could be better, each with how to record it better. `file` is the sound's path in the station.
pub fn warnings(file: &str, measures: &Measures) -> Vec<Diagnostic> {
    let checks = [short, quiet, clipped, silences, noisy, narrow, uneven, channels, offset, lost, hole, unfinished];
    let found = checks.into_iter().flat_map(|check| check(measures));
    found
        .map(|(code, message, help)| Diagnostic::of_file(file, Severity::Warning, code, message).with_help(help))
        .collect()
}

/// Code, what is wrong, how to record it better.
type Finding = (&'static str, Text, Text);

fn short(measures: &Measures) -> Vec<Finding> {
    if measures.seconds >= SHORT_S {
        return Vec::new();
    }
    let milliseconds = measures.seconds * 1000.0;
    vec![(
        "sound_short",
        text!(
            "quá ngắn (chỉ {milliseconds:.0} phần nghìn giây): ra loa chỉ như một tiếng tách",
            "too short (only {milliseconds:.0} ms): on the horns it is no more than a click"
        ),
        text!(
            "nghe lại: có lẽ bấm dừng quá sớm, hoặc chọn nhầm tệp; thu lại rồi nạp lại",
            "listen to it: the recording was probably stopped too soon, or this is the wrong file; record it again and load it again"
        ),
    )]
}

fn quiet(measures: &Measures) -> Vec<Finding> {
    let Some(lufs) = measures.loudness_lufs.filter(|lufs| *lufs < QUIET_LUFS) else { return Vec::new() };
    // What the file itself turns down was not recorded softly; the levelling brings it up again, as far as it can.
    if lufs - measures.gain_db >= QUIET_LUFS {
        return if lufs < INAUDIBLE_LUFS { vec![turned_down(-measures.gain_db)] } else { Vec::new() };
    }
    let Text { vi, en } = if lufs < INAUDIBLE_LUFS {
        text!(
            "; khi phát vẫn rất nhỏ, bà con khó nghe thấy",
            "; it stays very soft on the air, and people will hardly hear it"
        )
    } else {
        text!("", "")
    };
    let minus = (-lufs).round();
    vec![(
        "sound_quiet",
        text!(
            "thu quá nhỏ (-{minus} LUFS; nên vào khoảng -16){vi}",
            "recorded too softly (-{minus} LUFS; about -16 is good){en}"
        ),
        text!(
            "thu lại: để máy cách miệng chừng một gang tay, nói to như đang gọi người ở cuối sân",
            "record it again: hold the phone a hand's width from the mouth, and speak as if to somebody across the yard"
        ),
    )]
}

fn turned_down(decibels: f64) -> Finding {
    (
        "sound_quiet",
        text!(
            "chính tệp tự hạ tiếng xuống {decibels:.0} dB (mức «output gain» ghi trong tệp): khi phát sẽ rất nhỏ",
            "the file itself turns its sound down by {decibels:.0} dB (the \"output gain\" in it): it will be very soft on the air"
        ),
        text!(
            "nhờ người có máy tính đặt mức ấy về 0 hoặc đổi tệp sang MP3 với tiếng to bình thường, rồi nạp lại",
            "ask somebody with a computer to set it to 0, or to make an MP3 of it at a usual level, and load it again"
        ),
    )
}

fn clipped(measures: &Measures) -> Vec<Finding> {
    if measures.clipped_runs < CLIPPED_RUNS {
        return Vec::new();
    }
    let (runs, at) = (measures.clipped_runs, clock(measures.clipped_first.map_or(0.0, |place| place.from)));
    vec![(
        "sound_clipped",
        text!(
            "tiếng bị vỡ vì thu quá to: {runs} chỗ, chỗ đầu tiên ở {at}",
            "the sound breaks up because it was recorded too loud: {runs} times, the first at {at}"
        ),
        text!(
            "thu lại: để máy xa miệng hơn, hoặc hạ mức thu xuống; tiếng đã vỡ thì không chữa được",
            "record it again: hold the phone further away, or turn the recording level down; what is broken cannot be mended"
        ),
    )]
}

fn silences(measures: &Measures) -> Vec<Finding> {
    let mut found = Vec::new();
    let head = measures.head_s;
    if head > HEAD_S {
        found.push((
            "sound_silent_head",
            text!("im lặng {head:.0} giây trước câu đầu tiên", "{head:.0} s of silence before the first word"),
            text!(
                "cắt bớt đoạn đầu: bà con sẽ tưởng loa hỏng, và phát sẽ muộn đúng ngần ấy giây",
                "cut the beginning: people will think that the horn is broken, and the words come that much late"
            ),
        ));
    }
    let tail = measures.tail_s;
    if tail > TAIL_S {
        found.push((
            "sound_silent_tail",
            text!("im lặng {tail:.0} giây sau câu cuối cùng", "{tail:.0} s of silence after the last word"),
            text!(
                "cắt bớt đoạn cuối: nó giữ cụm loa, mục sau phải chờ",
                "cut the end: it holds the horns, and what comes next has to wait"
            ),
        ));
    }
    if let Some(gap) = measures.gap.filter(|gap| gap.to - gap.from > GAP_S) {
        let (at, seconds) = (clock(gap.from), gap.to - gap.from);
        found.push((
            "sound_silent_gap",
            text!("im lặng {seconds:.0} giây ở giữa, từ {at}", "{seconds:.0} s of silence inside, from {at} on"),
            text!(
                "nghe lại chỗ ấy: nếu không cố ý thì cắt bỏ, hoặc tách thành hai tệp và ghi «pause» trong lịch",
                "listen to it there: cut it out if it was not meant, or make two files with a \"pause\" between them in the schedule"
            ),
        ));
    }
    found
}

fn noisy(measures: &Measures) -> Vec<Finding> {
    let cure = text!(
        "thu lại trong phòng kín, tắt quạt và tivi, nói gần máy hơn",
        "record it again in a closed room, with fan and television off, nearer to the phone"
    );
    if measures.noise_alone {
        return vec![(
            "sound_noise",
            text!(
                "chỉ có tiếng ồn đều (rè, ù, mưa, gió), không thấy giọng nói hay tiếng nhạc",
                "nothing but steady noise (hiss, hum, rain, wind): neither a voice nor music was found"
            ),
            cure,
        )];
    }
    let Some(over) = measures.over_noise_db.filter(|over| *over < SPEECH_OVER_NOISE_DB) else { return Vec::new() };
    let decibels = over.abs().round();
    let Text { vi, en } = match over {
        under if under < -0.5 => text!(
            "tiếng ồn át giọng nói: giọng nói nhỏ hơn tiếng ồn {decibels} dB",
            "the noise drowns the voice: the voice is {decibels} dB below it"
        ),
        low if low <= DROWNED_DB => text!(
            "tiếng ồn át giọng nói, rất khó nghe: giọng nói chỉ to hơn tiếng ồn {decibels} dB",
            "the noise drowns the voice, which is very hard to follow: the voice is only {decibels} dB above it"
        ),
        _ => text!(
            "tiếng ồn nền lớn: giọng nói chỉ to hơn tiếng ồn {decibels} dB",
            "much background noise: the voice is only {decibels} dB above it"
        ),
    };
    let least = SPEECH_OVER_NOISE_DB;
    vec![("sound_noisy", text!("{vi} (nên từ {least} dB)", "{en} ({least} dB or more is good)"), cure)]
}

fn narrow(measures: &Measures) -> Vec<Finding> {
    if !NARROW_HZ.contains(&measures.band_hz) || !measures.has_loudness() {
        return Vec::new();
    }
    let khz = measures.band_hz / 1000.0;
    vec![(
        "sound_narrow",
        text!(
            "tiếng nghe như qua điện thoại (chỉ đến {khz:.1} kHz): khó phân biệt các phụ âm",
            "it sounds like a telephone (only up to {khz:.1} kHz): consonants are hard to tell apart"
        ),
        text!(
            "thu bằng ứng dụng ghi âm của máy, chất lượng cao, đừng thu cuộc gọi; gửi qua Zalo dưới dạng tệp",
            "record with the phone's recorder at high quality, not from a call; send it through Zalo as a file"
        ),
    )]
}

fn uneven(measures: &Measures) -> Vec<Finding> {
    let range = measures.range_lu;
    if range <= RANGE_LU {
        return Vec::new();
    }
    vec![(
        "sound_uneven",
        text!("chỗ to chỗ nhỏ (chênh {range:.0} LU)", "loud and soft by turns (a range of {range:.0} LU)"),
        text!(
            "thu lại: giữ nguyên khoảng cách đến máy; nhiều người nói thì mỗi người đến gần máy",
            "record it again: keep the same distance; where several people speak, let each come near the phone"
        ),
    )]
}

fn channels(measures: &Measures) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(channel) = measures.dead_channel {
        found.push((
            "sound_dead_channel",
            text!("kênh {channel} không có tiếng", "channel {channel} is empty"),
            text!(
                "cắm lại dây micrô rồi thu lại, hoặc xuất tệp thành một kênh (mono): để vậy thì tiếng ra nhỏ đi một nửa",
                "plug the microphone in again and record again, or export it as mono: as it is it comes out half as loud"
            ),
        ));
    }
    if measures.cancelled_db.is_some_and(|lost| lost < CANCELLED_DB) {
        found.push((
            "sound_reversed",
            text!(
                "hai kênh ngược pha nhau: ra loa gần như mất tiếng",
                "the two channels are opposite: on the horns they nearly cancel out"
            ),
            text!(
                "đổi dây micrô (một đầu bị đấu ngược) rồi thu lại, hoặc chỉ lấy một kênh khi xuất tệp",
                "change the microphone cable (one end is wired the wrong way round) and record again, or export one channel only"
            ),
        ));
    }
    found
}

fn offset(measures: &Measures) -> Vec<Finding> {
    if measures.dc < DC {
        return Vec::new();
    }
    let share = measures.dc * 100.0;
    vec![(
        "sound_offset",
        text!(
            "tín hiệu lệch khỏi số 0 ({share:.0} %): loa kêu lụp bụp",
            "the signal is off zero ({share:.0} %): horns thump"
        ),
        text!(
            "đổi máy thu hoặc dây; hoặc mở bằng phần mềm biên tập, chọn «remove DC offset», rồi xuất lại",
            "change the recorder or the cable; or open it in an editor, choose \"remove DC offset\" and export it again"
        ),
    )]
}

fn lost(measures: &Measures) -> Vec<Finding> {
    let Some(first) = measures.lost.first() else { return Vec::new() };
    let missing: f64 = measures.lost.iter().map(|place| place.to - place.from).sum();
    let (lost_vi, lost_en) = (fault::about(missing, Lang::Vi), fault::about(missing, Lang::En));
    let (places, at) = (measures.lost.len(), clock(first.from));
    let Text { vi, en } = if places > 1 {
        text!("ở {places} chỗ, chỗ đầu tiên ở phút {at}", "in {places} places, the first at {at}")
    } else {
        text!("ở phút {at}", "at {at}")
    };
    vec![(
        "sound_damaged",
        text!(
            "tệp bị hỏng: thiếu {lost_vi} {vi}, nghe như vấp",
            "the file is damaged: {lost_en} missing {en}, heard as a stumble"
        ),
        text!("nghe lại chỗ ấy, và chép lại từ tệp gốc", "listen to it there, and copy it again from the original"),
    )]
}

fn hole(measures: &Measures) -> Vec<Finding> {
    let Some(hole) = measures.hole else { return Vec::new() };
    let (missing, at) = (hole.to - hole.from, clock(hole.from));
    let (lost_vi, lost_en) = (fault::about(missing, Lang::Vi), fault::about(missing, Lang::En));
    vec![(
        "sound_hole",
        text!(
            "tiếng mất hẳn {lost_vi} ở phút {at}, như tệp bị thủng",
            "the sound is gone at {at}, as if the file had a hole: {lost_en} silent"
        ),
        text!(
            "nghe lại chỗ ấy; nếu mất lời thì chép lại từ tệp gốc, hoặc thu lại",
            "listen to it there; if words are missing, copy it again from the original, or record it again"
        ),
    )]
}

fn unfinished(measures: &Measures) -> Vec<Finding> {
    if !measures.unfinished {
        return Vec::new();
    }
    vec![(
        "sound_unfinished",
        text!(
            "tệp dừng giữa chừng, không có phần kết: có thể thiếu những lời cuối",
            "the file stops half way, without an end: its last words may be missing"
        ),
        text!(
            "nghe lại đoạn cuối; nếu thiếu thì chép lại tệp gốc, rồi tháo USB an toàn",
            "listen to its end; if something is missing, copy the original again and eject the USB stick safely"
        ),
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::meter::SoundSpan;

    fn good() -> Measures {
        Measures {
            seconds: 60.0,
            loudness_lufs: Some(-18.0),
            range_lu: 6.0,
            true_peak_db: -1.5,
            sample_peak_db: -2.0,
            clipped_runs: 0,
            clipped_first: None,
            head_s: 0.3,
            tail_s: 0.5,
            gap: None,
            hole: None,
            silent_s: 4.0,
            speech_db: -17.0,
            noise_db: Some(-60.0),
            over_noise_db: None,
            noise_alone: false,
            band_hz: 9_000.0,
            dc: 0.0001,
            dead_channel: None,
            cancelled_db: None,
            folded_peak_db: -2.0,
            folded_lufs: -18.0,
            folded_true_peak_db: -3.0,
            gaps: 0,
            lost: Vec::new(),
            gain_db: 0.0,
            unfinished: false,
        }
    }

    fn codes(measures: &Measures) -> Vec<&'static str> {
        warnings("audio/a.mp3", measures).iter().map(|one| one.code).collect()
    }

    #[test]
    fn a_good_recording_is_passed_without_a_word() {
        assert!(refuse(&good()).is_ok());
        assert!(codes(&good()).is_empty());
    }

    #[test]
    fn each_defect_has_its_own_finding_with_a_cure() {
        let gap = Some(SoundSpan { from: 187.0, to: 200.0 });
        let clipped_first = Some(SoundSpan { from: 61.2, to: 61.3 });
        let table = [
            (Measures { loudness_lufs: Some(-41.0), ..good() }, "sound_quiet"),
            (Measures { clipped_runs: 90, clipped_first, ..good() }, "sound_clipped"),
            (Measures { loudness_lufs: Some(-47.0), gain_db: -25.0, ..good() }, "sound_quiet"),
            (Measures { head_s: 4.0, ..good() }, "sound_silent_head"),
            (Measures { tail_s: 20.0, ..good() }, "sound_silent_tail"),
            (Measures { gap, ..good() }, "sound_silent_gap"),
            (Measures { hole: gap, ..good() }, "sound_hole"),
            (Measures { over_noise_db: Some(12.0), ..good() }, "sound_noisy"),
            (Measures { over_noise_db: Some(-3.0), ..good() }, "sound_noisy"),
            (Measures { noise_alone: true, ..good() }, "sound_noise"),
            (Measures { seconds: 0.2, ..good() }, "sound_short"),
            (Measures { lost: vec![SoundSpan { from: 5.0, to: 5.2 }], ..good() }, "sound_damaged"),
            (Measures { unfinished: true, ..good() }, "sound_unfinished"),
            (Measures { band_hz: 3_400.0, ..good() }, "sound_narrow"),
            (Measures { range_lu: 25.0, ..good() }, "sound_uneven"),
            (Measures { dead_channel: Some(2), ..good() }, "sound_dead_channel"),
            (Measures { cancelled_db: Some(-40.0), ..good() }, "sound_reversed"),
            (Measures { dc: 0.06, ..good() }, "sound_offset"),
        ];
        for (measures, code) in table {
            let found = warnings("audio/a.mp3", &measures);
            assert_eq!(codes(&measures), [code]);
            assert!(found[0].help.is_some() && !found[0].is_error());
        }
        let clipped = warnings("audio/a.mp3", &Measures { clipped_runs: 90, clipped_first, ..good() });
        assert!(clipped[0].message.vi.contains("1:01"), "{}", clipped[0].message.vi);
    }

    #[test]
    fn what_nobody_would_hear_is_refused() {
        let silent = Measures { folded_peak_db: -90.0, sample_peak_db: -90.0, loudness_lufs: None, ..good() };
        assert_eq!(refuse(&silent).unwrap_err().code, "silent");
        let faint = Measures { folded_peak_db: -66.0, sample_peak_db: -66.0, loudness_lufs: None, ..good() };
        assert_eq!(refuse(&faint).unwrap_err().code, "silent");
        let opposite = Measures { folded_peak_db: -120.0, ..good() };
        assert_eq!(refuse(&opposite).unwrap_err().code, "cancelled");
        let click = Measures { seconds: 0.1, loudness_lufs: None, ..good() };
        assert!(refuse(&click).is_ok());
    }
}
