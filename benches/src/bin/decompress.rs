//! What zstd costs alone: decompresses the pages of the two columns of `regrade` into one buffer and
//! prints the CPU seconds. `benches/regrade/run.py` runs it beside regrading.

use std::error::Error;
use std::fs::File;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::file::metadata::ParquetMetaDataReader;
use parquet::file::serialized_reader::SerializedPageReader;
use sdtool_benches::cpu_seconds;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name a Parquet file")?;
    let file = Arc::new(File::open(path)?);
    let metadata = ParquetMetaDataReader::new().parse_and_finish(file.as_ref())?;
    let start = cpu_seconds()?;
    let mut decompressor = zstd::bulk::Decompressor::new()?;
    let (mut bytes, mut buffer) = (0, Vec::new());
    for group in metadata.row_groups() {
        let rows = usize::try_from(group.num_rows())?;
        let is_read = |name: &str| ["gold", "response"].contains(&name);
        for column in
            group.columns().iter().filter(|column| is_read(&column.column_path().string()))
        {
            // The reader is told that nothing is compressed, and so hands out the pages as they are.
            let stored = column.clone().into_builder();
            let stored = stored.set_compression(Compression::UNCOMPRESSED).build()?;
            let whole = usize::try_from(column.uncompressed_size())?;
            for page in SerializedPageReader::new(Arc::clone(&file), &stored, rows, None)? {
                buffer.clear();
                buffer.reserve(whole);
                bytes += decompressor.decompress_to_buffer(page?.buffer(), &mut buffer)?;
            }
        }
    }
    if bytes == 0 {
        return Err("there are no pages of zstd".into());
    }
    let seconds = cpu_seconds()? - start;
    #[allow(clippy::print_stdout)] // this is a program
    {
        println!("{seconds:.4}");
    }
    Ok(())
}
