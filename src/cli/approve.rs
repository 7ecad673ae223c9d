//! `loa approve`: what waits for a second person, and the decision on it. The daemon takes the decision; here it is found
//! out what waits, and who may not decide since he has touched it.

mod said;
mod slip;

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::page::Page;
use super::{Context, Exit, Failure, door, files};
use crate::clock::Clock;
use crate::console::{self, People};
use crate::daemon::protocol::Command;
use crate::daemon::receipt::Receipt;
use crate::diag::{Text, is_same_name, shown, text};
use crate::edit::{Editor, Refusal};
use crate::pending::{self, Approver, KnownPerson, Pending, Query};
use crate::player::World;
use crate::site::{Folder, Site, account_name};
use crate::station::Approval;

/// `loa approve`.
#[derive(Args, Debug)]
pub(super) struct ApproveArgs {
    /// Mã mục phát; không ghi thì xem những mục đang chờ. | The broadcast's id; none: what waits.
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Ai duyệt; không ghi thì là tài khoản đang dùng máy. | Who approves; else this account.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Chỉ duyệt nếu mục vẫn mang mã này, như danh sách đã in. | Only if it still has this digest, as the list shows it.
    #[arg(long, value_name = "DIGEST")]
    digest: Option<String>,
    /// Trả lại, với lời ghi này. | Give it back, with this note.
    #[arg(long = "return", value_name = "TEXT")]
    note: Option<String>,
    /// In phiếu để người không đăng nhập ký tay; phiếu có mã dùng một lần. | Print a slip to be signed, with a code.
    #[arg(long, conflicts_with_all = ["note", "code"])]
    slip: bool,
    /// Nhập mã trên phiếu đã ký; --by là người đã ký. | Enter the code of a signed slip; --by is who signed it.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["id", "note", "digest"], requires = "by")]
    code: Option<String>,
}

/// The station, who asks, and what is known of what waits.
struct Desk<'a> {
    context: &'a Context,
    clock: &'a dyn Clock,
    site: Site,
    world: World,
    editor: Editor,
}

pub(super) fn run(context: &Context, clock: &dyn Clock, args: &ApproveArgs) -> anyhow::Result<ExitCode> {
    let world = files::world(context, clock)?;
    if world.station.approval != Approval::Required {
        return Err(Failure::new(
            Exit::Findings,
            text!(
                "đài này không cần duyệt: mục nào có trong lịch là phát; muốn phải duyệt, viết approval = \"required\" ở đầu loa.toml rồi khởi động lại loa",
                "this station asks for no approvals: what is in the schedules plays; to ask for them write approval = \"required\" at the top of loa.toml, and restart loa"
            ),
        )
        .into());
    }
    let site = Site::new(&context.dir);
    let editor = Editor::new(site.clone());
    let desk = Desk { context, clock, site, world, editor };
    match (&args.id, &args.code) {
        (_, Some(code)) => desk.enter(code, args.by.as_deref().unwrap_or_default()),
        (None, None) if args.slip || args.note.is_some() => Err(Failure::new(
            Exit::Usage,
            text!(
                "hãy ghi mã mục phát, ví dụ: loa approve ban-tin --slip",
                "name the broadcast: loa approve ID --slip"
            ),
        )
        .into()),
        (None, None) => desk.list(),
        (Some(id), None) if args.slip => desk.print(id),
        (Some(id), None) => desk.decide(id, args),
    }
}

