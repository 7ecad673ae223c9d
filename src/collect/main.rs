//! The `loa-collect` command: `loa collect` and `loa fleet` end here. Everything it does lives in the library.

fn main() -> std::process::ExitCode {
    loa_collect::cli::main()
}
