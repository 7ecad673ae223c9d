use crate::console::fields::Fields;

/// What a recording is to become.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::console) struct Handing {
    /// The name of the sound; empty: after the file.
    pub(in crate::console) sound: String,
    /// What the phone calls the file.
    pub(in crate::console) name: String,
    /// It may take the place of another.
    pub(in crate::console) replace: bool,
    /// When the file was written by the phone's own clock, in milliseconds: with its name and length it is the same file.
    pub(in crate::console) modified: Option<i64>,
}

impl Handing {
    pub(in crate::console) fn of(fields: &Fields) -> Self {
        let (sound, name) = (fields.get("sound").to_owned(), fields.get("name").to_owned());
        let modified = fields.get("modified").parse().ok();
        Self { sound, name, replace: fields.is_ticked("replace"), modified }
    }
}
