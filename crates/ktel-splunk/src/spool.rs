//! A directory in which what waits survives the process.
//!
//! Each process has a folder of its own there, which it locks for as long as it lives; an envelope is a file in it, written as
//! [`encode`] writes it, so that a person can read it and `ktel send --from` can send it. Whoever comes next takes over the
//! folders that nobody locks any more: those of processes that ended, however they ended.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    fs::{self, DirBuilder, File, TryLockError},
    io::{self, Read as _},
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

use ktel_outbox::{Envelope, Kept, Recovered, Store};
use uuid::Uuid;

use crate::{
    decode::decode,
    encode::encode,
    file::{self, private, remove, sync},
};

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

/// How often the lock of the directory is tried, and the pause in between: a second in all.
const LOCK_ATTEMPTS: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The largest file that is read: several times what any event can have.
const MAX_BYTES: u64 = 256 * 1024;

/// A store in a directory, one for each product. Nothing is made there before something has to be kept or taken over.
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
        file::write(&whole, &partial, encode([envelope]).as_bytes())?;
        sync(&folder);
        Ok(whole)
    }

    /// The folder of this process. It is made, with its lock, while no other process looks for folders without one.
    fn own(&mut self) -> io::Result<&Path> {
        if self.own.is_none() {
            make_folder(&self.directory)?;
            let _alone = lock_directory(&self.directory)?;
            let folder = self.directory.join(format!("{FOLDER}{}", Uuid::new_v4().simple()));
            let lock = open_lock(&lock_of(&folder))?;
            is_ours(&lock)?;
            make_folder(&folder)?;
            sync(&self.directory);
            self.own = Some(Own { folder, _lock: lock });
        }
        self.own.as_ref().map(|own| own.folder.as_path()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Takes over what processes have left that are no more. What cannot be taken over is said, and left alone.
    fn take_over_all(&mut self) -> io::Result<()> {
        let places = folders(&self.directory)?;
        let others = places.iter().any(|path| self.own.as_ref().is_none_or(|own| own.folder != *path));
        if !others {
            return Ok(());
        }
        let own = self.own()?.to_owned();
        let _alone = lock_directory(&self.directory)?;
        for path in folders(&self.directory)? {
            let taken = if path == own { Ok(()) } else { take_over_if_orphaned(&path, &own) };
            if let Err(error) = taken {
                self.tell(&error);
            }
        }
        sync(&own);
        Ok(())
    }

    /// Reads the folder of this process, but for what is known.
    fn read_own(&mut self, known: &BTreeSet<Kept>) -> io::Result<Recovered<Envelope>> {
        let mut recovered = Recovered { items: Vec::new(), lost: 0 };
        let Some(own) = &self.own else { return Ok(recovered) };
        let names: BTreeMap<PathBuf, Kept> = self.files.iter().map(|(kept, path)| (path.clone(), *kept)).collect();
        let mut files = BTreeSet::new();
        for entry in fs::read_dir(&own.folder)? {
            files.insert(entry?.path());
        }
        for path in files.into_iter().filter(|path| ends_with(path, WHOLE)) {
            let kept = names.get(&path).copied();
            if kept.is_some_and(|kept| known.contains(&kept)) {
                continue;
            }
            match read(&path) {
                Ok(Some(envelope)) => {
                    let kept = kept.unwrap_or_else(|| self.remember(path));
                    recovered.items.push((kept, envelope));
                }
                // What is torn will never be whole: it is counted once.
                Ok(None) => {
                    recovered.lost += 1;
                    remove(&path)?;
                }
                Err(error) => self.tell(&error),
            }
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
    fn recover(&mut self, known: &BTreeSet<Kept>) -> Recovered<Envelope> {
        // What could be taken over is read even if not all could.
        if let Err(error) = self.take_over_all() {
            self.tell(&error);
        }
        self.read_own(known).unwrap_or_else(|error| {
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
    /// Takes the folder away if nothing waits in it, and if that can be done at once.
    fn drop(&mut self) {
        let Some(Own { folder, .. }) = &self.own else { return };
        let Ok(alone) = open_lock(&self.directory.join(DIRECTORY_LOCK)) else { return };
        if is_ours(&alone).is_ok_and(|is_ours| is_ours) && fs::remove_dir(folder).is_ok() {
            let _ = fs::remove_file(lock_of(folder));
        }
    }
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spool").field("kept", &self.files.len()).finish_non_exhaustive()
    }
}

/// Makes a folder that is nobody else's business, if it is not there.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The folders of processes in a directory; none if it is not there. What is not ours is left alone, whatever it is.
fn folders(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(folders),
        entries => entries?,
    };
    let mut foreign = 0;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_lock_of = name.strip_suffix(LOCK).filter(|name| is_name(name)).map(|name| directory.join(name));
        match is_lock_of {
            // Its process ended in the middle of a beginning or of an end.
            Some(folder) if !folder.try_exists()? => folders.push(folder),
            Some(_) => {}
            None if name == DIRECTORY_LOCK => {}
            None if is_name(name) && fs::symlink_metadata(&path)?.is_dir() => folders.push(path),
            None => foreign += 1,
        }
    }
    if foreign > 0 {
        tracing::debug!(foreign, "there are files in the spool directory that are not ours");
    }
    Ok(folders)
}

/// Whether the folder of a process may be called so.
fn is_name(name: &str) -> bool {
    name.strip_prefix(FOLDER).is_some_and(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The lock of a folder, beside it.
fn lock_of(folder: &Path) -> PathBuf {
    folder.with_extension(LOCK.trim_start_matches('.'))
}

fn ends_with(path: &Path, ending: &str) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with(ending))
}

fn open_lock(path: &Path) -> io::Result<File> {
    private().create(true).truncate(false).open(path)
}

/// Locks the directory against other processes that look around in it, which takes them no longer than to rename some files.
/// Whoever holds it for longer has been stopped: it is tried again with the next event.
fn lock_directory(directory: &Path) -> io::Result<File> {
    let lock = open_lock(&directory.join(DIRECTORY_LOCK))?;
    for _ in 0..LOCK_ATTEMPTS {
        if is_ours(&lock)? {
            return Ok(lock);
        }
        sleep(LOCK_PAUSE);
    }
    Err(io::ErrorKind::WouldBlock.into())
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

/// Moves the events of a folder to another one, unless its process lives, and takes it away if nothing is left in it.
fn take_over_if_orphaned(from: &Path, to: &Path) -> io::Result<()> {
    let lock = open_lock(&lock_of(from))?;
    if !is_ours(&lock)? {
        return Ok(());
    }
    let mut foreign = 0;
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return remove(&lock_of(from)),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let is_file = fs::symlink_metadata(&path)?.is_file();
        if is_file && ends_with(&path, PARTIAL) {
            // Its process ended before it had promised anything.
            remove(&path)?;
        } else if is_file && ends_with(&path, WHOLE) {
            fs::rename(&path, to.join(path.file_name().unwrap_or_default()))?;
        } else {
            foreign += 1;
        }
    }
    if foreign > 0 {
        tracing::debug!(foreign, "there are files in a folder of the spool that are not ours");
        return Ok(());
    }
    fs::remove_dir(from)?;
    remove(&lock_of(from))
}

/// Reads a file; `None` if it is torn.
fn read(path: &Path) -> io::Result<Option<Envelope>> {
    let mut text = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut text)?;
    Ok(str::from_utf8(&text).ok().and_then(|text| decode(text).ok()))
}
