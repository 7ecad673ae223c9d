use std::path::Path;
use std::sync::Arc;

use super::control::Control;
use super::unusable::Unusable;
use super::{Device, DeviceName, OpenReader, OutputLane, Paced};
use crate::clock::Clock;
use crate::station::OutputName;
use crate::voice::{NoticeSink, Output};

/// The output that `loa.toml` names, with every zone that plays on it; `station` is the directory
/// that a file's path is relative to. Nothing is opened before the first voice.
pub fn make(
    name: &OutputName,
    station: &Path,
    lanes: Vec<OutputLane>,
    open: OpenReader,
    clock: Arc<dyn Clock>,
    sink: NoticeSink,
) -> Box<dyn Output> {
    match name {
        OutputName::Device(name) => Box::new(Device::new(DeviceName::Alsa(name.clone()), lanes, open, clock, sink)),
        OutputName::Pulse(name) => Box::new(Device::new(DeviceName::Pulse(name.clone()), lanes, open, clock, sink)),
        OutputName::Wav(path) => Box::new(Paced::wav(station.join(path), lanes, open, clock, sink)),
        OutputName::Unusable => Box::new(Control::new(Arc::new(Unusable), lanes, open, clock, sink)),
        OutputName::Null => Box::new(Paced::null(lanes, open, clock, sink)),
    }
}
