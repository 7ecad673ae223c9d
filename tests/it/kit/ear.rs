/// One channel of interleaved samples.
pub(crate) fn one_channel(samples: &[f32], channels: usize, channel: usize) -> Vec<f32> {
    samples.iter().skip(channel).step_by(channels).copied().collect()
}

/// Where sound begins after silence: the first frame of each stretch louder than `threshold` that
/// follows at least `quiet` frames below it.
pub(crate) fn onsets(samples: &[f32], threshold: f32, quiet: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut silent_for = quiet;
    for (frame, sample) in samples.iter().enumerate() {
        if sample.abs() > threshold {
            if silent_for >= quiet {
                found.push(frame);
            }
            silent_for = 0;
        } else {
            silent_for += 1;
        }
    }
    found
}
