//! What a face does as a child of `loa run`: it ends with the daemon, whatever has ended that. Nobody would know of one that
//! is left over, and it would have nobody to order.

use std::io;

/// End this process once its input is closed, which `loa run` holds open; nothing where it is no child of one.
///
/// # Errors
///
/// Where no thread can be made.
pub(super) fn end_with(is_child: bool) -> io::Result<()> {
    if is_child {
        std::thread::Builder::new().name("daemon".to_owned()).spawn(|| {
            let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            std::process::exit(0);
        })?;
    }
    Ok(())
}
