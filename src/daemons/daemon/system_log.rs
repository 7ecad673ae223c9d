use std::os::unix::net::UnixDatagram;

/// Where systemd's log takes entries (`systemd-journald.socket`).
const SOCKET: &str = "/run/systemd/journal/socket";

/// What a line is about: `journalctl LOA_ZONE=thon-3 LOA_CODE=wait_expired` finds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum LogField {
    /// A zone's id.
    Zone(String),
    /// A broadcast's id.
    Broadcast(String),
    /// A code of `docs/codes.md`, or a reason's.
    Code(String),
}

impl LogField {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Zone(id) => ("LOA_ZONE", id),
            Self::Broadcast(id) => ("LOA_BROADCAST", id),
            Self::Code(code) => ("LOA_CODE", code),
        }
    }
}

/// The system's log by its own protocol: an entry of several lines stays one, and has fields to search by.
#[derive(Debug)]
pub(super) struct SystemLog(UnixDatagram);

impl SystemLog {
    /// `None` where no socket is to be had.
    pub(super) fn open() -> Option<Self> {
        UnixDatagram::unbound().ok().map(Self)
    }

    /// Whether the log took it; `priority` by the numbers of syslog. Waits while it takes nothing at all, as a pipe does.
    pub(super) fn take(&self, priority: u8, said: &str, fields: &[LogField]) -> bool {
        self.0.send_to(&entry(priority, said, fields), SOCKET).is_ok()
    }
}

/// An entry as systemd's log reads it (systemd.io/JOURNAL_NATIVE_PROTOCOL).
fn entry(priority: u8, said: &str, fields: &[LogField]) -> Vec<u8> {
    let mut entry = Vec::with_capacity(said.len() + 128);
    put(&mut entry, "MESSAGE", said);
    put(&mut entry, "PRIORITY", &priority.to_string());
    put(&mut entry, "SYSLOG_IDENTIFIER", "loa");
    for (name, value) in fields.iter().map(LogField::parts) {
        put(&mut entry, name, value);
    }
    entry
}

/// `NAME=value`; a value of several lines by its length, so that no line of it can pass for a field.
fn put(entry: &mut Vec<u8>, name: &str, value: &str) {
    entry.extend_from_slice(name.as_bytes());
    if value.contains('\n') {
        entry.push(b'\n');
        entry.extend_from_slice(&(value.len() as u64).to_le_bytes());
    } else {
        entry.push(b'=');
    }
    entry.extend_from_slice(value.as_bytes());
    entry.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_with_its_fields_and_several_lines_by_their_length() {
        let [zone, broadcast, code] = ["thon-3", "ban-tin", "wait_expired"].map(str::to_owned);
        let fields = [LogField::Zone(zone), LogField::Broadcast(broadcast), LogField::Code(code)];
        assert_eq!(
            String::from_utf8(entry(4, "05:30 Thôn 3", &fields)).unwrap(),
            "MESSAGE=05:30 Thôn 3\nPRIORITY=4\nSYSLOG_IDENTIFIER=loa\nLOA_ZONE=thon-3\nLOA_BROADCAST=ban-tin\nLOA_CODE=wait_expired\n"
        );
        // What somebody wrote into a name makes no field of it.
        let sly = [LogField::Broadcast("a\nPRIORITY=0".to_owned())];
        assert_eq!(
            entry(6, "a\nb", &sly),
            b"MESSAGE\n\x03\0\0\0\0\0\0\0a\nb\nPRIORITY=6\nSYSLOG_IDENTIFIER=loa\nLOA_BROADCAST\n\x0c\0\0\0\0\0\0\0a\nPRIORITY=0\n"
        );
    }
}
