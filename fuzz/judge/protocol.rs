// Bytes as a line on the socket: a command or a refusal, and a command says the same when it is written again.

use loa_daemons::daemon::protocol::{Command, LINE_MOST, Reply};

/// As what a client sends, and as what a daemon answers.
pub(crate) fn line(bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(LINE_MOST as usize)];
    if let Ok(command) = serde_json::from_slice::<Command>(bytes) {
        let again = serde_json::to_string(&command).expect("a command can be written");
        assert_eq!(serde_json::from_str::<Command>(&again).expect("and read"), command);
    }
    if let Ok(reply) = serde_json::from_slice::<Reply>(bytes) {
        serde_json::to_string(&reply).expect("a reply can be written");
    }
}
