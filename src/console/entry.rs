//! Whose password is this? Asked when somebody logs in and before dangerous things. Wrong tries wait, and whoever asks for
//! many at once waits in a short line of his own: nobody can keep others out, or fill the memory.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use super::app::App;
use super::people::{PASSWORD_MOST, People, PeopleError, Person, Wait, login_of};
use crate::diag::{Text, text};

/// When whoever was sent away for that may come back.
const COME_BACK: Duration = Duration::from_secs(2);

/// Why a password was not looked at.
#[derive(Debug)]
pub(super) enum Unasked {
    /// Too many wrong ones, or too many at once.
    Wait(Wait),
    /// The machine failed.
    Failed(PeopleError),
}

impl Unasked {
    /// What to tell a person.
    pub(super) fn text(&self) -> Text {
        match self {
            Self::Wait(Wait(wait)) => {
                let seconds = wait.as_secs() + 1;
                text!(
                    "Sai mật khẩu nhiều lần, hoặc nhiều người vào cùng lúc. Xin thử lại sau {seconds} giây.",
                    "Wrong password several times, or many people at once. Try again in {seconds} s."
                )
            }
            Self::Failed(error) => error.text(),
        }
    }
}

/// What to tell somebody who has to wait, since codes on paper were typed wrong too often.
pub(super) fn wait_for_code(Wait(wait): Wait) -> Text {
    let seconds = wait.as_secs() + 1;
    text!(
        "Gõ sai mã nhiều lần. Xin đọc lại mã trên giấy, rồi thử lại sau {seconds} giây.",
        "The code was typed wrong several times. Read it from the paper again, then try again in {seconds} s."
    )
}

/// Whom tries are counted for. A machine has a whole network of IPv6 addresses for itself.
pub(super) fn counted(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V6(long) => {
            let [a, b, c, d, ..] = long.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        short @ IpAddr::V4(_) => short.to_string(),
    }
}

/// Whose name and password these are.
pub(super) async fn whose(app: &App, name: &str, password: &str, from: IpAddr) -> Result<Option<Person>, Unasked> {
    let (login, address) = (login_of(name), counted(from));
    let may = || app.throttle().may(&login, &address, app.clock().mono()).map_err(Unasked::Wait);
    may()?;
    let place = app.lines().enter(&address).ok_or(Unasked::Wait(Wait(COME_BACK)))?;
    let password: String = password.chars().take(PASSWORD_MOST).collect();
    // One at a time: ten thousand tries wait in line, and take the memory of one.
    let permit = app.hashing().acquire().await;
    // Those before it in the line were wrong, maybe.
    may()?;
    let known = app.people().credentials(name).map_err(Unasked::Failed)?;
    let (person, kept) = known.map_or((None, None), |(person, kept)| (Some(person), kept));
    let is_right = tokio::task::spawn_blocking(move || People::is_password(kept.as_deref(), &password)).await;
    let is_right = matches!(is_right, Ok(true));
    if is_right {
        app.throttle().right(&login, &address);
    } else {
        app.throttle().wrong(&login, &address, app.clock().mono());
    }
    drop((permit, place));
    Ok(person.filter(|_| is_right))
}

/// Whether this is the person's own password.
pub(super) async fn is_own(app: &App, person: &Person, password: &str, from: IpAddr) -> Result<bool, Unasked> {
    let found = whose(app, &person.name, password, from).await?;
    Ok(found.is_some_and(|found| found.id == person.id))
}

/// What is to be kept of a new password.
pub(super) async fn hashed(app: &App, password: &str) -> Result<String, PeopleError> {
    let password = password.to_owned();
    let permit = app.hashing().acquire().await;
    let hashed = tokio::task::spawn_blocking(move || People::hashed(&password)).await;
    drop(permit);
    hashed.map_err(|_| PeopleError::Hash)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_that_a_machine_gives_itself_are_one() {
        let of = |address: &str| counted(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:aaaa::1"), of("2001:db8:1:2:bbbb::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.7"), "10.0.0.7");
        assert_ne!(of("10.0.0.7"), of("10.0.0.8"));
    }
}
