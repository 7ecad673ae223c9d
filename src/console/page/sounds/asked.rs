use crate::fields::Fields;

/// What a recording is to become.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Handing {
    /// The name of the sound; empty: after the file.
    pub(crate) sound: String,
    /// What the phone calls the file.
    pub(crate) name: String,
    /// It may take the place of another.
    pub(crate) replace: bool,
    /// When the file was written by the phone's own clock, in milliseconds: with its name and length it is the same file.
    pub(crate) modified: Option<i64>,
}

impl Handing {
    pub(crate) fn of(fields: &Fields) -> Self {
        let (sound, name) = (fields.get("sound").to_owned(), fields.get("name").to_owned());
        let modified = fields.get("modified").parse().ok();
        Self { sound, name, replace: fields.is_ticked("replace"), modified }
    }
}
