//! What the help of the centre's commands has of its own: an example for each, what their values are called, and the words by which people
//! look for them (`sought`). How a page and an answer look, `loa_usage` knows.

use loa_usage::ProgramWords;

use super::sought::SOUGHT;

/// Of this program.
pub(super) const WORDS: ProgramWords = ProgramWords { examples: EXAMPLES, values: VALUES, sought: SOUGHT };

/// An example for each command: how people call it. A test calls them all.
const EXAMPLES: &[(&str, &str, &str)] = &[
    ("collect", "loa collect status", "loa collect status"),
    ("collect run", "loa collect run --dir mang-p01", "loa collect run --dir fleet-p01"),
    ("collect status", "loa collect status", "loa collect status"),
    (
        "collect close",
        "loa collect close p01.c003.h00077 --by \"Bà Hai\" --why \"đã thay thẻ nhớ\"",
        "loa collect close p01.c003.h00077 --by \"Mrs Hai\" --why \"it has a new card\"",
    ),
    (
        "collect month",
        "loa collect month --month 2026-11 --csv tinh.csv",
        "loa collect month --month 2026-11 --csv province.csv",
    ),
    ("collect stick", "loa collect stick /media/usb", "loa collect stick /media/usb"),
    ("fleet", "loa fleet status", "loa fleet status"),
    (
        "fleet init",
        "loa fleet init --name \"Tỉnh 01\" --province p01 --server nats1.p01.vn",
        "loa fleet init --name \"Province 01\" --province p01 --server nats1.p01.vn",
    ),
    (
        "fleet place",
        "loa fleet place p01.c003.h00077 --title \"Thôn 7\" --call \"Ông Năm 0912 345 678\"",
        "loa fleet place p01.c003.h00077 --title \"Hamlet 7\" --call \"Mr Nam 0912 345 678\"",
    ),
    ("fleet remove", "loa fleet remove p01.c003.h00078", "loa fleet remove p01.c003.h00078"),
    (
        "fleet issue",
        "loa fleet issue p01.c003.h00077 --creds h00077.creds",
        "loa fleet issue p01.c003.h00077 --creds h00077.creds",
    ),
    (
        "fleet invite",
        "loa fleet invite p01.c003.h00077 --title \"Thôn 7\"",
        "loa fleet invite p01.c003.h00077 --title \"Hamlet 7\"",
    ),
    ("fleet join", "loa fleet join p01.c003.h00077 7K3M-9QXA-T2WB", "loa fleet join p01.c003.h00077 7K3M-9QXA-T2WB"),
    ("fleet take", "loa fleet take yeu-cau.txt", "loa fleet take request.txt"),
    (
        "fleet accept",
        "loa fleet accept p01.c003.h00077 --letters ABCD-EFGH --paper h00077.paper",
        "loa fleet accept p01.c003.h00077 --letters ABCD-EFGH --paper h00077.paper",
    ),
    ("fleet revoke", "loa fleet revoke p01.c003.h00077 --lost", "loa fleet revoke p01.c003.h00077 --lost"),
    ("fleet push", "loa fleet push", "loa fleet push"),
    ("fleet commune", "loa fleet commune p01.c003", "loa fleet commune p01.c003"),
    ("fleet status", "loa fleet status", "loa fleet status"),
    (
        "fleet roots",
        "loa fleet roots goc-a.pub goc-b.pub goc-c.pub --keys khoa.json",
        "loa fleet roots root-a.pub root-b.pub root-c.pub --keys keys.json",
    ),
    ("fleet send", "loa fleet send tuan-49.loa --to p01.c003", "loa fleet send week-49.loa --to p01.c003"),
    ("fleet held", "loa fleet held", "loa fleet held"),
    ("fleet rollout", "loa fleet rollout status", "loa fleet rollout status"),
    (
        "fleet rollout start",
        "loa fleet rollout start tuan-50.loa --to vn.p01 --test p01.c003.h00077 --back lui.loa --by \"Bà Hai\"",
        "loa fleet rollout start week-50.loa --to vn.p01 --test p01.c003.h00077 --back back.loa --by \"Mrs Hai\"",
    ),
    ("fleet rollout status", "loa fleet rollout status", "loa fleet rollout status"),
    ("fleet rollout go", "loa fleet rollout go --watch", "loa fleet rollout go --watch"),
    (
        "fleet rollout stop",
        "loa fleet rollout stop --by \"Bà Hai\" --why \"sai giờ\"",
        "loa fleet rollout stop --by \"Mrs Hai\" --why \"wrong times\"",
    ),
    (
        "fleet rollout back",
        "loa fleet rollout back tuan-49.loa --over tuan-50.loa --out lui.loa --with xa.key",
        "loa fleet rollout back week-49.loa --over week-50.loa --out back.loa --with commune.key",
    ),
    (
        "fleet alarm",
        "loa fleet alarm --to p01.c003 --preset lu --until 2h --by \"Bà Hai\" --why \"nước lên\" --with khan-cap.key",
        "loa fleet alarm --to p01.c003 --preset lu --until 2h --by \"Mrs Hai\" --why \"the water rises\" --with alarm.key",
    ),
    (
        "fleet alarm end",
        "loa fleet alarm end 1130-0210-7f3a --by \"Bà Hai\" --with khan-cap.key",
        "loa fleet alarm end 1130-0210-7f3a --by \"Mrs Hai\" --with alarm.key",
    ),
    ("fleet alarm status", "loa fleet alarm status", "loa fleet alarm status"),
    (
        "fleet alarm second",
        "loa fleet alarm second 1130-0210-7f3a --by \"Ông Năm\"",
        "loa fleet alarm second 1130-0210-7f3a --by \"Mr Nam\"",
    ),
];

