//! Somebody who speaks live over the socket: his order goes to the loop like any other, and while it is under way his sound
//! comes in over the same connection. It ends with him, with his line, at its longest, or when the loop says so.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::net::unix::{ReadHalf, WriteHalf};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::handle::Handle;
use super::keeping;
use super::orders::turned;
use super::peer::PeerAccount;
use super::protocol::TalkNews;
use super::receipt::{OrderAnswer, OrderKind, Receipt};
use super::tape::{TalkTape, TapeNews, unkept};
use super::ticket::Ticket;
use crate::diag::{Text, text};
use crate::incoming::wire::{WIRE_RATE, WireFrame, WireReader};
use crate::incoming::{LiveBuffer, VoiceSign, VoiceWatch};
use crate::instant::Mono;
use crate::player::{Event, OrderStand, Request, Talk, signed};
use crate::reason::{Ordered, Reason};
use crate::station::ZoneIx;

/// Whoever has said nothing for so long is gone.
const LOST_AFTER: Duration = Duration::from_secs(2);
/// More than this ahead of the clock is no voice.
const AHEAD_MOST: Duration = Duration::from_secs(3);
/// How often it is looked how he fares.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Booked beyond what he may speak, so that the end is his, or this one's, and the row has what was kept.
const SPARE: Duration = Duration::from_secs(2);
/// So long the rows may take at the end: an output that does not answer is given up after three seconds.
const SETTLED_MOST: Duration = Duration::from_secs(6);
/// A line that is not taken by then has nobody at its other end.
const WRITE_PATIENCE: Duration = Duration::from_secs(2);
/// Bytes taken at once: a tenth of a second.
const TAKEN: usize = 16 * 1_024;

/// Somebody's order to speak, on its way to the loop, and the place where he is heard.
pub(super) struct Talking {
    order: OrderAnswer,
    ticket: Ticket,
    voice: Arc<LiveBuffer>,
    by: String,
    most: Duration,
}

impl Talking {
    /// Hand the order over.
    pub(super) fn begin(handle: &Handle, account: PeerAccount, zones: Vec<ZoneIx>, by: &str) -> Result<Self, Text> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let who = account.name();
        let most = handle.snapshot().world.station.talk_most;
        let id = format!("voice {}", LAST.fetch_add(1, Ordering::Relaxed));
        let voice = handle.incoming().speak(&id);
        let talk = Some(Talk { voice: id, most: most + SPARE });
        let request = Request { talk, by: by.to_owned(), account: who.clone(), ..Request::of("", zones) };
        let ticket = handle.order(account, |ticket| Event::Request(Request { ticket, ..request })).map_err(turned)?;
        let order = OrderAnswer::of(OrderKind::Talk, "", 1, (&who, false));
        Ok(Self { order, ticket, voice, by: signed(by, &who), most })
    }

    /// The order, as the loop is asked for it.
    pub(super) fn order(&mut self) -> (&OrderAnswer, &mut Ticket) {
        (&self.order, &mut self.ticket)
    }

    /// The rest of the conversation, once a zone has taken it so. `early` has come behind the command already.
    pub(super) async fn go_on(
        self,
        stream: &mut UnixStream,
        early: &[u8],
        stand: OrderStand,
        handle: &Handle,
    ) -> io::Result<()> {
        let (from, to) = stream.split();
        let mut reader = WireReader::default();
        reader.push(early);
        let now = handle.clock().mono();
        let Self { order, ticket, voice, by, most } = self;
        let tell = teller(handle, &stand, &by);
        let tape = TalkTape::begin(handle.station_dir(), &stand.id, tell.clone());
        let mut talk = LiveTalk {
            handle,
            tape: tape.map_err(|why| tell(TapeNews::Unkept(why))).ok(),
            stand,
            order,
            ticket,
            voice,
            by,
            most,
            reader,
            watch: VoiceWatch::default(),
            began: now,
            came: now,
            samples: 0,
            taped: None,
            sounded: now,
            signs: Vec::new(),
            noted: Vec::new(),
            why: None,
            is_broken: false,
        };
        talk.run(from, to).await
    }
}

