use std::ffi::OsString;
use std::io;
use std::time::Duration;

use super::stock::SoundStock;
use crate::act::{self, Undone};
use crate::app::App;
use crate::audio::intake as kept;
use crate::diag::{Lang, Text, figure, system, text};
use crate::people::Deed;
use crate::plan::needed_by;
use crate::upload::child::{self, Ended};
use crate::upload::intake;
use crate::who::Who;

/// As long as the longest sound takes to be measured again.
const BACK_MOST: Duration = Duration::from_mins(20);

/// Whoever puts away what is heard so soon is asked first.
const SOON: Duration = Duration::from_hours(7 * 24);

fn nothing() -> Undone {
    Undone::Gone(text!("không có bản ghi này", "there is no such sound"))
}

/// Put a sound away: kept, and brought back at will.
pub(crate) async fn put_away(app: &App, who: &Who, file: &str, is_sure: bool) -> Result<(), Undone> {
    let stock = SoundStock::of(app).await;
    if !stock.files().contains(file) {
        return Err(nothing());
    }
    stock.may_touch(app, who.person(), file).map_err(Undone::NotAllowed)?;
    let coming = [stock.next(file), stock.unapproved(file)];
    let soon = coming.iter().flatten().any(|next| next.airing.start < app.clock().wall() + SOON);
    if soon && !is_sure {
        return Err(Undone::Asks(still_heard(&stock, file)));
    }
    let needed = needed_by(file, &stock.station().emergency);
    if !needed.is_empty() && !is_sure {
        let of = |lang| figure::joined(needed.iter().map(|one| one.get(lang)));
        let (vi, en) = (of(Lang::Vi), of(Lang::En));
        return Err(Undone::Asks(text!(
            "Bản ghi này dùng cho {vi}. Cất đi thì khi có việc không phát được.",
            "It is for {en}. Put away, that cannot be sounded when it is needed."
        )));
    }
    let (dir, own) = (app.dir().to_owned(), file.to_owned());
    let put = tokio::task::spawn_blocking(move || kept::put_away(&dir, &own)).await;
    app.look_again();
    put.map_err(io::Error::other).flatten().map_err(|error| Undone::Failed(system(&error)))?;
    act::keep(app, who, Deed::SoundAway, file);
    Ok(())
}

/// What becomes of the airings of a sound that is put away: another version is heard, or nothing.
fn still_heard(stock: &SoundStock, file: &str) -> Text {
    let instead = stock.instead_of(file);
    if instead.is_empty() {
        return text!(
            "Bản ghi này còn phát trong 7 ngày tới. Cất đi thì lượt ấy không có tiếng.",
            "It is heard within seven days. Put away, that airing is silent."
        );
    }
    let others = instead.iter().map(|other| format!("«{other}»")).collect::<Vec<_>>().join(", ");
    text!(
        "Bản ghi này còn phát trong 7 ngày tới. Cất đi thì loa phát {others} thay vào; lượt nào không có bản thay thì không có tiếng. Xin nghe lại bản thay trước khi cất.",
        "It is heard within seven days. Put away, {others} is heard instead; an airing that has nothing in its place is silent. Listen to that first."
    )
}

/// Bring back what was put away or replaced last: `loa sounds restore` measures it again. What is in use under its name is
/// put away for it, and somebody says yes to that.
pub(crate) async fn bring_back(app: &App, who: &Who, file: &str, is_sure: bool) -> Result<(), Undone> {
    let stock = SoundStock::of(app).await;
    if !stock.kept.contains(file) {
        return Err(nothing());
    }
    stock.may_bring_back(app, who.person(), file).await.map_err(Undone::NotAllowed)?;
    if !is_sure && let Some(why) = gives_way(&stock, file) {
        return Err(Undone::Asks(why));
    }
    let restored = restore(app, who, file).await;
    app.look_again();
    restored.map_err(Undone::Station)?;
    act::keep(app, who, Deed::SoundBack, file);
    Ok(())
}

/// What is in use under the name of a sound that is brought back, and what becomes of it.
fn gives_way(stock: &SoundStock, file: &str) -> Option<Text> {
    let rivals = stock.rivals(file);
    let said = |lang: Lang| {
        let each = rivals.iter().map(|rival| match stock.length(rival) {
            Some(length) => format!("«{rival}» ({})", length.get(lang)),
            None => format!("«{rival}»"),
        });
        each.collect::<Vec<_>>().join(", ")
    };
    let (vi, en) = (said(Lang::Vi), said(Lang::En));
    (!rivals.is_empty()).then(|| {
        text!(
            "Đang dùng {vi}. Lấy lại bản trước thì bản này thôi phát; nó được cất và lấy lại được.",
            "In use now: {en}. It gives way to the one before, is kept, and can be brought back."
        )
    })
}

async fn restore(app: &App, who: &Who, file: &str) -> Result<(), Text> {
    let mut words = intake::own_words(app, who.lang).map_err(|error| system(&error))?;
    words.extend(["sounds".into(), "restore".into(), "--".into(), OsString::from(file)]);
    let busy = text!("máy đang bận", "the machine is busy");
    let _alone = app.uploads().children().acquire().await.map_err(|_| busy)?;
    match child::run(&words, &[], BACK_MOST).await {
        Ended::Itself { is_well: true, .. } => Ok(()),
        _ => Err(text!(
            "chưa lấy lại được bản ghi này; xin thử lại sau ít phút",
            "it could not be brought back; try again in some minutes"
        )),
    }
}
