//! A directory in which what waits survives the process.
//!
//! Each process has a folder of its own there, which it locks for as long as it lives; an envelope is a file in it, written as
//! [`encode`] writes it, so that a person can read it and `ktel send --from` can send it. Whoever comes next takes over the
//! folders that nobody locks any more: those of processes that ended, however they ended.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use ktel_outbox::{Envelope, Kept, Recovered, Store};
use uuid::Uuid;

use crate::{decode::decode, encode::encode};

/// What the folder of a process is called, before its identifier.
const FOLDER: &str = "ktel-";

/// What the lock of a folder, beside it, is called behind its name.
const LOCK: &str = ".lock";

/// The lock of the directory, held while folders come and go.
const DIRECTORY_LOCK: &str = "ktel.lock";

/// How files end that are whole.
const WHOLE: &str = ".event";

/// How files end that are being written. No other process reads them.
const PARTIAL: &str = ".partial";

/// The largest file that is read: several times what any event can have.
const MAX_BYTES: u64 = 256 * 1024;

/// A store in a directory. Nothing is made there before something has to be kept.
///
/// A disk that is full, read-only or not there is said once in the log, and tried again with each event.
pub struct Spool {
    directory: PathBuf,
    /// The folder of this process, once there is one.
    own: Option<Own>,
    files: BTreeMap<Kept, PathBuf>,
    next: u64,
    is_told: bool,
}

struct Own {
    folder: PathBuf,
    /// Held for as long as the process lives; the system lets go of it however that ends.
    _lock: File,
}

impl Spool {
    /// A store in this directory, which is made when it is needed.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), own: None, files: BTreeMap::new(), next: 0, is_told: false }
    }

    fn try_keep(&mut self, envelope: &Envelope) -> io::Result<PathBuf> {
        let folder = self.own()?.to_owned();
        // Files come in the order of their times, then of their making.
        let name = format!("{:016}-{:08}-{}", envelope.time.as_millis(), self.next, Uuid::new_v4().simple());
        let (partial, whole) = (folder.join(format!("{name}{PARTIAL}")), folder.join(format!("{name}{WHOLE}")));
        let written = write(&partial, encode([envelope]).as_bytes()).and_then(|()| fs::rename(&partial, &whole));
        if written.is_err() {
            // Nothing is left of it, if the disk lets go of that.
            let _ = fs::remove_file(&partial);
        }
        written?;
        sync(&folder);
        Ok(whole)
    }

    /// The folder of this process. It is made, with its lock, while no other process looks for folders without one.
    fn own(&mut self) -> io::Result<&Path> {
        if self.own.is_none() {
            fs::create_dir_all(&self.directory)?;
            let _alone = lock_directory(&self.directory)?;
            let name = format!("{FOLDER}{}", Uuid::new_v4().simple());
            let lock = open_lock(&self.directory.join(format!("{name}{LOCK}")))?;
            is_ours(&lock)?;
            let folder = self.directory.join(name);
            fs::create_dir(&folder)?;
            sync(&self.directory);
            self.own = Some(Own { folder, _lock: lock });
        }
        self.own.as_ref().map(|own| own.folder.as_path()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Takes over what processes have left that are no more.
    fn try_recover(&mut self) -> io::Result<Recovered<Envelope>> {
        let mut recovered = Recovered { items: Vec::new(), lost: 0 };
        if !self.directory.try_exists()? {
            return Ok(recovered);
        }
        let own = self.own()?.to_owned();
        let _alone = lock_directory(&self.directory)?;
        let mut foreign = 0;
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path == own || name == DIRECTORY_LOCK {
                continue;
            }
            if let Some(folder) = name.strip_suffix(LOCK).filter(|name| is_folder(name)) {
                // Its process ended in the middle of a beginning or an end.
                if !self.directory.join(folder).try_exists()? {
                    remove(&path)?;
                }
                continue;
            }
            if !is_folder(name) || !fs::symlink_metadata(&path)?.is_dir() {
                foreign += 1;
                continue;
            }
            let lock_path = self.directory.join(format!("{name}{LOCK}"));
            let lock = open_lock(&lock_path)?;
            if is_ours(&lock)? {
                let left = take_over(&path, &own)?;
                foreign += left;
                if left == 0 {
                    fs::remove_dir(&path)?;
                    remove(&lock_path)?;
                }
            }
        }
        sync(&own);
        let mut files: BTreeSet<PathBuf> = BTreeSet::new();
        for entry in fs::read_dir(&own)? {
            files.insert(entry?.path());
        }
        self.files.clear();
        for path in files {
            match read(&path) {
                Ok(Some(envelope)) => recovered.items.push((self.remember(path), envelope)),
                // What is torn will never be whole: it is counted once.
                Ok(None) => {
                    recovered.lost += 1;
                    fs::remove_file(path)?;
                }
                Err(error) => self.tell(&error),
            }
        }
        if foreign > 0 {
            tracing::warn!(foreign, "there are files in the spool directory that are not ours; they were left alone");
        }
        Ok(recovered)
    }

    fn remember(&mut self, path: PathBuf) -> Kept {
        let kept = Kept(self.next);
        self.next += 1;
        self.files.insert(kept, path);
        kept
    }

    /// Says what is wrong with the disk, once. The path stays with the one who set it.
    fn tell(&mut self, error: &io::Error) {
        if self.is_told {
            tracing::debug!("the spool: {}", error.kind());
        } else {
            tracing::warn!(
                "telemetry that waits is not safe from a restart: the spool directory has failed: {}",
                error.kind()
            );
        }
        self.is_told = true;
    }
}

