//! What the help of `loa` has that no other program's has: an example for each command, what its values are called, and the words by which
//! people look for it (`near`). How a page and an answer look, `usage` knows.

use super::near::SOUGHT;
use crate::usage::ProgramWords;

/// Of this program.
pub(super) const WORDS: ProgramWords = ProgramWords { examples: EXAMPLES, values: VALUES, sought: &[SOUGHT] };

/// An example for each command: how people call it. A test calls them all.
const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "setup",
        "loa setup --name \"Đài xã Đông Giang\" --zone \"Thôn 1\" --admin \"Trần Thị Hai\"",
        "loa setup --name \"Radio Dong Giang\" --zone \"Hamlet 1\" --admin \"Mrs Hai\"",
    ),
    ("run", "loa run", "loa run"),
    ("check", "loa check", "loa check"),
    ("plan", "loa plan --from 05:00 --to 18:00", "loa plan --from 05:00 --to 18:00"),
    ("simulate", "loa simulate --power-cut 05:31..05:34", "loa simulate --power-cut 05:31..05:34"),
    (
        "render",
        "loa render --from 17:00 --to 17:05 --zone thon-1 --out nghe-thu.wav",
        "loa render --from 17:00 --to 17:05 --zone thon-1 --out listen.wav",
    ),
    ("load", "loa load \"Họp thôn ngày 5.m4a\" --as hop-thon", "loa load \"Meeting.m4a\" --as meeting"),
    ("sounds", "loa sounds", "loa sounds"),
    ("sounds list", "loa sounds list", "loa sounds list"),
    ("sounds remove", "loa sounds remove hop-thon", "loa sounds remove meeting"),
    ("sounds restore", "loa sounds restore hop-thon", "loa sounds restore meeting"),
    ("listen", "loa listen hop-thon --zone thon-1", "loa listen meeting --zone thon-1"),
    ("journal", "loa journal --from -7d", "loa journal --from -7d"),
    ("journal verify", "loa journal verify", "loa journal verify"),
    ("journal seal", "loa journal seal", "loa journal seal"),
    ("report", "loa report --last-week --docx so-tuan.docx", "loa report --last-week --docx week.docx"),
    ("status", "loa status", "loa status"),
    ("clock", "loa clock", "loa clock"),
    ("clock confirm", "loa clock confirm --by \"Ông Năm\"", "loa clock confirm --by \"Mr Nam\""),
    ("stop", "loa stop --zone thon-1", "loa stop --zone thon-1"),
    ("talk", "loa talk --zone thon-1 --from hw:1", "loa talk --zone thon-1 --from hw:1"),
    ("say", "loa say hop-thon --zone thon-1", "loa say meeting --zone thon-1"),
    (
        "alert",
        "loa alert canh-bao-lu --zone thon-1 --by \"Trưởng thôn\" --why \"nước lên\"",
        "loa alert flood --zone thon-1 --by \"Hamlet head\" --why \"the water rises\"",
    ),
    ("approve", "loa approve ban-tin-sang --by \"Bà Hai\"", "loa approve morning --by \"Mrs Hai\""),
    ("devices", "loa devices", "loa devices"),
    ("link", "loa link --status", "loa link --status"),
    ("cap", "loa cap --status", "loa cap --status"),
    ("cap show", "loa cap show canh-bao.xml", "loa cap show alarm.xml"),
    ("relay", "loa relay", "loa relay"),
    ("console", "loa console --listen 127.0.0.1:8080", "loa console --listen 127.0.0.1:8080"),
    ("console cert", "loa console cert --name 192.168.4.1", "loa console cert --name 192.168.4.1"),
    ("console openapi", "loa console openapi", "loa console openapi"),
    ("user", "loa user list", "loa user list"),
    ("user add", "loa user add \"Trần Thị Hai\" --role official", "loa user add \"Mrs Hai\" --role official"),
    ("user link", "loa user link \"Trần Thị Hai\"", "loa user link \"Mrs Hai\""),
    ("user list", "loa user list", "loa user list"),
    ("user remove", "loa user remove \"Trần Thị Hai\"", "loa user remove \"Mrs Hai\""),
    (
        "user token",
        "loa user token \"Trần Thị Hai\" --for \"máy của xã\" --role reviewer",
        "loa user token \"Mrs Hai\" --for \"the commune's server\" --role reviewer",
    ),
    ("user tokens", "loa user tokens", "loa user tokens"),
    ("user revoke", "loa user revoke 3", "loa user revoke 3"),
    ("doctor", "loa doctor", "loa doctor"),
    ("backup", "loa backup dai-2026-12.tar", "loa backup station-2026-12.tar"),
    ("restore", "loa restore dai-2026-12.tar --dir /var/lib/loa", "loa restore station-2026-12.tar --dir /var/lib/loa"),
    ("bundle", "loa bundle show tuan-49.loa", "loa bundle show week-49.loa"),
    ("bundle key", "loa bundle key xa-dong-giang", "loa bundle key commune"),
    (
        "bundle keys",
        "loa bundle keys khoa.json --place vn.p01 --root a.pub --until 2027-12-31",
        "loa bundle keys keys.json --place vn.p01 --root a.pub --until 2027-12-31",
    ),
    (
        "bundle revoke",
        "loa bundle revoke thu-hoi.json --place vn.p01 --key xa.pub",
        "loa bundle revoke revoked.json --place vn.p01 --key c.pub",
    ),
    (
        "bundle make",
        "loa bundle make tuan-49.loa --place vn.p01.c003 --until 2027-01-31",
        "loa bundle make week-49.loa --place vn.p01.c003 --until 2027-01-31",
    ),
    ("bundle sign", "loa bundle sign khoa.json --with goc-a.key", "loa bundle sign keys.json --with root-a.key"),
    ("bundle show", "loa bundle show tuan-49.loa", "loa bundle show week-49.loa"),
    ("bundle verify", "loa bundle verify tuan-49.loa", "loa bundle verify week-49.loa"),
    ("bundle install", "loa bundle install tuan-49.loa", "loa bundle install week-49.loa"),
    ("courier", "loa courier /media/usb", "loa courier /media/usb"),
    ("collect", "loa collect status", "loa collect status"),
    ("fleet", "loa fleet status", "loa fleet status"),
    ("explain", "loa explain outside_hours", "loa explain outside_hours"),
    ("demo", "loa demo", "loa demo"),
];

