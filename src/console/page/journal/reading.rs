use super::words;
use crate::app::App;
use crate::diag::{Text, text};
use crate::journal::{JournalError, Outside, Reader};

/// Why there is nothing to show.
pub(super) fn none_yet() -> Text {
    text!("Chưa có nhật ký: đài này chưa chạy lần nào", "There is no journal yet: this station has never run")
}

/// The journal that was here is not.
fn gone(kept: &Outside) -> Text {
    let (rows, when) = (words::count(kept.rows), &kept.written);
    text!(
        rows = rows;
        "NHẬT KÝ ĐÃ MẤT: lúc {when} còn {rows} dòng; báo người quản trị, đừng tắt máy",
        "THE JOURNAL IS GONE: at {when} it had {rows} rows; tell the administrator, and leave the machine on"
    )
}

/// Let `work` read the journal, on a thread that may wait. `Err` says why it cannot be read.
pub(crate) async fn read<T, F>(app: &App, work: F) -> Result<T, Text>
where
    T: Send + 'static,
    F: FnOnce(&Reader) -> Result<T, JournalError> + Send + 'static,
{
    let path = app.site().journal();
    let done = tokio::task::spawn_blocking(move || {
        let reader = Reader::open(&path).map_err(|error| error.text())?;
        let Some(reader) = reader else {
            let gone = Outside::read(&path).filter(|kept| kept.rows + kept.marks > 0);
            return Err(gone.map_or_else(none_yet, |kept| self::gone(&kept)));
        };
        work(&reader).map_err(|error| error.text())
    });
    done.await.unwrap_or_else(|_| {
        Err(text!("chưa đọc được nhật ký; xin mở lại trang này", "the journal could not be read; open this page again"))
    })
}
