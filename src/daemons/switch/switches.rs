use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use super::gpio::{self, Line};
use super::program::{self, Programs};
use super::relay::PowerRelay;
use crate::amplifier::Unit;
use crate::clock::Clock;
use crate::diag::{Text, system, text};
use crate::station::Switch;

/// Is told what became of an order: the amplifier's place, what it was told, and whether it obeyed.
/// Called on the switches' own threads.
pub type OrderListener = Arc<dyn Fn(usize, bool, Result<(), Text>) + Send + Sync>;

/// The switches of a station, a thread for each, so that one that is slow keeps neither the loop nor
/// another one waiting. Each begins by being switched off. Dropping them switches off what is on.
pub struct Switches {
    desks: Vec<Desk>,
}

struct Desk {
    orders: Option<Sender<bool>>,
    thread: Option<JoinHandle<()>>,
}

impl Switches {
    /// Put all of them off, and take orders from then on.
    pub fn start(units: &[Unit], clock: &Arc<dyn Clock>, report: &OrderListener) -> Self {
        let relays = units.iter().map(|unit| relay(&unit.switch, Arc::clone(clock)));
        Self::with(relays.collect(), report)
    }

    fn with(relays: Vec<Box<dyn PowerRelay>>, report: &OrderListener) -> Self {
        let desks = relays.into_iter().enumerate().map(|(place, relay)| Desk::start(place, relay, report));
        Self { desks: desks.collect() }
    }

    /// Put one on or off, soon. The answer comes as a report.
    pub fn set(&self, amplifier: usize, on: bool) {
        if let Some(orders) = self.desks.get(amplifier).and_then(|desk| desk.orders.as_ref()) {
            // A thread that could not be started has said so.
            let _ = orders.send(on);
        }
    }
}

impl Desk {
    fn start(place: usize, mut relay: Box<dyn PowerRelay>, report: &OrderListener) -> Self {
        let (orders, inbox) = mpsc::channel();
        let tell = Arc::clone(report);
        let work = move || obey(relay.as_mut(), &inbox, &|on, done| tell(place, on, done));
        let thread = std::thread::Builder::new().name("amplifier".to_owned()).spawn(work);
        if let Err(error) = &thread {
            let why = text!(
                error = system(error);
                "không mở được luồng bật tắt tăng âm ({error})",
                "no thread for the switch ({error})"
            );
            report(place, false, Err(why));
        }
        Self { orders: Some(orders), thread: thread.ok() }
    }
}

fn obey(relay: &mut dyn PowerRelay, inbox: &Receiver<bool>, report: &dyn Fn(bool, Result<(), Text>)) {
    let mut order = false;
    let is_off = loop {
        let done = relay.set(order);
        let is_off = !order && done.is_ok();
        report(order, done);
        let Ok(next) = inbox.recv() else { break is_off };
        // While it was busy somebody may have changed his mind.
        order = inbox.try_iter().last().unwrap_or(next);
    };
    if !is_off {
        let _ = relay.set(false);
    }
}

impl Drop for Switches {
    fn drop(&mut self) {
        for desk in &mut self.desks {
            desk.orders = None;
        }
        for thread in self.desks.iter_mut().filter_map(|desk| desk.thread.take()) {
            let _ = thread.join();
        }
    }
}

/// The relay that `switch` names; nothing is touched before it is set.
fn relay(switch: &Switch, clock: Arc<dyn Clock>) -> Box<dyn PowerRelay> {
    match switch {
        Switch::Gpio { chip, line, active_low } => Box::new(Line::new(chip, *line, *active_low)),
        Switch::Commands { on, off } => Box::new(Programs::new(on.clone(), off.clone(), clock)),
    }
}

/// Whether `switch` could be moved, without moving it: what was found there, or why not, with the cure.
/// Programs that are named without a path are looked for in `path`, as `PATH` has it.
pub fn probe(switch: &Switch, path: &str) -> Result<Text, Text> {
    match switch {
        Switch::Gpio { chip, line, .. } => gpio::probe(chip, *line),
        Switch::Commands { on, off } => [on, off]
            .into_iter()
            .map(|command| program::probe(command, path))
            .find(Result::is_err)
            .unwrap_or_else(|| program::probe(on, path)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Writes down what it is told, and obeys once its gate lets it.
    struct Recorded(Arc<Mutex<Vec<bool>>>, Receiver<Result<(), Text>>);

    impl PowerRelay for Recorded {
        fn set(&mut self, on: bool) -> Result<(), Text> {
            self.0.lock().unwrap().push(on);
            self.1.recv().unwrap_or(Ok(()))
        }
    }

    #[test]
    fn a_switch_is_put_off_first_obeys_the_last_order_and_is_off_at_the_end() {
        let moved = Arc::new(Mutex::new(Vec::new()));
        let (gate, waits) = mpsc::channel();
        let (said, heard) = mpsc::channel();
        let report: OrderListener = Arc::new(move |place, on, done: Result<(), Text>| {
            let _ = said.send((place, on, done.is_ok()));
        });
        let switches = Switches::with(vec![Box::new(Recorded(Arc::clone(&moved), waits))], &report);
        switches.set(0, true);
        switches.set(0, false);
        switches.set(0, true);
        switches.set(9, true);
        gate.send(Ok(())).unwrap();
        assert_eq!(heard.recv().unwrap(), (0, false, true));
        gate.send(Err(text!("hỏng", "broken"))).unwrap();
        assert_eq!(heard.recv().unwrap(), (0, true, false));
        drop(gate);
        drop(switches);
        assert_eq!(*moved.lock().unwrap(), [false, true, false], "the order that was taken back is not carried out");
    }

    #[test]
    fn one_that_is_off_is_left_alone_at_the_end() {
        let moved = Arc::new(Mutex::new(Vec::new()));
        let (gate, waits) = mpsc::channel();
        drop(gate);
        let report: OrderListener = Arc::new(|_, _, _| {});
        drop(Switches::with(vec![Box::new(Recorded(Arc::clone(&moved), waits))], &report));
        assert_eq!(*moved.lock().unwrap(), [false]);
    }
}
