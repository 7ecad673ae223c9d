use std::f32::consts::PI;

/// The gain of frame `index` of a raised-cosine fade-out over `length` frames: 1 at the first, 0 at
/// the frame after the last. No step is larger than π / 2 / `length`.
pub(super) fn falling(index: u64, length: u64) -> f32 {
    if index >= length { 0.0 } else { 0.5 + 0.5 * (PI * index as f32 / length as f32).cos() }
}

/// The same, upwards: 0 at the first frame, 1 from frame `length` on.
pub(super) fn rising(index: u64, length: u64) -> f32 {
    if index >= length { 1.0 } else { 0.5 - 0.5 * (PI * index as f32 / length as f32).cos() }
}
