//! Whether the machine may fall asleep, or restart itself, before the morning: read from files that
//! somebody else has read.

use super::Finding;
use crate::diag::text;

/// What is known of the machine's habits.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Habits {
    /// `/sys/power/state`: the kinds of sleep that the machine knows.
    pub kinds: String,
    /// Units of sleep that lead to `/dev/null`.
    pub masked: Vec<String>,
    /// All that logind's files say, in their order.
    pub logind: String,
    /// All that apt's files say.
    pub apt: String,
    /// The machine has a lid.
    pub lid: bool,
}

/// The unit through which every kind of sleep goes, and the one for suspend.
pub const UNITS: [&str; 2] = ["sleep.target", "suspend.target"];

/// What could put the machine to sleep, or restart it.
pub fn judge(habits: &Habits) -> Vec<Finding> {
    let mut found = Vec::new();
    let can = habits.kinds.split_whitespace().any(|kind| ["mem", "standby", "freeze", "disk"].contains(&kind));
    let masked = UNITS.iter().any(|unit| habits.masked.iter().any(|known| known == unit));
    let never = || {
        text!(
            "cấm máy ngủ: sudo systemctl mask sleep.target suspend.target hibernate.target hybrid-sleep.target",
            "forbid it: sudo systemctl mask sleep.target suspend.target hibernate.target hybrid-sleep.target"
        )
    };
    if can && !masked {
        let sleeps = |key: &str| setting(&habits.logind, key).is_some_and(|does| does != "ignore" && does != "lock");
        let lid = habits.lid && (setting(&habits.logind, "HandleLidSwitch").is_none() || sleeps("HandleLidSwitch"));
        if sleeps("IdleAction") {
            let message = text!(
                "máy tự ngủ khi không ai dùng (IdleAction trong logind.conf): ngủ thì không phát",
                "the machine goes to sleep when nobody uses it (IdleAction in logind.conf), and then plays nothing"
            );
            found.push(Finding::error("sleeps_when_idle", message, never()));
        } else if lid {
            let message = text!("gập màn hình là máy ngủ, và không phát", "closing the lid puts the machine to sleep");
            found.push(Finding::warning("sleeps_when_closed", message, never()));
        } else {
            let message = text!(
                "máy này có thể ngủ (nút nguồn, màn hình chờ): ngủ thì không phát",
                "this machine may be put to sleep (a key, a desktop), and then plays nothing"
            );
            found.push(Finding::warning("sleep_possible", message, never()));
        }
    }
    let restarts = habits
        .apt
        .lines()
        .map(str::trim)
        .any(|line| line.starts_with("Unattended-Upgrade::Automatic-Reboot ") && line.contains("\"true\""));
    if restarts {
        let message = text!(
            "máy tự khởi động lại sau khi cập nhật (Automatic-Reboot trong /etc/apt/apt.conf.d)",
            "the machine restarts itself after an update (Automatic-Reboot in /etc/apt/apt.conf.d)"
        );
        let help = text!(
            "tắt đi, hoặc đặt Automatic-Reboot-Time vào giờ không phát",
            "switch it off, or set Automatic-Reboot-Time to an hour without broadcasts"
        );
        found.push(Finding::warning("restarts_itself", message, help));
    }
    found
}

/// What a setting says in an INI file; the last one counts.
fn setting(text: &str, key: &str) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
    let mut values = lines.filter_map(|line| line.split_once('=')).filter(|(name, _)| name.trim() == key);
    values.next_back().map(|(_, value)| value.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(habits: &Habits) -> Vec<String> {
        judge(habits).into_iter().map(|one| one.code).collect()
    }

    #[test]
    fn a_machine_that_may_sleep_is_told_unless_it_is_forbidden_or_cannot() {
        let can = Habits { kinds: "freeze mem disk\n".into(), ..Habits::default() };
        assert_eq!(codes(&can), ["sleep_possible"]);
        assert_eq!(codes(&Habits { lid: true, ..can.clone() }), ["sleeps_when_closed"]);
        let ignored = "[Login]\nHandleLidSwitch=ignore\n".to_owned();
        assert_eq!(codes(&Habits { lid: true, logind: ignored, ..can.clone() }), ["sleep_possible"]);
        let idle = "[Login]\n#IdleAction=ignore\nIdleAction=suspend\n".to_owned();
        assert_eq!(codes(&Habits { logind: idle.clone(), ..can.clone() }), ["sleeps_when_idle"]);
        let back = idle.clone() + "IdleAction=ignore\n";
        assert_eq!(codes(&Habits { logind: back, ..can.clone() }), ["sleep_possible"]);
        assert_eq!(codes(&Habits { masked: vec!["sleep.target".into()], logind: idle.clone(), ..can }), [""; 0]);
        assert_eq!(codes(&Habits { logind: idle, ..Habits::default() }), [""; 0]);
    }

    #[test]
    fn a_machine_that_restarts_itself_is_told() {
        let with = |apt: &str| codes(&Habits { apt: apt.into(), ..Habits::default() });
        assert_eq!(with("  Unattended-Upgrade::Automatic-Reboot \"true\";\n"), ["restarts_itself"]);
        assert_eq!(with("//Unattended-Upgrade::Automatic-Reboot \"true\";\n"), [""; 0]);
        assert_eq!(with("Unattended-Upgrade::Automatic-Reboot \"false\";\n"), [""; 0]);
    }
}
