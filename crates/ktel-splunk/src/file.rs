//! Files that are nobody else's business.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

/// How files are opened to be written, so that nobody else can read them.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a file by way of another one, `partial`, in the same folder, and waits until the disk has it: whoever reads it finds
/// all of it, or what was there before.
pub(crate) fn write(path: &Path, partial: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = (|| {
        let mut file = private().create_new(true).open(partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(partial, path)
    })();
    if written.is_err() {
        // Nothing is left of it, if the disk lets go of that.
        let _ = fs::remove_file(partial);
    }
    written
}

/// Removes a file. What is gone already is removed.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Waits until the disk has the names of a folder. Where folders cannot be opened, the system sees to it.
pub(crate) fn sync(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}
