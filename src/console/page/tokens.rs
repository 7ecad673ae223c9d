//! The tokens that programs act with in a person's name, on that person's page: what each is for and may do, when it was last
//! used, and taking it back. They are made on the command line (`loa user token`).

use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::people::zones_of;
use crate::app::App;
use crate::diag::{Lang, figure, plain, text};
use crate::instant::Wall;
use crate::people::{ApiToken, PeopleError, Person};
use crate::sentence::capital;

/// Those of a person that were not taken back, the newest last.
pub(super) fn of(app: &App, person: &Person) -> Result<Vec<ApiToken>, PeopleError> {
    let mut all = app.people().tokens()?;
    all.retain(|one| one.person.id == person.id);
    Ok(all)
}

/// The tokens, each with the way to take it back where `revoke` is the address for that; nothing where there is none.
pub(super) fn drawn(app: &App, tokens: &[ApiToken], revoke: Option<&str>, lang: Lang) -> Markup {
    let (station, now) = (app.station(), app.now().wall);
    html! {
        @if !tokens.is_empty() {
            section.card {
                h2 { (text!("Chương trình làm thay", "Programs that act for this person").get(lang)) }
                p.hint { (text!(
                    "Mỗi mã truy cập cho một chương trình làm việc dưới tên người này. Mã bị lộ hay không dùng nữa thì thu hồi.",
                    "Each token lets a program act in this person's name. Take back one that leaked or is not used any more."
                ).get(lang)) }
                ul.list {
                    @for one in tokens {
                        li.split {
                            div {
                                strong { (plain(&one.purpose)) }
                                br; small {
                                    (capital(one.role.title().get(lang))) " · "
                                    (capital(zones_of(&Person { zones: one.zones.clone(), ..one.person.clone() }, &station).get(lang)))
                                }
                                br; small { (used(one, &station.timezone, now, lang)) }
                            }
                            @if let Some(path) = revoke {
                                form method="post" action=(path) {
                                    button name="token" value=(one.id) aria-label={ (text!("Thu hồi", "Take back").get(lang)) " " (plain(&one.purpose)) } {
                                        (text!("Thu hồi", "Take back").get(lang))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `Dùng lần cuối 05:30 ngày 01/12/2026; dùng được đến …`
fn used(one: &ApiToken, tz: &TimeZone, now: Wall, lang: Lang) -> String {
    let seen = match one.seen {
        Some(seen) => text!(seen = figure::moment(seen, tz); "Dùng lần cuối lúc {seen}", "Last used at {seen}"),
        None => text!("Chưa dùng lần nào", "Never used"),
    };
    let until = if one.until <= now {
        text!("đã hết hạn", "it has ended")
    } else {
        text!(until = figure::moment(one.until, tz); "dùng được đến {until}", "good until {until}")
    };
    format!("{}; {}", seen.get(lang), until.get(lang))
}
