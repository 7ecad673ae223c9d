use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};
use loa_core::diag::{Lang, Text, text};

use super::*;

/// Of a program that does not exist.
const WORDS: ProgramWords = ProgramWords {
    examples: &[
        ("play", "radio play tin.mp3 --times 2", "radio play news.mp3 --times 2"),
        ("tape", "radio tape list", "radio tape list"),
        ("tape list", "radio tape list", "radio tape list"),
        (
            "tape mark",
            "radio tape mark --at 05:30 --by \"Bà Hai ở Thôn 7\" --why \"để nghe lại vào buổi chiều\"",
            "radio tape mark --at 05:30 --by \"Mrs Hai of Hamlet 7\" --why \"to be heard again in the afternoon\"",
        ),
    ],
    values: &[("DIR", "THƯ-MỤC"), ("FILE", "TỆP"), ("N", "SỐ"), ("T", "GIỜ"), ("WHO", "AI"), ("TEXT", "LÝ-DO")],
    sought: &[
        SoughtWords {
            below: "",
            meant: &[(&["phát", "sound"], &["gone", "play"])],
            instead: &[(&["record"], on_tape)],
        },
        SoughtWords { below: "tape", meant: &[(&["ls"], &["list"])], instead: &[] },
    ],
};

/// Two spellings of one accent are one word.
const UNSOUGHT: &[SoughtWords] = &[
    SoughtWords { below: "", meant: &[(&["xóa"], &["play"]), (&["xoá"], &["tape"])], instead: &[] },
    SoughtWords { below: "disk", meant: &[], instead: &[] },
];

fn on_tape() -> Text {
    text!("máy tự thu: «radio tape list»", "it records by itself: \"radio tape list\"")
}

fn times(written: &str) -> Result<u8, String> {
    written.parse().map_err(|_| "từ 0 đến 255 | from 0 to 255".to_owned())
}

