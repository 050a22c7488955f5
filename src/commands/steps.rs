//! What a verb without visits shows while it works: one line that changes at a terminal, plain lines
//! in a log once it has taken long enough to be asked after, nothing for programs and when quiet.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::progress::Style;

/// How long nothing is said in a log.
const PATIENCE: Duration = Duration::from_secs(3);
const TICK: Duration = Duration::from_millis(120);

/// Steps of one verb.
#[derive(Debug)]
pub struct Steps(Shown);

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    /// Both are there until the end.
    Lines(Option<(Sender<&'static str>, JoinHandle<()>)>),
    Nothing,
}

impl Steps {
    /// Begins to show steps.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Steps(match style {
            Style::Bars => Shown::Bar(bar()),
            Style::Lines => {
                let (steps, told) = channel();
                let begun = Instant::now();
                let say = |step: &str| note!("{step} …");
                let teller = std::thread::spawn(move || tell(&told, (begun, PATIENCE), say));
                Shown::Lines(Some((steps, teller)))
            }
            Style::Json | Style::Silent => Shown::Nothing,
        })
    }

    /// A step begins, and the one before it has ended.
    pub fn step(&self, what: &'static str) {
        match &self.0 {
            Shown::Bar(bar) => bar.set_message(what),
            Shown::Lines(Some((steps, _))) => {
                // A teller that is gone tells nothing; that is no reason to stop.
                let _ = steps.send(what);
            }
            Shown::Lines(None) | Shown::Nothing => {}
        }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        match &mut self.0 {
            Shown::Bar(bar) => bar.finish_and_clear(),
            Shown::Lines(shown) => {
                if let Some((steps, teller)) = shown.take() {
                    drop(steps);
                    // What it says stands before what the verb says next.
                    let _ = teller.join();
                }
            }
            Shown::Nothing => {}
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
    bar.set_style(
        ProgressStyle::with_template(" {spinner} {msg} · {elapsed}")
            .expect("the template is fixed and right"),
    );
    bar.enable_steady_tick(TICK);
    bar
}

/// Says the step in hand once patience is at its end, and every step from then on.
fn tell(
    steps: &Receiver<&'static str>,
    (begun, patience): (Instant, Duration),
    mut say: impl FnMut(&str),
) {
    let mut in_hand = None;
    loop {
        match steps.recv_timeout(patience.saturating_sub(begun.elapsed())) {
            Ok(step) => in_hand = Some(step),
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
    in_hand.into_iter().for_each(&mut say);
    steps.iter().for_each(say);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of two steps when patience lasts this long.
    fn said(patience: Duration) -> Vec<String> {
        let (steps, told) = channel();
        steps.send("Reading").unwrap();
        steps.send("Drawing").unwrap();
        let mut said = Vec::new();
        let mut sender = Some(steps);
        if patience > Duration::ZERO {
            sender = None;
        }
        tell(&told, (Instant::now(), patience), |step| {
            said.push(step.to_owned());
            if let Some(steps) = sender.take() {
                steps.send("Printing").unwrap();
            }
        });
        said
    }

    #[test]
    fn a_short_wait_is_silent_and_a_long_one_says_the_step_in_hand_and_the_later_ones() {
        assert_eq!(said(Duration::from_secs(3600)), Vec::<String>::new());
        assert_eq!(said(Duration::ZERO), ["Drawing", "Printing"]);
    }
}
