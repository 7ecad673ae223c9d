use serde::Deserialize;

use super::centre::{LinkState, NoAnswer};
use super::chance::chance;
use super::running::Running;
use super::standing::{full, unserved};
use crate::bundle::UtcSecond;
use crate::diag::{Text, shown, text};
use crate::journal::{JournalError, Reader};
use crate::uplink::{
    LOG_STREAM, ROWS_MOST, RowBatch, Shipment, Uplink, UplinkStep, WATERMARK_STREAM, Watermark, log_subject,
    watermark_subject,
};

/// What a server says of a message: where it lies, or why it lies nowhere. One that was refused may name the stream too.
#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    stream: String,
    #[serde(default)]
    error: Option<Unstored>,
}

/// Why a server has not stored a message.
#[derive(Deserialize)]
struct Unstored {
    #[serde(default)]
    err_code: u32,
}

/// A stream that can keep nothing more; an account, a server, a disk that has used up what it has.
const FULL: [u32; 4] = [10_077, 10_002, 10_023, 10_047];

/// Why rows are not taken at the centre though its server is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Untaken {
    /// There is no stream of rows.
    Absent,
    /// It takes nothing more.
    Full,
}

impl Stored {
    fn is_kept(&self) -> bool {
        self.error.is_none() && self.stream == LOG_STREAM
    }

    fn is_full(&self) -> bool {
        self.error.as_ref().is_some_and(|why| FULL.contains(&why.err_code))
    }
}

/// So often in a row nobody takes rows, before that is told.
const ABSENT_MOST: u32 = 3;

/// The journal that is being sent, and how far it has come.
struct Sending {
    epoch: String,
    uplink: Uplink,
    state: LinkState,
    /// So often in a row nobody was there to take rows.
    absent: u32,
}

/// Rows of the journal as they stand there, from one on.
struct Shelf<'a> {
    reader: &'a Reader,
    rows: Vec<(u64, String, String)>,
}

impl Shelf<'_> {
    /// The row of this number; the hundred behind it are fetched with it.
    fn row(&mut self, seq: u64) -> Option<&(u64, String, String)> {
        let place = |rows: &[(u64, String, String)]| rows.iter().position(|row| row.0 == seq);
        if place(&self.rows).is_none() {
            self.rows = self.reader.as_written(seq, ROWS_MOST as u32).unwrap_or_default();
        }
        place(&self.rows).and_then(|at| self.rows.get(at))
    }

    fn batch(&mut self, epoch: &str, shipment: Shipment) -> Option<RowBatch> {
        let (mut bodies, mut head) = (Vec::new(), String::new());
        for seq in shipment.first..=shipment.last {
            let (_, body, hash) = self.row(seq)?;
            bodies.push(body.clone());
            head.clone_from(hash);
        }
        Some(RowBatch { epoch: epoch.to_owned(), first: shipment.first, bodies, head })
    }
}

