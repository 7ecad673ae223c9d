use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::received::path_of;
use super::sound::AlarmSound;
use super::{gone, not_his};
use crate::alarm::{Alarm, AlarmKind, OutsideRefusal, against, believed, his, waiting};
use crate::app::App;
use crate::daemon::protocol::{AlarmMark, Command};
use crate::diag::{Lang, Text, figure, is_deceptive, text};
use crate::fields::Fields;
use crate::gate::{Who, go_to, sure_or_ask};
use crate::instant::Wall;
use crate::look::Look;
use crate::role::Right;
use crate::shell;
use crate::station::{Station, Zone};
use crate::warning::{CapStanding, KnownCap, KnownPart};

/// Letters of why an alarm does not sound.
const WHY_MOST: usize = 300;
/// Letters of what an alarm is called, for the journal.
const TITLE_MOST: usize = 300;

/// Alarms from outside that wait for a person: what each says, a button that makes it ready and sounds nothing, and one that decides
/// against it.
pub(super) fn outside(app: &App, look: &Look, who: &Who, form: &str) -> Markup {
    let (lang, station) = (who.lang, &look.world.station);
    let all = his(app, who, station);
    html! {
        @if !all.is_empty() {
            h2 #outside { (text!("Báo động từ ngoài, CHƯA PHÁT", "Alarms from outside, NOT SENT").get(lang)) }
            p.hint { (text!("Đã kiểm chữ ký. Nút «Tiếp tục» chưa phát gì: bước sau còn nghe lại và xác nhận. Hết hạn, hay đã quyết định không phát, thì không chờ nữa.", "Truly signed. \"Go on\" sounds nothing yet: the next step is to listen and to confirm. What is over, or was decided against, waits no longer.").get(lang)) }
            @for (place, (alarm, part)) in all.iter().enumerate() {
                @let zones: Vec<&Zone> = station.zones.iter().filter(|zone| part.zones.contains(&zone.id)).collect();
                @let preset = part.preset.as_deref().and_then(|id| station.emergency.preset(id));
                @let titles = figure::joined(zones.iter().map(|zone| zone.title.as_str()));
                @let (sent, until) = (figure::moment(Wall::from(alarm.identity.sent), &station.timezone), figure::moment(Wall::from(part.until), &station.timezone));
                @let sender = &alarm.sender;
                div.said {
                    p { strong { (part.title) } }
                    p { (text!(sent = sent, until = until; "{sender}, gửi lúc {sent}, có hiệu lực đến {until}. Ở: {titles}.", "{sender}, sent at {sent}, holds until {until}. In: {titles}.").get(lang)) }
                    (said(app, (alarm, part), lang))
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
                    @if let Some(path) = path_of(part) {
                        form.narrow method="post" action={ (path) "/decline" } {
                            label { (text!("Không phát thì ghi vì sao", "Why it does not sound, if so").get(lang)) input name="why" maxlength=(WHY_MOST) required; }
                            button { (text!("Không phát", "Do not sound it").get(lang)) }
                        }
                    }
                }
            }
        }
    }
}

/// `POST /emergency/outside/{alarm}/{part}/decline`: it does not sound, and waits no longer. Who decided so, and why, the journal has.
pub(super) async fn decline(
    State(app): State<App>,
    who: Who,
    Path((digest, place)): Path<(String, String)>,
    fields: Fields,
) -> Response {
    let (station, mark) = (app.station(), format!("[CAP {digest}/{place}]"));
    // Tapped twice, the second finds it decided.
    let is_his_own = |refusal: OutsideRefusal| refusal.by == who.person().name;
    if app.alarms().declined(&mark).is_some_and(is_his_own) {
        return go_to("/emergency");
    }
    if let Some(why) = against(&app, &mark) {
        return shell::refused(&app, &who, &why);
    }
    let found = waiting(&app, &station).into_iter().find(|(_, part)| part.mark == mark);
    let Some((alarm, part)) = found else { return gone(&app, &who) };
    if !part.zones.iter().all(|zone| who.person().may_in(Right::Alert, zone)) {
        return not_his(&app, &who);
    }
    if let Some(asked) = sure_or_ask(&app, &who, &fields) {
        return asked;
    }
    let why = in_a_line(fields.get("why"), WHY_MOST);
    if why.is_empty() {
        let why = text!("xin ghi vì sao báo động này không phát", "write why this alarm does not sound");
        return shell::refused(&app, &who, &why);
    }
    // One that says nothing that could be read has its number.
    let titles = [part.title.as_str(), &alarm.identity.identifier, &mark];
    let title = titles.into_iter().map(|title| in_a_line(title, TITLE_MOST)).find(|title| !title.is_empty());
    let told = Command::Mark {
        what: AlarmMark::Declined,
        order: None,
        title: title.unwrap_or_default(),
        by: who.person().name.clone(),
        why: format!("{why} {mark}"),
    };
    app.alarms().decline(OutsideRefusal { mark, by: who.person().name.clone(), why }, told);
    go_to("/emergency")
}

/// As the journal takes it: letters that can be seen, so many, in one line.
fn in_a_line(said: &str, most: usize) -> String {
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let said: String = said.chars().filter(|c| !is_deceptive(*c)).take(most).collect();
    said.trim().to_owned()
}

/// The mark of the alarm from outside that this one sounds. One that is over, or is for other zones, is an alarm like any other; one
/// that was decided against meanwhile is made ready by nobody who has not seen that.
pub(super) fn meant(app: &App, station: &Station, mark: &str, alarm: &Alarm) -> Result<Option<String>, Text> {
    let is_meant = |part: &KnownPart| part.mark == mark && part.zones == alarm.zones;
    if mark.is_empty() || alarm.kind != AlarmKind::Real {
        return Ok(None);
    }
    if let Some(Text { vi, en }) = against(app, mark) {
        return Err(text!(
            "KHÔNG PHÁT: {vi}. Vẫn muốn phát thì soạn ở dưới, như báo động của mình.",
            "NOT SENT: {en}. Whoever wants to sound it all the same makes it ready below, as his own."
        ));
    }
    Ok(waiting(app, station).into_iter().find(|(_, part)| is_meant(part)).map(|(_, part)| part.mark))
}

/// Why a person is asked, first of all; then what the sender says.
fn said(app: &App, (alarm, part): (&KnownCap, &KnownPart), lang: Lang) -> Markup {
    let Text { vi, en } = part.reason(alarm.identity.sent, believed(app));
    let note = alarm.note.trim();
    html! {
        p { strong { (text!("Vì sao chưa phát: {vi}.", "Why it has not sounded: {en}.").get(lang)) } }
        @for line in part.words.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
        @if !note.is_empty() { p { (text!("Ghi chú của nơi gửi: {note}", "Note of the sender: {note}").get(lang)) } }
    }
}

/// The same of the alarm from outside that one sounds which is made ready here.
pub(super) fn said_of(app: &App, alarm: &Alarm, lang: Lang) -> Option<Markup> {
    let mark = alarm.outside.as_deref()?;
    let all = CapStanding::read(app.site()).alarms;
    all.iter().find_map(|known| {
        let part = known.parts.iter().find(|part| part.mark == mark)?;
        Some(said(app, (known, part), lang))
    })
}
