//! `loa load`: takes sound into `audio/`, and says in plain words what is wrong with it and how to record it
//! better. Every file is dealt with by itself; one that is refused stops none of the others.

mod outcome;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::files::gather;
use super::page::Page;
use super::uses::Uses;
use super::{Context, Exit, Failure, files};
use crate::audio::intake::{self, IntakeError, Taken};
use crate::audio::{self, Measured, library, name, picture, verdict};
use crate::clock::Clock;
use crate::diag::{Text, shown, system, text};
use crate::plan::{Fault, Wanted};
use outcome::LoadOutcome;

/// So long other sounds of the schedules are examined that nobody has examined yet; the rest is taken for whole.
const EXAMINE_MOST: Duration = Duration::from_secs(5);

/// `loa load`.
#[derive(Args, Debug)]
pub(super) struct LoadArgs {
    /// Các tệp âm thanh hay video. | Sound or video files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Tên trong audio/, chỉ khi nạp một tệp. | The name in audio/, for one file only.
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Thay tệp cùng tên; bản cũ giữ trong state/replaced/. | Replace the file of that name; the old one is kept.
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &LoadArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    if args.name.is_some() && args.files.len() > 1 {
        return Err(Failure::new(
            Exit::Usage,
            text!(
                "--as chỉ dùng khi nạp một tệp; hãy nạp từng tệp một",
                "--as is for one file; load the files one by one"
            ),
        )
        .into());
    }
    if let Some(cure) = args.name.as_deref().filter(|name| name.contains(['/', '\\'])).map(no_directory) {
        return Err(Failure::new(Exit::Usage, cure).into());
    }
    let mut outcomes = Vec::new();
    for part in parts(&args.files) {
        outcomes.push(match part {
            Part::File(source) => load(context, clock, source, args)?,
            Part::Pieces(whole) => LoadOutcome::refused(&whole, torn(&whole)),
        });
    }
    let gathered = gather(context, clock.wall());
    let wanted = Wanted::new(&gathered.loaded.schedule, &gathered.station);
    let (mut library, unknown) = library::known(&context.dir, &wanted);
    library.approvals = files::approvals(context, &gathered.station);
    // Another sound of the same broadcast, or another version of the same name, decides what is heard. Those not
    // known yet come first in the list where a schedule may mean them.
    let began = clock.mono();
    for file in
        unknown.iter().filter(|file| wanted.has(file) && !library.sounds.contains_key(*file)).collect::<Vec<_>>()
    {
        let in_time = clock.mono().after(began) < EXAMINE_MOST;
        let sound = if in_time { files::sound(&context.dir, clock, file) } else { library::unexamined(file) };
        library.sounds.insert(file.clone(), sound);
    }
    let uses = Uses::find(&gathered, &library, clock.wall());
    for outcome in &mut outcomes {
        outcome.set_uses(&uses);
    }
    if context.json {
        let rows: Vec<_> = outcomes.iter().map(|outcome| outcome.json(context.lang)).collect();
        Page::data(serde_json::to_string_pretty(&rows)? + "\n");
    } else {
        for outcome in &outcomes {
            Page::text(outcome.words(context.lang));
        }
    }
    let refused = outcomes.iter().any(LoadOutcome::is_refused);
    Ok(if refused { Exit::Findings.into() } else { ExitCode::SUCCESS })
}

/// `audio/` has no directories, and a name that was cut short in silence is found by nobody.
fn no_directory(name: &str) -> Text {
    let last = shown(name.rsplit(['/', '\\']).next().unwrap_or_default());
    let name = shown(name);
    text!(
        "tên «{name}» có dấu gạch chéo, mà trong audio/ không chia thư mục: hãy viết --as \"{last}\"",
        "the name \"{name}\" has a slash, and audio/ has no directories: write --as \"{last}\""
    )
}

/// What stands on the command line.
enum Part<'a> {
    File(&'a Path),
    /// One name with blanks in it that the shell took to pieces.
    Pieces(PathBuf),
}

/// The files that were meant: names that are not there one by one and are one together were not quoted.
fn parts(files: &[PathBuf]) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut at = 0;
    while at < files.len() {
        let whole = (at + 2..=files.len()).rev().find_map(|end| {
            let pieces: Vec<_> = files[at..end].iter().map(|piece| piece.to_string_lossy()).collect();
            let whole = PathBuf::from(pieces.join(" "));
            whole.is_file().then_some((whole, end))
        });
        if let Some((whole, end)) = whole.filter(|_| !files[at].exists()) {
            parts.push(Part::Pieces(whole));
            at = end;
        } else {
            parts.push(Part::File(&files[at]));
            at += 1;
        }
    }
    parts
}

