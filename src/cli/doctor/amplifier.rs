use super::Look;
use crate::amplifier::{Unit, units};
use crate::checkup::Finding;
use crate::checkup::rights::{Account, Owned};
use crate::cli::account;
use crate::diag::{Text, text};
use crate::station::{Station, Switch};
use crate::switch::probe;

/// The group that may use GPIO chips on Raspberry Pi OS.
const GROUP: &str = "gpio";

/// Read and write.
const RW: u32 = 6;

/// Ask each switch of the station whether it could be moved, and move none. `None` where there is none.
pub(super) fn look(station: &Station, account: Option<&Account>) -> Option<Look> {
    let units = units(station);
    if units.is_empty() {
        return None;
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let (mut seen, mut findings) = (Vec::new(), Vec::new());
    for unit in &units {
        match probe(&unit.switch, &path) {
            Ok(found) => {
                seen.push(found.vi);
                findings.extend(account.and_then(|account| may_not_use(&unit.switch, account)));
            }
            Err(why) => findings.push(unfit(station, unit, &why)),
        }
    }
    let seen = if seen.is_empty() { "-".to_owned() } else { seen.join(", ") };
    Some(Look::new(text!("Tăng âm", "Amplifier"), text!("{seen}", "{seen}"), findings))
}

fn unfit(station: &Station, unit: &Unit, why: &Text) -> Finding {
    let titles = unit.zones.iter().filter_map(|zone| station.zones.get(usize::from(zone.0)));
    let titles = titles.map(|zone| zone.title.as_str()).collect::<Vec<_>>().join(", ");
    let (switch, vi, en) = (unit.switch.name(), &why.vi, &why.en);
    Finding::error(
        "amplifier_unfit",
        text!("tăng âm của {titles} ({switch}): {vi}", "the amplifier of {titles} ({switch}): {en}"),
        text!(
            "trong khi chờ sửa, hãy bật tăng âm bằng tay trước giờ phát",
            "until it is mended, put the amplifier on by hand before the hour"
        ),
    )
}

/// The chip is there, but not for the account that plays.
fn may_not_use(switch: &Switch, account: &Account) -> Option<Finding> {
    let Switch::Gpio { chip, .. } = switch else { return None };
    let path = format!("/dev/{chip}");
    let owned = account::owned(&path)?;
    denied(account, &path, &owned)
}

fn denied(account: &Account, path: &str, owned: &Owned) -> Option<Finding> {
    if account.may(owned, RW) {
        return None;
    }
    let name = &account.name;
    Some(Finding::error(
        "amplifier_denied",
        text!("tài khoản {name} không được dùng {path}", "the account {name} may not use {path}"),
        text!("sudo adduser {name} {GROUP}, rồi khởi động lại loa", "sudo adduser {name} {GROUP}, then restart loa"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_of_the_group_gpio_is_for_its_members_only() {
        let account = |gids: &[u32]| Account { name: "loa".to_owned(), uid: 998, gids: gids.to_vec() };
        let owned = Owned { uid: 0, gid: 993, mode: 0o660 };
        assert_eq!(denied(&account(&[997, 993]), "/dev/gpiochip0", &owned), None);
        let found = denied(&account(&[997]), "/dev/gpiochip0", &owned).unwrap();
        assert_eq!(found.help.en, "sudo adduser loa gpio, then restart loa");
    }
}
