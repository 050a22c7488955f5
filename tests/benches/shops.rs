//! The demo's shops for benches, on a free port.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The shops, served by a program of their own until stopped.
pub(crate) struct Shops {
    child: Child,
    /// Home page of Northfield.
    pub(crate) url: String,
}

impl Shops {
    pub(crate) fn serve() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_outpace"))
            .args(["demo", "--serve", "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("outpace starts");
        let out = child.stdout.take().expect("standard output is piped");
        let url = BufReader::new(out)
            .lines()
            .map_while(Result::ok)
            .find_map(|l| {
                let url = l.split_whitespace().next()?;
                url.contains("northfield.").then(|| url.to_owned())
            })
            .expect("the shops say where they are");
        Shops { child, url }
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
