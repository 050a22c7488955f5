//! Rows of a view as a file that other programs read: one file per format, one method each.
//!
//! Names, order and values are those of the view; nothing is renamed, rounded or left out. Which
//! rows, and where they come from, is left to `store` and `commands`.

mod csv;
mod har;
mod json;

use std::io;

pub use self::csv::Csv;
pub use self::har::Har;
pub use self::json::Json;
use crate::model::Table;

/// A way to write rows.
pub trait Format {
    /// Writes every row of `table` to `out`, and flushes it.
    ///
    /// # Errors
    /// Those of writing, kind kept (a closed pipe stays a closed pipe), or those of reading the
    /// rows.
    fn write(&self, table: &mut dyn Table, out: &mut dyn io::Write) -> io::Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Datum;

    /// A table of what is hard to write.
    struct Hard(Vec<[Datum<'static>; 3]>);

    impl Table for Hard {
        fn columns(&self) -> Vec<String> {
            ["id", "reason", "lcp"].map(str::to_owned).into()
        }

        fn each_row(
            &mut self,
            take: &mut dyn FnMut(&[Datum<'_>]) -> io::Result<()>,
        ) -> io::Result<()> {
            self.0.iter().try_for_each(|row| take(row))
        }
    }

    fn hard() -> Hard {
        Hard(vec![
            [Datum::Integer(1), Datum::Null, Datum::Real(2100.25)],
            [
                Datum::Integer(i64::MAX),
                Datum::Text("a \"quoted\", line\nbreak"),
                Datum::Real(0.1 + 0.2),
            ],
            [Datum::Integer(-3), Datum::Text(""), Datum::Real(2e9)],
        ])
    }

    fn written(format: &dyn Format, mut table: Hard) -> String {
        let mut out = Vec::new();
        format.write(&mut table, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_has_a_header_and_quotes_what_needs_it() {
        insta::assert_snapshot!(written(&Csv, hard()), @r#"
        id,reason,lcp
        1,,2100.25
        9223372036854775807,"a ""quoted"", line
        break",0.30000000000000004
        -3,,2000000000
        "#);
        assert_eq!(written(&Csv, Hard(vec![])), "id,reason,lcp\n");
    }

    #[test]
    fn json_is_an_array_of_objects_with_null_for_absent() {
        insta::assert_snapshot!(written(&Json, hard()), @r#"
        [
        {"id":1,"reason":null,"lcp":2100.25},
        {"id":9223372036854775807,"reason":"a \"quoted\", line\nbreak","lcp":0.30000000000000004},
        {"id":-3,"reason":"","lcp":2000000000.0}
        ]
        "#);
        let none: serde_json::Value = serde_json::from_str(&written(&Json, Hard(vec![]))).unwrap();
        assert_eq!(none, serde_json::json!([]));
        assert!(serde_json::from_str::<serde_json::Value>(&written(&Json, hard())).is_ok());
    }

    #[test]
    fn a_closed_pipe_stays_a_closed_pipe() {
        struct Closed;
        impl io::Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for format in [&Csv as &dyn Format, &Json] {
            let error = format.write(&mut hard(), &mut Closed).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        }
    }
}
