//! The Unix socket `state/loa.sock`: whoever may write to it (rights 0660) may ask how things stand
//! and order stop, say, alert and a test. One command a connection, bounded in size and time, but for
//! those who watch. Everybody is
//! let in at once; who says nothing, or comes too often, is shown the door ([`super::seat`]).

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::asks::Given;
use super::command::{Act, act, is_being_examined, not_vouched};
use super::handle::Handle;
use super::install::install;
use super::not_done::NotDone;
use super::orders::{Turned, turned};
use super::peer::PeerAccount;
use super::protocol::{Command, LINE_MOST, Reply};
use super::receipt::{OrderAnswer, Receipt, SOUND_MOST};
use super::seat::Seats;
use super::status::status;
use super::ticket::Ticket;
use crate::diag::{Text, text, unread};
use crate::player::{OrderRefusal, OrderStand, Stand, ZoneStand};
use crate::site::{Site, bind_socket};
use crate::status::Status;

/// A client that has not sent its line by then is dropped: a command is one write.
const LINE_PATIENCE: Duration = Duration::from_secs(2);

/// So long an order waits for the loop to take it. It takes microseconds; a loop that has not by then
/// hangs, and the order is taken back.
const HANDOVER_MOST: Duration = Duration::from_secs(2);

/// So long an answer waits for a word for the clock to be written down: under the ten seconds that a client waits.
const VOUCH_MOST: Duration = Duration::from_secs(5);

/// A client that does not read its answer by then is dropped.
const WRITE_PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked whether a client that waits is still there.
const GONE_EVERY: Duration = Duration::from_millis(100);

/// How often it is looked whether a watcher has something to hear, and after how many looks it hears again what it knows:
/// five seconds, so that it knows that the station lives.
const WATCH_EVERY: Duration = Duration::from_millis(200);
const WATCHED_LEAST: u32 = 25;

/// How often, and how far apart, a sound that is being examined is asked for again: all of it together stays
/// under the ten seconds that `loa alert` waits.
const LOOKS: u32 = 30;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// With more being served at once, nobody waits for a sound to be examined.
const WAITING_MOST: usize = 64;

/// Bind the socket. A dead one left by a crash is replaced; the lock has shown that no one lives.
pub(super) fn bind(path: &Path) -> io::Result<UnixListener> {
    let listener = bind_socket(path)?;
    listener.set_nonblocking(true)?;
    UnixListener::from_std(listener)
}

/// Those who are connected.
#[derive(Clone, Default)]
struct Room(Arc<Mutex<(Seats, HashMap<u64, AbortHandle>)>>);

/// A connection's place in it, given back when it ends.
struct Place {
    room: Room,
    number: u64,
    handle: Handle,
    serving: bool,
}

impl Place {
    /// It has said what it wants.
    fn speaks(&mut self) {
        self.room.lock().0.speaks(self.number);
        self.handle.serving().fetch_add(1, Ordering::AcqRel);
        self.serving = true;
    }
}

impl Room {
    fn lock(&self) -> MutexGuard<'_, (Seats, HashMap<u64, AbortHandle>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(&self, stream: UnixStream, handle: &Handle) {
        let account = stream.peer_cred().map_or(PeerAccount::NOBODY, |peer| PeerAccount(peer.uid()));
        let mut room = self.lock();
        let (number, goes) = room.0.take(account.0);
        if let Some(goes) = goes.and_then(|goes| room.1.remove(&goes)) {
            goes.abort();
        }
        let place = Place { room: self.clone(), number, handle: handle.clone(), serving: false };
        // A client that hangs up or dawdles harms nobody but itself.
        let task = tokio::spawn(async move { drop(converse(stream, account, place).await) });
        room.1.insert(number, task.abort_handle());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.serving {
            self.handle.serving().fetch_sub(1, Ordering::AcqRel);
        }
        let mut room = self.room.lock();
        room.0.leave(self.number);
        room.1.remove(&self.number);
    }
}

