//! `loa sounds`: what is in `audio/`, how good it is, and when it is heard; puts a sound away, and brings one back.
//! Nothing is ever deleted.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::files::{Gathered, gather};
use super::page::Page;
use super::sheet::{self, Sheet};
use super::uses::Uses;
use super::{Context, Exit, Failure, files};
use crate::audio::intake::{self, IntakeError};
use crate::audio::{self, library, verdict};
use crate::clock::Clock;
use crate::diag::{Lang, Text, figure, nearest, shell_word, text};
use crate::plan::{Library, Sound, Wanted, lowered, needed_by, without_ending};
use crate::station::Station;

/// A sound that is heard within this is not put away by a slip.
const SOON: Duration = Duration::from_hours(7 * 24);

/// `loa sounds`.
#[derive(Args, Debug)]
pub(super) struct SoundsArgs {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Xem các âm thanh: dài bao nhiêu, nghe được không, bao giờ phát. | The sounds: length, verdict, next airing.
    List,
    /// Cất một âm thanh đi; không xóa, lấy lại được. | Put a sound away; it is kept and can be brought back.
    Remove {
        /// Tên âm thanh. | The sound's name.
        name: String,
        /// Cất đi dù trong 7 ngày tới còn lượt phát. | Even if it is heard within seven days.
        #[arg(long)]
        force: bool,
    },
    /// Lấy lại bản vừa bị cất hay bị thay. | Bring back what was put away or replaced last.
    Restore {
        /// Tên âm thanh. | The sound's name.
        name: String,
    },
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &SoundsArgs) -> anyhow::Result<ExitCode> {
    files::is_station(context)?;
    match &args.what {
        None | Some(What::List) => list(context, clock),
        Some(What::Remove { name, force }) => remove(context, clock, name, *force),
        Some(What::Restore { name }) => restore(context, name),
    }
}

/// The station's files and all sounds of `audio/`.
fn look(context: &Context, clock: &dyn Clock) -> (Gathered, Library) {
    let gathered = gather(context, clock.wall());
    let wanted = Wanted::new(&gathered.loaded.schedule, &gathered.station);
    let mut library = files::sounds(context, clock, &wanted);
    library.approvals = files::approvals(context, &gathered.station);
    (gathered, library)
}

/// A sound as it is shown.
struct Row {
    file: String,
    seconds: Option<f64>,
    verdict: Verdict,
    reason: Option<(String, Text)>,
    language: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    Better,
    Changing,
    Faulty,
}

impl Verdict {
    const fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Better => "could_be_better",
            Self::Changing => "changing",
            Self::Faulty => "faulty",
        }
    }

    fn word(self) -> Text {
        match self {
            Self::Good => text!("tốt", "good"),
            Self::Better => text!("nên thu lại", "could be better"),
            Self::Changing => text!("đang chép", "being copied"),
            Self::Faulty => text!("không phát được", "cannot play"),
        }
    }
}

impl Row {
    fn of(context: &Context, station: &Station, sound: &Sound) -> Self {
        let file = sound.file.clone();
        let found = library::measures(&context.dir, &file)
            .map_or_else(Vec::new, |measures| verdict::warnings(&format!("audio/{file}"), &measures));
        let (verdict, reason) = match &sound.facts {
            Err(fault) => {
                let verdict = if sound.is_changing() { Verdict::Changing } else { Verdict::Faulty };
                (verdict, Some((fault.code.clone(), fault.message.clone())))
            }
            Ok(_) => match found.first() {
                Some(first) => (Verdict::Better, Some((first.code.to_owned(), first.message.clone()))),
                None => (Verdict::Good, None),
            },
        };
        let seconds = sound.facts.as_ref().ok().map(|facts| facts.length().as_secs_f64());
        let tag = without_ending(&file).and_then(|stem| stem.rsplit_once('.')).map(|(_, tag)| tag.to_lowercase());
        let spoken =
            |tag: &String| station.zones.iter().any(|zone| zone.languages.iter().any(|one| one.to_lowercase() == *tag));
        Self { file, seconds, verdict, reason, language: tag.filter(spoken) }
    }
}

