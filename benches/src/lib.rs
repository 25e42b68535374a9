//! Rust micro-benchmarks; the side-by-side runs against peers are the Python scripts beside this crate.

use std::error::Error;

/// CPU seconds of this process so far, user and system, from `/proc` (in ticks of 10 ms).
///
/// # Errors
/// There is no `/proc`.
pub fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit_once(')').ok_or("no stat")?.1.split_whitespace().collect();
    let ticks =
        |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).ok_or("no ticks");
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}
