//! What the tests are built from: a station in a temporary directory, made-up tones, a sound server
//! of their own, and an ear that reads samples.

mod account;
mod authority;
pub(crate) mod bare;
pub(crate) mod card;
pub(crate) mod click;
mod ear;
pub(crate) mod hang;
pub(crate) mod jump;
pub(crate) mod late;
mod library;
mod machine;
mod mic;
pub(crate) mod nats;
pub(crate) mod pulse;
pub(crate) mod qr;
mod radio;
mod soon;
mod station;
pub(crate) mod strain;
mod wav;

pub(crate) use account::{asked_by_another, is_root, loa_as_another};
pub(crate) use authority::Authority;
pub(crate) use ear::{one_channel, onsets};
pub(crate) use machine::Machine;
pub(crate) use mic::Mic;
pub(crate) use radio::Radio;
pub(crate) use soon::{broadcast_at, wait_for, whole_second_in};
pub(crate) use station::{Daemon, Said, Station, recorded_earlier};
pub(crate) use wav::wav_file;