fn radio() -> Command {
    let value = |name: &'static str, value: &'static str| Arg::new(name).long(name).value_name(value);
    let file = Arg::new("file").value_name("FILE").required(true).action(ArgAction::Append);
    let play = Command::new("play")
        .about("Phát một tệp. | Play a file.")
        .arg(file.help("Tên tệp: trong audio/. | The file's name."))
        .arg(value("times", "N").value_parser(times).help("Mấy lần. | How many times."))
        .arg(value("wait", "N").value_parser(clap::value_parser!(u8)).help("Chờ mấy giây. | Seconds to wait."));
    let mark = Command::new("mark")
        .about("Đánh dấu. | Mark it.")
        .arg(value("at", "T").required(true).help("Lúc nào. | When."))
        .arg(value("by", "WHO").required(true).help("Ai. | Who."))
        .arg(value("why", "TEXT").help("Vì sao: câu dài hơn một dòng của trang thì xuống dòng, giữa hai chữ. | Why."));
    let tape = Command::new("tape")
        .about("Băng đã thu. | What was recorded.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Command::new("list").about("Xem. | See it."))
        .subcommand(mark);
    Command::new("radio")
        .version("7")
        .about("Máy phát thử. | A radio.")
        .arg(value("dir", "DIR").global(true).help("Thư mục. | The directory."))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([play, tape, Command::new("make").hide(true)])
}

fn answer(line: &str, lang: Lang) -> UsageAnswer {
    let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    let error = radio().try_get_matches_from(&words).expect_err(line);
    WORDS.answer(&error, &radio(), &words, lang)
}

fn wrong(line: &str, lang: Lang) -> String {
    let UsageAnswer::Wrong(said) = answer(line, lang) else { panic!("{line}: a page") };
    said.get(lang).to_owned()
}

#[test]
fn a_page_says_all_of_a_command_in_one_language() {
    let page = "Đánh dấu.

Cách gọi:
  radio tape mark --at GIỜ --by AI [tùy chọn]

Tùy chọn:
  --at GIỜ     Lúc nào
  --by AI      Ai
  --why LÝ-DO  Vì sao: câu dài hơn một dòng của trang thì xuống dòng, giữa hai
               chữ

Dùng được với mọi lệnh:
  --dir THƯ-MỤC  Thư mục
  -h, --help     Trang này

Ví dụ:
  radio tape mark --at 05:30 --by \"Bà Hai ở Thôn 7\" \\
    --why \"để nghe lại vào buổi chiều\"
";
    assert_eq!(answer("radio tape mark --help", Lang::Vi), UsageAnswer::Page(page.to_owned()));
    let page = "A radio.

Usage:
  radio [options] COMMAND

Commands:
  play  Play a file
  tape  What was recorded

With every command:
  --dir DIR      The directory
  -h, --help     This page
  -V, --version  The version

More on a command: radio COMMAND --help
";
    assert_eq!(answer("radio", Lang::En), UsageAnswer::NoCommand(page.to_owned()));
    assert_eq!(answer("radio help", Lang::En), UsageAnswer::Page(page.to_owned()));
    assert_eq!(answer("radio --version", Lang::En), UsageAnswer::Page("radio 7\n".to_owned()));
    let UsageAnswer::NoCommand(page) = answer("radio --dir x tape", Lang::Vi) else { panic!("nothing was asked") };
    assert!(page.contains("  radio tape LỆNH\n"), "{page}");
    let UsageAnswer::Page(page) = answer("radio play -h", Lang::Vi) else { panic!("it was asked for") };
    assert!(page.contains("  radio play TỆP... [tùy chọn]\n"), "{page}");
}

#[test]
fn what_is_wrong_is_told_with_an_example_of_the_command_that_was_meant() {
    assert_eq!(
        wrong("radio tape mark --by Hai", Lang::Vi),
        "thiếu --at (lúc nào). Ví dụ:\n  radio tape mark --at 05:30 --by \"Bà Hai ở Thôn 7\" \\\n    --why \"để nghe lại vào buổi chiều\"\nXem cách gọi: radio tape mark --help"
    );
    for (line, says) in [
        ("radio paly", "did you mean \"radio play\"? The commands: play, tape.\nSee how: radio --help"),
        ("radio Phat", "did you mean \"radio play\"?"),
        ("radio record", "there is no command \"record\"; it records by itself: \"radio tape list\"."),
        ("radio mkae", "there is no command \"mkae\". The commands: play, tape."),
        ("radio tape ls", "did you mean \"radio tape list\"?"),
        ("radio tape phát", "there is no command \"phát\". The commands: list, mark."),
        ("radio play", "what is missing: FILE... (the file's name)."),
        ("radio play x --tims 2", "there is no option --tims here; did you mean --times?"),
        ("radio play x --times 300", "--times (how many times) does not take \"300\": from 0 to 255."),
        ("radio play x --wait long", "--wait (seconds to wait) does not take \"long\": it must be a number."),
        ("radio play x --wait 300", "--wait (seconds to wait) does not take \"300\"."),
        ("radio tape list a\nb", "\"a\\u{a}b\" is one word too many."),
    ] {
        let said = wrong(line, Lang::En);
        assert!(said.contains(says) && !said.contains(" | "), "{line}: {said}");
    }
}

#[test]
fn the_language_and_the_station_are_known_before_the_line_is_read() {
    let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
    let early = |line: &str| super::early(&words(line), "--lang").and_then(|word| word.into_string().ok());
    assert_eq!(early("loa --lang en status").as_deref(), Some("en"));
    assert_eq!(early("loa nonsense --lang=vi").as_deref(), Some("vi"));
    assert_eq!(early("loa say -- --lang en"), None);
    assert_eq!(early("loa status --language en"), None);
    assert_eq!(early("loa status --lang"), None);
    assert_eq!(early("loa --lang en status --lang=vi").as_deref(), Some("vi"), "as the line itself is read");
    assert_eq!(early_language(&words("loa --lang en")), Some(Lang::En));
    assert_eq!(early_language(&words("loa --lang fr")), None);
}

#[test]
fn what_a_program_has_forgotten_is_found() {
    // The words of the first table name a command that is not there.
    assert_eq!(WORDS.flaws(&radio()), ["words for «gone», which is no command below «»"]);
    let words = ProgramWords { sought: &[], ..WORDS };
    assert_eq!(words.flaws(&radio()), Vec::<String>::new());
    for (root, flaw) in [
        (radio().about("A radio."), "radio: write `Tiếng Việt. | English.` instead of: A radio."),
        (radio().subcommand(Command::new("new").about("Mới. | New.")), "radio new: no example"),
        (
            radio().mut_subcommand("play", |play| play.arg(Arg::new("x").long("x").required(true))),
            "radio play tin.mp3 --times 2: ",
        ),
        (radio().mut_arg("dir", |dir| dir.value_name("PLACE")), "radio: PLACE has no Vietnamese name"),
        (radio().about(format!("Máy {}. | A radio.", "phát".repeat(20))), "radio: more than 80 columns: "),
    ] {
        let flaws = words.flaws(&root);
        assert!(flaws.iter().any(|found| found.starts_with(flaw)), "{flaw}: {flaws:?}");
    }
    let examples = &[("play", "radio tape list", "radio play x"), ("gone", "radio gone", "radio gone")];
    let flaws = ProgramWords { examples, ..words }.flaws(&radio());
    for flaw in
        ["radio play: the example is of another command: radio tape list", "an example of «gone», which is no command"]
    {
        assert!(flaws.iter().any(|found| found == flaw), "{flaw}: {flaws:?}");
    }
    let flaws = ProgramWords { sought: UNSOUGHT, ..WORDS }.flaws(&radio());
    assert_eq!(flaws, ["«xoá» means two things below «»", "words below «disk», which is no command"]);
}
