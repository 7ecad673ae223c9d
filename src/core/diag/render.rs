use std::collections::HashMap;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Lang, Lines, Severity, SourceFile, plain, plain_lines};

/// A longer line fits no screen, and a whole file on one line must not be laid out again for each of
/// its problems: only its number and column are given.
const MAX_LINE_BYTES: usize = 2_000;

/// Whether the terminal gets colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Colours {
    /// Letters only: files, pipes, tests.
    #[default]
    Plain,
    /// With colours.
    Colour,
}

/// Show diagnostics to a person: what, where, the line itself with the place underlined, and the cure.
///
/// `sources` are the files as read; a diagnostic of a file that is not among them is shown without
/// its line. Only the lines spoken of are copied, so large files cost nothing.
pub fn render(found: &[Diagnostic], sources: &[SourceFile], lang: Lang, look: Colours) -> String {
    let renderer = match look {
        Colours::Plain => Renderer::plain(),
        Colours::Colour => Renderer::styled(),
    };
    let sources = sources.iter().map(|source| (source.path.as_str(), source)).collect();
    let mut book = Book { sources, lines: HashMap::new() };
    let mut out = String::new();
    for one in found {
        out.push_str(&renderer.render(&[group(one, &mut book, lang)]));
        out.push_str("\n\n");
    }
    out
}

/// The files, and the lines of those that were needed so far.
struct Book<'a> {
    sources: HashMap<&'a str, &'a SourceFile>,
    lines: HashMap<&'a str, Lines>,
}

/// One line of a file and a place in it.
struct Excerpt<'a> {
    text: &'a str,
    line: usize,
    span: Range<usize>,
}

impl<'a> Book<'a> {
    fn excerpt(&mut self, path: &str, span: &Range<usize>) -> Option<Excerpt<'a>> {
        let source = *self.sources.get(path)?;
        let lines = self.lines.entry(&source.path).or_insert_with(|| Lines::of(&source.text));
        let line = lines.line(span.start);
        let whole = lines.range(&source.text, line);
        if whole.len() > MAX_LINE_BYTES {
            return None;
        }
        let text = source.text.get(whole.clone())?;
        // A span that runs over several lines is shown by its first; one that is not of this text
        // (a file that changed since) must not bring the renderer down.
        let cut = |at: usize| {
            let inside = at.clamp(whole.start, whole.end) - whole.start;
            (0..=inside).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
        };
        Some(Excerpt { text, line, span: cut(span.start)..cut(span.end.max(span.start)) })
    }
}

fn group<'a>(one: &'a Diagnostic, book: &mut Book<'a>, lang: Lang) -> Group<'a> {
    let level = match (one.severity, lang) {
        (Severity::Error, Lang::Vi) => Level::ERROR.with_name("lỗi"),
        (Severity::Error, Lang::En) => Level::ERROR.with_name("error"),
        (Severity::Warning, Lang::Vi) => Level::WARNING.with_name("cảnh báo"),
        (Severity::Warning, Lang::En) => Level::WARNING.with_name("warning"),
    };
    let mut group = Group::with_title(level.primary_title(plain(one.message.get(lang))).id(one.code));
    let place = one.span.as_ref().and_then(|span| book.excerpt(&one.file, span));
    group = match place {
        Some(place) => group.element(snippet(&one.file, place, |span| AnnotationKind::Primary.span(span))),
        None => group.element(match one.line {
            0 => Origin::path(super::shown(&one.file)),
            line => Origin::path(super::shown(&one.file)).line(line).char_column(one.column),
        }),
    };
    for label in &one.related {
        if let Some(place) = book.excerpt(&label.file, &label.span) {
            let mark = |span| AnnotationKind::Context.span(span).label(label.message.get(lang));
            group = group.element(snippet(&label.file, place, mark));
        }
    }
    if let Some(help) = &one.help {
        let name = match lang {
            Lang::Vi => "cách sửa",
            Lang::En => "help",
        };
        group = group.element(Level::HELP.with_name(name).message(plain_lines(help.get(lang))));
    }
    group
}

fn snippet<'a>(
    path: &str,
    place: Excerpt<'a>,
    mark: impl FnOnce(Range<usize>) -> Annotation<'a>,
) -> Snippet<'a, Annotation<'a>> {
    Snippet::source(place.text).line_start(place.line).path(super::shown(path)).annotation(mark(place.span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Label, text};

    #[test]
    fn a_place_in_a_text_that_has_changed_since_is_still_shown() {
        let was = SourceFile { path: "schedules/a.toml".to_owned(), text: "tiêu = 1\nđề = 22222\n".to_owned() };
        let is = SourceFile { text: "đ".to_owned(), ..was.clone() };
        let mut one = Diagnostic::at(&was, 18..23, Severity::Error, "x", text!("sai", "wrong"));
        one.related.push(Label { file: was.path.clone(), span: 1..99, line: 1, message: text!("đây", "here") });
        let shown = render(&[one.clone()], &[is], Lang::En, Colours::Plain);
        assert!(shown.contains("error[x]: wrong") && shown.contains("schedules/a.toml"), "{shown}");
        let without = render(&[one], &[], Lang::Vi, Colours::Plain);
        assert!(without.contains("lỗi[x]: sai") && without.contains("schedules/a.toml:2:6"), "{without}");
    }

    #[test]
    fn of_a_line_too_long_for_any_screen_only_the_place_is_shown() {
        let file = SourceFile { path: "schedules/a.toml".to_owned(), text: format!("a = 1\n{}", "đ".repeat(3_000)) };
        let one = [Diagnostic::at(&file, 6 + 4_000..6 + 4_002, Severity::Error, "x", text!("sai", "wrong"))];
        let shown = render(&one, &[file], Lang::En, Colours::Plain);
        assert!(shown.contains("schedules/a.toml:2:2001") && shown.len() < 100, "{shown}");
    }

    #[test]
    fn colours_are_for_terminals_only() {
        let one = [Diagnostic::of_file("schedules", Severity::Warning, "x", text!("sai", "wrong"))];
        assert!(render(&one, &[], Lang::Vi, Colours::Colour).contains('\u{1b}'));
        assert!(!render(&one, &[], Lang::Vi, Colours::Plain).contains('\u{1b}'));
    }
}
