//! Files that are whole or not there: a full disk or a kill leaves what stood before.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::Context;

/// Writes a file under another name beside it and then gives it its name.
///
/// # Errors
/// When it cannot be written; what stood there before is unchanged.
pub fn write(path: &Path, body: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let made = || -> std::io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".outpace-")
            // Less what the user's mask takes away, as any new file has.
            .permissions(std::fs::Permissions::from_mode(0o666))
            .tempfile_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(body.as_ref())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    made().with_context(|| format!("could not write `{}`", path.display()))
}
