/// Which way the notes of a chime go, unless a sound is played in its place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Chime {
    /// Up: something begins.
    Rising,
    /// Down: it was that.
    Falling,
    /// High and low by turns: an alarm begins. Only an alert that somebody orders has it, and no file takes its place.
    Alarm,
    /// One sweep, by which a microphone learns how late it hears the horns: at the end of test tones only.
    Sweep,
}
