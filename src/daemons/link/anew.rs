use std::sync::atomic::Ordering;

use super::papers::{LinkPapers, usable};
use super::running::Running;
use crate::diag::{Text, text};

impl Running<'_> {
    /// Wait until something else lies there than this session was begun with, whole and of use: looked at now and then, and whenever a connection is
    /// refused or lost. What is of no use ends no session that may be well.
    pub(super) async fn watch_papers(&self, begun: &LinkPapers) {
        let (mut hindered, mut up) = (self.centre.hindered(), self.centre.up());
        let mut seen = begun.clone();
        loop {
            tokio::select! {
                changed = hindered.changed() => if changed.is_err() { return },
                changed = up.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(self.link.pace.again) => {}
            }
            // Minutes on an old card: whoever is connected hears an alarm meanwhile.
            if self.is_assembling.load(Ordering::Relaxed) {
                continue;
            }
            let now = LinkPapers::read(self.link);
            // The same twice: nobody is in the middle of copying it.
            let is_settled = now == seen;
            seen = now;
            if !is_settled || !seen.is_other(begun) {
                continue;
            }
            // Another `loa.toml` may name other files.
            let is_same_station = seen.station == begun.station;
            match if is_same_station { usable(self.link) } else { Ok(()) } {
                Ok(()) => {
                    self.say(&text!(
                        "giấy vào mạng, chứng nhận hay loa.toml đã đổi: nối về trung tâm lại bằng cái mới",
                        "the credentials, the certificate or loa.toml are others now: connecting to the centre anew with them"
                    ));
                    return;
                }
                Err(why) => {
                    let why = why.text();
                    if self.is_news("papers", &why) {
                        let Text { vi, en } = why;
                        self.say(&text!(
                            "tệp mới của đường về trung tâm chưa dùng được, vẫn nối bằng cái cũ: {vi}",
                            "what is new for the link to the centre cannot be used, it goes on with what it has: {en}"
                        ));
                    }
                }
            }
        }
    }
}
