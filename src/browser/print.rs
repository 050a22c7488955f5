//! HTML to PDF by the browser's own print command: DevTools' `Page.printToPDF`, since WebDriver's
//! "Print Page" has no word for bookmarks.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use jiff::civil::Date;
use serde_json::json;
use url::Url;

use super::error::BrowserError;
use super::scripts::BOXES;
use super::session::Session;

const PRINT_DEADLINE: Duration = Duration::from_secs(60);

const CM_PER_INCH: f64 = 2.54;

/// Paper, in centimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paper {
    /// Width.
    pub width_cm: f64,
    /// Height.
    pub height_cm: f64,
}

/// A page on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The PDF, dated by what it tells of and not by the clock, so that the same page gives the
    /// same file.
    pub pdf: Vec<u8>,
    /// The signs of the page's text that no font of the browser's machine has, in order: they are
    /// boxes on the paper.
    pub boxes: String,
}

/// Prints an HTML file, with tags, and bookmarks from its headings. The page's own `@page` rules set
/// margins and footers.
///
/// # Errors
/// When the driver fails, or does not answer in time.
pub async fn pdf(
    session: &Session,
    html: &Path,
    (paper, dated): (Paper, Date),
) -> Result<Printed, BrowserError> {
    let url = Url::from_file_path(html).map_err(|()| BrowserError::Command {
        command: "print",
        why: format!("`{}` is not an absolute path", html.display()),
    })?;
    session.goto(&url).await?;
    let ready = "const done = arguments[arguments.length - 1];\
                 document.fonts.ready.then(() => done(document.readyState));";
    session
        .execute_async(ready, Vec::new(), PRINT_DEADLINE)
        .await?;
    let boxes = session.execute(BOXES, Vec::new()).await?;
    let params = json!({
        "printBackground": true,
        "paperWidth": paper.width_cm / CM_PER_INCH,
        "paperHeight": paper.height_cm / CM_PER_INCH,
        "marginTop": 0, "marginRight": 0, "marginBottom": 0, "marginLeft": 0,
        "generateTaggedPDF": true,
        "generateDocumentOutline": true,
    });
    let print = session.cdp_within("Page.printToPDF", params, PRINT_DEADLINE);
    let printed = print.await?;
    let data = printed["data"].as_str().unwrap_or_default();
    let bytes = base64::engine::general_purpose::STANDARD.decode(data);
    match bytes {
        Ok(pdf) if pdf.starts_with(b"%PDF") => Ok(Printed {
            pdf: at_date(pdf, dated),
            boxes: boxes.as_str().unwrap_or_default().to_owned(),
        }),
        _ => Err(BrowserError::Command {
            command: "print",
            why: "the browser answered without a PDF".to_owned(),
        }),
    }
}

/// Puts midnight of a date in the place of the moment of printing. Both have the same length, so
/// that nothing else of the file moves; a file that is written otherwise stays as it is.
fn at_date(mut pdf: Vec<u8>, date: Date) -> Vec<u8> {
    // PDF 32000-1:2008, 7.9.4: (D:YYYYMMDDHHmmSS+00'00').
    let written = date.strftime("(D:%Y%m%d000000+00'00')").to_string();
    for key in ["/CreationDate ", "/ModDate "] {
        let Some(at) = place_of(&pdf, key.as_bytes()) else {
            continue;
        };
        let field = &mut pdf[at + key.len()..];
        let is_date = field.starts_with(b"(D:") && field.get(written.len() - 1) == Some(&b')');
        if is_date {
            field[..written.len()].copy_from_slice(written.as_bytes());
        }
    }
    pdf
}

fn place_of(all: &[u8], part: &[u8]) -> Option<usize> {
    all.windows(part.len()).position(|w| w == part)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_pdf_is_dated_by_its_data_and_keeps_its_length() {
        let of = |text: &str| {
            let pdf = at_date(text.as_bytes().to_vec(), date(2026, 10, 31));
            String::from_utf8(pdf).unwrap()
        };
        let printed =
            "<</CreationDate (D:20261126164500+00'00')\n/ModDate (D:20261126164501+00'00')>>";
        assert_eq!(
            of(printed),
            "<</CreationDate (D:20261031000000+00'00')\n/ModDate (D:20261031000000+00'00')>>"
        );
        for other in ["<</Title (x)>>", "<</ModDate (D:2026)>>", "/CreationDate "] {
            assert_eq!(of(other), other);
        }
    }
}
