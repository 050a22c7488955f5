//! Comma-separated values after RFC 4180, with a header line. An absent value is an empty field,
//! which CSV cannot tell from an empty text.

use std::io;

use csv::{ErrorKind, Writer};

use super::Format;
use crate::model::{Datum, Table};

/// `outpace export csv`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Csv;

impl Format for Csv {
    fn write(&self, table: &mut dyn Table, out: &mut dyn io::Write) -> io::Result<()> {
        let mut out = Writer::from_writer(out);
        out.write_record(table.columns()).map_err(as_io)?;
        table.each_row(&mut |row| {
            for datum in row {
                match *datum {
                    Datum::Null => out.write_field(""),
                    Datum::Integer(i) => out.write_field(i.to_string()),
                    Datum::Real(v) => out.write_field(v.to_string()),
                    Datum::Text(t) => out.write_field(t),
                }
                .map_err(as_io)?;
            }
            // Ends the line.
            out.write_record(None::<&[u8]>).map_err(as_io)
        })?;
        out.flush()
    }
}

/// The `From` of the `csv` crate would hide the kind.
fn as_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
