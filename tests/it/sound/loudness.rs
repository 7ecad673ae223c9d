//! Loudness and true peak beside another program's, on sounds of all kinds.

use std::path::{Path, PathBuf};
use std::process::Command;

use loa::audio::examine;

use super::ear;

/// What ffmpeg's ebur128 says: integrated loudness in LUFS, range in LU, highest true peak in dBTP.
pub(crate) fn by_ffmpeg(path: &Path) -> (f64, f64, f64) {
    let said = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(path)
        .args(["-af", "ebur128=peak=true:metadata=1,ametadata=print:file=-", "-f", "null", "-"])
        .output()
        .expect("ffmpeg is installed");
    let said = String::from_utf8(said.stdout).unwrap();
    let last = |key: &str| -> f64 {
        let line = said.lines().rev().find_map(|line| line.strip_prefix(key));
        line.unwrap_or_else(|| panic!("{key} of {}", path.display())).parse().unwrap()
    };
    (last("lavfi.r128.I="), last("lavfi.r128.LRA="), 20.0 * last("lavfi.r128.true_peak=").log10())
}

/// Sources as ffmpeg makes them, each with a character of its own.
const SOURCES: [(&str, &str); 5] = [
    ("speech", ""),
    ("pink", "anoisesrc=c=pink:d=9:r=48000:a=0.4:seed=7"),
    ("white", "anoisesrc=c=white:d=6:r=44100:a=0.9:seed=3"),
    ("sweep", "aevalsrc='0.8*sin(2*PI*(200*t+900*t*t))':d=8:s=48000"),
    ("steps", "aevalsrc='(0.05+0.9*mod(floor(t/2),2))*sin(2*PI*440*t)':d=14:s=44100"),
];

/// Endings and arguments: how each source is saved.
const SAVED: [(&str, &[&str]); 6] = [
    ("mono.wav", &["-ac", "1", "-c:a", "pcm_s16le"]),
    ("stereo.flac", &["-ac", "2", "-ar", "44100", "-c:a", "flac"]),
    ("low.wav", &["-ac", "1", "-ar", "16000", "-c:a", "pcm_s16le"]),
    ("loud.wav", &["-ac", "2", "-af", "volume=9dB", "-c:a", "pcm_f32le"]),
    ("soft.mp3", &["-ac", "2", "-ar", "48000", "-af", "volume=-12dB", "-c:a", "libmp3lame", "-b:a", "128k"]),
    ("six.flac", &["-ac", "6", "-c:a", "flac"]),
];

/// Every source, saved in every way, no longer than this.
pub(crate) fn make(dir: &Path, seconds: &str) -> Vec<PathBuf> {
    let mut made = Vec::new();
    for (name, source) in SOURCES {
        let wav = dir.join(format!("{name}.source.wav"));
        if source.is_empty() {
            ear::speak(
                &wav,
                "Ủy ban nhân dân xã thông báo. Sáng mai tiêm phòng cho trẻ em tại nhà văn hóa. Xin cảm ơn bà con.",
            );
        } else {
            let done = Command::new("ffmpeg")
                .args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-c:a", "pcm_f32le"])
                .arg(&wav)
                .status();
            assert!(done.unwrap().success());
        }
        for (ending, arguments) in SAVED {
            let path = dir.join(format!("{name}.{ending}"));
            ear::convert(&wav, &path, &[&["-t", seconds], arguments].concat());
            made.push(path);
        }
    }
    made
}

#[test]
#[ignore = "long"]
fn loudness_and_true_peak_of_thirty_files_agree_with_ffmpeg() {
    let dir = tempfile::tempdir().unwrap();
    let files = make(dir.path(), "60");
    assert_eq!(files.len(), 30);
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (lufs, range, peak) = by_ffmpeg(&path);
        let measured = examine(&path, &mut |_, _| {}).unwrap_or_else(|fault| panic!("{name}: {}", fault.message));
        let ours = measured.measures;
        let off = (ours.loudness_lufs.unwrap() - lufs, ours.range_lu - range, ours.true_peak_db - peak);
        println!(
            "{name:20} {lufs:8.3} LUFS {:+.3}  LRA {range:6.3} {:+.3}  {peak:7.3} dBTP {:+.3}",
            off.0, off.1, off.2
        );
        // The range is no promise: EBU Tech 3342 lets every meter take its short-term blocks where it likes,
        // which on seconds of sound makes half a unit.
        if off.0.abs() > 0.1 || off.2.abs() > 0.2 {
            wrong.push(format!("{name}: {off:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
