use crate::diag::Text;

/// What moves the contact. May block for some seconds.
pub(super) trait PowerRelay: Send {
    /// Put it on or off; why that cannot be done, with the cure.
    fn set(&mut self, on: bool) -> Result<(), Text>;
}
