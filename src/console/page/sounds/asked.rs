use crate::console::fields::Fields;

/// What a recording is to become.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Handing {
    /// The name of the sound; empty: after the file.
    pub(super) sound: String,
    /// What the phone calls the file.
    pub(super) name: String,
    /// It may take the place of another.
    pub(super) replace: bool,
}

impl Handing {
    pub(super) fn of(fields: &Fields) -> Self {
        let (sound, name) = (fields.get("sound").to_owned(), fields.get("name").to_owned());
        Self { sound, name, replace: fields.is_ticked("replace") }
    }
}
