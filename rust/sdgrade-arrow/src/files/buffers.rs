//! Large buffers that are used again.
//!
//! A page of long responses takes tens of megabytes. In memory fresh from the system each 4 KiB of it
//! cost a page fault, which together take half as long as decompressing zstd into it.

use std::collections::TryReserveError;
use std::sync::{Arc, Mutex, PoisonError};

/// Buffers that wait to be used again. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Buffers {
    waiting: Arc<Mutex<Vec<Vec<u8>>>>,
    /// Larger ones do not wait.
    largest: usize,
}

impl Default for Buffers {
    fn default() -> Self {
        Self::up_to(usize::MAX)
    }
}

impl Buffers {
    /// Below this the allocator itself keeps what is freed.
    const LARGE: usize = 1 << 17;
    /// Of a column with a dictionary two pages are in use, and the next one while the last rows go.
    const KEPT: usize = 3;

    /// None that is larger than `largest` is kept.
    pub(crate) fn up_to(largest: usize) -> Self {
        Self { waiting: Arc::default(), largest }
    }

    /// A buffer with room for `size` bytes. What is in it has no meaning.
    ///
    /// # Errors
    /// There is not as much memory.
    pub(crate) fn take(&self, size: usize) -> Result<Buffer, TryReserveError> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.sort_unstable_by_key(Vec::capacity);
        let fits = waiting.iter().position(|bytes| bytes.capacity() >= size);
        let mut bytes = match fits {
            Some(smallest) if size >= Self::LARGE => waiting.remove(smallest),
            _ => Vec::new(),
        };
        if fits.is_none() {
            // The sizes grow; what is too small now would not be used again.
            waiting.pop();
        }
        if bytes.capacity() < size {
            // Room for pages that are somewhat larger; what is not written to takes no memory.
            let room = size.saturating_add(size / 8);
            bytes.try_reserve_exact(room)?;
        }
        Ok(Buffer { bytes, home: self.clone() })
    }
}

/// A buffer that goes back to wait when it is dropped.
#[derive(Default)]
pub(crate) struct Buffer {
    pub(crate) bytes: Vec<u8>,
    home: Buffers,
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut waiting = self.home.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = (Buffers::LARGE..=self.home.largest).contains(&bytes.capacity());
        if fits && waiting.len() < Buffers::KEPT {
            waiting.push(bytes);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a failed test says where
mod tests {
    use super::*;

    #[test]
    fn a_large_buffer_is_used_again_and_a_larger_one_takes_its_place() {
        let buffers = Buffers::default();
        let waiting =
            || buffers.waiting.lock().unwrap().iter().map(Vec::capacity).collect::<Vec<_>>();
        let take = |size| drop(buffers.take(size).unwrap());
        take(10);
        assert_eq!(waiting(), [0; 0]);
        for (size, left) in [
            (8 << 20, 9 << 20),
            (4 << 20, 9 << 20),
            (9 << 20, 9 << 20),
            (16 << 20, 18 << 20),
            (10, 18 << 20),
        ] {
            take(size);
            assert_eq!(waiting(), [left]);
        }
    }

    #[test]
    fn no_more_buffers_wait_than_are_in_use_at_once() {
        let buffers = Buffers::default();
        let held: Vec<Buffer> = (0..9).map(|_| buffers.take(1 << 18).unwrap()).collect();
        drop(held);
        assert_eq!(buffers.waiting.lock().unwrap().len(), Buffers::KEPT);
    }

    #[test]
    fn a_size_that_cannot_be_had_is_an_error() {
        assert!(Buffers::default().take(usize::MAX).is_err());
    }
}
