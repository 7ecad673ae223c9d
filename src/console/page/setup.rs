//! The first page of a new station: its name, its hamlets, and who looks after it. Only while the station is unset, and only
//! for whoever has the link that was printed on the machine: there is nobody yet who could log in. The page may not write
//! `loa.toml` itself; the daemon does, and looks at the link once more.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;
use serde::Deserialize;

use super::login::complaint;
use crate::app::App;
use crate::daemon::protocol::Command;
use crate::diag::{Lang, Text, text};
use crate::disk::station::is_unset;
use crate::fields::Fields;
use crate::gate::{Need, Who, go_to};
use crate::is_name;
use crate::people::{NAME_MOST, NewPerson};
use crate::role::Role;
use crate::routes::{Ask, Route, route};
use crate::sentence::sentence;
use crate::setup::{FirstAnswers, Hamlet, Horn, NOWHERE, SetupLink};
use crate::shell::{self, Page};

/// Rows for hamlets at first; a link on the page gives more.
const ROWS: usize = 6;

/// The most rows: what a station is given in its first hour.
const ROWS_MOST: usize = 64;

/// Letters of the station's name and of a hamlet's.
const TITLE_MOST: usize = 100;

pub(super) const ROUTES: &[Route] = &[
    route(Ask::Get, "/setup", Need::Nothing, || get(how)),
    route(Ask::Get, "/setup/{token}", Need::Nothing, || get(ask)),
    route(Ask::Post, "/setup/{token}", Need::Nothing, || post(answer)),
];

/// How many rows.
#[derive(Deserialize, Default)]
struct Rows {
    #[serde(default)]
    rows: Option<usize>,
}

/// Whether nobody can log in yet, since nobody has set the station up.
fn is_needed(app: &App) -> bool {
    is_unset(app.dir())
}

/// Without the link: where it comes from.
async fn how(State(app): State<App>, who: Who) -> Response {
    if !is_needed(&app) {
        return go_to("/login");
    }
    let body = html! {
        p { (text!(
            "Đài này mới, chưa có tên và chưa có thôn nào. Loa không phát gì theo lịch.",
            "This station is new: it has no name and no hamlets. Nothing is scheduled."
        ).get(who.lang)) }
        p { (text!(
            "Lúc cài máy, màn hình đã hiện một đường dẫn dùng một lần: mở đường dẫn ấy để cài đặt. Không còn thì gõ trên máy của đài:",
            "The installation has shown a link that is good once: open it to set the station up. If it is lost, type on the station's machine:"
        ).get(who.lang)) }
        pre { "sudo loa setup --link" }
    };
    shell::page(&app, &who, Page::of(title()), &body)
}

async fn ask(
    State(app): State<App>,
    who: Who,
    Path(token): Path<String>,
    Query(Rows { rows }): Query<Rows>,
) -> Response {
    match link(&app, &token) {
        Some(link) => {
            let rows = rows.unwrap_or(ROWS);
            form(&app, &who, StatusCode::OK, &token, &link.horns, &Typed { rows, ..Typed::default() }, None)
        }
        None => void(&app, &who),
    }
}

/// The link, where this is its token and the station is still unset.
fn link(app: &App, token: &str) -> Option<SetupLink> {
    let link = SetupLink::open(app.site(), app.clock().wall())?;
    (link.is_opened_by(token) && is_needed(app)).then_some(link)
}

/// What a form says.
#[derive(Default)]
struct Typed {
    name: String,
    hamlets: Vec<(String, String)>,
    admin: String,
    language: Lang,
    rows: usize,
}

impl Typed {
    fn read(fields: &Fields) -> Self {
        let titles = fields.all("hamlet").map(str::to_owned);
        let outputs = fields.all("output").map(str::to_owned);
        let hamlets: Vec<(String, String)> = titles.zip(outputs).take(ROWS_MOST + 1).collect();
        Self {
            name: fields.get("name").to_owned(),
            rows: hamlets.len(),
            hamlets,
            admin: fields.get("admin").to_owned(),
            language: fields.get("language").parse().unwrap_or(Lang::Vi),
        }
    }

    /// As the station is told; rows that were left empty are no hamlets.
    fn answers(&self, listen: &str) -> FirstAnswers {
        let hamlets = self.hamlets.iter().filter(|(title, _)| !title.is_empty());
        FirstAnswers {
            name: self.name.clone(),
            hamlets: hamlets.map(|(title, output)| Hamlet { title: title.clone(), output: output.clone() }).collect(),
            language: if self.language == Lang::En { "en" } else { "vi" }.to_owned(),
            listen: listen.to_owned(),
        }
    }
}

async fn answer(State(app): State<App>, who: Who, Path(token): Path<String>, fields: Fields) -> Response {
    let Some(link) = link(&app, &token) else { return void(&app, &who) };
    let typed = Typed::read(&fields);
    let again =
        |said: &Text| form(&app, &who, StatusCode::UNPROCESSABLE_ENTITY, &token, &link.horns, &typed, Some(said));
    let answers = typed.answers(&link.listen);
    if let Err(said) = answers.toml(&link.horns) {
        return again(&said);
    }
    if !is_name(&typed.admin) {
        let said = text!("chưa ghi họ tên người quản trị", "the administrator's name is missing");
        return again(&said);
    }
    if let Err(said) = app.door().ask(&Command::Setup { token: token.clone(), answers }).await {
        return again(&said);
    }
    app.look_again();
    let now = app.clock().wall();
    let invited = (|| {
        let mut people = app.people();
        let new = NewPerson { name: &typed.admin, role: Role::Admin, zones: &[], approves: false };
        let person = match people.add(&new, now)? {
            Some(person) => Some(person),
            None => people.named(&typed.admin)?,
        };
        person.map(|person| people.invite(person.id, now)).transpose()
    })();
    match invited {
        Ok(Some(invite)) => go_to(&format!("/invite/{}", invite.token)),
        Ok(None) => shell::refused(&app, &who, &not_added()),
        Err(error) => shell::failed(&app, &who, &error.text()),
    }
}

