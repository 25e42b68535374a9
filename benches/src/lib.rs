//! Rust micro-benchmarks; the side-by-side runs against peers are the Python scripts beside this crate.