impl Desk<'_> {
    fn with<T>(&self, ask: impl FnOnce(&Query<'_>) -> Result<T, Refusal>) -> Result<T, Failure> {
        let audio = Folder::open(self.site.audio()).ok();
        let owner = |file: &str| audio.as_ref().and_then(|audio| audio.owner_of(file)).map(account_name);
        let handed = console::handed_in(&self.site);
        let query = Query {
            world: &self.world,
            editor: &self.editor,
            handed_in: &handed,
            owner_of: &owner,
            now: self.clock.wall(),
        };
        ask(&query).map_err(|refusal| unseen(&refusal))
    }

    fn list(&self) -> anyhow::Result<ExitCode> {
        // To look is not to decide: whoever may read the station may read what waits.
        let (items, unseen) = self.with(pending::listed)?;
        if let Some(unseen) = unseen {
            let why = unseen.message;
            let said = text!(
                why = why;
                "loa: tài khoản này không xem được ai đã sửa lịch ({why}): danh sách không nêu ai đã sửa gì, và từ đây chưa duyệt được",
                "loa: this account cannot see who changed the schedules ({why}): the list names nobody, and nothing can be approved from here"
            );
            Page::aside(said.get(self.context.lang));
        }
        if self.context.json {
            let rows: Vec<_> = items.iter().map(|item| said::json(item, &self.world.station.timezone)).collect();
            Page::data(serde_json::to_string_pretty(&rows)? + "\n");
        } else {
            Page::text(said::list(&items, &self.world.station.timezone, self.context.lang));
        }
        Ok(if items.is_empty() { ExitCode::SUCCESS } else { Exit::Findings.into() })
    }

    /// The one that waits; `Ok(None)` where there is nothing to decide.
    fn item(&self, id: &str) -> Result<Option<Pending>, Failure> {
        if !self.world.schedule.broadcasts.iter().any(|broadcast| broadcast.id == id) {
            let id = shown(id);
            return Err(Failure::new(
                Exit::Usage,
                text!(
                    "trong lịch không có mục phát mang mã «{id}»; xem các mục đang chờ: loa approve",
                    "there is no broadcast with the id \"{id}\"; what waits: loa approve"
                ),
            ));
        }
        self.with(|query| pending::item(query, id))
    }

    fn decide(&self, id: &str, args: &ApproveArgs) -> anyhow::Result<ExitCode> {
        let Some(item) = self.item(id)? else { return Ok(self.nothing(id, args.note.is_some())?) };
        let by = self.approver(args.by.as_deref())?;
        if let Some(typed) = args.digest.as_deref().filter(|typed| !item.what.digest.begins_with(typed)) {
            let (typed, now) = (shown(typed), item.what.digest.short());
            return Err(Failure::new(
                Exit::Findings,
                text!(
                    "«{id}» đã thay đổi từ lúc xem: mã nay là {now}, không phải {typed}; xem lại: loa approve",
                    "\"{id}\" has changed since it was looked at: its digest is {now} now, not {typed}; look again: loa approve"
                ),
            )
            .into());
        }
        may(&item, &by, &self.site)?;
        let (broadcast, digest) = (id.to_owned(), item.what.digest.to_string());
        let by = args.by.as_ref().map(|_| by).unwrap_or_default();
        let command = match &args.note {
            Some(note) => Command::Return { broadcast, digest, by, note: note.clone() },
            None => Command::Approve { broadcast, digest, by, entered_by: None },
        };
        let receipt: Receipt = serde_json::from_value(door::ask(self.context, &command)?)?;
        self.told(&item, &receipt)?;
        Ok(ExitCode::SUCCESS)
    }

    fn told(&self, item: &Pending, receipt: &Receipt) -> anyhow::Result<()> {
        if self.context.json {
            Page::data(serde_json::to_string_pretty(receipt)? + "\n");
        } else {
            Page::text(said::decided(item, receipt, &self.world.station.timezone, self.context.lang));
        }
        Ok(())
    }

    /// It does not wait: it is approved as it is.
    fn nothing(&self, id: &str, is_return: bool) -> Result<ExitCode, Failure> {
        if is_return {
            return Err(Failure::new(
                Exit::Findings,
                text!(
                    "«{id}» đã được duyệt đúng như hiện nay; muốn thôi phát, sửa hoặc xóa mục ấy trong lịch",
                    "\"{id}\" is approved as it is; to take it off the air change or delete it in the schedule"
                ),
            ));
        }
        let said = text!("«{id}» đã được duyệt đúng như hiện nay.", "\"{id}\" is approved as it is.");
        if self.context.json {
            Page::line(json!({"broadcast": id, "approved": true}));
        } else {
            Page::line(said.get(self.context.lang));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Who decides: the person that is named, who has to be marked as one who approves where anybody is; else the account.
    fn approver(&self, named: Option<&str>) -> Result<String, Failure> {
        let names = self.deputies()?;
        let Some(by) = named.map(str::trim).filter(|by| !by.is_empty()) else {
            let own = own_account();
            return match (names.as_slice(), names.iter().find(|name| is_same_name(name, &own))) {
                ([], _) => Ok(own),
                (_, Some(name)) => Ok(name.clone()),
                (names, None) => {
                    let names = names.join(", ");
                    Err(Failure::new(
                        Exit::Usage,
                        text!("hãy ghi ai duyệt bằng --by: {names}", "say who approves with --by: {names}"),
                    ))
                }
            };
        };
        let known = names.iter().find(|name| is_same_name(name, by));
        match known {
            Some(name) => Ok(name.clone()),
            None if names.is_empty() => Ok(by.to_owned()),
            None => {
                let (by, names) = (shown(by), names.join(", "));
                Err(Failure::new(
                    Exit::Findings,
                    text!(
                        "{by} chưa được ghi là người duyệt của đài; những người được duyệt: {names}",
                        "{by} is not marked as one who approves; those who are: {names}"
                    ),
                ))
            }
        }
    }

    /// Those who are marked as people who approve.
    fn deputies(&self) -> Result<Vec<String>, Failure> {
        Ok(self.known()?.into_iter().filter(|known| known.approves).map(|known| known.name).collect())
    }

    /// Everybody who may use the page.
    fn known(&self) -> Result<Vec<KnownPerson>, Failure> {
        if !self.site.people().is_file() {
            return Ok(Vec::new());
        }
        let known = People::open(&self.site.people()).and_then(|people| people.known());
        known.map_err(|error| Failure::new(Exit::Io, error.text()))
    }
}

/// Why somebody may not decide on it, where he has touched it.
fn may(item: &Pending, name: &str, site: &Site) -> Result<(), Failure> {
    let approver = Approver { name: name.to_owned(), accounts: accounts(site) };
    match approver.objection(&item.touches) {
        None => Ok(()),
        Some(Text { vi, en }) => {
            let who = said::changed_by(item);
            Err(Failure::new(Exit::Findings, text!("{vi} Đã sửa: {who}.", "{en} Changed by: {who}.")))
        }
    }
}

fn own_account() -> String {
    account_name(Folder::own_account())
}

/// Who is at the machine: this account, or the one that it was taken on from.
fn at_the_machine() -> String {
    std::env::var("SUDO_USER").ok().filter(|name| !name.is_empty()).unwrap_or_else(own_account)
}

/// This account, and the one that it was taken on from. What root puts into `audio/` belongs to the account that the
/// directory is of: whoever is root may have put there all that is that account's.
fn accounts(site: &Site) -> Vec<String> {
    let is_root = Folder::own_account() == 0;
    let of_station = Folder::open(site.audio()).ok().filter(|_| is_root).and_then(|audio| audio.owner().ok());
    let of_station = of_station.map(|(owner, _)| account_name(owner));
    std::iter::once(own_account()).chain(std::env::var("SUDO_USER").ok()).chain(of_station).collect()
}

/// Nobody knows who has touched what: then nobody approves.
fn unseen(refusal: &Refusal) -> Failure {
    let (message, help) = (refusal.message.clone(), (*refusal.help).clone());
    Failure::new(
        Exit::Permission,
        text!(
            message = message, help = help;
            "không xem được ai đã sửa lịch, nên chưa duyệt được: {message}: {help}",
            "it cannot be seen who changed the schedules, so that nothing can be approved: {message}: {help}"
        ),
    )
}
