use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use loa_core::diag::{Text, figure, foreign, shown, text};
use loa_core::signature::Locality;
use qrcode::render::{svg, unicode};
use qrcode::{EcLevel, QrCode};
use serde_json::json;

use super::alarm::{self, AlarmArgs};
use super::collect::read;
use super::held::{self, HeldArgs};
use super::join::{JoinArgs, join, locality};
use super::places::{self, RemoveArgs, needs_paper};
use super::put::{FileReaders, is_free, put_text};
use super::rollout::{self, RolloutCommand};
use super::send::{self, RootsArgs, SendArgs};
use super::{CentreExit, CentreGround, Failed, Screen};
use crate::fleet::{Desk, Issued, JoinRequest, Pushed, push, revoked_at};
use crate::watch;

#[derive(Subcommand, Debug)]
pub(super) enum FleetCommand {
    /// Lập mạng loa của tỉnh: khóa, sổ, tệp cấu hình máy chủ. | Set the province's fleet up.
    Init(InitArgs),
    /// Ghi một nơi vào sổ, không cấp gì. | Write a place into the register.
    Place(PlaceArgs),
    /// Bỏ một nơi ghi nhầm khỏi sổ: chưa từng có máy. | Take a mistaken place out of the register.
    Remove(RemoveArgs),
    /// Tạo khóa cho máy ở một nơi: ai cầm tệp là cầm khóa. | Make a box's key: whoever carries the file carries the secret.
    Issue(IssueArgs),
    /// Mã một lần để máy tự xin vào: in phiếu có ô vuông. | A one-time code by which a box asks to join, as a slip with a QR.
    Invite(InviteArgs),
    /// Trên máy của đài: gõ mã, in yêu cầu; --paper: nhận giấy. | At the box: type the code; --paper: take the paper.
    Join(JoinArgs),
    /// Nhận yêu cầu của máy: máy chờ duyệt. | Take a box's request in; it waits then.
    Take(TakeArgs),
    /// So tám chữ trên máy rồi cho vào. | Compare the eight letters and let it in.
    Accept(AcceptArgs),
    /// Máy hỏng (hay --lost: bị lấy mất): thu khóa, nơi còn nguyên. | A box is dead, or stolen: its key is good no more.
    Revoke(RevocationArgs),
    /// Đưa giấy tờ mới cho máy chủ. | Give the servers the papers anew.
    Push,
    /// Tệp cho máy chủ riêng của một xã. | Files for a commune's own server.
    Commune(CommuneArgs),
    /// Sổ: nơi nào, máy nào giữ, ai đang chờ. | The register: places, who holds them, who waits.
    Status,
    /// Trung tâm biết các đài tin khóa gốc nào. | Which roots the boxes believe, for the centre to judge by.
    Roots(RootsArgs),
    /// Gửi lịch và âm thanh đã ký cho một nơi hay nhóm. | Send signed schedules and sounds to a place or group.
    Send(SendArgs),
    /// Đài nào đã có lịch mới nhất, đài nào chưa và vì sao. | Who has the newest schedule, who has not and why.
    Held(HeldArgs),
    /// Triển khai một lịch theo từng đợt, tự dừng khi hỏng. | Send a schedule in waves, which stop where it goes wrong.
    #[command(subcommand)]
    Rollout(RolloutCommand),
    /// Báo động, kết thúc báo động, ai đã nghe. | Give an alarm, end it, see who has heard it.
    Alarm(Box<AlarmArgs>),
}

impl FleetCommand {
    /// It is typed at a box, not at the centre.
    pub(super) const fn is_join(&self) -> bool {
        matches!(self, Self::Join(_))
    }
}

#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// Tên mạng. | What people call it.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Mã tỉnh, như p01. | The province, such as p01.
    #[arg(long, value_name = "CODE", value_parser = locality)]
    province: Locality,
    /// Máy chủ, một hay ba: tên hay địa chỉ, :cổng nếu khác 4222. | Servers, one or three.
    #[arg(long, value_name = "HOST", required = true)]
    server: Vec<String>,
    /// Không mã hóa: chỉ để thử trong một máy. | No TLS: to try it out on one machine.
    #[arg(long)]
    plain: bool,
}

