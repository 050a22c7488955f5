//! A line with a round trip, two rates and loss, as all connections of one visit share it.
//!
//! Each direction is a link that sends one packet after the other at its rate; connections with
//! much to send take turns. What is lost is sent again, a round trip later, and what is behind it
//! waits. There is no slow start and no queue that overflows: a transfer takes a round trip, and
//! then its bytes over the rate. Nothing here knows of proxies.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{OnceCell, mpsc};
use tokio::time::{Instant, sleep_until};

use crate::model::LineNumbers;

/// Half of a tick of the runtime's timers.
const HALF_A_TICK: Duration = Duration::from_micros(500);
/// Chunks that may be on their way in one direction of a connection.
const IN_FLIGHT_CHUNKS: usize = 256;
/// Bytes that are read at a time.
const CHUNK: usize = 16 * 1024;
/// Bytes of one packet of a shaped link: what an Ethernet frame carries of TCP.
const PACKET: usize = 1448;
/// Reading that took less found the data waiting.
const AT_ONCE: Duration = Duration::from_micros(300);

/// One direction: when it has sent what it was given.
#[derive(Debug)]
struct Link {
    bits_per_second: Option<f64>,
    free_at: Mutex<Instant>,
}

impl Link {
    fn new(kbps: Option<f64>) -> Self {
        Link {
            bits_per_second: kbps.map(|k| k * 1000.0),
            free_at: Mutex::new(Instant::now()),
        }
    }

    /// When a packet that is there at `ready` has been sent. Locked for arithmetic only.
    fn send(&self, bytes: usize, ready: Instant) -> Instant {
        let Some(rate) = self.bits_per_second else {
            return ready;
        };
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let takes = Duration::from_secs_f64(bytes as f64 * 8.0 / rate);
        *free_at = (*free_at).max(ready) + takes;
        *free_at
    }
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Towards the browser.
    Down,
    /// Away from it.
    Up,
}

/// The line of one visit.
#[derive(Debug)]
pub(super) struct Line {
    /// Of the line itself; names are resolved at its far end.
    rtt: Duration,
    /// From there on to the site (lab latency).
    beyond: Duration,
    loss: f64,
    down: Link,
    up: Link,
    names: Mutex<HashMap<String, Arc<OnceCell<()>>>>,
}

impl Line {
    /// A line with these numbers, and so much more to the site.
    pub(super) fn new(numbers: Option<LineNumbers>, beyond: Duration) -> Self {
        let rate = |r: fn(&LineNumbers) -> f64| numbers.as_ref().map(r).filter(|r| *r > 0.0);
        let rtt = numbers.map_or(0.0, |n| n.rtt_ms);
        Line {
            rtt: Duration::from_secs_f64(rtt / 1000.0),
            beyond,
            loss: numbers.map_or(0.0, |n| n.loss),
            down: Link::new(rate(|n| n.down_kbps)),
            up: Link::new(rate(|n| n.up_kbps)),
            names: Mutex::default(),
        }
    }

    /// A round trip to the site.
    pub(super) fn round_trip(&self) -> Duration {
        self.rtt + self.beyond
    }

    /// Waits for the look-up of a name, which takes the line's round trip once a visit.
    pub(super) async fn look_up(&self, name: &str) {
        let cell = {
            let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(names.entry(name.to_owned()).or_default())
        };
        cell.get_or_init(|| tokio::time::sleep(self.rtt)).await;
    }

    fn link(&self, way: Way) -> &Link {
        match way {
            Way::Down => &self.down,
            Way::Up => &self.up,
        }
    }

    fn loses(&self) -> bool {
        self.loss > 0.0 && rand::random::<f64>() < self.loss
    }
}

/// Copies one direction of a connection at the line's pace, in order.
pub(super) async fn pump(
    from: impl AsyncRead + Unpin,
    to: impl AsyncWrite + Unpin,
    (line, way): (&Line, Way),
) -> io::Result<()> {
    let (queue, due) = mpsc::channel(IN_FLIGHT_CHUNKS);
    tokio::try_join!(read(from, queue, (line, way)), deliver(to, due))?;
    Ok(())
}

type Parcel = (Instant, Vec<u8>);

async fn read(
    mut from: impl AsyncRead + Unpin,
    queue: mpsc::Sender<Parcel>,
    (line, way): (&Line, Way),
) -> io::Result<()> {
    let link = line.link(way);
    let packet = link.bits_per_second.map_or(CHUNK, |_| PACKET);
    let mut delivered = Instant::now();
    let mut sent = delivered;
    let mut buffer = vec![0_u8; CHUNK];
    loop {
        let asked = Instant::now();
        let n = from.read(&mut buffer).await?;
        let now = Instant::now();
        // What was waiting for its turn was there when the packet before it had been sent; timers
        // that fire late must not make the line slower than it is.
        let waiting = now - asked < AT_ONCE;
        let ready = if waiting { sent.min(now) } else { now };
        for part in buffer[..n].chunks(packet) {
            sent = link.send(part.len(), ready.max(sent));
            let lost = if line.loses() {
                line.round_trip()
            } else {
                Duration::ZERO
            };
            delivered = delivered.max(sent + line.round_trip() / 2 + lost);
            if queue.send((delivered, part.to_vec())).await.is_err() {
                return Ok(());
            }
            // The next packet waits here, so that other connections have their turn.
            sleep_until(sent).await;
        }
        if n == 0 {
            let end = (now + line.round_trip() / 2).max(delivered);
            // Nobody there to be told is as good.
            let _ = queue.send((end, Vec::new())).await;
            return Ok(());
        }
    }
}

/// Waits until `at`. The runtime's timers tick once a millisecond and are never early; half a tick
/// less, a wait is as often early as late, and what takes several waits does not add them up.
pub(super) async fn until(at: Instant) {
    sleep_until(at.checked_sub(HALF_A_TICK).unwrap_or(at)).await;
}

async fn deliver(
    mut to: impl AsyncWrite + Unpin,
    mut due: mpsc::Receiver<Parcel>,
) -> io::Result<()> {
    while let Some((at, parcel)) = due.recv().await {
        until(at).await;
        if parcel.is_empty() {
            break;
        }
        to.write_all(&parcel).await?;
    }
    to.shutdown().await
}
