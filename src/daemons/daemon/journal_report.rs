//! What the journal's writer reports, for the log and for whoever asks how things stand.

use super::condition::Condition;
use super::log::{Log, LogLevel};
use crate::diag::{Text, text};
use crate::journal::{RestoredJournal, WriterEvent};

/// Tell it to `log` and `condition`.
pub(super) fn to(log: Log, condition: Condition) -> impl Fn(WriterEvent) + Send + 'static {
    move |event| match event {
        WriterEvent::Failing { why, waiting } => {
            log.line_of(LogLevel::Error, format!("loa: {} ({waiting})", why.get(log.lang())));
            condition.failing(why, waiting);
        }
        WriterEvent::Unfit { why } => log.fail(&why),
        WriterEvent::Recovered { lost } => {
            condition.works();
            log.say(&text!(
                "đã ghi lại được nhật ký; mất {lost} dòng",
                "the journal is written again; {lost} rows lost"
            ));
        }
        WriterEvent::SetAside(aside) => {
            condition.set_aside(&aside);
            let (file, Text { vi, en }) = (aside.file.display(), &aside.why);
            log.fail(&text!(
                "NHẬT KÝ BỊ HỎNG ({vi}): đã cất nguyên vào {file}, loa vẫn phát và ghi nhật ký mới; hãy chép tệp ấy sang nơi khác làm bằng chứng và kiểm tra thẻ nhớ",
                "THE JOURNAL IS DAMAGED ({en}): it was set aside as {file}, loa plays on and writes a new one; copy that file elsewhere as evidence, and check the memory card"
            ));
        }
        WriterEvent::Misfit(what) => {
            let Text { vi, en } = &what;
            log.fail(&text!(
                "NHẬT KÝ KHÔNG CÒN NHƯ LÚC ĐÀI GHI ({vi}): loa vẫn phát và ghi tiếp; hãy chép cả thư mục state/ sang nơi khác làm bằng chứng, và xem loa journal verify",
                "THE JOURNAL IS NOT AS THE STATION HAD LEFT IT ({en}): loa plays on and goes on writing; copy the whole of state/ elsewhere as evidence, and see loa journal verify"
            ));
            condition.misfit(what);
        }
        WriterEvent::Restored(restored) => {
            condition.works();
            condition.restored(restored.whole);
            log.warn(&restored_text(&restored));
        }
        WriterEvent::Unrestored { why } => {
            let Text { vi, en } = &why;
            log.fail(&text!(
                "TỆP NHẬT KÝ ĐÃ BỊ LẤY ĐI khi loa đang chạy và chưa lập lại được ({vi}); loa vẫn phát và thử lại luôn",
                "THE JOURNAL'S FILE WAS TAKEN AWAY while loa runs and cannot be put back yet ({en}); loa plays on and keeps trying"
            ));
            condition.failing(why, 0);
        }
        WriterEvent::LogHeld(held) => {
            condition.log_held(held);
            log.warn(&log_text(held));
        }
        WriterEvent::Written { .. } => condition.works(),
    }
}

fn restored_text(restored: &RestoredJournal) -> Text {
    let aside = restored.aside.as_ref().map(|aside| aside.display().to_string());
    let left = aside.map_or_else(
        || text!("", ""),
        |file| text!("; tệp nằm ở chỗ ấy đã được cất vào {file}", "; what stood in its place was put aside as {file}"),
    );
    let (vi, en) = (left.vi, left.en);
    if restored.whole {
        text!(
            "TỆP NHẬT KÝ BỊ LẤY ĐI khi loa đang chạy: đã lập lại với đủ mọi dòng{vi}; hãy tìm xem ai đã xóa hay chuyển thư mục state/",
            "THE JOURNAL'S FILE WAS TAKEN AWAY while loa runs: it was put back with all its rows{en}; find out who deleted or moved state/"
        )
    } else {
        text!(
            "TỆP NHẬT KÝ BỊ LẤY ĐI khi loa đang chạy: đã bắt đầu nhật ký mới{vi}; hãy tìm xem ai đã xóa hay chuyển thư mục state/",
            "THE JOURNAL'S FILE WAS TAKEN AWAY while loa runs: a new one was begun{en}; find out who deleted or moved state/"
        )
    }
}

fn log_text(held: Option<u64>) -> Text {
    match held {
        Some(bytes) => {
            let mb = bytes >> 20;
            text!(
                "có chương trình đọc nhật ký mãi không xong, tệp journal.db-wal đã lên {mb} MB và còn lớn thêm: hãy tắt chương trình đó (xem bằng: fuser state/journal.db)",
                "a program reads the journal without ever ending, journal.db-wal has grown to {mb} MB and grows on: end that program (see it with: fuser state/journal.db)"
            )
        }
        None => text!(
            "không còn chương trình nào giữ nhật ký, tệp journal.db-wal đã được thu gọn",
            "no program holds the journal any more, journal.db-wal was folded in"
        ),
    }
}
