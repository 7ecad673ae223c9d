use std::path::Path;

/// A WAV file of 16 bits: the samples of all channels, frame by frame.
pub(crate) fn wav_file(path: &Path, rate: u32, channels: u16, samples: impl IntoIterator<Item = i16>) {
    let spec =
        hound::WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for sample in samples {
        wav.write_sample(sample).unwrap();
    }
    wav.finalize().unwrap();
}
