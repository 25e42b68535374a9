//! Reads the `.eval` logs of `inspect_ai`: zip archives with one JSON file a sample.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipResult;

use crate::Error;
use crate::files::buffers::Buffer;
use crate::files::objects::{CHUNK, Objects, Place, only};

/// The samples of a log, in the order in which they stand in it, which is that of their completion.
pub(crate) struct Chunks {
    path: PathBuf,
    archive: ZipArchive<BufReader<File>>,
    samples: std::vec::IntoIter<String>,
}

impl Chunks {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| Error::input(path, error))?;
        let archive = ZipArchive::new(BufReader::with_capacity(1 << 16, file))
            .map_err(|error| Error::input(path, error))?;
        let is_sample =
            |name: &&str| name.starts_with("samples/") && name.rsplit('.').next() == Some("json");
        let samples: Vec<String> =
            archive.file_names().filter(is_sample).map(str::to_owned).collect();
        // A run that was stopped before its first sample has no more than the journal of its start.
        let is_log =
            archive.file_names().any(|name| name == "header.json" || name.starts_with("_journal/"));
        if samples.is_empty() && !is_log {
            return Err(Error::input(path, "this archive is no log of inspect_ai"));
        }
        Ok(Self { path: path.to_owned(), archive, samples: samples.into_iter() })
    }

    /// Appends a member to `text`; returns its size in the archive.
    fn read(&mut self, name: &str, text: &mut Vec<u8>) -> ZipResult<u64> {
        let mut member = self.archive.by_name(name)?;
        // The checksum is compared at the end of the member.
        member.read_to_end(text)?;
        Ok(member.compressed_size())
    }
}

impl Iterator for Chunks {
    type Item = Result<Objects, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut objects = Objects { text: Buffer::default(), places: Vec::new(), file_bytes: 0 };
        while objects.text.bytes.len() < CHUNK {
            let Some(name) = self.samples.next() else { break };
            let start = objects.text.bytes.len();
            match self.read(&name, &mut objects.text.bytes) {
                Ok(size) => objects.file_bytes += size,
                Err(error) => return Some(Err(Place::Member(name).bad(&self.path, error))),
            }
            match only(&objects.text.bytes[start..]) {
                Ok(range) => objects
                    .places
                    .push((Place::Member(name), start + range.start..start + range.end)),
                Err(what) => return Some(Err(Place::Member(name).bad(&self.path, what))),
            }
        }
        (!objects.places.is_empty()).then_some(Ok(objects))
    }
}
