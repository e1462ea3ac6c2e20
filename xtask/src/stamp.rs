//! Whether a step has to be done again.
//!
//! In: everything that a step's result depends on. Out: a key; the same key as last time means the result still holds. Never: times of files,
//! which a checkout or a copy changes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::failure::{OrFail as _, Outcome};

/// Gathers what a result depends on.
#[derive(Default)]
pub(crate) struct Inputs(Sha256);

impl Inputs {
    pub(crate) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// With their number, so that no two lists of inputs look alike.
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// A file's content, or that there is none.
    pub(crate) fn file(self, path: &Path) -> Outcome<Self> {
        match fs::read(path) {
            Ok(bytes) => Ok(self.bytes(&bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(self.text("none")),
            Err(error) => Err(error).or_fail(format!("cannot read {}", path.display())),
        }
    }

    /// Names and contents of all files below a folder, `node_modules` aside.
    pub(crate) fn folder(mut self, path: &Path) -> Outcome<Self> {
        for file in files(path)? {
            self = self.text(&file.to_string_lossy()).file(&file)?;
        }
        Ok(self)
    }

    pub(crate) fn key(self) -> String {
        self.0.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }
}

/// Runs `work` unless it was done with this key before; true when it ran.
pub(crate) fn unless_done(stamp: &Path, key: &str, work: impl FnOnce() -> Outcome) -> Outcome<bool> {
    if fs::read_to_string(stamp).is_ok_and(|last| last == key) {
        return Ok(false);
    }
    // Removed first: work that breaks off half-way must not pass for done.
    drop(fs::remove_file(stamp));
    work()?;
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder).or_fail(format!("cannot make {}", folder.display()))?;
    }
    fs::write(stamp, key).or_fail(format!("cannot write {}", stamp.display()))?;
    Ok(true)
}

/// All files below a folder in a fixed order, `node_modules` aside; none when there is no such folder.
pub(crate) fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.or_fail(format!("cannot list {}", folder.display()))?.path();
            if !path.is_dir() {
                found.push(path);
            } else if path.file_name().is_some_and(|name| name != "node_modules") {
                open.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_input_ends_and_the_next_begins_matters() {
        let first = Inputs::default().text("ab").text("c").key();
        let second = Inputs::default().text("a").text("bc").key();
        assert_ne!(first, second);
    }

    #[test]
    fn work_that_fails_is_done_again() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        let stamp = folder.join("stamp");
        assert!(unless_done(&stamp, "one", || Ok(())).unwrap());
        assert!(!unless_done(&stamp, "one", || Ok(())).unwrap());
        assert!(unless_done(&stamp, "two", || Err(crate::failure::Failure::new("broken"))).is_err());
        assert!(unless_done(&stamp, "one", || Ok(())).unwrap());
        fs::remove_dir_all(&folder).unwrap();
    }
}
