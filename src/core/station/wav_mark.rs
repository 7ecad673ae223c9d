/// Bytes of the header of a WAV file that loa writes: RIFF, `fmt `, the mark, `data`.
pub const WAV_HEADER: usize = 68;

/// Where the mark stands.
const MARK_AT: usize = 36;

/// An INFO list that names the program (RIFF 1991, `ISFT`): by it loa knows its own files again, and writes over
/// no other.
pub const WAV_MARK: &[u8; 24] = b"LIST\x10\0\0\0INFOISFT\x04\0\0\0loa\0";

/// Whether a file that begins so was written by loa, and may be begun anew. An empty one, too.
pub fn is_loas_wav(head: &[u8]) -> bool {
    head.is_empty() || (head.starts_with(b"RIFF") && head.get(MARK_AT..MARK_AT + WAV_MARK.len()) == Some(WAV_MARK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_a_list_chunk_of_its_length() {
        assert_eq!(WAV_MARK.len(), 8 + usize::from(WAV_MARK[4]));
        assert_eq!(WAV_HEADER, MARK_AT + WAV_MARK.len() + 8);
        assert!(is_loas_wav(b"") && !is_loas_wav(b"RIFF"));
    }
}
