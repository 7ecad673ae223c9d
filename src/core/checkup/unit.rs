//! What systemd says of the service: `systemctl show` as text, to findings.

use super::Finding;
use crate::diag::text;

/// What is asked of systemd, in one call.
pub const PROPERTIES: &str = "--property=LoadState,UnitFileState,ActiveState,SubState,NRestarts";

/// More restarts than this since the machine was switched on are no accident.
const RESTARTS_MOST: u32 = 5;

/// The service as systemd sees it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Service {
    load: String,
    file: String,
    active: String,
    restarts: u32,
}

impl Service {
    /// From the answer of `systemctl show`.
    pub fn read(shown: &str) -> Self {
        let value = |key: &str| {
            let found = shown.lines().filter_map(|line| line.split_once('=')).find(|(name, _)| *name == key);
            found.map_or("", |(_, value)| value.trim()).to_owned()
        };
        let restarts = value("NRestarts").parse().unwrap_or(0);
        Self { load: value("LoadState"), file: value("UnitFileState"), active: value("ActiveState"), restarts }
    }

    /// Whether there is such a service at all.
    pub fn is_installed(&self) -> bool {
        self.load == "loaded" || self.load == "masked"
    }

    /// What could keep it from running tomorrow; nothing where it is not installed.
    pub fn findings(&self) -> Vec<Finding> {
        if !self.is_installed() {
            return Vec::new();
        }
        let mut found = Vec::new();
        if self.file != "enabled" {
            let message = text!("loa không tự chạy khi bật máy", "loa does not start with the machine");
            found.push(Finding::error("service_disabled", message, text!("{ENABLE}", "{ENABLE}")));
        }
        if self.active != "active" {
            let active = &self.active;
            let message = text!(
                "dịch vụ loa không chạy (systemd: {active})",
                "the service loa is not running (systemd: {active})"
            );
            let help = text!(
                "xem vì sao: journalctl -u loa -n 50; rồi: sudo systemctl restart loa",
                "see why: journalctl -u loa -n 50; then: sudo systemctl restart loa"
            );
            found.push(Finding::error("service_down", message, help));
        }
        if self.restarts > RESTARTS_MOST {
            let restarts = self.restarts;
            let message = text!("loa đã phải khởi động lại {restarts} lần", "loa was started again {restarts} times");
            let help = text!("xem vì sao: journalctl -u loa -n 200", "see why: journalctl -u loa -n 200");
            found.push(Finding::warning("service_restarts", message, help));
        }
        found
    }
}

const ENABLE: &str = "sudo systemctl enable --now loa";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_of_the_service_is_told_for_what_it_is() {
        let table: [(&str, &[&str]); 5] = [
            ("LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nSubState=running\nNRestarts=0\n", &[]),
            ("LoadState=loaded\nUnitFileState=disabled\nActiveState=active\nNRestarts=0\n", &["service_disabled"]),
            (
                "LoadState=loaded\nUnitFileState=enabled\nActiveState=failed\nNRestarts=9\n",
                &["service_down", "service_restarts"],
            ),
            ("LoadState=masked\nUnitFileState=masked\nActiveState=inactive\n", &["service_disabled", "service_down"]),
            ("LoadState=not-found\nUnitFileState=\nActiveState=inactive\n", &[]),
        ];
        for (shown, expected) in table {
            let codes: Vec<String> = Service::read(shown).findings().into_iter().map(|one| one.code).collect();
            assert_eq!(codes, expected, "{shown}");
        }
        assert!(!Service::read("").is_installed());
    }
}