/// Serve until the runtime ends.
pub(super) async fn serve(listener: UnixListener, handle: Handle) {
    let room = Room::default();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => room.admit(stream, &handle),
            // Out of file descriptors, most likely: let some close.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn converse(mut stream: UnixStream, account: PeerAccount, mut place: Place) -> io::Result<()> {
    let mut line = String::new();
    let mut reader = BufReader::new((&mut stream).take(LINE_MOST));
    timeout(LINE_PATIENCE, reader.read_line(&mut line)).await??;
    if line.len() as u64 == LINE_MOST && !line.ends_with('\n') {
        let most = LINE_MOST / 1024;
        let long =
            text!("lệnh dài quá {most} KB: hãy viết ngắn lại", "the command is longer than {most} KB: say it shorter");
        return say(&mut stream, &refused(long)).await;
    }
    let command = serde_json::from_str::<Command>(&line);
    if let Ok(Command::Watch) = command {
        return watch(&mut stream, &place.handle).await;
    }
    place.speaks();
    if let Ok(command @ Command::Talk { .. }) = command {
        let early = reader.buffer().to_vec();
        return talk(&mut stream, &early, command, (&place.handle, account)).await;
    }
    let reply = match command {
        Ok(command) => tokio::select! {
            biased;
            // Nobody waits for the answer any more: where the loop has not taken the order, it is taken back.
            () = gone(&stream) => return Ok(()),
            reply = patient_answer(command, &place.handle, account) => reply,
        },
        Err(error) => {
            let Text { vi, en } = unread(&error.to_string());
            refused(text!("không hiểu lệnh: {vi}", "cannot read the command: {en}"))
        }
    };
    say(&mut stream, &reply).await
}

/// Somebody speaks live: his order, and where a zone takes it what he says.
async fn talk(
    stream: &mut UnixStream,
    early: &[u8],
    command: Command,
    (handle, account): (&Handle, PeerAccount),
) -> io::Result<()> {
    let mut talking = match act(command, handle, account) {
        Ok(Act::Talks(talking)) => talking,
        Ok(_) => return Ok(()),
        Err(not_done) => return say(stream, &not_done.reply()).await,
    };
    let (order, ticket) = talking.order();
    let (reply, stand) = match taken(ticket).await {
        Ok(stand) => (answer(order, &stand, handle).await, stand),
        Err(why) => return say(stream, &refused(why)).await,
    };
    let is_taken = matches!(reply, Reply::Done { .. }) && !stand.is_over();
    say(stream, &reply).await?;
    if is_taken { talking.go_on(stream, early, stand, handle).await } else { Ok(()) }
}

async fn say(stream: &mut UnixStream, reply: &Reply) -> io::Result<()> {
    let mut line = serde_json::to_string(reply)?;
    line.push('\n');
    timeout(WRITE_PATIENCE, stream.write_all(line.as_bytes())).await?
}

/// Say how the station stands whenever that has changed. Who only watches is worth no more than who has said nothing:
/// where there are too many, it goes first, and connects again.
async fn watch(stream: &mut UnixStream, handle: &Handle) -> io::Result<()> {
    let mut told: Option<(Status, u32)> = None;
    loop {
        let status = status(&handle.snapshot(), handle);
        // The time alone is no change.
        let stands = Status { at: String::new(), ..status.clone() };
        told = match told {
            Some((before, looks)) if before == stands && looks < WATCHED_LEAST => Some((before, looks + 1)),
            _ => {
                say(stream, &Reply::Done { status: serde_json::to_value(status)? }).await?;
                Some((stands, 0))
            }
        };
        tokio::select! {
            () = gone(stream) => return Ok(()),
            () = tokio::time::sleep(WATCH_EVERY) => {}
        }
    }
}

/// Returns once nobody is at the other end. One who only has nothing more to say still is.
async fn gone(stream: &UnixStream) {
    // Writing nothing asks the kernel itself; what the runtime knows of a connection comes a turn later.
    while !stream.try_write(&[]).is_err_and(|error| error.kind() != io::ErrorKind::WouldBlock) {
        tokio::time::sleep(GONE_EVERY).await;
    }
}

