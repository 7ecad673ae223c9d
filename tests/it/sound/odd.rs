//! Files whose ends or lengths are odd, and that play whole all the same.

use loa::audio::examine_bytes;

use super::whole::{expect_whole, find, made, odd_byte};

#[test]
#[ignore = "long"]
fn padding_that_is_missing_behind_an_m4a_is_not_missed() {
    let dir = tempfile::tempdir().unwrap();
    for (name, arguments) in [("a.m4a", ["-c:a", "aac"]), ("b.m4a", ["-c:a", "alac"])] {
        // Its index stands at its end, and a title at the end of that.
        let whole = made(dir.path(), name, 44_100, &[&arguments[..], &["-metadata", "title=tin"]].concat());
        for missing in [1, 7, 40] {
            expect_whole(&format!("{name} without {missing} bytes"), &whole[..whole.len() - missing]);
        }
        for (size, there) in [(1_000_u32, 0_usize), (1_000, 991), (8, 0)] {
            let free = [&size.to_be_bytes()[..], b"free", &vec![0; there]].concat();
            expect_whole(&format!("{name}, {there} of {size}"), &[&whole[..], &free].concat());
        }
        for behind in [b"\r\n".to_vec(), vec![0; 5_000], (0..5_000_u32).map(odd_byte).collect()] {
            expect_whole(&format!("{name}, something behind"), &[whole.as_slice(), &behind].concat());
        }
        // What tells where the sound lies is no padding.
        let fault = examine_bytes(whole[..whole.len() - whole.len() / 100].to_vec()).err();
        assert_eq!(fault.unwrap().code, "truncated", "{name}");
    }
}

#[test]
#[ignore = "long"]
fn a_caf_plays_whole_whatever_length_is_written_in_it_where_all_its_packets_are_there() {
    let dir = tempfile::tempdir().unwrap();
    let formats: [(&str, &[&str]); 4] = [
        ("a.caf", &["-c:a", "pcm_s16le"]),
        ("ima.caf", &["-c:a", "adpcm_ima_qt"]),
        ("alac.caf", &["-c:a", "alac"]),
        ("opus.caf", &["-c:a", "libopus", "-ar", "48000"]),
    ];
    for (name, arguments) in formats {
        let whole = made(dir.path(), name, 44_100, arguments);
        let data = find(&whole, b"data");
        let size = i64::from_be_bytes(whole[data + 4..data + 12].try_into().unwrap());
        let table = whole.windows(4).rposition(|word| word == b"pakt");
        for wrong in [-1, 0, i64::MAX, 3_000_000_000] {
            let mut bytes = whole.clone();
            bytes[data + 4..data + 12].copy_from_slice(&wrong.to_be_bytes());
            expect_whole(&format!("{name}, length {wrong}"), &bytes);
        }
        let mut long = whole.clone();
        long[data + 4..data + 12].copy_from_slice(&(size + 70_000).to_be_bytes());
        if let Some(table) = table {
            expect_whole(&format!("{name}, too long"), &long);
            let front = [&whole[..data], &whole[table..], &whole[data..table]].concat();
            expect_whole(&format!("{name}, the table in front"), &front);
            let fault = examine_bytes(front[..front.len() * 3 / 4].to_vec()).err().unwrap();
            assert_eq!(fault.code, "truncated", "{name}");
            assert!(fault.message.vi.contains("thiếu khoảng 1,0 giây"), "{name}: {fault:?}");
        } else {
            // Nothing else says how much there should be.
            assert_eq!(examine_bytes(long).err().unwrap().code, "truncated", "{name}");
        }
    }
}
