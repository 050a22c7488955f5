//! One JSON array with one object a row, each on a line of its own; an absent value is `null`.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::Format;
use crate::model::{Datum, Table};

/// `outpace export json`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json;

impl Format for Json {
    fn write(&self, table: &mut dyn Table, out: &mut dyn Write) -> io::Result<()> {
        let mut out = io::BufWriter::new(out);
        let columns = table.columns();
        let mut before = "[\n";
        table.each_row(&mut |row| {
            out.write_all(before.as_bytes())?;
            before = ",\n";
            let object: Map<String, Value> =
                columns.iter().cloned().zip(row.iter().map(value)).collect();
            serde_json::to_writer(&mut out, &object).map_err(io::Error::from)
        })?;
        out.write_all(if before == "[\n" { b"[]\n" } else { b"\n]\n" })?;
        out.flush()
    }
}

fn value(datum: &Datum<'_>) -> Value {
    match *datum {
        Datum::Null => Value::Null,
        Datum::Integer(i) => i.into(),
        // JSON has no infinity; the store keeps none.
        Datum::Real(v) => v.into(),
        Datum::Text(t) => t.into(),
    }
}
