use super::{Text, text};

/// Signals by their names, as Linux numbers them on every machine that loa runs on.
const SIGNALS: [(i32, &str); 17] = [
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (4, "SIGILL"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (10, "SIGUSR1"),
    (11, "SIGSEGV"),
    (12, "SIGUSR2"),
    (13, "SIGPIPE"),
    (14, "SIGALRM"),
    (15, "SIGTERM"),
    (24, "SIGXCPU"),
    (25, "SIGXFSZ"),
    (31, "SIGSYS"),
];

/// How a program ended: the code that it gave, or else the signal that ended it.
pub fn ending(code: Option<i32>, signal: Option<i32>) -> Text {
    let named = |signal| SIGNALS.iter().find(|(number, _)| *number == signal).map(|(_, name)| *name);
    match (code, signal.map(|signal| (signal, named(signal)))) {
        (Some(code), _) => text!("mã thoát {code}", "exit code {code}"),
        (None, Some((_, Some(name)))) => text!("bị tín hiệu {name} dừng", "ended by {name}"),
        (None, Some((signal, None))) => text!("bị tín hiệu số {signal} dừng", "ended by signal {signal}"),
        (None, None) => text!("không rõ vì sao", "nobody knows why"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_ended_by_a_code_or_by_a_signal_with_a_name() {
        for (code, signal, vi, en) in [
            (Some(124), None, "mã thoát 124", "exit code 124"),
            (None, Some(9), "bị tín hiệu SIGKILL dừng", "ended by SIGKILL"),
            (None, Some(40), "bị tín hiệu số 40 dừng", "ended by signal 40"),
        ] {
            let told = ending(code, signal);
            assert_eq!((told.vi.as_str(), told.en.as_str()), (vi, en));
        }
    }
}
