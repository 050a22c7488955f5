//! The browser and its driver: finding and keeping a ChromeDriver, WebDriver sessions with a
//! deadline on every answer, capabilities, the page-complete rule, in-page scripts, the DevTools
//! socket and the camera on it, print.
//!
//! It says what the browser said; what that means is for `vitals`. Layer: imports `model` only.

pub mod camera;
pub mod capabilities;
pub mod complete;
pub mod devtools;
pub mod driver;
pub mod error;
pub mod keeper;
pub mod print;
pub mod processes;
pub mod scripts;
pub mod session;

pub use camera::Camera;
pub use capabilities::SessionSpec;
pub use driver::{LocalBrowser, LocalDriver};
pub use error::BrowserError;
pub use session::Session;