impl Store for Spool {
    fn recover(&mut self) -> Recovered<Envelope> {
        self.try_recover().unwrap_or_else(|error| {
            self.tell(&error);
            Recovered { items: Vec::new(), lost: 0 }
        })
    }

    fn keep(&mut self, envelope: &Envelope) -> Option<Kept> {
        match self.try_keep(envelope) {
            Ok(path) => {
                self.is_told = false;
                Some(self.remember(path))
            }
            Err(error) => {
                if error.kind() == io::ErrorKind::NotFound {
                    // Somebody has taken the folder away; the next event gets a new one.
                    self.own = None;
                }
                self.tell(&error);
                None
            }
        }
    }

    fn forget(&mut self, kept: Kept) {
        let Some(path) = self.files.remove(&kept) else { return };
        if let Err(error) = remove(&path) {
            self.tell(&error);
        }
    }
}

impl Drop for Spool {
    /// Takes the folder away if nothing waits in it.
    fn drop(&mut self) {
        let Some(Own { folder, .. }) = &self.own else { return };
        if let Ok(_alone) = lock_directory(&self.directory)
            && fs::remove_dir(folder).is_ok()
        {
            let _ = fs::remove_file(folder.with_extension(LOCK.trim_start_matches('.')));
        }
    }
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spool").field("kept", &self.files.len()).finish_non_exhaustive()
    }
}

/// Writes a file and waits until the disk has it.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Removes a file. What is gone already is removed.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Waits until the disk has the names of a folder. Where folders cannot be opened, the system sees to it.
fn sync(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

fn is_folder(name: &str) -> bool {
    name.strip_prefix(FOLDER).is_some_and(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).open(path)
}

/// Locks the directory against other processes that look around in it, which takes them no longer than to rename some files.
fn lock_directory(directory: &Path) -> io::Result<File> {
    let lock = open_lock(&directory.join(DIRECTORY_LOCK))?;
    match lock.lock() {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
        result => result?,
    }
    Ok(lock)
}

/// Locks a folder, and says whether nobody else had. Where there are no locks, nobody else has: what is then sent twice can be
/// told by its identifiers.
fn is_ours(lock: &File) -> io::Result<bool> {
    match lock.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Moves the events of one folder to another. Answers how many files it left alone, since they are not ours.
fn take_over(from: &Path, to: &Path) -> io::Result<usize> {
    let mut foreign = 0;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_file = fs::symlink_metadata(&path)?.is_file();
        if is_file && name.ends_with(PARTIAL) {
            // Its process ended before it had promised anything.
            fs::remove_file(&path)?;
        } else if is_file && name.ends_with(WHOLE) {
            fs::rename(&path, to.join(name))?;
        } else {
            foreign += 1;
        }
    }
    Ok(foreign)
}

/// Reads a file; `None` if it is torn.
fn read(path: &Path) -> io::Result<Option<Envelope>> {
    let mut text = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut text)?;
    Ok(str::from_utf8(&text).ok().and_then(|text| decode(text).ok()))
}