/// A sound that was copied in a moment ago is being examined: wait for that rather than let somebody
/// with an alert type it again.
async fn patient_answer(command: Command, handle: &Handle, account: PeerAccount) -> Reply {
    for _ in 0..LOOKS {
        if handle.serving().load(Ordering::Acquire) > WAITING_MOST || !is_being_examined(&command, handle) {
            break;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    let wait = command.waits();
    match act(command, handle, account) {
        Ok(Act::Done(status)) => Reply::Done { status },
        Ok(Act::Ordered(order, ticket)) => match follow(ticket, wait).await {
            Ok(stand) => answer(&order, &stand, handle).await,
            Err(not_done) => not_done.reply(),
        },
        Ok(Act::Vouched(given)) => vouched(given).await,
        // It is no command with one answer.
        Ok(Act::Talks(_)) => refused(unanswered()),
        Ok(Act::Install) => install(handle).await,
        Err(not_done) => not_done.reply(),
    }
}

/// See a word for the clock through.
async fn vouched(mut given: Given) -> Reply {
    match timeout(VOUCH_MOST, given.done()).await {
        Ok(()) => Reply::Done { status: Value::Null },
        Err(_) if given.revoke() => refused(not_vouched()),
        Err(_) => refused(text!(
            "loa đã nhận lời xác nhận nhưng chưa làm xong: hãy xem «loa clock»",
            "loa has taken the confirmation and is not done with it yet: see \"loa clock\""
        )),
    }
}

/// See an order through: until the loop has taken it, and, where that is asked for, until it sounds.
async fn follow(mut ticket: Ticket, wait: bool) -> Result<OrderStand, NotDone> {
    let mut last = taken(&mut ticket).await?;
    if wait {
        let _ = timeout(SOUND_MOST, async {
            while !last.is_decided() {
                match ticket.next().await {
                    Some(stand) => last = stand,
                    None => break,
                }
            }
        })
        .await;
    }
    Ok(last)
}

/// How an order stands once the loop has taken it, or why it was not.
async fn taken(ticket: &mut Ticket) -> Result<OrderStand, Text> {
    match timeout(HANDOVER_MOST, ticket.next()).await {
        Ok(Some(stand)) => Ok(stand),
        Ok(None) if ticket.was_replaced() => Err(turned(Turned::Replaced)),
        Ok(None) => Err(turned(Turned::Ending)),
        Err(_) if ticket.revoke() => Err(turned(Turned::Full)),
        // It was taken, and the loop hangs over it.
        Err(_) => Err(unanswered()),
    }
}

/// What to say of an order as it stands.
async fn answer(order: &OrderAnswer, stand: &OrderStand, handle: &Handle) -> Reply {
    let has_no_sound = |zone: &ZoneStand| matches!(zone.stand, Stand::Refused(OrderRefusal::NoSound));
    if let Some(why) = &stand.refused {
        return refused(why.clone());
    }
    match &order.refusal {
        Some(why) if stand.zones.iter().all(has_no_sound) => refused(why.clone()),
        // A file may have come in the very moment.
        _ => match serde_json::to_value(looked_back(Receipt::of(order, stand, handle), handle).await) {
            Ok(status) => Reply::Done { status },
            Err(_) => refused(unanswered()),
        },
    }
}

/// Orders of before the start are looked up in the journal; a disk that hangs keeps nobody waiting.
async fn looked_back(receipt: Receipt, handle: &Handle) -> Receipt {
    if !receipt.is_to_look_back() {
        return receipt;
    }
    let (site, tz, asked) =
        (Site::new(handle.station_dir()), handle.snapshot().world.station.timezone.clone(), receipt.clone());
    let look = tokio::task::spawn_blocking(move || asked.looked_back(&site, &tz));
    match timeout(HANDOVER_MOST, look).await {
        Ok(Ok(known)) => known,
        Ok(Err(_)) | Err(_) => receipt,
    }
}

fn refused(text: Text) -> Reply {
    NotDone::from(text).reply()
}

/// An order that was taken, and of which nobody knows more.
pub(super) fn unanswered() -> Text {
    text!(
        "loa đã nhận lệnh nhưng chưa trả lời nó ra sao: hãy xem «loa status»; dừng bằng «loa stop»",
        "loa has taken the order and does not say how it stands: see \"loa status\"; \"loa stop\" ends it"
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::Shutdown;

    use super::*;

    fn is_gone(then: impl FnOnce(std::os::unix::net::UnixStream) -> Option<std::os::unix::net::UnixStream>) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("loa.sock");
        runtime.block_on(async {
            let listener = bind(&path).unwrap();
            let mut client = std::os::unix::net::UnixStream::connect(&path).unwrap();
            client.write_all(b"{}\n").unwrap();
            let _kept = then(client);
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut line = String::new();
            BufReader::new((&mut stream).take(LINE_MOST)).read_line(&mut line).await.unwrap();
            assert_eq!(line, "{}\n");
            timeout(Duration::from_millis(10), gone(&stream)).await.is_ok()
        })
    }

    #[test]
    fn one_who_hung_up_is_gone_at_once_and_one_who_only_said_all_is_not() {
        assert!(is_gone(|_| None));
        assert!(!is_gone(Some));
        assert!(!is_gone(|client| {
            client.shutdown(Shutdown::Write).unwrap();
            Some(client)
        }));
    }
}