fn list(context: &Context, clock: &dyn Clock) -> anyhow::Result<ExitCode> {
    let (gathered, library) = look(context, clock);
    let uses = Uses::find(&gathered, &library, clock.wall());
    let rows = library.sounds.values().map(|sound| Row::of(context, &gathered.station, sound));
    let lang = context.lang;
    if context.json {
        let rows: Vec<_> = rows
            .map(|row| {
                let reason = row.reason.map(|(code, message)| json!({ "code": code, "message": message.get(lang) }));
                let next = uses.next(&row.file);
                json!({
                    "file": row.file,
                    "seconds": row.seconds,
                    "verdict": row.verdict.code(),
                    "reason": reason,
                    "language": row.language,
                    "used_by": uses.of(&row.file),
                    "next": next.map(|next| json!({ "broadcast": next.broadcast, "at": next.rfc3339 })),
                })
            })
            .collect();
        Page::data(serde_json::to_string_pretty(&rows)? + "\n");
        return Ok(ExitCode::SUCCESS);
    }
    if library.sounds.is_empty() {
        let said = text!(
            "Chưa có âm thanh nào trong audio/. Nạp vào: loa load TỆP",
            "There is no sound in audio/ yet. Take one in: loa load FILE"
        );
        Page::line(said.get(lang));
        return Ok(ExitCode::SUCCESS);
    }
    Page::text(table(rows, &uses, lang));
    Ok(ExitCode::SUCCESS)
}

fn table(rows: impl Iterator<Item = Row>, uses: &Uses, lang: Lang) -> String {
    let mut table = Sheet::new(match lang {
        Lang::Vi => ["Tệp", "Dài", "Nghe", "Tiếng", "Phát lần tới", "Dùng trong"],
        Lang::En => ["File", "Length", "Verdict", "Language", "Plays next", "Used by"],
    });
    for row in rows {
        let length = row.seconds.map_or_else(|| "-".to_owned(), |seconds| length(seconds, lang));
        let next = uses.next(&row.file).map_or_else(|| "-".to_owned(), |next| next.words.get(lang).to_owned());
        let used_by = uses.of(&row.file);
        let used_by = if used_by.is_empty() { "-".to_owned() } else { used_by.join(", ") };
        let language = row.language.clone().unwrap_or_else(|| "-".to_owned());
        table.row([
            crate::diag::shown(&row.file),
            length,
            row.verdict.word().get(lang).to_owned(),
            language,
            next,
            used_by,
        ]);
    }
    table.text(sheet::columns())
}

