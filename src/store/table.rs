//! The rows of view `visit` as they are: for exports, and for the hash that says which data a
//! report was made from.
//!
//! Knows no column by name, so whatever a migration adds to the view comes through.

use std::fmt::Write as _;
use std::io;

use rusqlite::Statement;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::open::Store;
use super::read::{RUN_MATCHES, VisitFilter};
use crate::model::{Datum, Table};

/// Rows of view `visit`, oldest first.
#[derive(Debug)]
pub struct VisitTable<'s> {
    store: &'s Store,
    statement: Statement<'s>,
    filter: VisitFilter,
}

/// The hash of one row of view `visit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowHash {
    /// Id of the visit.
    pub visit: i64,
    /// Id of its run.
    pub run: i64,
    /// SHA-256.
    pub hash: [u8; 32],
}

impl Store {
    /// The rows of view `visit` that match, with all of its columns.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn visit_table(&self, filter: &VisitFilter) -> Result<VisitTable<'_>, StoreError> {
        let statement = self
            .conn
            .prepare(&format!(
                "SELECT * FROM visit
                 WHERE run IN (SELECT r.id FROM runs AS r WHERE {RUN_MATCHES}) ORDER BY id"
            ))
            .map_err(|e| self.error(e))?;
        Ok(VisitTable {
            store: self,
            statement,
            filter: *filter,
        })
    }

    /// SHA-256, in hexadecimal, of the rows of view `visit` that match.
    ///
    /// The text that is hashed is, for each row, `column=length:value` and a line feed for every
    /// field that is not NULL, then an empty line. Numbers are in their shortest form that reads
    /// back; length is in bytes. NULLs are left out, so that the hash of old rows stays the same
    /// when a later schema adds a metric.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn data_hash(&self, filter: &VisitFilter) -> Result<String, StoreError> {
        Ok(self.data_hashes(filter)?.0)
    }

    /// The same, with the SHA-256 of each row's text by id of the visit: what became of each is then
    /// told from what came in addition.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn data_hashes(&self, filter: &VisitFilter) -> Result<(String, Vec<RowHash>), StoreError> {
        let (mut all, mut rows) = (Sha256::new(), Vec::new());
        self.each_text(filter, |text, (visit, run)| {
            all.update(text);
            rows.push(RowHash {
                visit,
                run,
                hash: Sha256::digest(text).into(),
            });
        })?;
        let hex = all.finalize().iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a String takes any text");
            hex
        });
        Ok((hex, rows))
    }

    /// The text of each row, with the ids of visit and run.
    fn each_text(
        &self,
        filter: &VisitFilter,
        mut take: impl FnMut(&[u8], (i64, i64)),
    ) -> Result<(), StoreError> {
        let mut table = self.visit_table(filter)?;
        let columns = table.columns();
        let at = |name: &str| columns.iter().position(|c| c == name);
        let (visit, run) = (at("id"), at("run"));
        let (mut line, mut value) = (String::new(), String::new());
        table.each(|row| {
            line.clear();
            for (column, datum) in columns.iter().zip(row) {
                canonical(&mut line, column, (datum, &mut value));
            }
            line.push('\n');
            take(line.as_bytes(), (number(row, visit), number(row, run)));
            Ok::<(), StoreError>(())
        })
    }
}

/// A number of a row; 0 where there is none, which no id is.
fn number(row: &[Datum<'_>], at: Option<usize>) -> i64 {
    match at.and_then(|i| row.get(i)) {
        Some(Datum::Integer(i)) => *i,
        _ => 0,
    }
}

/// Adds a field to a line; the buffer is for its value, so that none is made a field.
fn canonical(line: &mut String, column: &str, (datum, buffer): (&Datum<'_>, &mut String)) {
    buffer.clear();
    let value = match datum {
        Datum::Null => return,
        Datum::Integer(i) => {
            write!(buffer, "{i}").expect("a String takes any text");
            buffer.as_str()
        }
        Datum::Real(v) => {
            write!(buffer, "{v}").expect("a String takes any text");
            buffer.as_str()
        }
        Datum::Text(t) => t,
    };
    writeln!(line, "{column}={}:{value}", value.len()).expect("a String takes any text");
}

impl VisitTable<'_> {
    fn each<E: From<StoreError>>(
        &mut self,
        mut take: impl FnMut(&[Datum<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let store = self.store;
        let width = self.statement.column_count();
        let mut rows = self
            .statement
            .query(self.filter.bounds())
            .map_err(|e| store.error(e))?;
        while let Some(row) = rows.next().map_err(|e| store.error(e))? {
            let mut data = Vec::with_capacity(width);
            for i in 0..width {
                data.push(datum(row.get_ref(i).map_err(|e| store.error(e))?)?);
            }
            take(&data)?;
        }
        Ok(())
    }
}

impl Table for VisitTable<'_> {
    fn columns(&self) -> Vec<String> {
        self.statement
            .column_names()
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    fn each_row(&mut self, take: &mut dyn FnMut(&[Datum<'_>]) -> io::Result<()>) -> io::Result<()> {
        self.each(take)
    }
}

fn datum(value: ValueRef<'_>) -> Result<Datum<'_>, StoreError> {
    match value {
        ValueRef::Null => Ok(Datum::Null),
        ValueRef::Integer(i) => Ok(Datum::Integer(i)),
        ValueRef::Real(v) => Ok(Datum::Real(v)),
        ValueRef::Text(t) => std::str::from_utf8(t)
            .map(Datum::Text)
            .map_err(|e| StoreError::content("a text of view `visit`", e)),
        ValueRef::Blob(_) => Err(StoreError::content(
            "a field of view `visit`",
            "it is neither text nor number",
        )),
    }
}
