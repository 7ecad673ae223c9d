use crate::app::App;
use crate::daemon::protocol::Command;
use crate::diag::{Text, text};
use crate::journal::{self, Reader, Signed};
use crate::reason::OwnAccounts;
use crate::report::{Backdrop, Book, Period, Prints};
use crate::upload::handed::handlers;

/// The book of `period`, as the journal stands now; counted as printed where it is to be. `Err` says why there is none,
/// without its full stop.
pub(crate) async fn made(app: &App, period: Period, is_printed: bool) -> Result<Book, Text> {
    let (look, site, now) = (app.look().await, app.site().clone(), app.now().wall);
    let done = tokio::task::spawn_blocking(move || {
        let (station, schedule) = (&*look.world.station, &*look.world.schedule);
        let reader = Reader::open(&site.journal()).map_err(|error| error.text())?;
        let reader = reader.ok_or_else(|| {
            text!("chưa có nhật ký nên chưa có sổ: đài này chưa chạy lần nào", "there is no journal, and so no book")
        })?;
        let backdrop = Backdrop::new(station, schedule, OwnAccounts::of(site.own_accounts()), handlers(&site));
        let mut book = backdrop.book(&reader, (station, schedule), period, now).map_err(|why| why.text())?;
        if let Some(stamp) = &mut book.stamp {
            stamp.print = if is_printed {
                // Where it cannot be remembered it is the right number once.
                Prints::one_more(&site, period, now).unwrap_or_else(|(print, _)| print)
            } else {
                Prints::read(&site).of(period)
            };
            match journal::sign(&site, stamp.last, now, &station.timezone) {
                Ok(signed) => stamp.signed = Some(signed),
                Err(why) => stamp.unsigned = Some(why),
            }
        }
        Ok(book)
    });
    let mut book = done
        .await
        .unwrap_or_else(|_| Err(text!("chưa lập được sổ; xin thử lại", "the book was not made; try again")))?;
    // Where the page runs as an account of its own the key is the station's alone, which signs by itself.
    if let Some(stamp) = book.stamp.as_mut().filter(|stamp| stamp.signed.is_none()) {
        let asked = app.door().ask(&Command::Seal { row: stamp.last }).await;
        if let Some(signed) = asked.ok().and_then(|seal| Signed::read(seal.as_str()?)) {
            (stamp.signed, stamp.unsigned) = (Some(signed), None);
        }
    }
    Ok(book)
}

/// The period that a link or a form names.
pub(super) fn period(code: &str) -> Result<Period, Text> {
    Period::of_code(code).ok_or_else(|| {
        let code = crate::diag::shown(code);
        text!(
            "không có kỳ «{code}»; xin chọn lại trong trang Sổ và báo cáo",
            "there is no period \"{code}\"; choose again on the page of books"
        )
    })
}