/// What stands for a value, in Vietnamese. In English it is as it is written in the source.
const VALUES: &[(&str, &str)] = &[
    ("BUNDLE", "GÓI.loa"),
    ("CODE", "MÃ"),
    ("COMMUNE", "XÃ"),
    ("DIR", "THƯ-MỤC"),
    ("FILE", "TỆP"),
    ("GROUP", "NHÓM"),
    ("HOST", "MÁY-CHỦ"),
    ("ID", "SỐ"),
    ("KEY", "KHÓA"),
    ("LANG", "TIẾNG"),
    ("LETTERS", "TÁM-CHỮ"),
    ("MONTH", "THÁNG"),
    ("N", "SỐ"),
    ("NAME", "TÊN"),
    ("NEW", "GÓI-MỚI"),
    ("OLD", "GÓI-CŨ"),
    ("PERCENT", "PHẦN-TRĂM"),
    ("PLACE", "NƠI"),
    ("REQUEST", "YÊU-CẦU"),
    ("ROOT.pub", "GỐC.pub"),
    ("SECONDS", "GIÂY"),
    ("TEXT", "LÝ-DO"),
    ("TIME", "KHI-NÀO"),
    ("URL", "ĐỊA-CHỈ"),
    ("WHO", "AI"),
];

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::CommandFactory as _;
    use loa_core::diag::Lang;
    use loa_usage::UsageAnswer;

    use super::*;
    use crate::cli::Arguments;

    fn said(line: &str, lang: Lang) -> UsageAnswer {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let error = Arguments::command().try_get_matches_from(&words).expect_err(line);
        WORDS.answer(&error, &Arguments::command(), &words, lang)
    }

    #[test]
    fn every_text_of_the_centres_help_is_in_both_languages_and_every_example_is_taken() {
        let flaws = WORDS.flaws(&Arguments::command());
        assert!(flaws.is_empty(), "\n{}", flaws.join("\n"));
    }

    #[test]
    fn what_is_meant_where_nothing_is_written_is_told() {
        let mut commands = vec![Arguments::command()];
        while let Some(command) = commands.pop() {
            for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values() && !arg.is_hide_set()) {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                for value in arg.get_default_values().iter().map(|value| value.to_string_lossy()) {
                    let (vi, en) = (format!("không ghi thì {value}"), format!("else {value}"));
                    assert!(help.contains(&vi) && help.contains(&en), "{}: {value}: {help}", command.get_name());
                }
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }

    #[test]
    fn a_slip_and_a_page_are_told_in_the_language_of_the_reader() {
        for (line, vi) in [
            ("loa fleet staus", "không có lệnh «staus»; có phải là «loa fleet status»?"),
            ("loa fleet enroll x", "có phải là «loa fleet invite»?"),
            ("loa fleet khẩn", "có phải là «loa fleet alarm»?"),
            ("loa fleet run", "«loa collect run»"),
            ("loa fleet status --jso", "không có tùy chọn --jso ở đây; có phải là --json?"),
            ("loa fleet accept p01.c1.h1", "thiếu --letters (tám chữ người lắp máy đọc ở máy) và --paper (giấy"),
            ("loa fleet revoke P01", "NƠI (nơi) không nhận «P01»: chữ thường, số"),
            ("loa fleet join", "thiếu NƠI (nơi ghi trên phiếu) và MÃ"),
            ("loa fleet alarm --to", "sau --to (nơi hay nhóm) chưa ghi gì"),
            (
                "loa fleet alarm --to a --preset lu",
                "thiếu --until (hết hạn), --by (ai ra lệnh), --why (vì sao) và --with",
            ),
            (
                "loa fleet alarm --to a --preset lu --sound x --until 1h --by a --why b --with k",
                "--preset không dùng chung với --sound: hãy bỏ một bên",
            ),
            (
                "loa fleet alarm --to a b --preset lu --title Lũ về",
                "thừa chữ «về»; chữ có dấu cách thì để trong ngoặc kép: --title \"Lũ về\"",
            ),
            ("loa fleet alarm stop", "có phải là «loa fleet alarm end»?"),
            ("loa fleet rollout start x.loa --to vn.p01 --by a --good 101", "không nhận «101»: một số từ 1 đến 100"),
            (
                "loa collect close p01 --by Bà Hai --why x",
                "thừa chữ «Hai»; chữ có dấu cách thì để trong ngoặc kép: --by \"Bà Hai\"",
            ),
        ] {
            let UsageAnswer::Wrong(told) = said(line, Lang::Vi) else { panic!("{line}") };
            assert!(told.vi.contains(vi), "{line}: {}", told.vi);
            assert!(told.vi.contains(" Ví dụ:\n  loa ") && told.vi.contains("\nXem cách gọi: loa "), "{}", told.vi);
            assert!(told.en.contains(" For example:\n  loa ") && !told.en.contains(" | "), "{}", told.en);
        }
        for line in
            ["loa fleet --help", "loa fleet alarm --help", "loa collect run -h", "loa --help", "loa fleet help send"]
        {
            let UsageAnswer::Page(vi) = said(line, Lang::Vi) else { panic!("{line}") };
            assert!(vi.contains("\nCách gọi:\n  loa ") && vi.contains("\nDùng được với mọi lệnh:\n"), "{vi}");
            for english in ["Usage", "Options", "OPTIONS", "Commands", "Print", " | ", "default"] {
                assert!(!vi.contains(english), "{english} in {line}: {vi}");
            }
            let UsageAnswer::Page(en) = said(line, Lang::En) else { panic!("{line}") };
            assert!(en.contains("\nUsage:\n  loa ") && !en.contains("Tùy chọn"), "{line}: {en}");
        }
        for line in ["loa", "loa fleet", "loa --json fleet", "loa fleet rollout", "loa fleet alarm"] {
            assert!(matches!(said(line, Lang::Vi), UsageAnswer::NoCommand(_)), "{line}");
        }
    }

    #[test]
    fn what_gives_an_alarm_and_what_follows_it_are_two_calls() {
        let UsageAnswer::Page(page) = said("loa fleet alarm --help", Lang::Vi) else { panic!("a page") };
        assert!(page.contains("  loa fleet alarm LỆNH\n"), "{page}");
        // Too long for a line: it goes on where the shell reads on.
        assert!(page.contains("--by \"Bà Hai\" \\\n    --why \"nước lên\""), "{page}");
    }
}
