//! What reading costs at least: decodes the two columns of `regrade` as binary views and prints the CPU
//! seconds. `benches/regrade/run.py` runs it beside regrading.

use std::error::Error;
use std::fs::File;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::{FileMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::schema::types::{SchemaDescriptor, Type};
use sdtool_benches::cpu_seconds;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name a Parquet file")?;
    let file = File::open(path)?;
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
    let about = metadata.file_metadata();

    // The same columns without the note that they are text.
    let plain = |old: &Arc<Type>| {
        let info = old.get_basic_info();
        Type::primitive_type_builder(old.name(), old.get_physical_type())
            .with_repetition(info.repetition())
            .build()
            .map(Arc::new)
    };
    let fields = about
        .schema_descr()
        .root_schema()
        .get_fields()
        .iter()
        .map(plain)
        .collect::<Result<_, _>>()?;
    let root = Type::group_type_builder("schema").with_fields(fields).build()?;
    let schema = Arc::new(SchemaDescriptor::new(Arc::new(root)));
    let mask = ProjectionMask::columns(&schema, ["gold", "response"]);
    let about = FileMetaData::new(about.version(), about.num_rows(), None, None, schema, None);
    let metadata = Arc::new(ParquetMetaData::new(about, metadata.row_groups().to_vec()));
    let binary = ArrowReaderMetadata::try_new(Arc::clone(&metadata), ArrowReaderOptions::new())?;
    let view = |field: &Arc<Field>| match field.data_type() {
        DataType::Binary => field.as_ref().clone().with_data_type(DataType::BinaryView),
        _ => field.as_ref().clone(),
    };
    let views = Schema::new(binary.schema().fields().iter().map(view).collect::<Vec<_>>());
    let reader = ArrowReaderMetadata::try_new(
        metadata,
        ArrowReaderOptions::new().with_schema(Arc::new(views)),
    )?;

    let start = cpu_seconds()?;
    let mut rows = 0;
    let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(file, reader)
        .with_projection(mask)
        .with_batch_size(64);
    for batch in batches.build()? {
        rows += batch?.num_rows();
    }
    if rows == 0 {
        return Err("there are no rows".into());
    }
    let seconds = cpu_seconds()? - start;
    #[allow(clippy::print_stdout)] // this is a program
    {
        println!("{seconds:.4}");
    }
    Ok(())
}
