//! A bounded reader for a folder of documents, with a report of the files that it leaves out.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest document that is read: 1 MiB is a book.
const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// The most documents that are read.
const MAX_FILES: usize = 2_000;
/// The most text of all documents together: the index takes a small multiple of it in memory.
const MAX_TOTAL_BYTES: u64 = 32 * 1024 * 1024;
/// The depth of nested folders.
const MAX_DEPTH: usize = 16;
/// The most entries that are visited, so that the root of a disk does not keep the start waiting.
const MAX_ENTRIES: usize = 50_000;
/// The most left-out files that are reported.
const MAX_SKIPPED: usize = 100;

const EXTENSIONS: [&str; 3] = ["md", "markdown", "txt"];

/// A folder that cannot be opened as a library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// Nothing is at this path.
    #[error("there is no folder {}: create it, put Markdown files (*.md) into it, or let DOCS_DIR name another", .0.display())]
    Missing(PathBuf),
    /// The path leads to something that is not a folder.
    #[error("{} is not a folder: DOCS_DIR names the folder that holds the documents, not one of them", .0.display())]
    NotAFolder(PathBuf),
    /// The folder is there but cannot be listed.
    #[error("the folder {} cannot be read ({source}): give the user that runs the proxy the right to list it", .path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
}

/// A file or folder that was left out of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its path below the folder that was opened.
    pub path: PathBuf,
    /// The reason.
    pub reason: SkipReason,
}

/// The reason why a file or folder was left out of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SkipReason {
    /// The operating system refused to read it.
    #[error("cannot be read")]
    Unreadable,
    /// It is larger than 1 MiB.
    #[error("is larger than 1 MiB")]
    TooLarge,
    /// It is not text in UTF-8.
    #[error("is not text in UTF-8")]
    NotText,
    /// It is a link that leads out of the folder.
    #[error("is a link that leads out of the folder")]
    LeadsOut,
    /// The library already holds 2,000 documents or 32 MiB, or the folder has too many entries or levels.
    #[error("is more than the library takes (2,000 documents, 32 MiB, 16 levels of folders)")]
    LibraryFull,
}

/// The text of a file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path below the folder that was opened.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The contents of a folder.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) sources: Vec<Source>,
    pub(crate) skipped: Vec<Skipped>,
}

impl Folder {
    /// Reads every document below `dir`, in the order of their paths.
    pub(crate) fn read(dir: &Path) -> Result<Self, LibraryError> {
        let unreadable = |source| LibraryError::Unreadable { path: dir.to_owned(), source };
        let root = dir.canonicalize().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => LibraryError::Missing(dir.to_owned()),
            _ => unreadable(error),
        })?;
        if !root.is_dir() {
            return Err(LibraryError::NotAFolder(dir.to_owned()));
        }
        let entries = list(&root, MAX_ENTRIES).map_err(unreadable)?;
        let mut walk = Walk { seen: BTreeSet::from([root.clone()]), root, ..Walk::default() };
        walk.visit(entries, Path::new(""), 0);
        Ok(walk.folder)
    }
}

/// Lists the paths in a folder, sorted, so that answers do not depend on the file system's order.
fn list(dir: &Path, limit: usize) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(dir)?
        .take(limit)
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// A walk through a folder and those below it.
#[derive(Default)]
struct Walk {
    root: PathBuf,
    /// Canonical paths that were read: links can neither loop nor duplicate a document.
    seen: BTreeSet<PathBuf>,
    entries: usize,
    bytes: u64,
    folder: Folder,
}

impl Walk {
    fn visit(&mut self, entries: Vec<PathBuf>, below: &Path, depth: usize) {
        for entry in entries {
            let Some(name) = entry.file_name() else { continue };
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            let path = below.join(name);
            self.entries += 1;
            if let Err(reason) = self.read(&entry, &path, depth) {
                self.skip(path, reason);
            }
        }
    }

    fn read(&mut self, entry: &Path, path: &Path, depth: usize) -> Result<(), SkipReason> {
        let canonical = entry.canonicalize().map_err(|_| SkipReason::Unreadable)?;
        if canonical.is_dir() {
            return self.descend(canonical, path, depth);
        }
        if !is_document(path) || self.seen.contains(&canonical) {
            return Ok(());
        }
        if !canonical.starts_with(&self.root) {
            return Err(SkipReason::LeadsOut);
        }
        if self.folder.sources.len() >= MAX_FILES {
            return Err(SkipReason::LibraryFull);
        }
        let text = read_text(&canonical)?;
        self.keep(path, text)?;
        self.seen.insert(canonical);
        Ok(())
    }

    fn keep(&mut self, path: &Path, text: String) -> Result<(), SkipReason> {
        let bytes = self.bytes + text.len() as u64;
        if bytes > MAX_TOTAL_BYTES {
            return Err(SkipReason::LibraryFull);
        }
        self.bytes = bytes;
        self.folder.sources.push(Source { path: path.to_owned(), text });
        Ok(())
    }