impl Running<'_> {
    /// Send the rows of the journal up, for ever. The journal itself is what waits to be sent.
    pub(super) async fn send_rows(&self) {
        let mut sending: Option<Sending> = None;
        let mut complained = String::new();
        loop {
            match self.send_some(&mut sending).await {
                Ok(()) => complained.clear(),
                Err(error) => {
                    let why = error.text();
                    if why.en != complained {
                        let Text { vi, en } = &why;
                        self.say(&text!(
                            "chưa gửi được nhật ký về trung tâm: không đọc được nhật ký: {vi}",
                            "the journal cannot be sent to the centre, since it cannot be read: {en}"
                        ));
                        complained = why.en;
                    }
                }
            }
            self.pause(self.link.pace.look).await;
        }
    }

    /// Send until there is nothing to do but wait.
    async fn send_some(&self, sending: &mut Option<Sending>) -> Result<(), JournalError> {
        loop {
            let Some(reader) = Reader::open(&self.link.site.journal())? else { return Ok(()) };
            let epoch = reader.epoch()?;
            let (rows, _) = reader.head()?;
            let state = *self.centre.up().borrow();
            let sending = match sending {
                Some(sending) if sending.epoch == epoch => sending,
                _ => sending.insert(self.begin(epoch)),
            };
            sending.follow(state);
            let mut shelf = Shelf { reader: &reader, rows: Vec::new() };
            let now = self.link.clock.mono();
            let step = sending.uplink.next(rows, now, |seq| shelf.row(seq).map_or(0, |(_, body, _)| body.len() + 1));
            match step {
                UplinkStep::Rest => return Ok(()),
                UplinkStep::Wait(until) => {
                    let most = until.after(now);
                    if most > self.link.pace.look {
                        return Ok(());
                    }
                    self.pause(most).await;
                }
                UplinkStep::Ask => self.ask_watermark(sending, &reader).await?,
                UplinkStep::Send(shipment) => {
                    let batch = shelf.batch(&sending.epoch, shipment);
                    self.ship(sending, shipment, batch).await;
                }
            }
        }
    }

    fn begin(&self, epoch: String) -> Sending {
        let memory = self.memory();
        // Where the collector was is a beginning only; it is asked before anything is taken for done.
        let received = if memory.epoch == epoch { memory.received } else { 0 };
        drop(memory);
        Sending { epoch, uplink: Uplink::new(received), state: LinkState::default(), absent: 0 }
    }

    async fn ship(&self, sending: &mut Sending, shipment: Shipment, batch: Option<RowBatch>) {
        let failed = |sending: &mut Sending| sending.uplink.failed(self.link.clock.mono(), chance());
        let Some(batch) = batch else { return failed(sending) };
        let path = &self.link.address.path;
        let mut headers = batch.headers().to_vec();
        headers.push(("Nats-Msg-Id", shipment.name(path.as_str(), &sending.epoch)));
        let mut up = self.centre.up();
        up.borrow_and_update();
        let ask = self.centre.ask(log_subject(path), &headers, batch.payload().into_bytes(), self.link.pace.answer);
        let answer = tokio::select! {
            answer = ask => answer,
            // What was under way when the link went is sent again: it costs a message, and saves a minute.
            _ = up.changed() => Err(NoAnswer::Down),
        };
        let is_unserved = answer == Err(NoAnswer::Absent);
        let stored = answer.ok().and_then(|answer| serde_json::from_slice::<Stored>(&answer.payload).ok());
        if stored.as_ref().is_some_and(Stored::is_kept) {
            self.heard();
            sending.absent = 0;
            self.serve(None);
            sending.uplink.acknowledged(shipment);
        } else {
            if stored.as_ref().is_some_and(Stored::is_full) {
                self.heard();
                self.serve(Some(Untaken::Full));
            }
            // A server that begins, or changes its leader, says so too.
            sending.absent = if is_unserved { sending.absent + 1 } else { 0 };
            if sending.absent >= ABSENT_MOST {
                self.serve(Some(Untaken::Absent));
            }
            failed(sending);
        }
    }

    /// Whether rows are taken at the centre; said once when they are no more, and kept for whoever asks.
    fn serve(&self, why: Option<Untaken>) {
        let is = (why == Some(Untaken::Absent), why == Some(Untaken::Full));
        let was = {
            let memory = self.memory();
            (memory.unserved.is_some(), memory.full.is_some())
        };
        if is == was {
            return;
        }
        match why {
            Some(Untaken::Absent) => self.say(&unserved()),
            Some(Untaken::Full) => self.say(&full()),
            None => {}
        }
        let at = UtcSecond::of(self.now());
        self.remember(|memory| (memory.unserved, memory.full) = (is.0.then_some(at), is.1.then_some(at)));
    }

    async fn ask_watermark(&self, sending: &mut Sending, reader: &Reader) -> Result<(), JournalError> {
        let path = &self.link.address.path;
        let subject = format!("$JS.API.DIRECT.GET.{WATERMARK_STREAM}.{}", watermark_subject(path));
        let got = self.centre.ask(subject, &[], Vec::new(), self.link.pace.answer).await;
        let mark = match got {
            Ok(answer) => Watermark::read(&answer.payload),
            // The collector has nothing of this box yet.
            Err(NoAnswer::Absent) => None,
            Err(NoAnswer::Down | NoAnswer::Silent) => return Ok(()),
        };
        self.heard();
        let row = mark.filter(|mark| mark.epoch == sending.epoch);
        if let Some(mark) = &row
            && let Some((_, _, hash)) = reader.as_written(mark.row, 1)?.first()
            && *hash != mark.hash
            && !mark.hash.is_empty()
        {
            let (row, epoch) = (mark.row, shown(&mark.epoch));
            self.say(&text!(
                "dòng {row} của nhật ký ở đây khác dòng trung tâm đã nhận (nhật ký {epoch}): báo người phụ trách tỉnh",
                "row {row} of the journal here is not the one that the centre has (journal {epoch}): tell who looks after the centre"
            ));
        }
        let row = row.map_or(0, |mark| mark.row);
        sending.uplink.watermark(row, self.link.clock.mono());
        let done = sending.uplink.done();
        let is_new = {
            let memory = self.memory();
            (memory.received, &memory.epoch) != (done, &sending.epoch)
        };
        if is_new {
            self.remember(|memory| (memory.received, memory.epoch) = (done, sending.epoch.clone()));
        }
        Ok(())
    }
}

impl Sending {
    /// Tell the machine of rows how the link stands.
    fn follow(&mut self, state: LinkState) {
        if state == self.state {
            return;
        }
        if state.is_up {
            self.uplink.connected();
        } else {
            self.uplink.lost();
        }
        self.state = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_full_names_the_stream_and_has_kept_nothing() {
        let read = |said: &str| {
            let stored: Stored = serde_json::from_str(said).unwrap();
            (stored.is_kept(), stored.is_full())
        };
        assert_eq!(read(r#"{"stream":"LOA_LOG","seq":7}"#), (true, false));
        assert_eq!(read(r#"{"stream":"LOA_LOG","seq":7,"duplicate":true}"#), (true, false));
        let full = r#"{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"},"stream":"LOA_LOG","seq":0}"#;
        assert_eq!(read(full), (false, true));
        assert_eq!(read(r#"{"error":{"code":400,"err_code":10054,"description":"too large"}}"#), (false, false));
        assert_eq!(read(r#"{"stream":"ANOTHER","seq":1}"#), (false, false));
    }
}