fn not_added() -> Text {
    text!(
        "đài đã cài đặt nhưng chưa thêm được người quản trị; gõ trên máy của đài: sudo loa user add \"HỌ TÊN\" --role admin",
        "the station is set up, but the administrator could not be added; type on its machine: sudo loa user add \"NAME\" --role admin"
    )
}

fn title() -> Text {
    text!("Cài đặt đài", "Set the station up")
}

fn void(app: &App, who: &Who) -> Response {
    let (said, path, name) = if is_needed(app) {
        (
            text!(
                "Đường dẫn này đã dùng, quá hạn, hoặc chép thiếu.",
                "This link was used, has ended, or is not whole."
            ),
            "/setup",
            text!("Xem cách lấy đường dẫn mới", "See how to get a new one"),
        )
    } else {
        (text!("Đài này đã cài đặt rồi.", "This station is set up already."), "/login", text!("Đăng nhập", "Log in"))
    };
    let page = Page {
        title: text!("Đường dẫn không còn dùng được", "The link is void"), status: StatusCode::GONE
    };
    let body = html! {
        p.said { (said.get(who.lang)) }
        p { a.button href=(path) { (name.get(who.lang)) } }
    };
    shell::page(app, who, page, &body)
}

fn form(
    app: &App,
    who: &Who,
    status: StatusCode,
    token: &str,
    horns: &[Horn],
    typed: &Typed,
    said: Option<&Text>,
) -> Response {
    let lang = who.lang;
    let rows = typed.rows.clamp(1, ROWS_MOST);
    let said = said.map(|said| Text { vi: sentence(&said.vi), en: sentence(&said.en) });
    let path = format!("/setup/{token}");
    let body = html! {
        (complaint(who, said.as_ref()))
        p { (text!(
            "Đài mới: trả lời bốn câu dưới đây. Sau đó loa vẫn im, cho đến khi có người thêm mục phát vào lịch.",
            "A new station: answer these four. Afterwards nothing sounds until somebody adds a broadcast to the schedule."
        ).get(lang)) }
        form method="post" action=(path) {
            label { (text!("Tên đài", "The station's name").get(lang))
                input name="name" value=(typed.name) maxlength=(TITLE_MOST) required
                    placeholder=(text!("Đài truyền thanh xã Đông Giang", "Radio of Dong Giang").get(lang)); }
            fieldset {
                legend { (text!("Các thôn", "The hamlets").get(lang)) }
                p.hint { (text!(
                    "Loa của thôn cắm vào card nào thì chọn card ấy.",
                    "For each hamlet, the card that its horns are on."
                ).get(lang)) }
                @if horns.is_empty() {
                    p.hint { (text!(
                        "Máy chưa thấy card âm thanh nào. Cứ ghi các thôn; khi cắm card, sửa sau trong loa.toml.",
                        "The machine has found no sound card. Write the hamlets all the same; the card is put into loa.toml later."
                    ).get(lang)) }
                }
                @for row in 0..rows {
                    @let (hamlet, output) = typed.hamlets.get(row).map_or(("", ""), |(hamlet, output)| (hamlet, output));
                    @let number = row + 1;
                    div.chips {
                        label { (text!("Thôn thứ {number}", "Hamlet {number}").get(lang))
                            input name="hamlet" value=(hamlet) maxlength=(TITLE_MOST) required[row == 0]; }
                        label { (text!("Phát ra", "Heard on").get(lang))
                            select name="output" {
                                @for horn in horns {
                                    option value=(horn.output) selected[horn.output == output] { (horn.title) }
                                }
                                option value=(NOWHERE) selected[output == NOWHERE] {
                                    (text!("chưa có card (không kêu)", "no card yet (no sound)").get(lang))
                                }
                            }
                        }
                    }
                }
                @if rows < ROWS_MOST {
                    p.hint { a href={ (path) "?rows=" ((rows * 2).min(ROWS_MOST)) } {
                        (text!("Nhiều thôn hơn: thêm dòng (làm trước khi ghi)", "More hamlets: more rows (before anything is typed)").get(lang))
                    } }
                }
                p.hint { (text!(
                    "Hai thôn chung một card: thôn ghi trước là kênh trái, thôn ghi sau là kênh phải.",
                    "Two hamlets on one card: the first is its left channel, the second its right."
                ).get(lang)) }
            }
            label { (text!("Họ tên người quản trị trang", "The name of the page's administrator").get(lang))
                input name="admin" value=(typed.admin) maxlength=(NAME_MOST) autocomplete="name" autocapitalize="words" required; }
            fieldset {
                legend { (text!("Tiếng của đài", "The station's language").get(lang)) }
                @for (value, name, own) in [("vi", "Tiếng Việt", Lang::Vi), ("en", "English", Lang::En)] {
                    label.tick {
                        input type="radio" name="language" value=(value) checked[typed.language == own];
                        span lang=(value) { (name) }
                    }
                }
            }
            button.main { (text!("Lưu, rồi đặt mật khẩu", "Save, then set a password").get(lang)) }
        }
    };
    shell::page(app, who, Page { title: title(), status }, &body)
}
