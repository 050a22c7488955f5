//! Pages of tables with links, as `outpace serve` shows them: the overview, the visits of a run, and
//! why there is no such page.
//!
//! They look as the report does, need no script and ask for nothing outside; what is on them is
//! gathered in `commands`.

#[cfg(test)]
mod tests;

use askama::Template;

use super::fonts::faces;
use super::text::clean;

/// Its own rules, after those that all reports share.
const STYLE: &str = include_str!("browse.css");
/// What all reports share.
const HOUSE: &str = include_str!("../style.css");

/// Words, and where they lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The words.
    pub text: String,
    /// Address on this server; empty without one.
    pub link: String,
}

impl Words {
    /// Words that lead somewhere.
    #[must_use]
    pub fn linked(text: impl Into<String>, link: impl Into<String>) -> Self {
        Words {
            text: text.into(),
            link: link.into(),
        }
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Words {
            text,
            link: String::new(),
        }
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Words, set left.
    Words,
    /// Figures, set right.
    Figures,
}

/// Whose row it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Whose {
    /// Ours, in our colour.
    Own,
    /// That of the best overseas, in its colour.
    Best,
    /// Somebody else's, or nobody's.
    #[default]
    Other,
}

impl Whose {
    fn class(self) -> &'static str {
        match self {
            Whose::Own => "own",
            Whose::Best => "best",
            Whose::Other => "",
        }
    }
}

/// A row, as many cells as there are columns; the first names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Whose it is.
    pub whose: Whose,
    /// Its cells.
    pub cells: Vec<Words>,
}

impl Row {
    /// A row of nobody's.
    #[must_use]
    pub fn of(cells: Vec<Words>) -> Self {
        Row {
            whose: Whose::Other,
            cells,
        }
    }
}

/// A table under its heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its heading.
    pub title: String,
    /// Columns, and what they hold.
    pub columns: Vec<(&'static str, Holds)>,
    /// Rows; without any, only the note is printed.
    pub rows: Vec<Row>,
    /// What is to be known of it; may be empty.
    pub note: String,
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Browse {
    /// Where it belongs, above the heading.
    pub kicker: Words,
    /// What it is.
    pub heading: String,
    /// What is to be said first.
    pub ledes: Vec<String>,
    /// Other sights of the same, in groups.
    pub sights: Vec<Vec<Words>>,
    /// Its tables.
    pub tables: Vec<Table>,
}

/// A cell with the words of its column, for the phone.
struct Cell {
    label: &'static str,
    class: &'static str,
    text: String,
    link: String,
}

/// A table ready to print.
struct Printed {
    title: String,
    columns: Vec<(&'static str, &'static str)>,
    rows: Vec<(&'static str, Vec<Cell>)>,
    note: String,
}

#[derive(Template)]
#[template(path = "browse.html", config = "src/report/askama.toml")]
struct Page {
    css: String,
    kicker: Words,
    heading: String,
    ledes: Vec<String>,
    sights: Vec<Vec<Words>>,
    tables: Vec<Printed>,
}

/// The page as HTML.
///
/// # Errors
/// When the template fails, which plain strings give it no occasion to.
pub fn page(browse: &Browse) -> Result<String, askama::Error> {
    let cleaned = |words: &Words| Words::linked(clean(&words.text), words.link.as_str());
    Page {
        css: format!("{}{HOUSE}\n{STYLE}", faces()),
        kicker: cleaned(&browse.kicker),
        heading: clean(&browse.heading),
        ledes: browse.ledes.iter().map(|l| clean(l)).collect(),
        sights: browse
            .sights
            .iter()
            .map(|group| group.iter().map(cleaned).collect())
            .collect(),
        tables: browse.tables.iter().map(printed).collect(),
    }
    .render()
}

fn printed(table: &Table) -> Printed {
    let class = |holds: Holds| match holds {
        Holds::Figures => "n",
        Holds::Words => "",
    };
    let columns: Vec<(&str, &str)> = table
        .columns
        .iter()
        .map(|(words, holds)| (*words, class(*holds)))
        .collect();
    let rows = table.rows.iter().map(|row| {
        let cells = row.cells.iter().zip(&columns);
        let cells = cells.map(|(words, (label, class))| Cell {
            label,
            class,
            text: clean(&words.text),
            link: words.link.clone(),
        });
        (row.whose.class(), cells.collect())
    });
    Printed {
        title: clean(&table.title),
        rows: rows.collect(),
        columns,
        note: clean(&table.note),
    }
}
