//! A program that gets the message as JSON on standard input; any end but 0 is "not taken".

use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::{Channel, NotSent, Sending, webhook};
use crate::model::Message;

/// A program.
pub(super) struct Program {
    pub(super) words: Vec<String>,
}

impl Channel for Program {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async move {
            let failed = |e: std::io::Error| NotSent(format!("`{}`: {e}", self.words.join(" ")));
            let (program, args) = self
                .words
                .split_first()
                .ok_or_else(|| NotSent("no command".to_owned()))?;
            let mut child = Command::new(program)
                .args(args)
                .env("OUTPACE_MESSAGE_ID", &message.id)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .map_err(failed)?;
            if let Some(mut input) = child.stdin.take() {
                // A program that does not read all of it may take the message all the same.
                let _ = input.write_all(webhook::body(message).as_bytes()).await;
            }
            let status = child.wait().await.map_err(failed)?;
            if status.success() {
                Ok(())
            } else {
                Err(NotSent(format!("the command ended with {status}")))
            }
        })
    }
}
