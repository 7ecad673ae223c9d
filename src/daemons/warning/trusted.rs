use std::path::Path;

use jiff::civil::Date;

use crate::cap::{CapKey, CapTrust};
use crate::diag::{Diagnostic, Severity, Text, shown, text};
use crate::site::{Site, read};
use crate::station::{CapKeySource, CapSettings};

/// A public key in PEM, and what people write around it.
const KEY_MOST: u64 = 64 * 1024;
/// A key that ends within so many days is to be renewed now.
const KEY_SOON: i32 = 30;

/// A sender whose key cannot be used: he does not count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnusableKey {
    /// His id.
    pub sender: String,
    /// Why, with the cure.
    pub why: Text,
}

/// Those whose alarms count here, and those whose key cannot be used.
pub fn trusted(site: &Site, settings: &CapSettings) -> (CapTrust, Vec<UnusableKey>) {
    let (mut senders, mut unusable) = (Vec::new(), Vec::new());
    for sender in &settings.senders {
        let key = match &sender.key {
            CapKeySource::Written(pem) => CapKey::from_pem(pem).map_err(|why| (None, why.text())),
            CapKeySource::File(path) => in_file(site, path),
        };
        match key {
            Ok(key) => senders.push((sender.clone(), key)),
            Err((path, Text { vi, en })) => {
                let id = shown(&sender.id);
                let (vi_path, en_path) =
                    path.map_or_else(Default::default, |path| (format!(" ({path})"), format!(" ({path})")));
                unusable.push(UnusableKey {
                    sender: sender.id.clone(),
                    why: text!(
                        "khóa của nơi gửi «{id}»{vi_path} không dùng được: {vi}",
                        "the key of the sender \"{id}\"{en_path} cannot be used: {en}"
                    ),
                });
            }
        }
    }
    (CapTrust::new(senders), unusable)
}

/// Which keys do not count, or soon will not: those that cannot be used, and those that end. An error where nothing of its sender
/// is believed.
pub fn key_findings(site: &Site, settings: &CapSettings, today: Date) -> Vec<Diagnostic> {
    let about = |severity, code, message| Diagnostic::of_file("loa.toml", severity, code, message);
    let unusable = trusted(site, settings).1.into_iter().map(|key| {
        about(Severity::Error, "cap_key", key.why).with_help(text!(
            "sửa key trong [cap.senders.…], rồi thử: loa cap show BẢN-TIN.xml",
            "mend key in [cap.senders.…], then try: loa cap show ALARM.xml"
        ))
    });
    let ending = settings.senders.iter().filter_map(|sender| {
        let last = sender.not_after?;
        let left = (last - today).get_days();
        let (title, vi, en) = (shown(&sender.title), last.strftime("%d/%m/%Y").to_string(), last.to_string());
        let (severity, message) = match left {
            ..0 => (
                Severity::Error,
                text!(
                    "khóa của «{title}» đã hết hạn từ cuối ngày {vi}; báo động của họ không được tin",
                    "the key of \"{title}\" has ended on {en}; its alarms are not believed"
                ),
            ),
            0..KEY_SOON => (
                Severity::Warning,
                text!(
                    "khóa của «{title}» chỉ dùng được đến {vi}; sau đó báo động của họ không được tin",
                    "the key of \"{title}\" counts until {en}; after that its alarms are not believed"
                ),
            ),
            _ => return None,
        };
        Some(about(severity, "cap_key_over", message).with_help(text!(
            "xin họ khóa mới, ghi vào key và not_after",
            "ask them for the new one, and write it in key and not_after"
        )))
    });
    unusable.chain(ending).collect()
}

fn in_file(site: &Site, path: &Path) -> Result<CapKey, (Option<String>, Text)> {
    let named = Some(shown(&path.display().to_string()));
    let whole = site.dir().join(path);
    let bytes = read(&whole, KEY_MOST).map_err(|why| (named.clone(), why.text()))?;
    CapKey::from_pem(&String::from_utf8_lossy(&bytes)).map_err(|why| (named, why.text()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::CapSender;

    #[test]
    fn keys_that_no_alarm_can_be_checked_by_are_told_before_one_comes() {
        let dir = tempfile::tempdir().unwrap();
        let site = Site::new(dir.path());
        let day = |said: &str| said.parse::<Date>().unwrap();
        let sender = |id: &str, key, not_after: Option<&str>| CapSender {
            id: id.to_owned(),
            title: id.to_owned(),
            names: vec![format!("{id}@example.vn")],
            key,
            not_after: not_after.map(day),
        };
        let good = || CapKeySource::Written(include_str!("../../cap/tests/keys/p256.pem").to_owned());
        let written = |pem: &str| CapKeySource::Written(pem.to_owned());
        let settings = CapSettings {
            senders: vec![
                sender("chung-thu", written("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), None),
                sender("mat", CapKeySource::File("mat.pem".into()), None),
                sender("lo", written("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"), None),
                sender("het", good(), Some("2026-11-28")),
                sender("sap-het", good(), Some("2026-11-29")),
                sender("con", good(), Some("2027-11-29")),
            ],
            ..CapSettings::default()
        };
        let found = key_findings(&site, &settings, day("2026-11-29"));
        let told: Vec<_> = found.iter().map(|one| (one.code, one.is_error())).collect();
        let key = ("cap_key", true);
        assert_eq!(told, [key, key, key, ("cap_key_over", true), ("cap_key_over", false)]);
        for (one, words) in found.iter().zip(["chứng thư", "mat.pem", "khóa bí mật", "đã hết hạn", "chỉ dùng được đến"])
        {
            assert!(one.message.vi.contains(words) && one.help.is_some(), "{words}: {}", one.message.vi);
        }
    }
}