fn torn(whole: &Path) -> Fault {
    let name = whole.display();
    let message = text!(
        "Tên có dấu cách thì để trong ngoặc kép: loa load \"{name}\"",
        "Put a name with blanks in it in quotes: loa load \"{name}\""
    );
    Fault { code: "unreadable".to_owned(), message }
}

/// Why there is no file to look at; `None` where there is one.
fn no_file(source: &Path) -> Option<Fault> {
    let shown = source.display();
    let (code, message) = if source.is_dir() {
        let message = text!(
            "Đây là thư mục, không phải tệp âm thanh; muốn nạp cả thư mục, hãy gõ: loa load \"{shown}\"/*",
            "This is a directory, not a sound; to load all that is in it, type: loa load \"{shown}\"/*"
        );
        ("not_audio", message)
    } else if !source.exists() && source.parent().is_some_and(|parent| parent == Path::new("") || parent.is_dir()) {
        let message = text!(
            "Không thấy tệp này; hãy xem lại tên tệp và thư mục (tên có dấu cách thì để trong ngoặc kép)",
            "There is no such file; check its name and the directory (put a name with blanks in it in quotes)"
        );
        ("unreadable", message)
    } else {
        return None;
    };
    Some(Fault { code: code.to_owned(), message })
}

/// One file, from its path to its place. An `Err` is the station's disk, not the sound.
fn load(context: &Context, clock: &dyn Clock, source: &Path, args: &LoadArgs) -> anyhow::Result<LoadOutcome> {
    if let Some(fault) = no_file(source) {
        return Ok(LoadOutcome::refused(source, fault));
    }
    let measured = match measure(context, source) {
        Ok(measured) => measured,
        Err(fault) => return Ok(LoadOutcome::refused(source, fault)),
    };
    // Written to a moment ago: once that is some seconds past, the copying finds whether it goes on.
    if let Some(unrest) = library::unrest_of(source, clock.wall()) {
        clock.wait(unrest);
    }
    let wanted = args.name.clone().unwrap_or_else(|| source.to_string_lossy().into_owned());
    let file = match name::stored(&wanted, measured.endings) {
        Ok(file) => file,
        Err(message) => return Ok(LoadOutcome::refused(source, Fault { code: "bad_name".to_owned(), message })),
    };
    match intake::take(&context.dir, source, &file, &measured, args.replace) {
        Ok(taken) => Ok(finish(context, source, taken, measured)),
        Err(IntakeError::Clash(names)) => {
            let fault = Fault { code: "name_taken".to_owned(), message: clash(&names) };
            Ok(LoadOutcome::refused(source, fault))
        }
        Err(IntakeError::Source(fault)) => Ok(LoadOutcome::refused(source, fault)),
        Err(IntakeError::Disk(error)) => Err(anyhow::Error::new(error).context("audio/")),
    }
}

fn finish(context: &Context, source: &Path, taken: Taken, measured: Measured) -> LoadOutcome {
    let file = taken.file().to_owned();
    let warnings = verdict::warnings(&format!("audio/{file}"), &measured.measures);
    let drawn = picture::draw(&file, &measured.facts, &measured.measures, &measured.trace, &warnings);
    // The sound is in its place; a picture less is no reason to say otherwise, and is told.
    let report = intake::write_report(&context.dir, &file, &drawn).map_err(|error| system(&error));
    LoadOutcome::taken(source, taken, measured, warnings, report)
}

fn clash(names: &[String]) -> Text {
    let names = names.join(", ");
    text!(
        "Trong audio/ đã có {names}, nội dung khác; hãy đặt tên khác (--as ten-moi), hoặc thay hẳn (--replace, bản cũ được giữ lại)",
        "audio/ already has {names}, with another content; give another name (--as new-name), or replace it (--replace, the old one is kept)"
    )
}

/// Measures a file, with a bar for a person who waits.
fn measure(context: &Context, source: &Path) -> Result<Measured, Fault> {
    if !Page::is_aside_watched() || context.json {
        return audio::examine_aside(source, &mut |_, _| {});
    }
    let shown = source.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bar = ProgressBar::no_length().with_message(shown);
    let style = |template| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style("{spinner} {msg}"));
    let measured = audio::examine_aside(source, &mut |frames, promised| {
        if let Some(promised) = promised.filter(|promised| bar.length() != Some(*promised)) {
            bar.set_length(promised);
            bar.set_style(style("{bar:30} {percent:>3} % {msg}"));
        }
        if bar.length().is_some() { bar.set_position(frames) } else { bar.tick() }
    });
    bar.finish_and_clear();
    measured
}
