use super::Rival;
use crate::diag::{Diagnostic, Label, Severity, Text, text};
use crate::schedule::Place;

/// A finding about what is written at `place`.
pub(super) fn diagnostic(
    code: &'static str,
    severity: Severity,
    place: &Place,
    message: Text,
    help: Option<Text>,
) -> Diagnostic {
    Diagnostic {
        code,
        severity,
        file: place.file.clone(),
        span: Some(place.span.clone()),
        line: place.line,
        // A broadcast begins at the start of its line.
        column: 1,
        message,
        help,
        related: Vec::new(),
    }
}

/// Where the other side of a conflict is written, to show beside the first; an order is written nowhere.
pub(super) fn rival(rival: &Rival) -> Option<Label> {
    let title = &rival.broadcast.title;
    Some(label(rival.broadcast.place()?, text!("«{title}» ở đây", "\"{title}\" is here")))
}

/// Where a broken rule is written.
pub(super) fn rule(place: &Place) -> Label {
    label(place, text!("quy định ở đây", "the rule is here"))
}

fn label(place: &Place, message: Text) -> Label {
    Label { file: place.file.clone(), span: place.span.clone(), line: place.line, message }
}
