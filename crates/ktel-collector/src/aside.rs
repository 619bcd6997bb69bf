//! What may block is asked on a thread of its own: a disk may take its time, which is not the host's to lose.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{task::spawn_blocking, time::timeout};

/// Something that may block.
pub(crate) type Aside<T> = Arc<Mutex<T>>;

/// The longest that it is waited for. Whoever keeps it up for longer is done without: reports go on.
const DEADLINE: Duration = Duration::from_secs(20);

/// It does not answer in time.
pub(crate) struct TooSlow;

/// Asks something that may block. `None` if it panics, which is nothing to the host.
pub(crate) async fn ask<T: ?Sized + Send + 'static, R: Send + 'static>(
    thing: &Aside<T>,
    ask: impl FnOnce(&mut T) -> R + Send + 'static,
) -> Result<Option<R>, TooSlow> {
    let thing = Arc::clone(thing);
    let asked = spawn_blocking(move || ask(&mut *thing.lock().unwrap_or_else(PoisonError::into_inner)));
    timeout(DEADLINE, asked).await.map(Result::ok).map_err(|_| TooSlow)
}
