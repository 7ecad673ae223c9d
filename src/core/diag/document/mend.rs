use super::Meaning;
use super::parse::is_toml;
use crate::diag::fold;

/// What stands for `"` in the files of people, phones and word processors.
const QUOTES: [char; 13] = ['"', '＂', '“', '”', '„', '‟', '«', '»', '\'', '’', '‘', '＇', '`'];
/// Blanks that look like a space and are none.
const BLANK: [char; 6] = ['\u{a0}', '\u{2007}', '\u{202f}', '\u{3000}', '\u{2003}', '\t'];
/// A longer line is no slip of the pen.
const MAX_BYTES: usize = 2_000;

/// Whether a line can be shown as it stands: it is as long as people write them, and commands no terminal.
pub(super) fn is_shown_whole(line: &str) -> bool {
    line.len() <= MAX_BYTES
        && !line.chars().any(|c| c.is_control() && c != '\t')
        && !line.contains(['\u{200e}', '\u{200f}'])
        && !line.chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

/// The line as it was probably meant, in its section: a line of TOML by itself. `None` where nothing better is known.
pub(super) fn line(written: &str, section: &str, meaning: &Meaning) -> Option<String> {
    if !is_shown_whole(written) || second_key(written).is_some() {
        return None;
    }
    let plain = narrowed(written.trim());
    if plain.starts_with('#') {
        return (plain != written.trim()).then_some(plain);
    }
    let plain = without_mark(&plain);
    let mended = header(plain, meaning).or_else(|| assignment(plain, section, meaning))?;
    (mended != written.trim() && is_toml(&mended)).then_some(mended)
}

/// What stands before a line of a list in a letter: `- id = "tin"`, `• id = "tin"`.
pub(super) fn without_mark(line: &str) -> &str {
    let rest = line.trim_start().trim_start_matches(['-', '–', '—', '•', '·', '*', '+', '▪', '●', '○', '\u{f0b7}']);
    if rest.len() < line.len() && rest.starts_with([' ', '\t']) { rest.trim_start() } else { line }
}

/// The key that begins anew behind a value or a header on the same line: `at` in `title = "Tin" at = "05:30"`.
pub(super) fn second_key(line: &str) -> Option<&str> {
    let (line, _) = without_remark(line);
    let (mut quote, mut depth, mut ended) = (None, 0_i32, None);
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => (quote, ended) = (None, Some(at + 1)),
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => (depth, ended) = (depth - 1, Some(at + 1)),
            (None, '=') if depth == 0 => {
                if let Some(key) = ended.take().and_then(|end| line.get(end..at)) {
                    let key = key.trim_matches([' ', '\t', ',', ';']);
                    return is_bare_key(key).then_some(key);
                }
            }
            (None, c)
                if c == ' ' || c == '\t' || c == '_' || c == '-' || c == ',' || c == ';' || c.is_alphanumeric() => {}
            _ => ended = None,
        }
    }
    None
}

/// The same for a line that holds elements of a list which began further up.
pub(super) fn elements(written: &str) -> Option<String> {
    if !is_shown_whole(written) {
        return None;
    }
    let (value, remark) = without_remark(written.trim());
    let value = narrowed(value.trim());
    let closed = value.ends_with(']');
    let inner = value.trim_end_matches(']').trim();
    let more = inner.ends_with([',', ';']);
    let items: Vec<String> = items(inner).iter().map(|item| quoted(unquoted(item))).collect();
    let mended =
        format!("{}{}{}", items.join(", "), if more && !closed { "," } else { "" }, if closed { "]" } else { "" });
    let alone = format!("x = [{}]", mended.trim_end_matches(']'));
    let mended = if remark.is_empty() { mended } else { format!("{mended}  {remark}") };
    (!items.is_empty() && mended != written.trim() && is_toml(&alone)).then_some(mended)
}

