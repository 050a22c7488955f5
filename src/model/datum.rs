//! Plain rows of plain values: what `store` offers of a view and `export` writes.
//!
//! They carry no meaning of their own, so that a file has exactly what the view has.

use std::io;

/// One field of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Datum<'a> {
    /// Absent.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Text.
    Text(&'a str),
}

/// Rows under named columns, read one after another.
pub trait Table {
    /// Names of the columns, in order; known even when there is no row.
    fn columns(&self) -> Vec<String>;

    /// Hands every row to `take`, in order. A row has one datum a column.
    ///
    /// # Errors
    /// The first error of `take`, or that of reading the rows.
    fn each_row(&mut self, take: &mut dyn FnMut(&[Datum<'_>]) -> io::Result<()>) -> io::Result<()>;
}
