use maud::{Markup, html};

use super::sound::AlarmSound;
use crate::alarm::{Alarm, AlarmKind, waiting};
use crate::app::App;
use crate::diag::{figure, text};
use crate::gate::Who;
use crate::instant::Wall;
use crate::look::Look;
use crate::role::Right;
use crate::station::{Station, Zone};
use crate::warning::KnownPart;

/// Alarms from outside that wait for a person: what each says, and one button, which makes it ready and sounds nothing.
pub(super) fn outside(app: &App, look: &Look, who: &Who, form: &str) -> Markup {
    let (lang, station) = (who.lang, &look.world.station);
    let person = who.person();
    let is_his = |part: &KnownPart| part.zones.iter().all(|zone| person.may_in(Right::Alert, zone));
    let all: Vec<_> = waiting(app, station).into_iter().filter(|(_, part)| is_his(part)).collect();
    html! {
        @if !all.is_empty() {
            h2 #outside { (text!("Báo động từ ngoài, CHƯA PHÁT", "Alarms from outside, NOT SENT").get(lang)) }
            p.hint { (text!("Đã kiểm chữ ký. Nút dưới đây chưa phát gì: bước sau còn nghe lại và xác nhận. Hết hạn thì tự mất khỏi trang.", "Truly signed. The button sounds nothing yet: the next step is to listen and to confirm. What is over leaves by itself.").get(lang)) }
            @for (place, (alarm, part)) in all.iter().enumerate() {
                @let zones: Vec<&Zone> = station.zones.iter().filter(|zone| part.zones.contains(&zone.id)).collect();
                @let preset = part.preset.as_deref().and_then(|id| station.emergency.preset(id));
                @let titles = figure::joined(zones.iter().map(|zone| zone.title.as_str()));
                @let (sent, until) = (figure::moment(Wall::from(alarm.identity.sent), &station.timezone), figure::moment(Wall::from(part.until), &station.timezone));
                @let sender = &alarm.sender;
                div.said {
                    p { strong { (part.title) } }
                    p { (text!(sent = sent, until = until; "{sender}, gửi lúc {sent}, có hiệu lực đến {until}. Ở: {titles}.", "{sender}, sent at {sent}, holds until {until}. In: {titles}.").get(lang)) }
                    @for line in part.words.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
                    @if let Some(preset) = preset {
                        @let sound = AlarmSound::of(look, &preset.sound, &zones);
                        @let title = preset.title.get(lang);
                        @if sound.is_there() {
                            form method="post" action="/emergency" {
                                input type="hidden" name="form" value={ (form) "x" (place) };
                                input type="hidden" name="outside" value=(part.mark);
                                input type="hidden" name="preset" value=(preset.id);
                                input type="hidden" name="times" value=(station.emergency.repeat);
                                @for zone in &zones { input type="hidden" name="zone" value=(zone.id); }
                                button.danger { (text!("Tiếp tục với báo động «{title}»", "Go on with the alarm \"{title}\"").get(lang)) }
                            }
                        } @else { p.bad { (crate::sentence::sentence(sound.missing().get(lang))) } }
                    } @else {
                        p { (text!("Không có bản ghi nào hợp: chọn một việc ở dưới, hoặc phát lời nói trực tiếp bằng cách khác.", "No sound fits it: choose an alarm below, or tell people by other means.").get(lang)) }
                    }
                }
            }
        }
    }
}

/// The mark of the alarm from outside that this one sounds. One that does not wait any more, or is for other zones, is an
/// alarm like any other.
pub(super) fn meant(app: &App, station: &Station, mark: &str, alarm: &Alarm) -> Option<String> {
    let is_meant = |part: &KnownPart| part.mark == mark && part.zones == alarm.zones;
    if mark.is_empty() || alarm.kind != AlarmKind::Real {
        return None;
    }
    waiting(app, station).into_iter().find(|(_, part)| is_meant(part)).map(|(_, part)| part.mark)
}
