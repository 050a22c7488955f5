//! Whether `targets.toml` has changed since it was last looked at.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file that is looked at now and then.
#[derive(Debug)]
pub(super) struct Watched {
    path: PathBuf,
    seen: Option<(SystemTime, u64)>,
}

impl Watched {
    pub(super) fn new(path: &Path) -> Watched {
        Watched {
            path: path.to_owned(),
            seen: stamp(path),
        }
    }

    /// Whether it is another one than at the last look. An editor that writes in two steps is seen
    /// at each: the second is the one that is whole.
    pub(super) fn changed(&mut self) -> bool {
        let now = stamp(&self.path);
        let changed = now.is_some() && now != self.seen;
        if changed {
            self.seen = now;
        }
        changed
    }
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}