/// Ordinary signs, digits and blanks in place of their wide forms, outside of what stands in quotes.
fn narrowed(line: &str) -> String {
    let mut open = None;
    let mut out = String::new();
    for c in line.chars() {
        match (open, c) {
            (None, c) if BLANK.contains(&c) => out.push(' '),
            (_, '\u{200b}' | '\u{feff}' | '\u{ad}') => {}
            (None, '、' | '，') => out.push(','),
            (None, '＂' | '＇') => {
                open = Some(c);
                out.push('"');
            }
            // The wide forms stand in the order of ASCII.
            (None, '！'..='～') => out.extend(char::from_u32(u32::from(c) - 0xfee0)),
            (None, '"') => {
                open = Some('"');
                out.push(c);
            }
            (Some('＂' | '＇'), '＂' | '＇') => {
                open = None;
                out.push('"');
            }
            (Some('"'), '"') => {
                open = None;
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// `[[phát]]`, `[[broadcast]`, `[rules`: a header with its brackets.
fn header(line: &str, meaning: &Meaning) -> Option<String> {
    let (line, remark) = without_remark(line);
    let line = line.trim();
    // `broadcast:`, as a file of another kind begins.
    if let Some(known) = line.strip_suffix(':').and_then(|name| (meaning.header)(&fold(name))) {
        return Some(joined(known, remark));
    }
    if !line.starts_with('[') && !line.ends_with(']') || line.contains(['=', '"', ',']) {
        return None;
    }
    let name = line.trim_matches(['[', ']', ' ']);
    let twice = line.starts_with("[[") || line.ends_with("]]");
    let known = (meaning.header)(&fold(name)).map(str::to_owned);
    // `[days.chợ phiên]`: a name that is no plain word stands in quotes.
    let (sections, own) = name.rsplit_once('.').map_or((name, None), |(sections, own)| (sections, Some(own.trim())));
    if sections.is_empty() || !sections.split('.').all(|part| is_bare_key(part.trim())) || own == Some("") {
        return known.map(|known| joined(&known, remark));
    }
    let name = match own {
        Some(own) if !is_bare_key(own) => format!("{sections}.\"{}\"", unquoted(own)),
        _ => name.to_owned(),
    };
    let mended = known.unwrap_or_else(|| if twice { format!("[[{name}]]") } else { format!("[{name}]") });
    Some(joined(&mended, remark))
}

/// `key = value`, with its sign, its quotes and its brackets.
fn assignment(line: &str, section: &str, meaning: &Meaning) -> Option<String> {
    let (line, remark) = without_remark(line);
    let line = without_end_mark(line);
    let (written, value) = parted(line)?;
    let key = if written.split('.').all(|part| is_bare_key(part.trim())) {
        written.to_owned()
    } else if written.starts_with('"') {
        format!("\"{}\"", unquoted(written))
    } else {
        let ranged = (meaning.ranged)(&fold(written)).filter(|_| value.contains(['-', '–', '—']));
        ranged.or_else(|| (meaning.key)(section, &fold(written)))?.to_owned()
    };
    let value = value.trim();
    if value.starts_with('{') {
        return braced(value).map(|value| joined(&format!("{key} = {value}"), remark));
    }
    if value.is_empty() {
        return None;
    }
    let bracketed = value.starts_with('[') || value.ends_with(']');
    let list_of_many = || (meaning.value)(&key, unquoted(value), meaning.today).filter(|many| many.starts_with('['));
    if let Some(many) = (!bracketed).then(list_of_many).flatten() {
        return Some(joined(&format!("{key} = {many}"), remark));
    }
    let mended = if bracketed && !value.starts_with("[[") {
        let inner = value.trim_start_matches('[').trim_end_matches(']').trim();
        list(&key, inner, meaning)?
    } else if (meaning.is_list)(&key) && items(value).len() > 1 && !is_number(&value.replacen(',', ".", 1)) {
        list(&key, value, meaning)?
    } else {
        scalar(&key, value, meaning)?
    };
    Some(joined(&format!("{key} = {mended}"), remark))
}

/// `at = "05:30",`: what parts lines elsewhere does not stand at the end of a line here.
fn without_end_mark(line: &str) -> &str {
    let rest = line.trim_end().trim_end_matches([',', ';', '.']).trim_end();
    if rest.contains('=') && rest.ends_with(['"', ']', '}']) { rest } else { line }
}

fn joined(line: &str, remark: &str) -> String {
    if remark.is_empty() { line.to_owned() } else { format!("{line}  {remark}") }
}

/// A line and the remark behind its `#`; one within quotes is a letter.
fn without_remark(line: &str) -> (&str, &str) {
    let mut quotes = 0;
    for (at, c) in line.char_indices() {
        match c {
            '"' => quotes += 1,
            '#' if quotes % 2 == 0 => return (line[..at].trim_end(), &line[at..]),
            _ => {}
        }
    }
    (line, "")
}

/// Key and value, whatever stands between them: `=`, `:` or nothing but a blank.
fn parted(line: &str) -> Option<(&str, &str)> {
    let key_end = line.find(['=', ':', '"', '[']).unwrap_or(line.len());
    match line[key_end..].chars().next() {
        Some('=' | ':') => Some((line[..key_end].trim(), line[key_end + 1..].trim_start_matches(['=', '>', ' ']))),
        // A key in quotes.
        Some('"') if line[..key_end].trim().is_empty() => {
            let (before, value) = line.split_once('=')?;
            Some((before.trim(), value))
        }
        Some(_) if is_bare_key(line[..key_end].trim()) => Some((line[..key_end].trim(), &line[key_end..])),
        _ => {
            let (key, value) = line.split_once(' ')?;
            let digits = value.trim_start().starts_with(|c: char| c.is_ascii_digit());
            (digits && is_bare_key(key)).then_some((key, value))
        }
    }
}

/// A table on one line, each key of which can stand there: `khác` as `khac`, `chủ nhật` in quotes.
fn braced(value: &str) -> Option<String> {
    let (mut out, mut word, mut quote, mut lists, mut in_key) = (String::new(), String::new(), false, 0_u32, false);
    for c in value.chars() {
        quote ^= c == '"';
        if in_key && c == '=' && !quote {
            let key = word.trim();
            let plain = is_bare_key(key) || key.starts_with(['"', '\'']);
            let mended = match key {
                _ if plain => key.to_owned(),
                _ if key.chars().all(char::is_alphabetic) => fold(key),
                _ => format!("\"{key}\""),
            };
            out.push_str(&word.replacen(key, &mended, 1));
            (word, in_key) = (String::new(), false);
        }
        if in_key {
            word.push(c);
            continue;
        }
        out.push(c);
        match c {
            '[' if !quote => lists += 1,
            ']' if !quote => lists = lists.saturating_sub(1),
            '{' | ',' if !quote && lists == 0 => in_key = true,
            _ => {}
        }
    }
    (out != value && word.is_empty() && is_toml(&format!("x = {out}"))).then_some(out)
}

fn is_bare_key(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// What stands between the commas; a comma or a blank that is missing between two quotes is put in.
fn items(list: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut open = false;
    let chars: Vec<char> = list.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let rest = || chars[at + 1..].iter().find(|next| !next.is_whitespace());
        let current = out.last_mut().map_or("", |item| item.trim());
        if QUOTES.contains(c) {
            if !open && current.is_empty() {
                open = true;
            } else if open && rest().is_none_or(|next| matches!(next, ',' | ';' | ']' | '…') || QUOTES.contains(next))
            {
                open = false;
                if let Some(item) = out.last_mut() {
                    item.push(*c);
                }
                // The next one opens at once: a comma is missing.
                if rest().is_some_and(|next| QUOTES.contains(next)) {
                    out.push(String::new());
                }
                continue;
            }
        }
        // «vân vân» of a list says nothing.
        if *c == '…' && !open {
            continue;
        }
        if matches!(c, ',' | ';') && (!open || rest().is_some_and(|next| QUOTES.contains(next))) {
            open = false;
            out.push(String::new());
            continue;
        }
        if let Some(item) = out.last_mut() {
            item.push(*c);
        }
    }
    out.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

fn list(key: &str, inner: &str, meaning: &Meaning) -> Option<String> {
    let items: Option<Vec<String>> = items(inner).iter().map(|item| scalar(key, item, meaning)).collect();
    // One text that held several is several elements of the list around it.
    let items: Vec<String> =
        items?.into_iter().map(|item| item.trim_start_matches('[').trim_end_matches(']').to_owned()).collect();
    Some(format!("[{}]", items.join(", ")))
}

/// One value: as it is where it is TOML, as its key wants it, else as a text in quotes. `None` for a day that no month has.
fn scalar(key: &str, written: &str, meaning: &Meaning) -> Option<String> {
    let inner = unquoted(written);
    let in_quotes = written.starts_with(QUOTES) || written.ends_with(QUOTES);
    if let Some(meant) = (meaning.value)(key, inner, meaning.today) {
        return Some(meant);
    }
    let parts: Vec<&str> = inner.split(['-', '/', '.']).collect();
    if !in_quotes && parts.len() == 3 && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    if (meaning.refused)(key, inner, meaning.today).is_some() {
        return None;
    }
    let comma = inner.replacen(',', ".", 1);
    Some(match inner.to_lowercase().as_str() {
        _ if in_quotes => quoted(inner),
        flag @ ("true" | "false") => flag.to_owned(),
        _ if is_toml(&format!("x = {inner}")) => inner.to_owned(),
        _ if is_number(&comma) => comma,
        _ => quoted(inner),
    })
}

fn is_number(word: &str) -> bool {
    word.parse::<f64>().is_ok_and(f64::is_finite)
        && word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.'))
}

fn unquoted(written: &str) -> &str {
    written.trim_matches(|c: char| QUOTES.contains(&c) || c.is_whitespace())
}

fn quoted(inner: &str) -> String {
    // A path of Windows; nothing else needs the sign.
    format!("\"{}\"", inner.replace('\\', "/").replace('"', ""))
}
