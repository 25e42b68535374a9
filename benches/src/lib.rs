//! Rust micro-benchmarks; the side-by-side runs against peers are the Python scripts beside this crate.

use std::error::Error;

/// CPU seconds of this thread so far, user and system, from `/proc`.
///
/// # Errors
/// There is no `/proc`.
pub fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    // The count is that of the last tick, unless the thread offers the processor to others.
    std::thread::yield_now();
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = counts.split(' ').next().ok_or("no counts")?.parse()?;
    Ok(nanoseconds / 1e9)
}
