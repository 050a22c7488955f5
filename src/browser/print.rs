//! HTML to PDF by the browser's own print command: DevTools' `Page.printToPDF`, since WebDriver's
//! "Print Page" has no word for bookmarks.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
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
    /// The PDF.
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
pub async fn pdf(session: &Session, html: &Path, paper: Paper) -> Result<Printed, BrowserError> {
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
            pdf,
            boxes: boxes.as_str().unwrap_or_default().to_owned(),
        }),
        _ => Err(BrowserError::Command {
            command: "print",
            why: "the browser answered without a PDF".to_owned(),
        }),
    }
}
