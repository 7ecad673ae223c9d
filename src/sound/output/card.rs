use super::OutputLane;
use super::renderer::RendererHandle;
use crate::diag::Text;

/// Something that takes samples: a sound card, a file, nothing.
pub(super) trait Card: Send + Sync + 'static {
    /// Open it and start its stream, which ends when [`OpenedCard::stream`] is dropped. May take long
    /// or hang: it is called on a thread of its own. `lost` may be called at any time afterwards.
    fn open(&self, lanes: &[OutputLane], lost: Lost) -> Result<OpenedCard, Text>;
}

/// Tells the controller that the stream is gone, and why.
pub(super) type Lost = Box<dyn Fn(Text) + Send + Sync>;

/// An open card.
pub(super) struct OpenedCard {
    /// The controller's side of the renderer that runs in the stream.
    pub(super) renderer: RendererHandle,
    /// Whatever keeps the stream alive.
    pub(super) stream: Box<dyn Send>,
}
