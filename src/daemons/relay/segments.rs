//! What a playlist of HLS says, and which segment comes next. No network here.

use m3u8_rs::{KeyMethod, MasterPlaylist, MediaPlaylist, Playlist};

use super::http::by_command;
use crate::diag::{Text, text};

/// Segments behind the newest at which it begins: nothing is missed while the next is made.
const BEHIND: usize = 3;
/// Variants up to this many bits a second are worth it for one horn.
const ENOUGH: u64 = 200_000;

/// A playlist: of others, or of segments.
pub(super) enum ListKind {
    /// The address of the one to be played, as it is written.
    Variant(String),
    /// Segments.
    Media(Segments),
}

/// The segments of a playlist as it is now.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Segments {
    pub(super) seconds: u64,
    pub(super) first: u64,
    pub(super) all: Vec<Segment>,
    pub(super) is_ended: bool,
}

/// One of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Segment {
    pub(super) uri: String,
    /// What an MP4 needs before it.
    pub(super) map: Option<String>,
    /// Another stream begins with it.
    pub(super) breaks: bool,
}

/// Read a playlist.
pub(super) fn read(bytes: &[u8]) -> Result<ListKind, Text> {
    let wrong = || text!("danh sách HLS không đọc được", "the HLS playlist cannot be read");
    match m3u8_rs::parse_playlist_res(bytes).map_err(|_| wrong())? {
        Playlist::MasterPlaylist(master) => variant(&master).map(ListKind::Variant).ok_or_else(wrong),
        Playlist::MediaPlaylist(media) => segments(&media).map(ListKind::Media),
    }
}

/// The best that is no more than enough, else the smallest; its sound alone where it stands apart.
fn variant(master: &MasterPlaylist) -> Option<String> {
    let variants = || master.variants.iter().filter(|variant| !variant.is_i_frame);
    let best = variants().filter(|variant| variant.bandwidth <= ENOUGH).max_by_key(|variant| variant.bandwidth);
    let best = best.or_else(|| variants().min_by_key(|variant| variant.bandwidth))?;
    let mut apart = master.alternatives.iter().filter(|other| Some(&other.group_id) == best.audio.as_ref());
    let apart = apart.find_map(|other| other.uri.clone());
    Some(apart.unwrap_or_else(|| best.uri.clone()))
}

fn segments(media: &MediaPlaylist) -> Result<Segments, Text> {
    let Text { vi, en } = by_command();
    // Both stand at the first segment after the tag only.
    let (mut map, mut all) = (None, Vec::new());
    for segment in &media.segments {
        if segment.key.as_ref().is_some_and(|key| key.method != KeyMethod::None) {
            return Err(text!(
                "HLS này bị mã hóa, loa không mở được; {vi}",
                "this HLS is encrypted, which loa does not read; {en}"
            ));
        }
        let part = segment.map.as_ref().and_then(|map| map.byte_range.as_ref());
        if segment.byte_range.is_some() || part.is_some() {
            return Err(text!(
                "HLS này cắt tệp theo byte, loa chưa đọc được; {vi}",
                "this HLS has byte ranges, which loa does not read; {en}"
            ));
        }
        map = segment.map.as_ref().map(|map| map.uri.clone()).or(map);
        all.push(Segment { uri: segment.uri.clone(), map: map.clone(), breaks: segment.discontinuity });
    }
    let seconds = media.target_duration.clamp(1, 30);
    Ok(Segments { seconds, first: media.media_sequence, all, is_ended: media.end_list })
}

impl Segments {
    /// Milliseconds that are to be held: the next segment may be a whole one late.
    pub(super) fn hold_ms(&self) -> u32 {
        (self.seconds as u32) * 1_500 + 1_000
    }

    /// Where to begin.
    pub(super) fn begin(&self) -> u64 {
        self.first + self.all.len().saturating_sub(BEHIND) as u64
    }

    /// The segment of this number, or of the first behind it that is still there.
    pub(super) fn at(&self, number: u64) -> Option<(u64, &Segment)> {
        let number = number.max(self.first);
        self.all.get(usize::try_from(number - self.first).ok()?).map(|segment| (number, segment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: &str = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:70\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:4.0,\na.m4s\n#EXTINF:4.0,\nb.m4s\n#EXT-X-DISCONTINUITY\n#EXTINF:4.0,\nc.m4s\n#EXTINF:4.0,\nd.m4s\n";

    fn media(written: &str) -> Segments {
        match read(written.as_bytes()) {
            Ok(ListKind::Media(segments)) => segments,
            _ => panic!("{written}"),
        }
    }

    #[test]
    fn it_begins_three_back_and_what_stands_once_holds_for_all_behind_it() {
        let live = media(LIVE);
        assert_eq!((live.begin(), live.hold_ms(), live.is_ended), (71, 7_000, false));
        let named = |number| live.at(number).map(|(number, segment)| (number, segment.uri.as_str()));
        assert_eq!(named(73), Some((73, "d.m4s")));
        assert_eq!((named(74), named(3)), (None, Some((70, "a.m4s"))));
        assert!(live.all.iter().all(|segment| segment.map.as_deref() == Some("init.mp4")));
        assert_eq!(live.all.iter().map(|segment| segment.breaks).collect::<Vec<_>>(), [false, false, true, false]);
    }

    #[test]
    fn what_is_encrypted_is_refused_with_the_command_that_helps() {
        let key = LIVE.replace("#EXT-X-MAP:URI=\"init.mp4\"", "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"");
        let why = read(key.as_bytes()).err().unwrap();
        assert!(why.en.contains("encrypted") && why.en.contains("ffmpeg"), "{why:?}");
    }

    #[test]
    fn of_many_variants_the_best_that_is_enough_plays_and_sound_apart_goes_before() {
        let of = |written: &str| match read(written.as_bytes()) {
            Ok(ListKind::Variant(uri)) => uri,
            _ => panic!("{written}"),
        };
        let master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64000\nlow\n#EXT-X-STREAM-INF:BANDWIDTH=128000\nmid\n#EXT-X-STREAM-INF:BANDWIDTH=2000000\nfilm\n";
        assert_eq!(of(master), "mid");
        let apart = "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"vi\",URI=\"sound\"\n#EXT-X-STREAM-INF:BANDWIDTH=900000,AUDIO=\"a\"\nfilm\n";
        assert_eq!(of(apart), "sound");
    }

    #[test]
    fn twenty_thousand_damaged_playlists_stop_nothing() {
        let mut seed = 3_u64;
        let mut next = move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize
        };
        for _ in 0..20_000 {
            let mut damaged = LIVE.as_bytes().to_vec();
            for _ in 0..=next() % 6 {
                let at = next() % damaged.len();
                damaged[at] = next() as u8;
            }
            if let Ok(ListKind::Media(segments)) = read(&damaged) {
                let _ = segments.at(segments.begin());
                assert!((1..=30).contains(&segments.seconds));
            }
        }
    }
}