/// One who speaks.
struct LiveTalk<'a> {
    handle: &'a Handle,
    order: OrderAnswer,
    ticket: Ticket,
    stand: OrderStand,
    voice: Arc<LiveBuffer>,
    by: String,
    most: Duration,
    reader: WireReader,
    watch: VoiceWatch,
    tape: Option<TalkTape>,
    began: Mono,
    /// When something last came.
    came: Mono,
    /// Samples that have come.
    samples: u64,
    /// The number of the next sample to be kept, once he is heard.
    taped: Option<u64>,
    /// When sound last came.
    sounded: Mono,
    /// What he is to be told.
    signs: Vec<VoiceSign>,
    /// What stands in the journal already.
    noted: Vec<VoiceSign>,
    /// Why it was ended here.
    why: Option<Text>,
    /// It broke off.
    is_broken: bool,
}

impl LiveTalk<'_> {
    async fn run(&mut self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> io::Result<()> {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut bytes = vec![0; TAKEN];
        let mut goes_on = self.taken();
        while goes_on {
            tokio::select! {
                read = from.read(&mut bytes) => match read {
                    Ok(0) | Err(_) => {
                        self.lost(text!("mất kết nối", "the connection broke"));
                        goes_on = false;
                    }
                    Ok(count) => {
                        self.reader.push(&bytes[..count]);
                        goes_on = self.taken();
                    }
                },
                stand = self.ticket.next() => match stand {
                    Some(stand) => {
                        self.stand = stand;
                        goes_on = !self.stand.is_over();
                    }
                    None => goes_on = false,
                },
                _ = look.tick() => goes_on = self.look(&mut to).await && goes_on,
            }
        }
        self.end().await;
        let receipt = Box::new(Receipt::of(&self.order, &self.stand, self.handle));
        let (why, is_broken) = (self.why.take().map(Into::into), self.is_broken);
        tell(&mut to, &TalkNews::Over { receipt, why, is_broken }).await
    }

    /// The same, where what is no voice ends it.
    fn taken(&mut self) -> bool {
        self.take().unwrap_or_else(|_| {
            self.lost(text!("gửi thứ không phải tiếng nói", "what came was no voice"));
            false
        })
    }

    /// What has come. Whether he goes on.
    fn take(&mut self) -> io::Result<bool> {
        let now = self.handle.clock().mono();
        while let Some(frame) = self.reader.frame()? {
            self.came = now;
            match frame {
                WireFrame::Samples(samples) => {
                    self.samples += samples.len() as u64;
                    self.voice.push(&samples);
                    self.sounded = now;
                    self.signs.extend(self.watch.hear(&samples));
                }
                WireFrame::Over => return Ok(false),
                WireFrame::Trouble(why) => {
                    self.lost(why);
                    return Ok(false);
                }
                WireFrame::Hold(_) | WireFrame::Alive => {}
            }
        }
        if Duration::from_secs(self.samples / u64::from(WIRE_RATE)) > now.after(self.began) + AHEAD_MOST {
            self.lost(text!("gửi nhanh hơn tiếng thật", "it comes faster than anybody speaks"));
            return Ok(false);
        }
        Ok(true)
    }

    /// How he fares. Whether he goes on.
    async fn look(&mut self, to: &mut WriteHalf<'_>) -> bool {
        let now = self.handle.clock().mono();
        if now.after(self.came) > LOST_AFTER {
            self.lost(text!("mất kết nối", "the connection broke"));
            return false;
        }
        if self.taped.is_none() {
            self.taped = self.voice.heard_from();
            if self.taped.is_some() {
                // From now on he is heard: the time that he has begins here.
                (self.began, self.samples, self.watch) = (now, 0, VoiceWatch::default());
                self.signs.clear();
                if tell(to, &TalkNews::On).await.is_err() {
                    return true;
                }
            }
            return true;
        }
        self.keep();
        if now.after(self.began) >= self.most {
            let minutes = crate::diag::figure::length(self.most);
            // He was not done: what he said breaks off.
            self.lost(text!(
                minutes = minutes;
                "đã hết {minutes}, mỗi lần nói nhiều nhất là chừng ấy",
                "{minutes} are over, which is the most for one talk"
            ));
            return false;
        }
        if now.after(self.sounded) > LOOK_EVERY * 2
            && let Some(sign) = self.watch.miss(LOOK_EVERY.as_millis() as u32)
        {
            self.signs.push(sign);
        }
        for sign in std::mem::take(&mut self.signs) {
            self.note(sign);
            let news = match sign {
                VoiceSign::Howl => TalkNews::Howl,
                VoiceSign::Silent => TalkNews::Silent,
                VoiceSign::Well => TalkNews::Well,
            };
            if tell(to, &news).await.is_err() {
                // His line is gone in a moment.
                return true;
            }
        }
        true
    }

    /// Each kind of trouble stands in the journal once.
    fn note(&mut self, sign: VoiceSign) {
        let by = Ordered::by(&self.by);
        let reason = match sign {
            VoiceSign::Howl => Reason::TalkHowl(by),
            VoiceSign::Silent => Reason::TalkSilent(by),
            VoiceSign::Well => return,
        };
        if !self.noted.contains(&sign) {
            self.noted.push(sign);
            self.mark(reason);
        }
    }

    fn mark(&self, reason: Reason) {
        let (title, order) = (self.stand.title.clone(), Some(self.stand.id.clone()));
        // A loop that is a thousand events behind has other cares.
        let _ = self.handle.send(Event::Mark { reason, title, order });
    }

    /// It broke off: the row of each zone that hears it says so.
    fn lost(&mut self, why: Text) {
        self.mark(Reason::TalkLost(Ordered { why: why.vi.clone(), ..Ordered::by(&self.by) }));
        (self.why, self.is_broken) = (Some(why), true);
    }

    /// Put what was heard since the last time on the tape.
    fn keep(&mut self) {
        let (Some(at), Some(tape)) = (&mut self.taped, &mut self.tape) else { return };
        let mut samples = Vec::new();
        *at = self.voice.copy_from(*at, &mut samples);
        tape.put(samples);
    }

    /// He is done: what was heard is kept, and the journal is told before the last of it is.
    async fn end(&mut self) {
        self.taped = self.taped.or_else(|| self.voice.heard_from());
        self.keep();
        let is_over = self.stand.is_over();
        if !is_over && self.taped.is_none() && !self.is_broken {
            // The chime has sounded at most: nobody was heard.
            self.lost(text!(
                "thôi khi chưa hết tiếng chuông, chưa nói lời nào",
                "ended within the chime, before a word"
            ));
        }
        if !is_over {
            // While it is kept, silence is heard at most.
            self.tape_ends().await;
        }
        self.voice.end();
        let settled = async {
            while !self.stand.is_over() {
                match self.ticket.next().await {
                    Some(stand) => self.stand = stand,
                    None => break,
                }
            }
        };
        let _ = timeout(SETTLED_MOST, settled).await;
        if is_over {
            self.tape_ends().await;
        }
    }

    async fn tape_ends(&mut self) {
        let Some(tape) = self.tape.take().filter(|_| self.taped.is_some()) else { return };
        tape.end().await;
    }
}

/// Tells the journal what has become of what he says, whenever that is known.
fn teller(handle: &Handle, stand: &OrderStand, by: &str) -> impl Fn(TapeNews) + Clone + Send + use<> {
    let (handle, title, order, by) = (handle.clone(), stand.title.clone(), stand.id.clone(), by.to_owned());
    move |news| {
        let event = match news {
            TapeNews::Kept(audio) => Event::Spoken { order: order.clone(), by: by.clone(), audio },
            TapeNews::Unkept(why) => unkept(&why, Ordered::by(&by), title.clone(), order.clone()),
            TapeNews::Erased(files) => keeping::erased(&files),
        };
        // As with marks.
        let _ = handle.send(event);
    }
}

async fn tell(to: &mut WriteHalf<'_>, news: &TalkNews) -> io::Result<()> {
    let mut line = serde_json::to_string(news)?;
    line.push('\n');
    timeout(WRITE_PATIENCE, to.write_all(line.as_bytes())).await?
}
