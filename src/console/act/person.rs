use super::{Undone, keep};
use crate::app::App;
use crate::diag::{Text, text};
use crate::people::{Deed, Invite, NAME_MOST, NewPerson, PeopleError, Person};
use crate::role::{Right, Role};
use crate::station::Station;
use crate::who::Who;

/// What is asked for of a person: role, zones, and whether he approves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PersonAsked {
    /// What he is to be.
    pub(crate) role: Option<Role>,
    /// Ids of the zones that he is bound to.
    pub(crate) zones: Vec<String>,
    /// He may approve what others wrote.
    pub(crate) approves: bool,
}

impl PersonAsked {
    /// His role and his zones, or what is missing or means nothing. A hamlet head without a hamlet would have them all.
    pub(crate) fn bound(&self, station: &Station) -> Result<(Role, Vec<String>), Text> {
        let Some(role) = self.role else { return Err(text!("Xin chọn một vai trò.", "Choose a role.")) };
        if self.approves && !role.may(Right::Approvals) {
            let role = role.title();
            return Err(text!(
                role = role;
                "Vai trò {role} không duyệt mục phát. Xin bỏ quyền duyệt, hoặc chọn vai trò khác.",
                "The role of {role} approves nothing. Leave approving out, or choose another role."
            ));
        }
        match (role.has_zones(), station.zones.as_slice(), self.zones.as_slice()) {
            (false, ..) => Ok((role, Vec::new())),
            (true, [only], _) => Ok((role, vec![only.id.clone()])),
            (true, _, []) => Err(text!(
                "Xin chọn ít nhất một cụm loa cho trưởng thôn.",
                "Choose at least one zone for a hamlet head."
            )),
            (true, _, zones) => Ok((role, zones.to_vec())),
        }
    }
}

impl From<PeopleError> for Undone {
    fn from(error: PeopleError) -> Self {
        Self::Failed(error.text())
    }
}

/// Let somebody in.
pub(crate) fn add_person(app: &App, who: &Who, name: &str, asked: &PersonAsked) -> Result<Person, Undone> {
    let (role, zones) = asked.bound(&app.station()).map_err(Undone::Wrong)?;
    may_make(who, role)?;
    if name.chars().count() > NAME_MOST {
        let most = NAME_MOST;
        return Err(Undone::Wrong(text!("Tên dài quá {most} chữ.", "The name has more than {most} letters.")));
    }
    let new = NewPerson { name, role, zones: &zones, approves: asked.approves };
    let added = app.people().add(&new, app.clock().wall())?;
    let person = added.ok_or_else(|| {
        Undone::Wrong(text!(
            "Đã có người tên ấy, hoặc tên không có chữ nào. Xin thêm chữ để phân biệt, ví dụ tên thôn.",
            "Somebody is called so already, or the name has no letter. Add a word, such as the hamlet."
        ))
    })?;
    if let Some(token) = &who.token {
        app.people().added_by(person.id, token, app.clock().wall())?;
    }
    keep(app, who, Deed::PersonAdded, &person.name);
    if person.approves {
        keep(app, who, Deed::ApprovalGiven, &person.name);
    }
    Ok(person)
}

/// Give him another role and other zones.
pub(crate) fn change_person(app: &App, who: &Who, person: &Person, asked: &PersonAsked) -> Result<(), Undone> {
    let (role, zones) = asked.bound(&app.station()).map_err(Undone::Wrong)?;
    may_make(who, role)?;
    may_make(who, person.role)?;
    let is_other = (role, &zones) != (person.role, &person.zones);
    let mut is_vouched = false;
    {
        let mut people = app.people();
        if person.role == Role::Admin && role != Role::Admin && !people.has_other_admin(person.id)? {
            return Err(Undone::Wrong(last_admin()));
        }
        people.change(person.id, role, &zones, asked.approves)?;
        if who.token.is_none() {
            // Whoever sets this down with his own password answers for it.
            is_vouched = people.let_in_by_tokens()?.iter().any(|(_, one)| one.person.id == person.id);
            people.vouched(person.id)?;
        }
    }
    // Each thing that was done is told as what it is.
    for (is_so, deed) in [
        (person.has_ended, Deed::PersonBack),
        (is_other, Deed::PersonChanged),
        (asked.approves && !person.approves, Deed::ApprovalGiven),
        (!asked.approves && person.approves, Deed::ApprovalTaken),
        (is_vouched, Deed::PersonVouched),
    ] {
        if is_so {
            keep(app, who, deed, &person.name);
        }
    }
    Ok(())
}

/// Whether he may be put out.
pub(crate) fn may_end(app: &App, who: &Who, person: &Person) -> Result<(), Undone> {
    may_make(who, person.role)?;
    if person.role == Role::Admin && !app.people().has_other_admin(person.id)? {
        return Err(Undone::Wrong(last_admin()));
    }
    Ok(())
}

/// Put him out.
pub(crate) fn end_person(app: &App, who: &Who, person: &Person) -> Result<(), Undone> {
    may_end(app, who, person)?;
    app.people().end(person.id, app.clock().wall())?;
    keep(app, who, Deed::PersonEnded, &person.name);
    Ok(())
}

/// A new link for him.
pub(crate) fn link_person(app: &App, who: &Who, person: &Person) -> Result<Invite, Undone> {
    may_make(who, person.role)?;
    let invite = app.people().invite(person.id, app.clock().wall())?;
    if let Some(token) = &who.token {
        app.people().linked_by(&invite.token, token, app.clock().wall())?;
    }
    keep(app, who, Deed::LinkMade, &person.name);
    Ok(invite)
}

/// Take a token of his back: the one of this number.
pub(crate) fn end_token(app: &App, who: &Who, person: &Person, number: &str) -> Result<(), Undone> {
    may_make(who, person.role)?;
    let known =
        app.people().tokens()?.into_iter().find(|one| one.person.id == person.id && one.id.to_string() == number);
    let Some(known) = known else {
        return Err(Undone::Wrong(text!("Mã ấy đã được thu hồi trước đó.", "That token was taken back before.")));
    };
    app.people().end_token(known.id, app.clock().wall())?;
    keep(app, who, Deed::TokenEnded, &format!("{} ({})", known.purpose, person.name));
    Ok(())
}

/// A program makes no administrator, and lays hands on none: who finds a token must not become one by it.
fn may_make(who: &Who, role: Role) -> Result<(), Undone> {
    if who.token.is_some() && role == Role::Admin {
        return Err(Undone::NotAllowed(text!(
            "việc với tài khoản quản trị chỉ làm được trên trang, bằng mật khẩu của người quản trị",
            "an administrator's account is dealt with on the page only, with an administrator's own password"
        )));
    }
    Ok(())
}

/// The station must have somebody who lets people in; else only the command line could.
fn last_admin() -> Text {
    text!(
        "Đây là người quản trị cuối cùng. Xin thêm một người quản trị khác trước.",
        "This is the last administrator. Let another one in first."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_roles_that_see_what_waits_are_marked_as_those_who_approve() {
        let station = Station::default();
        for role in [Role::Official, Role::Reviewer, Role::Admin] {
            let asked = PersonAsked { role: Some(role), zones: Vec::new(), approves: true };
            assert_eq!(asked.bound(&station), Ok((role, Vec::new())));
        }
        let head = PersonAsked { role: Some(Role::Operator), zones: vec!["thon-1".to_owned()], approves: true };
        assert!(head.bound(&station).is_err_and(|why| why.vi.contains("trưởng thôn không duyệt mục phát")));
        assert!(PersonAsked { approves: false, ..head }.bound(&station).is_ok());
    }
}
