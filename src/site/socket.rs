use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::fs::{self, Mode, OFlags};

use super::{Folder, split};

/// So many bytes of an address the system takes for a socket (unix(7)), its end not counted.
const ADDRESS_MOST: usize = 107;
/// Its owner and its group give orders.
const MODE: u32 = 0o660;

/// Where a socket is bound and reached, however long its path is: through its directory, which this holds open, where the
/// system does not take the path itself.
#[derive(Debug)]
pub struct SocketAddress {
    path: PathBuf,
    _within: Option<OwnedFd>,
}

impl SocketAddress {
    /// Of the socket at `socket`.
    pub fn of(socket: &Path) -> Self {
        Self::through_directory(socket).unwrap_or_else(|| Self { path: socket.to_owned(), _within: None })
    }

    /// What the system takes, as long as this lives.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn through_directory(socket: &Path) -> Option<Self> {
        if socket.as_os_str().as_bytes().len() <= ADDRESS_MOST {
            return None;
        }
        let (folder, name) = split(socket).ok()?;
        // The right to list it is not needed.
        let within = fs::open(folder, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", within.as_raw_fd())).join(name);
        Some(Self { path, _within: Some(within) })
    }
}

/// Bind a socket that its owner and its group may use; its directory's owner's, also where an administrator binds it. What
/// is in its place is taken away: whoever calls knows that nobody lives behind it.
pub fn bind_socket(socket: &Path) -> io::Result<UnixListener> {
    let (folder, name) = split(socket)?;
    let folder = Folder::open(folder)?;
    folder.remove(name)?;
    let listener = UnixListener::bind(SocketAddress::of(socket).path())?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(MODE))?;
    folder.give_to_its_owner(name);
    Ok(listener)
}

/// Reach whoever listens at `socket`.
pub fn connect_socket(socket: &Path) -> io::Result<UnixStream> {
    UnixStream::connect(SocketAddress::of(socket).path())
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    #[test]
    fn a_socket_is_bound_and_reached_however_long_its_path_is() {
        let dir = tempfile::tempdir().unwrap();
        for letters in [1, 60, 80, 200] {
            let folder = dir.path().join("thôn").join("x".repeat(letters)).join("y".repeat(letters));
            std::fs::create_dir_all(&folder).unwrap();
            let socket = folder.join("loa.sock");
            for _ in 0..2 {
                let listener = bind_socket(&socket).unwrap();
                assert_eq!(socket.metadata().unwrap().permissions().mode() & 0o777, MODE);
                connect_socket(&socket).unwrap().write_all(b"stop").unwrap();
                let mut said = String::new();
                listener.accept().unwrap().0.read_to_string(&mut said).unwrap();
                assert_eq!(said, "stop");
            }
            // A child that another test is about to start holds it open for an instant.
            let mut tries = (0..100).map(|_| connect_socket(&socket).inspect(|_| std::thread::yield_now()));
            let refused = tries.find_map(Result::err).map(|error| error.kind());
            assert_eq!(refused, Some(io::ErrorKind::ConnectionRefused));
        }
    }

    #[test]
    fn where_nobody_is_the_error_says_so_however_long_the_path_is() {
        let dir = tempfile::tempdir().unwrap();
        for letters in [1, 200] {
            let folder = dir.path().join("x".repeat(letters));
            let socket = folder.join("loa.sock");
            std::fs::create_dir_all(&folder).unwrap();
            assert_eq!(connect_socket(&socket).unwrap_err().kind(), io::ErrorKind::NotFound);
        }
    }
}