/// What stands for a value, in Vietnamese. In English it is as it is written in the source.
const VALUES: &[(&str, &str)] = &[
    ("ADDRESS", "ĐỊA-CHỈ"),
    ("AT", "LÚC-NÀO"),
    ("BROADCAST", "MỤC-PHÁT"),
    ("CODE", "MÃ"),
    ("COMMAND", "LỆNH"),
    ("DAY", "NGÀY"),
    ("DIGEST", "MÃ"),
    ("DIR", "THƯ-MỤC"),
    ("FILE", "TỆP"),
    ("F", "TỆP"),
    ("F.loa", "GÓI.loa"),
    ("F.tar", "TỆP.tar"),
    ("F.wav", "TỆP.wav"),
    ("F.html", "TỆP.html"),
    ("F.docx", "TỆP.docx"),
    ("F.csv", "TỆP.csv"),
    ("F.xlsx", "TỆP.xlsx"),
    ("ID", "MÃ"),
    ("KEY", "KHÓA"),
    ("LANG", "TIẾNG"),
    ("NAME", "TÊN"),
    ("N", "SỐ"),
    ("N:HASH", "SỐ:MÃ"),
    ("OUTCOME", "KẾT-QUẢ"),
    ("PLACE", "NƠI"),
    ("ROLE", "VAI-TRÒ"),
    ("SCHEDULE", "TỆP-LỊCH"),
    ("SOUND", "BẢN-GHI"),
    ("SOURCE", "NGUỒN"),
    ("T", "GIỜ"),
    ("TEXT", "LÝ-DO"),
    ("TIME", "GIỜ"),
    ("WHO", "AI"),
    ("ZONE", "CỤM"),
    ("W", "TUẦN"),
    ("M", "THÁNG"),
    ("A..B", "A..B"),
    ("AT+DUR|AT-DUR", "GIỜ+DÀI|GIỜ-DÀI"),
];

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Arguments;
    use crate::diag::Lang;
    use crate::usage::UsageAnswer;

    fn wrong(line: &str, lang: Lang) -> String {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        let error = Arguments::command().try_get_matches_from(&words).expect_err(line);
        match WORDS.answer(&error, &Arguments::command(), &words, lang) {
            UsageAnswer::Page(page) | UsageAnswer::NoCommand(page) => page,
            UsageAnswer::Wrong(said) => said.get(lang).to_owned(),
        }
    }

    #[test]
    fn every_text_of_the_help_is_in_both_languages_and_every_example_is_taken() {
        let flaws = WORDS.flaws(&Arguments::command());
        assert!(flaws.is_empty(), "\n{}", flaws.join("\n"));
    }

    #[test]
    fn each_kind_of_mistake_is_told_in_vietnamese_with_the_way_out() {
        for (line, says) in [
            (
                "loa render --zone thon-1 --out x.wav",
                &["thiếu --from (từ thời điểm này) và --to (đến thời điểm này)", "Ví dụ:\n  loa render "][..],
            ),
            ("loa alert", &["thiếu TỆP (tên âm thanh trong audio/)", "Ví dụ:\n  loa alert "]),
            ("loa remove x", &["không có lệnh «remove»", "Các lệnh: setup, run, check"]),
            ("loa staus", &["có phải là «loa status»?"]),
            ("loa plan --form 05:00", &["không có tùy chọn --form ở đây; có phải là --from?"]),
            ("loa user add Hai --role official --zone x", &["có phải là --zones? Ví dụ"]),
            (
                "loa user add Hai --role truongthon",
                &["--role", "không có «truongthon». Các giá trị dùng được: operator, official, reviewer, admin."],
            ),
            ("loa plan --xyzw", &["không có tùy chọn --xyzw ở đây; dùng được: --from"]),
            ("loa say Họp thôn", &["thừa chữ «thôn»", "trong ngoặc kép: \"Họp thôn\""]),
            ("loa journal --from hôm qua", &["thừa chữ «qua»", "--from \"hôm qua\""]),
            ("loa journal --summary --from=hôm qua", &["--from \"hôm qua\""]),
            ("loa plan --from hôm qua --to hôm nay", &["--from \"hôm qua\""]),
            ("loa say x --zone Thôn 1", &["--zone \"Thôn 1\""]),
            ("loa new", &["không có lệnh «new»; ", "loa demo"]),
            ("loa khởi_động_lại", &["systemctl restart loa"]),
            ("loa journal --zone", &["sau --zone", "chưa ghi gì"]),
            ("loa alert x --by a --why b --repeat nhiều", &["--repeat", "không nhận «nhiều»: phải là một số"]),
            ("loa --lang fr status", &["--lang", "không nhận «fr»"]),
            ("loa plan --svg x --json", &["--svg không dùng chung với --json", "bỏ một bên"]),
            ("loa plan --why x", &["phải là: --why MỤC-PHÁT"]),
            ("loa plan --zone a --zone b", &["--zone chỉ ghi một lần"]),
            ("loa clock cofirm", &["có phải là «loa clock confirm»?"]),
            ("loa", &["Cách gọi:", "Lệnh:"]),
            ("loa help plan", &["loa plan [tùy chọn]"]),
            ("loa plan --help", &["loa plan [tùy chọn]", "Ví dụ:"]),
            ("loa --dir x clock confirm -h", &["loa clock confirm [tùy chọn]"]),
        ] {
            let said = wrong(line, Lang::Vi);
            for part in says {
                assert!(said.contains(part), "{line}: {part}\n{said}");
            }
            let english = ["error", "Usage", "usage", "unrecognized", "required", "expected", "invalid", "found"];
            assert!(!english.iter().any(|word| said.contains(word)), "{line}: {said}");
        }
    }

    #[test]
    fn the_same_is_told_in_english_where_that_is_asked_for() {
        let said = wrong("loa render --out x.wav", Lang::En);
        assert!(said.starts_with("what is missing: --from (from this instant) and --to (to this instant)."), "{said}");
        assert!(wrong("loa play x", Lang::En).contains("did you mean \"loa say\"?"));
        assert!(wrong("loa --version", Lang::En).starts_with("loa "));
    }
}
