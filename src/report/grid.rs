//! A table of strings that any page may set, on paper and as cards on a phone.

use askama::Template;

use super::scene::Who;

/// A cell with the words of its column, for the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) label: String,
    pub(super) text: String,
    /// Class in the stylesheet, or nothing.
    pub(super) class: &'static str,
}

/// A row under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) who: Who,
    pub(super) name: String,
    pub(super) cells: Vec<Cell>,
}

/// A column's words, and whether it holds figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) words: String,
    pub(super) class: &'static str,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "grid.html", config = "src/report/askama.toml")]
pub(super) struct Grid {
    pub(super) title: String,
    pub(super) class: &'static str,
    pub(super) first: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

impl Grid {
    /// An empty one; columns of figures.
    pub(super) fn new<S: AsRef<str>>(
        title: impl Into<String>,
        first: impl Into<String>,
        columns: &[S],
    ) -> Self {
        Grid {
            title: title.into(),
            class: "",
            first: first.into(),
            columns: columns
                .iter()
                .map(|c| Column {
                    words: c.as_ref().to_owned(),
                    class: "n",
                })
                .collect(),
            rows: Vec::new(),
        }
    }

    /// With a class of its own.
    pub(super) fn of_class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// Columns of words instead of figures.
    pub(super) fn words_in(mut self, columns: &[usize]) -> Self {
        for &i in columns {
            if let Some(column) = self.columns.get_mut(i) {
                column.class = "";
            }
        }
        self
    }

    /// Adds a row of plain cells.
    pub(super) fn row(&mut self, who: Who, name: impl Into<String>, cells: Vec<String>) {
        let classed = cells.into_iter().map(|c| (c, "")).collect();
        self.classed(who, name, classed);
    }

    /// Adds a row of cells with classes.
    pub(super) fn classed(
        &mut self,
        who: Who,
        name: impl Into<String>,
        cells: Vec<(String, &'static str)>,
    ) {
        let cells = cells
            .into_iter()
            .zip(&self.columns)
            .map(|((text, class), column)| Cell {
                label: column.words.clone(),
                text,
                class: if class.is_empty() {
                    column.class
                } else {
                    class
                },
            })
            .collect();
        self.rows.push(Row {
            who,
            name: name.into(),
            cells,
        });
    }

    /// As HTML, everything escaped.
    pub(super) fn html(&self) -> String {
        self.render()
            .expect("a template of strings into a string has nothing that can fail")
    }
}
