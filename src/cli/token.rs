use std::process::ExitCode;
use std::time::Duration;

use super::page::Page;
use super::sheet::{self, Sheet};
use super::{Context, Exit, Failure, when};
use crate::clock::Clock;
use crate::console::role::Role;
use crate::console::{ApiToken, Deed, NewToken, PURPOSE_MOST, People, PeopleError, Person};
use crate::diag::{Text, figure, shown, text};
use crate::instant::Wall;
use crate::station::Station;

/// So long a token is good where nobody says: whoever looks after the programs looks at them once a year.
const GOOD_FOR: Duration = Duration::from_hours(365 * 24);

/// And so long at most.
const GOOD_FOR_MOST: Duration = Duration::from_hours(2 * 366 * 24);

/// A token that is asked for.
pub(super) struct TokenWanted {
    pub(super) person: Person,
    pub(super) purpose: String,
    pub(super) role: Option<Role>,
    pub(super) zones: Vec<String>,
    pub(super) approves: bool,
    pub(super) until: Option<String>,
}

fn failure(error: &PeopleError) -> Failure {
    Failure::new(Exit::Io, error.text())
}

/// What was done on the machine is done by its account.
pub(super) fn keep(people: &mut People, deed: Deed, about: &str, now: Wall) {
    let account = super::account::own_account().name;
    let _ = people.keep_act((&account, ""), deed, about, now);
}

/// Make a token, and print it once.
pub(super) fn make(
    context: &Context,
    clock: &dyn Clock,
    station: &Station,
    people: &mut People,
    wanted: &TokenWanted,
) -> anyhow::Result<ExitCode> {
    let (now, person) = (clock.wall(), &wanted.person);
    let role = wanted.role.unwrap_or(person.role);
    if !person.role.covers(role) {
        let (name, own, asked) = (shown(&person.name), person.role.title(), role.title());
        return Err(Failure::new(
            Exit::Usage,
            text!(
                own = own, asked = asked;
                "{name} là {own}, nên mã truy cập không thể là {asked}: chọn vai trò khác, hoặc người khác",
                "{name} is {own}, so that a token cannot be {asked}: choose another role, or another person"
            ),
        )
        .into());
    }
    if let Some(other) = wanted.zones.iter().find(|zone| !person.zones.is_empty() && !person.zones.contains(zone)) {
        let (name, other) = (shown(&person.name), shown(other));
        return Err(Failure::new(
            Exit::Usage,
            text!(
                "{name} không phụ trách cụm loa «{other}», nên mã truy cập cũng không",
                "the zone \"{other}\" is not among those of {name}, and so not of a token either"
            ),
        )
        .into());
    }
    let until = match &wanted.until {
        None => now + GOOD_FOR,
        Some(written) => when::parse(written, now, &station.timezone).map_err(|why| Failure::new(Exit::Usage, why))?,
    };
    if until <= now || until > now + GOOD_FOR_MOST {
        return Err(Failure::new(
            Exit::Usage,
            text!(
                "ngày hết hạn phải ở sau hôm nay và trong vòng hai năm, ví dụ: --until 2027-12-31",
                "its last day lies ahead, within two years, as in: --until 2027-12-31"
            ),
        )
        .into());
    }
    if wanted.purpose.trim().is_empty() || wanted.purpose.chars().count() > PURPOSE_MOST {
        let most = PURPOSE_MOST;
        return Err(Failure::new(
            Exit::Usage,
            text!(
                "ghi mã này dùng làm gì, nhiều nhất {most} chữ: --for",
                "say what it is for, in {most} letters at most: --for"
            ),
        )
        .into());
    }
    let new = NewToken {
        person: person.id,
        purpose: &wanted.purpose,
        role,
        zones: &wanted.zones,
        approves: wanted.approves,
        until,
    };
    let made = people.make_token(&new, now).map_err(|error| failure(&error))?;
    let (word, token) = made.ok_or_else(|| {
        Failure::new(
            Exit::Findings,
            text!(
                "đã có quá nhiều mã truy cập: thu hồi bớt bằng loa user revoke",
                "there are too many tokens: take some back with loa user revoke"
            ),
        )
    })?;
    keep(people, Deed::TokenMade, &format!("{} ({})", token.purpose, person.name), now);
    if context.json {
        Page::line(serde_json::json!({"id": token.id, "token": word, "name": person.name, "for": token.purpose,
            "role": role.name(), "zones": token.zones, "until": until.rfc3339(&station.timezone)}));
        return Ok(ExitCode::SUCCESS);
    }
    if wanted.approves && !person.approves {
        let name = &person.name;
        let said = text!(
            "loa: {name} chưa được ghi là người duyệt nên mã này chưa duyệt được gì: ghi người ấy trước, trên trang Người dùng",
            "loa: {name} is not marked as one who approves, so that this token approves nothing: mark that person first, on the page People"
        );
        Page::aside(said.get(context.lang));
    }
    let moment = figure::moment(until, &station.timezone);
    let (name, role, purpose, id) = (&person.name, role.title(), &token.purpose, token.id);
    let said = text!(
        role = role, until = moment;
        "Mã truy cập số {id} cho «{purpose}», thay mặt {name} ({role}), dùng được đến {until}. Mã chỉ hiện một lần này:",
        "Token {id} for \"{purpose}\", in the name of {name} ({role}), good until {until}. It is shown this once:"
    );
    Page::line(said.get(context.lang));
    Page::line(format_args!("\n  {word}\n"));
    let said = text!(
        "Gửi kèm mỗi yêu cầu dòng «Authorization: Bearer MÃ». Lộ mã thì thu hồi ngay: loa user revoke {id}",
        "Send \"Authorization: Bearer TOKEN\" with each request. If it gets known, take it back at once: loa user revoke {id}"
    );
    Page::line(said.get(context.lang));
    Ok(ExitCode::SUCCESS)
}