#[derive(Args, Debug)]
pub(super) struct PlaceArgs {
    /// Nơi: tỉnh.xã.thôn, như p01.c003.h00077. | The place, such as p01.c003.h00077.
    #[arg(value_name = "PLACE", value_parser = locality)]
    path: Locality,
    /// Tên thường gọi. | What people call it.
    #[arg(long, value_name = "NAME")]
    title: Option<String>,
    /// Gọi cho ai khi nơi này im: tên và số điện thoại. | Whom to call where it is silent: name and number.
    #[arg(long, value_name = "WHO")]
    call: Option<String>,
    /// Nhóm mà nơi này cũng nghe, như vn.p01.g_school. | A group that it hears too.
    #[arg(long, value_name = "GROUP", value_parser = locality)]
    group: Vec<Locality>,
}

#[derive(Args, Debug)]
pub(super) struct IssueArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Tệp khóa để chép sang máy. | The file to carry to the box.
    #[arg(long, value_name = "FILE")]
    creds: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct InviteArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Ghi ô vuông ra tệp SVG để in. | Write the QR code as SVG.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct TakeArgs {
    /// Dòng LOA-JOIN:1 …, hay tệp chứa dòng ấy. | The line LOA-JOIN:1 …, or a file that has it.
    #[arg(value_name = "REQUEST")]
    request: String,
}

