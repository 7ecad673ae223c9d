//! Bytes as a sound file: opened, decoded and measured to the end. No panic that reaches anything but the file, no
//! endless loop, no memory that a header asks for; what comes out is finite and within full scale.

#![no_main]

use libfuzzer_sys::fuzz_target;
use loa_sound::audio::Decoder;

// Checked arithmetic makes the decoders panic on sizes that wrap around in a release: those are caught.
fuzz_target!(init: loa_sound::audio::hush_decoders(), |bytes: &[u8]| {
    let Ok(measured) = loa_sound::audio::examine_bytes(bytes.to_vec()) else { return };
    assert!(measured.measures.true_peak_db.is_finite() && measured.measures.seconds > 0.0);
    let mut decoder = Decoder::open_bytes(bytes.to_vec()).expect("it was measured a moment ago");
    let mut samples = Vec::new();
    while decoder.read(&mut samples).expect("it was decoded a moment ago") {
        assert!(samples.iter().all(|sample| sample.abs() <= 1.0));
        samples.clear();
    }
});