/// Every token that is left.
pub(super) fn list(context: &Context, station: &Station, people: &People) -> anyhow::Result<ExitCode> {
    let all = people.tokens().map_err(|error| failure(&error))?;
    let tz = &station.timezone;
    if context.json {
        let row = |one: &ApiToken| {
            serde_json::json!({"id": one.id, "name": one.person.name, "for": one.purpose, "role": one.role.name(),
                "zones": one.zones, "approves": one.approves, "made": one.made.rfc3339(tz),
                "until": one.until.rfc3339(tz), "seen": one.seen.map(|seen| seen.rfc3339(tz))})
        };
        Page::line(all.iter().map(row).collect::<serde_json::Value>());
        return Ok(ExitCode::SUCCESS);
    }
    let head = [
        text!("Số", "No."),
        text!("Thay mặt", "In the name of"),
        text!("Dùng làm gì", "For"),
        text!("Vai trò", "Role"),
        text!("Hết hạn", "Until"),
        text!("Dùng lần cuối", "Last used"),
    ];
    let mut sheet = Sheet::new(head.each_ref().map(|word| word.get(context.lang)));
    for one in &all {
        let never = || text!("chưa dùng", "never");
        let seen = one.seen.map_or_else(never, |seen| figure::moment(seen, tz));
        let both = |words: &str| Text { vi: words.to_owned(), en: words.to_owned() };
        let row = [
            both(&one.id.to_string()),
            both(&one.person.name),
            both(&one.purpose),
            role_said(one),
            figure::moment(one.until, tz),
            seen,
        ];
        sheet.row(row.map(|text| text.get(context.lang).to_owned()));
    }
    Page::text(sheet.text(sheet::columns()));
    Ok(ExitCode::SUCCESS)
}

/// The role, and whether it approves what others wrote.
fn role_said(one: &ApiToken) -> Text {
    let Text { vi, en } = one.role.title();
    if one.approves { text!("{vi}, được duyệt", "{en}, approves") } else { Text { vi, en } }
}

/// Take one back: with it the links that it has made and that nobody has used. Those whom it has let in are named, and put
/// out where that is asked for.
pub(super) fn revoke(
    context: &Context,
    people: &mut People,
    (id, with_people): (i64, bool),
    now: Wall,
) -> anyhow::Result<ExitCode> {
    let known = people.tokens().map_err(|error| failure(&error))?.into_iter().find(|one| one.id == id);
    let Some(known) = known else {
        return Err(Failure::new(
            Exit::Usage,
            text!("không có mã truy cập số {id}; xem: loa user tokens", "there is no token {id}; see: loa user tokens"),
        )
        .into());
    };
    people.end_token(id, now).map_err(|error| failure(&error))?;
    keep(people, Deed::TokenEnded, &format!("{} ({})", known.purpose, known.person.name), now);
    let purpose = &known.purpose;
    let said = text!(
        "Đã thu hồi mã truy cập số {id} ({purpose}): từ giờ không dùng được nữa.",
        "Token {id} ({purpose}) is taken back: from now on it is no good."
    );
    Page::line(said.get(context.lang));
    let let_in = people.let_in_by_tokens().map_err(|error| failure(&error))?;
    let mut names: Vec<String> = Vec::new();
    for (_, one) in let_in.iter().filter(|(token, _)| *token == id) {
        if with_people {
            people.end(one.person.id, now).map_err(|error| failure(&error))?;
            keep(people, Deed::PersonEnded, &one.person.name, now);
        }
        names.push(shown(&one.person.name));
    }
    let said = match (names.join(", "), with_people) {
        (names, _) if names.is_empty() => return Ok(ExitCode::SUCCESS),
        (names, true) => text!("Đã thôi cho dùng: {names}.", "Put out: {names}."),
        (names, false) => text!(
            "Những người sau vào được bằng mã ấy và vẫn dùng được trang: {names}. Ai không rõ là người của đài thì gõ: loa user remove \"HỌ TÊN\".",
            "These were let in by it and still use the page: {names}. Whomever nobody knows, put out: loa user remove \"NAME\"."
        ),
    };
    Page::line(said.get(context.lang));
    Ok(ExitCode::SUCCESS)
}
