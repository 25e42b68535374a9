//! Conformance tables and properties of the grader. The tables in `cases/` are read by Rust and Python alike.
