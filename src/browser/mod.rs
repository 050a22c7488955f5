//! The browser and its driver: finding and keeping a ChromeDriver, WebDriver sessions with a
//! deadline on every answer, capabilities, the page-complete rule, in-page scripts, print.
//!
//! It says what the browser said; what that means is for `vitals`. Layer: imports `model` only.

pub mod capabilities;
pub mod complete;
pub mod driver;
pub mod error;
pub mod keeper;
pub mod print;
pub mod processes;
pub mod scripts;
pub mod session;

pub use capabilities::SessionSpec;
pub use driver::{LocalBrowser, LocalDriver};
pub use error::BrowserError;
pub use session::Session;
