use super::problem::Problem;
use super::unread::from_to;

/// Rows of one answer, where nobody says how many.
const USUAL: usize = 100;

/// Rows of one answer, at most.
pub(super) const ROWS_MOST: usize = 500;

/// How many rows are asked for, `most` at most.
pub(super) fn rows(limit: Option<usize>, most: usize) -> Result<usize, Problem> {
    let rows = limit.unwrap_or(USUAL);
    if (1..=most).contains(&rows) { Ok(rows) } else { Err(Problem::has_to_be("limit", &from_to(1, most))) }
}

/// The part of a list that a cursor, the number of those that were given before, asks for; and the next cursor.
pub(super) fn part<T>(
    all: impl IntoIterator<Item = T>,
    cursor: Option<&str>,
    limit: Option<usize>,
) -> Result<(Vec<T>, Option<String>), Problem> {
    let before: usize = cursor.map_or(Ok(0), |given| given.parse().map_err(|_| Problem::no_cursor()))?;
    let rows = rows(limit, ROWS_MOST)?;
    let mut rest = all.into_iter().skip(before);
    let part: Vec<T> = rest.by_ref().take(rows).collect();
    let next = rest.next().is_some().then(|| (before + rows).to_string());
    Ok((part, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_part_by_part_to_its_end_and_nothing_twice() {
        let (mut cursor, mut read): (Option<String>, Vec<usize>) = (None, Vec::new());
        loop {
            let (part, next) = part(0..250, cursor.as_deref(), Some(100)).ok().unwrap();
            read.extend(part);
            match next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(read, (0..250).collect::<Vec<_>>());
        assert!(part(0..3, Some("-1"), None).is_err() && part(0..3, None, Some(0)).is_err());
        assert!(part(0..3, None, Some(501)).is_err() && part(0..3, Some("99999999999999999999"), None).is_err());
    }
}
