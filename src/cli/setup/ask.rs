use std::io::BufRead;

use super::NOWHERE;
use crate::cli::page::Page;
use crate::cli::{Exit, Failure};
use crate::diag::{Lang, Text, plain, text};
use crate::setup::{FirstAnswers, Hamlet, Horn};

/// So often a question is asked again; then somebody types at random, or no person at all.
const TRIES: usize = 5;

/// Asks on a terminal, one question after another.
pub(super) struct Asker<R> {
    from: R,
    lang: Lang,
}

impl<R: BufRead> Asker<R> {
    pub(super) fn new(from: R, lang: Lang) -> Self {
        Self { from, lang }
    }

    pub(super) fn name(&mut self) -> Result<String, Failure> {
        self.until(
            &text!(
                "Tên đài (ví dụ: Đài truyền thanh xã Đông Giang): ",
                "The station's name (for example: Radio of Dong Giang): "
            ),
            |typed| some(typed, &text!("Chưa ghi tên đài.", "There is no name.")),
        )
    }

    pub(super) fn admin(&mut self) -> Result<String, Failure> {
        self.until(
            &text!("Họ tên người quản trị trang: ", "The name of the page's administrator: "),
            |typed| some(typed, &text!("Chưa ghi tên.", "There is no name.")),
        )
    }

    /// The hamlets, and for each what it is heard on.
    pub(super) fn hamlets(&mut self, horns: &[Horn]) -> Result<Vec<Hamlet>, Failure> {
        let mut last = None;
        for _ in 0..TRIES {
            let titles = self.until(
                &text!(
                    "Các thôn, cách nhau bằng dấu phẩy (ví dụ: Thôn 1, Thôn Đồng Tâm): ",
                    "The hamlets, with commas between (for example: Hamlet 1, Hamlet 2): "
                ),
                |typed| {
                    let titles = typed.split(',').map(str::trim).filter(|title| !title.is_empty());
                    let titles: Vec<String> = titles.map(str::to_owned).collect();
                    if titles.is_empty() {
                        Err(text!("Chưa ghi thôn nào.", "There is no hamlet."))
                    } else {
                        Ok(titles)
                    }
                },
            )?;
            self.offer(horns);
            let mut hamlets = Vec::new();
            for title in titles {
                let output = self.output(&title, horns)?;
                hamlets.push(Hamlet { title, output });
            }
            let trial =
                FirstAnswers { name: "x".to_owned(), hamlets, language: "vi".to_owned(), listen: String::new() };
            match trial.toml(horns) {
                Ok(_) => return Ok(trial.hamlets),
                Err(why) => {
                    Page::aside(plain(why.get(self.lang)));
                    last = Some(why);
                }
            }
        }
        Err(Failure::new(Exit::Findings, last.unwrap_or_else(given_up)))
    }

    fn offer(&self, horns: &[Horn]) {
        Page::aside(text!("Máy này phát ra được:", "This machine can play on:").get(self.lang));
        for (number, horn) in horns.iter().enumerate() {
            Page::aside(format_args!("  {}  {} ({})", number + 1, plain(&horn.title), plain(&horn.output)));
        }
        let none = text!("chưa có card: chạy thử, không kêu", "no card yet: on trial, without a sound");
        Page::aside(format_args!("  0  {}", none.get(self.lang)));
    }

    fn output(&mut self, title: &str, horns: &[Horn]) -> Result<String, Failure> {
        let (most, title) = (horns.len(), plain(title).into_owned());
        let usual = usize::from(most > 0);
        let question = text!("{title} phát ra số mấy [{usual}]: ", "{title} is heard on number [{usual}]: ");
        self.until(&question, |typed| {
            let number = if typed.is_empty() { Some(usual) } else { typed.parse::<usize>().ok() };
            match number {
                Some(0) => Ok(NOWHERE.to_owned()),
                Some(number) if number <= most => Ok(horns[number - 1].output.clone()),
                _ => Err(text!("Ghi một số từ 0 đến {most}.", "Type a number from 0 to {most}.")),
            }
        })
    }

    /// Ask until the answer is one.
    fn until<T>(&mut self, question: &Text, read: impl Fn(&str) -> Result<T, Text>) -> Result<T, Failure> {
        for _ in 0..TRIES {
            Page::ask(question.get(self.lang));
            let mut line = String::new();
            let count = self.from.read_line(&mut line).unwrap_or(0);
            if count == 0 {
                break;
            }
            match read(line.trim()) {
                Ok(answer) => return Ok(answer),
                Err(why) => Page::aside(why.get(self.lang)),
            }
        }
        Err(Failure::new(Exit::Findings, given_up()))
    }
}

fn some(typed: &str, missing: &Text) -> Result<String, Text> {
    if typed.is_empty() { Err(missing.clone()) } else { Ok(typed.to_owned()) }
}

fn given_up() -> Text {
    text!("chưa cài đặt: chưa ghi gì xuống đĩa", "not set up: nothing was written")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn horns() -> Vec<Horn> {
        vec![Horn { output: "device:default".to_owned(), title: "USB".to_owned(), channels: 2 }]
    }

    fn asked(typed: &str) -> Result<Vec<(String, String)>, String> {
        let hamlets = Asker::new(typed.as_bytes(), Lang::En).hamlets(&horns());
        let hamlets = hamlets.map_err(|failure| failure.text().en.clone())?;
        Ok(hamlets.into_iter().map(|one| (one.title, one.output)).collect())
    }

    #[test]
    fn hamlets_are_asked_with_their_cards_and_asked_again_where_an_answer_is_none() {
        let (a, b) = (("Thôn 1".to_owned(), "device:default".to_owned()), ("Thôn 2".to_owned(), "null".to_owned()));
        assert_eq!(asked("Thôn 1, Thôn 2,\n\n0\n"), Ok(vec![a.clone(), b]));
        assert_eq!(asked("\n , \nThôn 1\n9\nx\n1\n"), Ok(vec![a.clone()]));
        // Three on a card of two channels: said, and asked from the start.
        assert_eq!(asked("A, B, C\n1\n1\n1\nThôn 1\n1\n"), Ok(vec![a]));
    }

    #[test]
    fn who_hangs_up_or_types_at_random_sets_nothing_up() {
        for typed in ["", "Thôn 1\n", "\n\n\n\n\n\n\n", "A\n7\n7\n7\n7\n7\n7\n"] {
            assert!(asked(typed).unwrap_err().contains("nothing was written"), "{typed:?}");
        }
        let mut asker = Asker::new("  \n Đài xã \n".as_bytes(), Lang::Vi);
        assert_eq!(asker.name().unwrap(), "Đài xã");
        assert!(asker.admin().is_err());
    }
}