#[derive(Args, Debug)]
pub(super) struct AcceptArgs {
    /// Nơi. | The place.
    #[arg(value_name = "PLACE", value_parser = locality)]
    path: Locality,
    /// Tám chữ người lắp máy đọc ở máy. | The eight letters that are read at the box.
    #[arg(long, value_name = "LETTERS")]
    letters: String,
    /// Giấy để mang về máy; không có bí mật trong đó. | The paper to carry to the box; it holds no secret.
    #[arg(long, value_name = "FILE")]
    paper: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct RevocationArgs {
    /// Nơi. | The place.
    #[arg(value_name = "PLACE", value_parser = locality)]
    path: Locality,
    /// Máy bị lấy mất. | The box was stolen.
    #[arg(long)]
    lost: bool,
}

#[derive(Args, Debug)]
pub(super) struct CommuneArgs {
    /// Xã, như p01.c003. | The commune, such as p01.c003.
    #[arg(value_name = "COMMUNE", value_parser = locality)]
    commune: Locality,
}

pub(super) fn run(ground: &CentreGround, command: &FleetCommand) -> Result<ExitCode, Failed> {
    let now = watch::now();
    let desk = || Desk::open(&ground.dir, now);
    let line = |said: Text| Screen::line(said.get(ground.lang));
    match command {
        FleetCommand::Init(args) => {
            let InitArgs { name, province, server, plain } = args;
            let desk = Desk::init(&ground.dir, name, province.clone(), server, !plain, now)?;
            for server in &desk.register.servers {
                let (name, host) = (&server.name, &server.host);
                line(text!(
                    "Chép servers/{name}/ sang máy {host}, vào đó chạy: nats-server -c nats.conf",
                    "Copy servers/{name}/ to {host} and run there: nats-server -c nats.conf"
                ));
            }
            line(text!(
                "Thư mục này giữ khóa và sổ fleet.json của cả mạng: chép nguyên thư mục cất vào két, không gửi cho ai; chép lại mỗi khi thêm hay bớt máy.",
                "This directory holds the keys and the register fleet.json of the whole fleet: keep a copy of all of it in a safe, send it to nobody; copy it again whenever a box is added or taken away."
            ));
            line(text!(
                "Máy chủ chạy rồi thì bắt đầu thu nhật ký: loa collect run",
                "Once the servers run, begin to collect: loa collect run"
            ));
        }
        FleetCommand::Place(args) => {
            let mut desk = desk()?;
            let zones = |desk: &Desk| desk.register.places.get(&args.path).map_or(0, |place| place.zones.len());
            let before = zones(&desk);
            name(&mut desk, args)?;
            let is_held = desk.register.places.get(&args.path).is_some_and(|place| place.holder.is_some());
            if is_held && zones(&desk) > before {
                line(needs_paper(&args.path));
            }
        }
        FleetCommand::Remove(args) => places::remove(ground, &mut desk()?, args)?,
        FleetCommand::Issue(args) => {
            let mut desk = desk()?;
            Desk::is_for_a_box(&args.place.path)?;
            name(&mut desk, &args.place)?;
            let keep = |issued: &Issued| put_text(&args.creds, "--creds", FileReaders::Owner, &issued.text);
            desk.issue_into(&args.place.path, keep)?;
            connect_hint(ground, &desk, &args.creds);
        }
        FleetCommand::Invite(args) => invite(ground, &mut desk()?, args)?,
        FleetCommand::Join(args) => join(ground, args)?,
        FleetCommand::Take(args) => {
            let is_line = args.request.trim_start().starts_with("LOA-JOIN");
            let written = if is_line { args.request.clone() } else { read(Path::new(&args.request))? };
            let request = JoinRequest::read(&written)?;
            // The letters are not told: whoever copies them from here has compared nothing.
            desk()?.take(&request)?;
            let path = &request.path;
            line(text!(
                "Máy ở {path} đang chờ. Gọi người lắp máy đọc tám chữ hiện trên máy, rồi gõ đúng tám chữ ấy: loa fleet accept {path} --letters TÁM-CHỮ --paper TỆP",
                "The box at {path} waits. Have the eight letters read that stand on the box, and type those: loa fleet accept {path} --letters LETTERS --paper FILE"
            ));
        }
        FleetCommand::Accept(args) => {
            let mut desk = desk()?;
            let keep = |issued: &Issued| put_text(&args.paper, "--paper", FileReaders::Habit, &issued.text);
            desk.accept_into(&args.path, &args.letters, keep)?;
            connect_hint(ground, &desk, &args.paper);
        }
        FleetCommand::Revoke(args) => return revoke(ground, &mut desk()?, args),
        FleetCommand::Push => {
            let Pushed { taken, left } = give(ground, &mut desk()?)?;
            let taken = taken.join(", ");
            line(text!(
                "Giấy tờ theo sổ hiện nay đang ở máy chủ: {taken}",
                "Servers that have the papers as the register has them now: {taken}"
            ));
            return Ok(told_left(ground, &left));
        }
        FleetCommand::Commune(args) => {
            let folder = desk()?.commune(&args.commune)?;
            let folder = shown(&folder.to_string_lossy());
            line(text!(
                "Chép {folder} sang máy chủ của xã, vào đó chạy: nats-server -c nats.conf",
                "Copy {folder} to the commune's server and run there: nats-server -c nats.conf"
            ));
        }
        FleetCommand::Status => places::status(ground)?,
        FleetCommand::Roots(args) => return send::roots(ground, args),
        FleetCommand::Send(args) => return send::send(ground, args),
        FleetCommand::Held(args) => return held::held(ground, args),
        FleetCommand::Rollout(command) => return rollout::run(ground, command),
        FleetCommand::Alarm(args) => return alarm::run(ground, args),
    }
    Ok(ExitCode::SUCCESS)
}

fn name(desk: &mut Desk, args: &PlaceArgs) -> Result<(), Failed> {
    desk.place(&args.path, args.title.as_deref(), &args.group)?;
    Ok(args.call.as_deref().map_or(Ok(()), |who| desk.call(&args.path, who))?)
}

fn connect_hint(ground: &CentreGround, desk: &Desk, file: &Path) {
    let (file, servers) = (shown(&file.to_string_lossy()), desk.register.addresses().join(" "));
    let said = if desk.register.tls {
        text!(
            "Mang {file} và ca.crt sang máy. Máy nối đến: {servers}",
            "Carry {file} and ca.crt to the box. It connects to: {servers}"
        )
    } else {
        text!("Mang {file} sang máy. Máy nối đến: {servers}", "Carry {file} to the box. It connects to: {servers}")
    };
    Screen::line(said.get(ground.lang));
}

fn invite(ground: &CentreGround, desk: &mut Desk, args: &InviteArgs) -> Result<(), Failed> {
    Desk::is_for_a_box(&args.place.path)?;
    // An earlier code is good no more once there is a new one.
    args.svg.as_deref().map_or(Ok(()), |file| is_free(file, "--svg"))?;
    name(desk, &args.place)?;
    let path = &args.place.path;
    let (code, until) = desk.invite(path)?;
    let (title, moment) = (desk.register.places[path].title.clone(), figure::moment(until.wall(), &ground.tz));
    let picture = QrCode::with_error_correction_level(format!("{path} {code}").as_bytes(), EcLevel::M).ok();
    if ground.json {
        Screen::data(format!("{}\n", json!({ "place": path, "code": code.to_string(), "until": until })));
        return Ok(());
    }
    if let Some(picture) = &picture {
        Screen::data(picture.render::<unicode::Dense1x2>().build() + "\n");
        if let Some(file) = &args.svg {
            let drawn = picture.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
            put_text(file, "--svg", FileReaders::Habit, &drawn)?;
        }
    }
    Screen::line(format_args!("{} ({path})", shown(&title)));
    let said = text!(
        moment = moment;
        "Ở máy, gõ một lần, trước {moment}: loa fleet join {path} {code}",
        "At the box, type once, before {moment}: loa fleet join {path} {code}"
    );
    Screen::line(said.get(ground.lang));
    Ok(())
}

fn revoke(ground: &CentreGround, desk: &mut Desk, args: &RevocationArgs) -> Result<ExitCode, Failed> {
    let path = &args.path;
    desk.revoke(path, args.lost)?;
    // It stands in the register, whatever becomes of the way to the servers.
    let Pushed { taken, left } = give(ground, desk)?;
    let taken = taken.join(", ");
    let said = text!(
        "Đã thu khóa của máy ở {path}; các máy chủ này không cho máy ấy vào nữa: {taken}. Nơi còn nguyên, cấp máy mới: loa fleet invite {path}",
        "The key of the box at {path} is good no more; these servers let it in no more: {taken}. The place stays; for a new box: loa fleet invite {path}"
    );
    Screen::line(said.get(ground.lang));
    Ok(told_left(ground, &left))
}

/// Servers that do not have the papers: a stolen box may still be let in there.
fn told_left(ground: &CentreGround, left: &[(String, String)]) -> ExitCode {
    for (server, why) in left {
        let why = foreign(why);
        let said = text!(
            why = why;
            "CHƯA đưa được cho {server}: {why}. Khi máy ấy chạy thì gõ lại: loa fleet push",
            "NOT given to {server}: {why}. Once it runs, type again: loa fleet push"
        );
        Screen::aside(said.get(ground.lang));
    }
    if left.is_empty() { ExitCode::SUCCESS } else { CentreExit::Findings.into() }
}

/// Give the servers the papers. What they hold as revoked stays so, whatever the register says: it may be an older copy.
fn give(ground: &CentreGround, desk: &mut Desk) -> Result<Pushed, Failed> {
    let credentials = read(&ground.dir.join("creds").join("system.creds"))?;
    let (servers, papers, authority) = (desk.register.addresses(), desk.papers()?, desk.authority_file());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let held = runtime.block_on(revoked_at(&servers, &credentials, authority.as_deref(), &papers));
    let held = held.inspect_err(|_| tell_older(ground, 0, &desk.revived()))?;
    let (forgotten, papers) = (desk.remember(&held)?, desk.papers()?);
    tell_older(ground, forgotten.len(), &desk.revived());
    Ok(runtime.block_on(push(&servers, &credentials, authority.as_deref(), &papers))?)
}

/// The register is older than revocations that are known otherwise, or one key that was revoked holds several places by it.
fn tell_older(ground: &CentreGround, forgotten: usize, revived: &[Locality]) {
    if forgotten > 0 {
        let said = text!(
            "Sổ fleet.json là bản cũ: {forgotten} khóa đã thu không có trong sổ; các khóa ấy vẫn bị thu.",
            "The register fleet.json is an older copy: revoked keys that it does not know: {forgotten}; they stay revoked."
        );
        Screen::aside(said.get(ground.lang));
    }
    for place in revived {
        let said = text!(
            "Theo sổ thì máy ở {place} cũng dùng khóa đã bị thu, nên không nối được nữa: hãy gõ loa fleet revoke {place} (máy bị lấy mất thì thêm --lost), rồi cấp khóa mới cho nơi ấy",
            "By the register the box at {place} has a key that was revoked as well, and cannot connect any more: type loa fleet revoke {place} (with --lost if it was stolen), then issue a new key there"
        );
        Screen::aside(said.get(ground.lang));
    }
}