    fn descend(&mut self, canonical: PathBuf, path: &Path, depth: usize) -> Result<(), SkipReason> {
        if !canonical.starts_with(&self.root) {
            return Err(SkipReason::LeadsOut);
        }
        if self.seen.contains(&canonical) {
            return Ok(());
        }
        let entries_left = MAX_ENTRIES.saturating_sub(self.entries);
        if depth >= MAX_DEPTH || entries_left == 0 {
            return Err(SkipReason::LibraryFull);
        }
        let entries = list(&canonical, entries_left).map_err(|_| SkipReason::Unreadable)?;
        self.seen.insert(canonical);
        self.visit(entries, path, depth + 1);
        Ok(())
    }

    fn skip(&mut self, path: PathBuf, reason: SkipReason) {
        if self.folder.skipped.len() < MAX_SKIPPED {
            self.folder.skipped.push(Skipped { path, reason });
        }
    }
}

fn is_document(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|found| EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(found)))
}

/// Reads a text file; a pipe or a device is refused before it is opened, since opening one may never return.
fn read_text(path: &Path) -> Result<String, SkipReason> {
    let found = fs::metadata(path).map_err(|_| SkipReason::Unreadable)?;
    if !found.is_file() {
        return Err(SkipReason::NotText);
    }
    if found.len() > MAX_FILE_BYTES {
        return Err(SkipReason::TooLarge);
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|_| SkipReason::Unreadable)?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|_| SkipReason::Unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(SkipReason::TooLarge);
    }
    String::from_utf8(bytes).map_err(|_| SkipReason::NotText)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn write(dir: &Path, path: &str, bytes: &[u8]) {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().write_all(bytes).unwrap();
    }

    fn paths(folder: &Folder) -> Vec<String> {
        folder.sources.iter().map(|source| source.path.display().to_string()).collect()
    }

    #[test]
    fn documents_are_read_below_the_folder_in_the_order_of_their_paths() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["b.md", "a/z.markdown", "a/c.TXT", "picture.png", ".hidden.md", ".git/x.md"] {
            write(dir.path(), path, b"text");
        }
        assert_eq!(paths(&Folder::read(dir.path()).unwrap()), ["a/c.TXT", "a/z.markdown", "b.md"]);
    }

    #[test]
    fn what_cannot_be_read_is_reported_with_its_reason() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "good.md", b"text");
        write(dir.path(), "latin.md", b"Gr\xfc\xdfe");
        write(dir.path(), "large.md", &vec![b'a'; 1024 * 1024 + 1]);
        let folder = Folder::read(dir.path()).unwrap();
        assert_eq!(paths(&folder), ["good.md"]);
        let skipped: Vec<_> =
            folder.skipped.iter().map(|file| (file.path.to_str().unwrap(), file.reason)).collect();
        assert_eq!(skipped, [("large.md", SkipReason::TooLarge), ("latin.md", SkipReason::NotText)]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_the_folder_only_and_never_in_circles() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        write(outside.path(), "secret.md", b"secret");
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "..data/one.md", b"text");
        symlink("..data/one.md", dir.path().join("one.md")).unwrap();
        symlink(outside.path().join("secret.md"), dir.path().join("secret.md")).unwrap();
        symlink(outside.path(), dir.path().join("away")).unwrap();
        symlink(".", dir.path().join("circle")).unwrap();
        let folder = Folder::read(dir.path()).unwrap();
        assert_eq!(paths(&folder), ["one.md"]);
        let reasons: Vec<_> = folder.skipped.iter().map(|file| file.reason).collect();
        assert_eq!(reasons, [SkipReason::LeadsOut, SkipReason::LeadsOut]);
    }

    #[test]
    fn only_so_many_documents_are_read() {
        let dir = tempfile::tempdir().unwrap();
        for number in 0..=MAX_FILES {
            write(dir.path(), &format!("{number:05}.md"), b"text");
        }
        let folder = Folder::read(dir.path()).unwrap();
        assert_eq!(folder.sources.len(), MAX_FILES);
        assert_eq!(folder.skipped, [Skipped { path: "02000.md".into(), reason: SkipReason::LibraryFull }]);
    }

    #[test]
    fn only_so_much_text_is_read() {
        let dir = tempfile::tempdir().unwrap();
        for number in 0..=32 {
            write(dir.path(), &format!("{number:02}.md"), &vec![b'a'; 1024 * 1024]);
        }
        let folder = Folder::read(dir.path()).unwrap();
        assert_eq!((folder.sources.len(), folder.skipped.len()), (32, 1));
    }

    #[test]
    fn a_path_without_a_folder_says_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let missing = Folder::read(&dir.path().join("docs")).unwrap_err().to_string();
        assert!(missing.contains("DOCS_DIR") && missing.contains("*.md"), "{missing}");
        write(dir.path(), "one.md", b"text");
        let file = Folder::read(&dir.path().join("one.md")).unwrap_err();
        assert!(matches!(file, LibraryError::NotAFolder(_)), "{file}");
    }
}
