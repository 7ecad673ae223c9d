use clap::Command;
use loa_core::diag::{Text, text};

/// `clock confirm`: the commands of a path without the program's own name.
pub(crate) fn called(path: &[&Command]) -> String {
    path.iter().skip(1).map(|command| command.get_name()).collect::<Vec<_>>().join(" ")
}

/// `loa clock confirm`, as it is typed.
pub(crate) fn typed(path: &[&Command]) -> String {
    path.iter().map(|command| command.get_name()).collect::<Vec<_>>().join(" ")
}

/// The commands below, but for those that only the making of a package calls.
pub(crate) fn for_people(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|one| !one.is_hide_set())
}

/// Where the page of a command is seen.
pub(crate) fn see(path: &[&Command]) -> Text {
    let typed = typed(path);
    text!("Xem cách gọi: {typed} --help", "See how: {typed} --help")
}
