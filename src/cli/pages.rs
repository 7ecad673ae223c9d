//! `loa pages DIR`: the manual pages and the completions of the shells, out of the same words as `--help`, and the picture of
//! a relay's wiring. Called once, where a package is made; people are not shown it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Command, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;

use super::help::WORDS;
use super::{Arguments, Context};
use crate::diag::Lang;
use crate::picture;
use crate::site::{Folder, OWN_DIR_MODE};
use crate::usage::in_lang;

/// What the files are put under: as they lie below `/usr/share`.
const SHELLS: [(Shell, &str); 3] = [
    (Shell::Bash, "bash-completion/completions/loa"),
    (Shell::Zsh, "zsh/vendor-completions/_loa"),
    (Shell::Fish, "fish/vendor_completions.d/loa.fish"),
];

/// The picture that `docs/operator/relay.md` shows, as that lies in the package.
const WIRING: &str = "doc/loa/docs/dau-ro-le.svg";

/// `loa pages`.
#[derive(Args, Clone, Debug)]
pub(super) struct PagesArgs {
    /// Nơi ghi. | Where to write.
    #[arg(value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(_: &Context, args: &PagesArgs) -> anyhow::Result<ExitCode> {
    for (lang, place) in [(Lang::Vi, "man/vi/man1"), (Lang::En, "man/man1")] {
        let mut root = in_one(Arguments::command(), lang);
        root.build();
        manual(&mut vec![root], &args.out.join(place), lang)?;
    }
    for (shell, place) in SHELLS {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut in_one(Arguments::command(), Lang::Vi), "loa", &mut text);
        put(&args.out.join(place), &text)?;
    }
    put(&args.out.join(WIRING), picture::wiring().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The page of the last command of `path`, and those of what is below it.
fn manual(path: &mut Vec<Command>, dir: &Path, lang: Lang) -> anyhow::Result<()> {
    let Some(command) = path.last().cloned() else { return Ok(()) };
    let name = path.iter().map(Command::get_name).collect::<Vec<_>>().join("-");
    let mut about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let known: Vec<&Command> = path.iter().collect();
    if let Some(example) = WORDS.example(&known) {
        let word = if lang == Lang::Vi { "Ví dụ" } else { "Example" };
        about = format!("{about}. {word}: {}", example.get(lang));
    }
    let page = command.clone().display_name(name.clone()).long_about(about).disable_help_subcommand(true);
    let mut text = Vec::new();
    Man::new(page).title(name.to_uppercase()).render(&mut text)?;
    put(&dir.join(format!("{name}.1")), &text)?;
    for below in command.get_subcommands().filter(|one| !one.is_hide_set() && one.get_name() != "help") {
        path.push(below.clone());
        manual(path, dir, lang)?;
        path.pop();
    }
    Ok(())
}

/// The same command with its sentences in one language.
fn in_one(command: Command, lang: Lang) -> Command {
    let about = command.get_about().map(|about| in_lang(&about.to_string(), lang).to_owned());
    let command = command.mut_args(|arg| {
        let said = arg.get_help().map(|said| in_lang(&said.to_string(), lang).to_owned());
        if let Some(said) = said { arg.help(said) } else { arg }
    });
    let command = command.mut_subcommands(|below| in_one(below, lang));
    if let Some(about) = about { command.about(about) } else { command }
}

fn put(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
    Ok(Folder::make(dir, OWN_DIR_MODE)?.replace(name, text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_a_page_in_each_language_and_each_shell_its_completions() {
        let dir = tempfile::tempdir().unwrap();
        let context = Context { dir: dir.path().to_owned(), lang: Lang::Vi, json: false };
        run(&context, &PagesArgs { out: dir.path().to_owned() }).unwrap();
        let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
        let plain = |name: &str| read(name).replace('\\', "");
        assert!(plain("man/vi/man1/loa-alert.1").contains("Phát khẩn cấp"), "{}", read("man/vi/man1/loa-alert.1"));
        assert!(plain("man/man1/loa-alert.1").contains("Play at once"));
        assert!(plain("man/man1/loa-clock-confirm.1").contains("loa clock confirm --by"));
        for (place, foreign) in [("man/man1", "Đài"), ("man/vi/man1", "The station")] {
            for page in std::fs::read_dir(dir.path().join(place)).unwrap() {
                let path = page.unwrap().path();
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains(" | ") && !text.contains(foreign), "{}: both languages", path.display());
            }
        }
        assert_eq!(read(WIRING), picture::wiring());
        let commands = Arguments::command();
        for name in commands.get_subcommands().filter(|one| !one.is_hide_set()).map(Command::get_name) {
            read(&format!("man/man1/loa-{name}.1"));
            for (_, place) in SHELLS {
                assert!(read(place).contains(name), "{place}: {name}");
            }
        }
    }
}
