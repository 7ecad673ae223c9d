//! The forms of the last minutes, and how each was answered, for [`super::once`]. In memory only.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::watch;

use crate::instant::Mono;

/// Answers that are kept: a station's people of two minutes, several times.
const KEPT_MOST: usize = 128;

/// Bytes that an answer has beside its content.
const ROUND_IT: usize = 1024;

/// Of all of them together.
const ALL_LENGTH_MOST: usize = 2 * 1024 * 1024;

/// An answer, to be given several times.
#[derive(Clone, Debug)]
pub(super) struct GivenAnswer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) content: Bytes,
}

impl GivenAnswer {
    /// As it was.
    pub(super) fn response(self) -> Response {
        let mut response = (self.status, self.content).into_response();
        *response.headers_mut() = self.headers;
        response
    }
}

/// How far one form has come.
#[derive(Clone, Debug)]
pub(super) enum FormStage {
    /// It is being done.
    InHand,
    /// It was.
    Answered(GivenAnswer),
}

/// One form that was sent.
#[derive(Debug)]
struct SentForm {
    /// Its word, where it goes, and what it says, as one digest.
    known_by: String,
    person: Option<i64>,
    from: IpAddr,
    stage: watch::Receiver<FormStage>,
    /// Until when its answer is given again; none while it is in hand.
    until: Option<Mono>,
    length: usize,
}

/// The forms of the last two minutes.
#[derive(Debug, Default)]
pub(super) struct SentForms(Mutex<VecDeque<SentForm>>);

/// Who sends a form.
#[derive(Clone, Copy, Debug)]
pub(super) struct FormSender {
    pub(super) person: Option<i64>,
    pub(super) from: IpAddr,
}

/// Whether a form is the first of its word.
pub(super) enum FormTurn {
    /// It is: what comes of it is told here.
    First(watch::Sender<FormStage>),
    /// It is not: the answer comes here.
    Again(watch::Receiver<FormStage>),
}

impl SentForms {
    fn with<R>(&self, work: impl FnOnce(&mut VecDeque<SentForm>) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether this is the first of its word, of this person or this machine.
    pub(super) fn enter(&self, known_by: &str, by: FormSender, now: Mono) -> FormTurn {
        self.with(|all| {
            all.retain(|sent| sent.until.is_none_or(|until| now < until) && !is_lost(sent));
            let is_same = |sent: &&SentForm| {
                sent.known_by == known_by && (sent.from == by.from || (by.person.is_some() && sent.person == by.person))
            };
            if let Some(sent) = all.iter().find(is_same) {
                return FormTurn::Again(sent.stage.clone());
            }
            let (tell, stage) = watch::channel(FormStage::InHand);
            let FormSender { person, from } = by;
            all.push_back(SentForm {
                known_by: known_by.to_owned(),
                person,
                from,
                stage,
                until: None,
                length: ROUND_IT,
            });
            trim(all);
            FormTurn::First(tell)
        })
    }

    /// It was answered: so long the answer is given again.
    pub(super) fn answered(&self, tell: &watch::Sender<FormStage>, given: GivenAnswer, until: Mono) {
        self.with(|all| {
            let own = tell.subscribe();
            if let Some(sent) = all.iter_mut().find(|sent| sent.stage.same_channel(&own)) {
                (sent.until, sent.length) = (Some(until), ROUND_IT + given.content.len());
            }
            trim(all);
        });
        tell.send_replace(FormStage::Answered(given));
    }
}

/// What was in hand has come to no answer that could be kept.
fn is_lost(sent: &SentForm) -> bool {
    sent.until.is_none() && sent.stage.has_changed().is_err()
}

/// The oldest answers go where there are too many, those to strangers first: nobody from outside makes loa forget what the
/// people of the station have sent.
fn trim(all: &mut VecDeque<SentForm>) {
    while all.len() > KEPT_MOST || all.iter().map(|sent| sent.length).sum::<usize>() > ALL_LENGTH_MOST {
        let is_answered = |sent: &SentForm| sent.until.is_some();
        let strangers = all.iter().position(|sent| is_answered(sent) && sent.person.is_none());
        let oldest = strangers.or_else(|| all.iter().position(is_answered)).unwrap_or(0);
        all.remove(oldest);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> Mono {
        Mono::from_origin(Duration::from_secs(seconds))
    }

    fn by(person: Option<i64>, last: u8) -> FormSender {
        FormSender { person, from: IpAddr::from([10, 0, 0, last]) }
    }

    fn given(text: &str) -> GivenAnswer {
        GivenAnswer { status: StatusCode::OK, headers: HeaderMap::new(), content: Bytes::from(text.to_owned()) }
    }

    fn said(turn: FormTurn) -> Option<String> {
        match turn {
            FormTurn::First(_) => None,
            FormTurn::Again(stage) => match &*stage.borrow() {
                FormStage::Answered(given) => Some(String::from_utf8_lossy(&given.content).into_owned()),
                FormStage::InHand => Some("in hand".to_owned()),
            },
        }
    }

    #[test]
    fn what_comes_again_is_answered_as_the_first_for_a_while_and_for_nobody_else() {
        let once = SentForms::default();
        let FormTurn::First(tell) = once.enter("a", by(Some(1), 1), at(0)) else { panic!("the first") };
        assert_eq!(said(once.enter("a", by(Some(1), 1), at(1))).as_deref(), Some("in hand"));
        once.answered(&tell, given("done"), at(120));
        drop(tell);
        assert_eq!(said(once.enter("a", by(Some(1), 2), at(119))).as_deref(), Some("done"), "his other address");
        assert_eq!(said(once.enter("a", by(None, 1), at(119))).as_deref(), Some("done"), "the same phone");
        assert_eq!(said(once.enter("b", by(Some(1), 1), at(119))), None);
        assert_eq!(said(once.enter("a", by(Some(2), 3), at(119))), None, "somebody else");
        assert_eq!(said(once.enter("a", by(Some(1), 1), at(121))), None, "it is over");
    }

    #[test]
    fn what_came_to_nothing_is_done_by_the_next_and_the_oldest_answers_go() {
        let once = SentForms::default();
        let FormTurn::First(tell) = once.enter("a", by(None, 1), at(0)) else { panic!("the first") };
        drop(tell);
        assert_eq!(said(once.enter("a", by(None, 1), at(1))), None);
        for number in 0..200 {
            let FormTurn::First(tell) = once.enter(&number.to_string(), by(None, 1), at(2)) else { panic!("{number}") };
            once.answered(&tell, given(&"x".repeat(60_000)), at(100));
        }
        let FormTurn::First(tell) = once.enter("hai", by(Some(1), 9), at(2)) else { panic!("hai") };
        once.answered(&tell, given("done"), at(100));
        for number in 0..200 {
            let FormTurn::First(tell) = once.enter(&format!("x{number}"), by(None, 1), at(2)) else {
                panic!("{number}")
            };
            once.answered(&tell, given(""), at(100));
        }
        assert_eq!(said(once.enter("hai", by(Some(1), 9), at(3))).as_deref(), Some("done"), "strangers' go first");
        let (count, length) = once.with(|all| (all.len(), all.iter().map(|sent| sent.length).sum::<usize>()));
        assert!(count <= KEPT_MOST && length <= ALL_LENGTH_MOST, "{count} {length}");
        assert!(said(once.enter("x199", by(None, 1), at(3))).is_some());
    }
}
