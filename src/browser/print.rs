//! HTML to PDF by the browser's own print command (W3C WebDriver 2, "Print Page").

use std::path::Path;
use std::time::Duration;

use fantoccini::wd::{PrintConfigurationBuilder, PrintMargins, PrintSize};
use url::Url;

use super::error::BrowserError;
use super::session::Session;

const PRINT_DEADLINE: Duration = Duration::from_secs(60);

/// Paper, in centimetres as WebDriver has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paper {
    /// Width.
    pub width_cm: f64,
    /// Height.
    pub height_cm: f64,
}

/// Prints an HTML file. The page's own `@page` rules set margins and footers.
///
/// # Errors
/// When the driver fails, or does not answer in time.
pub async fn pdf(session: &Session, html: &Path, paper: Paper) -> Result<Vec<u8>, BrowserError> {
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
    let margins = PrintMargins {
        top: 0.0,
        bottom: 0.0,
        left: 0.0,
        right: 0.0,
    };
    let config = PrintConfigurationBuilder::default()
        .background(true)
        .shrink_to_fit(false)
        .size(PrintSize {
            width: paper.width_cm,
            height: paper.height_cm,
        })
        .margins(margins)
        .build()
        .map_err(|e| BrowserError::Command {
            command: "print",
            why: e.to_string(),
        })?;
    session.print(config, PRINT_DEADLINE).await
}
