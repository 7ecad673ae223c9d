//! The `loa` command. Everything it does lives in the library; this file only hands over.

fn main() -> std::process::ExitCode {
    loa::cli::main()
}