/// `3:05`; a short one to the tenth of a second.
fn length(seconds: f64, lang: Lang) -> String {
    if seconds < 10.0 {
        let short = format!("{seconds:.1}");
        let short = if lang == Lang::Vi { short.replace('.', ",") } else { short };
        return format!("{short} {}", text!("giây", "s").get(lang));
    }
    let seconds = seconds.round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn remove(context: &Context, clock: &dyn Clock, name: &str, force: bool) -> anyhow::Result<ExitCode> {
    let (gathered, library) = look(context, clock);
    let file = one_of(library.sounds.keys().map(String::as_str), name, "audio/")?;
    let next = Uses::find(&gathered, &library, clock.wall()).next(&file);
    if let Some(next) = next.filter(|next| !force && next.at < clock.wall() + SOON) {
        let Text { vi, en } = next.words;
        let broadcast = next.broadcast;
        return Err(Failure::new(
            Exit::Findings,
            text!(
                "«{file}» còn phát lúc {vi}, mục «{broadcast}», nên chưa cất; nếu vẫn muốn cất, thêm --force",
                "\"{file}\" is heard at {en}, broadcast \"{broadcast}\", and is not put away; to put it away all the same, add --force"
            ),
        )
        .into());
    }
    let needed = needed_by(&file, &gathered.station.emergency);
    if !needed.is_empty() && !force {
        let of = |lang| figure::joined(needed.iter().map(|one| one.get(lang)));
        let (vi, en) = (of(Lang::Vi), of(Lang::En));
        return Err(Failure::new(
            Exit::Findings,
            text!(
                "«{file}» dùng cho {vi}, nên chưa cất: khi có việc sẽ không phát được; nếu vẫn muốn cất, thêm --force",
                "\"{file}\" is for {en}, and is not put away: it could not be sounded when it is needed; to put it away all the same, add --force"
            ),
        )
        .into());
    }
    let kept = intake::put_away(&context.dir, &file)?;
    if context.json {
        Page::data(format_args!("{}\n", json!({ "file": file, "kept": kept })));
        return Ok(ExitCode::SUCCESS);
    }
    let stem = shell_word(without_ending(&file).unwrap_or(&file));
    let said = text!(
        "Đã cất «{file}» vào {kept}. Lấy lại: loa sounds restore {stem}",
        "\"{file}\" is put away in {kept}. Bring it back: loa sounds restore {stem}"
    );
    Page::line(crate::diag::plain(said.get(context.lang)));
    Ok(ExitCode::SUCCESS)
}

fn restore(context: &Context, name: &str) -> anyhow::Result<ExitCode> {
    let kept = intake::kept(&context.dir);
    let file = one_of(kept.keys().map(String::as_str), name, "state/replaced/")?;
    let path = &kept[&file];
    let wrong = |fault: crate::plan::Fault| {
        let Text { vi, en } = fault.message;
        Failure::new(Exit::Findings, text!("«{file}» không lấy lại được. {vi}", "\"{file}\" is not brought back. {en}"))
    };
    let measured = audio::examine(path, &mut |_, _| {}).map_err(wrong)?;
    let taken = match intake::take(&context.dir, path, &file, &measured, true) {
        Ok(taken) => taken,
        Err(IntakeError::Source(fault)) => return Err(wrong(fault).into()),
        Err(error) => return Err(anyhow::Error::new(error).context("audio/")),
    };
    intake::was_restored(path, &taken);
    let lang = context.lang;
    if context.json {
        Page::data(format_args!("{}\n", json!({ "file": taken.file(), "kept": taken.kept() })));
        return Ok(ExitCode::SUCCESS);
    }
    let said = match taken.kept() {
        [] => text!("Đã lấy lại audio/{file}.", "audio/{file} is back."),
        kept => {
            let kept = kept.join(", ");
            text!(
                "Đã lấy lại audio/{file}; bản vừa dùng cất ở {kept}.",
                "audio/{file} is back; the one that was there is {kept}."
            )
        }
    };
    Page::line(said.get(lang));
    Ok(ExitCode::SUCCESS)
}

/// The one file that `name` means: the whole name, or all but the ending.
pub(super) fn one_of<'a>(
    files: impl Iterator<Item = &'a str> + Clone,
    name: &str,
    place: &str,
) -> Result<String, Failure> {
    if let Some(file) = files.clone().find(|file| *file == name) {
        return Ok(file.to_owned());
    }
    let lower = lowered(name);
    let named: Vec<&str> = files
        .clone()
        .filter(|file| lowered(file) == lower || without_ending(file).is_some_and(|stem| lowered(stem) == lower))
        .collect();
    match named.as_slice() {
        [file] => Ok((*file).to_owned()),
        [] => {
            let near = nearest(name, files.map(|file| without_ending(file).unwrap_or(file)));
            Err(Failure::new(
                Exit::Usage,
                match near {
                    Some(near) => text!(
                        "không có «{name}» trong {place}; có phải «{near}»?",
                        "there is no \"{name}\" in {place}; did you mean \"{near}\"?"
                    ),
                    None => text!("không có «{name}» trong {place}", "there is no \"{name}\" in {place}"),
                },
            ))
        }
        several => {
            let several = several.join(", ");
            Err(Failure::new(
                Exit::Usage,
                text!(
                    "«{name}» có thể là: {several}; hãy ghi cả đuôi",
                    "\"{name}\" may be: {several}; write the ending too"
                ),
            ))
        }
    }
}
