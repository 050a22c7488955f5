//! The loop of the service: takes what has come, decides, starts, watches, tells.
//!
//! Each turn is short and leaves everything in the database, so that a kill at any moment costs
//! nothing but the turn. An error of a turn is said and the next turn tries again.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::signal::unix::{SignalKind, signal};

use super::child::Worker;
use super::deliver::Deliveries;
use super::http::{self, Shown};
use super::metrics;
use super::reload::Watched;
use super::view;
use crate::cli::Global;
use crate::commands::clock::{self, Clock};
use crate::commands::disk::{self, Room};
use crate::config::Config;
use crate::exit::Exit;
use crate::model::RunState;
use crate::schedule::{self, Decision, Job, Rules, Timetable, Waiting};
use crate::store::{NewNight, NightEnd, NightRow, NightState, Store, StoreError};

/// How often the service looks around.
const TURN: Duration = Duration::from_secs(1);
/// The same while nothing is in hand and nothing is due: a start is never late for it.
const IDLE_TURN: Duration = Duration::from_secs(5);
/// A clock that moves this much more or less than the time that has gone has been put.
const JUMP: SignedDuration = SignedDuration::from_secs(30);
/// How often the metrics are worked out.
const MEASURE_EVERY: SignedDuration = SignedDuration::from_secs(15);
/// Tries of a night whose browsers or database failed.
const TRIES: u32 = 3;
/// Time between them.
const BETWEEN: SignedDuration = SignedDuration::from_mins(5);

/// What a worker works on.
#[derive(Debug, Clone)]
enum Work {
    Night(NightRow),
    Decide,
}

/// The service.
pub(super) struct Service {
    pub(super) global: Global,
    pub(super) config: Config,
    pub(super) store: Store,
    pub(super) zone: TimeZone,
    pub(super) clock: Clock,
    table: Timetable,
    working: Option<(Work, Worker, Instant)>,
    watched: Watched,
    deliveries: Deliveries,
    shown: Shown,
    /// Wall clock and time gone at the last turn.
    last: (Timestamp, Instant),
    decide_after: Timestamp,
    looked: Timestamp,
    measured: Timestamp,
}

impl Service {
    pub(super) fn new(global: Global, config: Config, store: Store) -> anyhow::Result<Service> {
        let clock = clock::clock();
        let zone = crate::commands::zone(&config)?;
        let mut service = Service {
            watched: Watched::new(&global.config),
            deliveries: Deliveries::new(&config)?,
            shown: Shown::default(),
            last: (clock.now(), Instant::now()),
            decide_after: Timestamp::MIN,
            looked: Timestamp::MIN,
            measured: Timestamp::MIN,
            table: Timetable::default(),
            working: None,
            global,
            config,
            store,
            zone,
            clock,
        };
        service.take_up()?;
        service.set_table()?;
        Ok(service)
    }

    /// What ran when the last service ended is to be done again, or gone on with.
    fn take_up(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store.note("start", "the service begins", now)?;
        for night in self.store.open_nights()? {
            if night.state == NightState::Running {
                let why = "the service ended while it ran".to_owned();
                let end = NightEnd::GivenBack(night.due, why);
                self.store.end_night(night.id, now, &end)?;
            }
        }
        Ok(())
    }

    /// Every plan of the config with its next start.
    pub(super) fn set_table(&mut self) -> anyhow::Result<()> {
        let now = self.clock.now();
        let mut table = Timetable::default();
        for (job, plan, cron) in view::plans(&self.config) {
            let known = self.store.watch_plan((job.name(), &plan), &cron, now)?;
            let cron = schedule::Cron::parse(&cron, &self.zone)?;
            table.add(job, &plan, cron, known);
        }
        self.table = table;
        Ok(())
    }

    /// Runs until it is asked to stop.
    pub(super) async fn forever(mut self) -> anyhow::Result<Exit> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        if let Some(address) = self.config.schedule.listen {
            let bound = http::serve(address, self.shown.clone()).await?;
            tracing::info!(address = %bound, "listening for /healthz and /metrics");
        }
        self.say_next();
        // Without systemd there is nobody to tell.
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.pause()) => self.turn(),
                ended = worked(&mut self.working) => self.after_work(ended),
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hang_up.recv() => self.reload("SIGHUP"),
            }
        }
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
        self.stop().await
    }

    /// How long until the next look around.
    fn pause(&self) -> Duration {
        let waits = self.store.open_nights().is_ok_and(|open| open.is_empty());
        let idle = self.working.is_none() && self.deliveries.is_idle() && waits;
        let turn = if idle { self.until_next() } else { TURN };
        self.clock.real(turn).max(Duration::from_millis(20))
    }

    /// Until the next start, or as long as an idle service sleeps.
    fn until_next(&self) -> Duration {
        let next = self.table.next().map(|(_, _, start)| start.at);
        // What has come already is taken at once.
        let until = next.map(|at| {
            let span = at.duration_since(self.clock.now());
            Duration::try_from(span).unwrap_or(Duration::ZERO)
        });
        until.map_or(IDLE_TURN, |span| span.min(IDLE_TURN))
    }

    /// Does what has come due, sends what is to be sent, and ends.
    pub(super) async fn once(mut self) -> anyhow::Result<Exit> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        loop {
            self.turn();
            if self.working.is_none() && self.deliveries.is_idle() && !self.is_waiting()? {
                return Ok(Exit::Ok);
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(50)) => {}
                ended = worked(&mut self.working) => self.after_work(ended),
                _ = terminate.recv() => return self.stop().await,
                _ = interrupt.recv() => return self.stop().await,
            }
        }
    }

    /// Whether something could still be started now: what is due only later is for the next call.
    fn is_waiting(&self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let due = self.store.open_nights()?.iter().any(|n| n.due <= now);
        Ok(due || (self.decide_after <= now && !self.store.undecided_nights()?.is_empty()))
    }

    /// One look around.
    fn turn(&mut self) {
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
        if let Err(error) = self.look_around() {
            tracing::error!("{}", crate::commands::failure::shown(&error));
        }
    }

    fn look_around(&mut self) -> anyhow::Result<()> {
        let now = self.clock.now();
        self.watch_clock(now)?;
        if self.watched.changed() {
            self.reload("the file has changed");
        }
        self.record(now)?;
        self.begin(now)?;
        if matches!(&self.working, Some((Work::Night(n), ..)) if n.job == "night") {
            self.look_at_run(now)?;
        }
        self.deliver(now)?;
        if self.shown.is_watched() && now.duration_since(self.measured) >= MEASURE_EVERY {
            self.measured = now;
            let page = metrics::page(&self.store, &self.table, now)?;
            let wrong = view::wrong(&self.config, &self.store, now)?;
            self.shown.set((
                page,
                wrong.join(
                    "
",
                ),
            ));
        }
        Ok(())
    }

    fn watch_clock(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let (before, mark) = std::mem::replace(&mut self.last, (now, Instant::now()));
        let gone = SignedDuration::try_from(mark.elapsed()).unwrap_or(SignedDuration::ZERO);
        let moved = now.duration_since(before) - gone;
        if self.clock.is_real() && moved.abs() > JUMP {
            let what = format!("the clock was put by {:.0} s", moved.as_secs_f64());
            tracing::warn!("{what}");
            self.store.note("clock", &what, now)?;
        }
        Ok(())
    }

    /// Records what has come.
    fn record(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let jitter = self.config.schedule.jitter;
        let come: Vec<NewNight> = self
            .table
            .take(now)
            .into_iter()
            .map(|(job, plan, start)| NewNight {
                due: match job {
                    Job::Night => schedule::jittered(&plan, start, jitter),
                    _ => start.at,
                },
                job: job.name().to_owned(),
                plan,
                local: start.local,
                start: start.at,
            })
            .collect();
        if come.is_empty() {
            return Ok(());
        }
        self.store.record_starts(&come)
    }

    /// Decides on what waits, and starts at most one of it.
    fn begin(&mut self, now: Timestamp) -> anyhow::Result<()> {
        let open = self.store.open_nights()?;
        let rows: Vec<&NightRow> = open.iter().filter(|n| n.state == NightState::Due).collect();
        let waiting: Vec<Waiting> = rows.iter().filter_map(|n| waiting(n)).collect();
        let running = self.working.as_ref().map(|(work, ..)| match work {
            Work::Night(n) => n.plan.clone(),
            Work::Decide => "deciding".to_owned(),
        });
        // Alerts are decided within seconds: a night waits for it and is not skipped.
        if matches!(self.working, Some((Work::Decide, ..))) {
            return Ok(());
        }
        let schedule = &self.config.schedule;
        let rules = Rules {
            catch_up: schedule.catch_up,
            overlap: schedule.overlap,
            blackouts: &schedule.blackouts,
        };
        let decided = schedule::decide(&waiting, now, running.as_deref(), rules);
        for (row, decision) in rows.into_iter().zip(decided) {
            match decision {
                Decision::Hold => {}
                Decision::Miss(why) => {
                    tracing::warn!(plan = row.plan, start = %row.local, "missed: {why}");
                    self.store.end_night(row.id, now, &NightEnd::Missed(why))?;
                }
                Decision::Start => self.start(row, now)?,
            }
        }
        if self.working.is_none()
            && self.decide_after <= now
            && !self.store.undecided_nights()?.is_empty()
        {
            let worker = Worker::start(&self.global, &["__decide".to_owned()])?;
            self.working = Some((Work::Decide, worker, Instant::now()));
        }
        Ok(())
    }

    fn start(&mut self, night: &NightRow, now: Timestamp) -> anyhow::Result<()> {
        if night.job == "night"
            && self.is_free(now)
            && let Err(error) = disk::make_room(&self.config, &mut self.store, now)
        {
            tracing::warn!(%error, "no room could be made");
        }
        if night.job == "night" && disk::room(&self.config) == Room::None {
            let why = disk::too_full(&self.config);
            let why = why.lines().next().unwrap_or_default().to_owned();
            let end = NightEnd::Missed(why);
            return Ok(self.store.end_night(night.id, now, &end)?);
        }
        // A run of the last service may still have a visit in hand, or somebody measures by hand.
        if night.job == "night" && !self.is_free(now) {
            let later = now + SignedDuration::from_secs(10);
            let why = "another run holds the database".to_owned();
            let end = NightEnd::Again(later.max(night.due), why);
            return Ok(self.store.end_night(night.id, now, &end)?);
        }
        let words = view::words(night);
        tracing::info!(plan = night.plan, start = %night.local, night = night.id, "starts");
        self.store.start_night(night.id, now)?;
        let worker = Worker::start(&self.global, &words)?;
        self.working = Some((Work::Night(night.clone()), worker, Instant::now()));
        Ok(())
    }

    fn is_free(&self, now: Timestamp) -> bool {
        crate::store::writer_lock(&self.config.project.database, now).is_ok()
    }

    /// What became of the work.
    fn after_work(&mut self, ended: std::io::Result<std::process::ExitStatus>) {
        let Some((work, _, begun)) = self.working.take() else {
            return;
        };
        let code = ended.ok().and_then(|s| s.code());
        let result = match work {
            Work::Night(night) => self.after_night(&night, code, begun.elapsed()),
            Work::Decide if code == Some(0) => Ok(()),
            Work::Decide => {
                self.decide_after = self.clock.now() + SignedDuration::from_mins(1);
                Err(anyhow::anyhow!("alerts could not be decided; trying again"))
            }
        };
        if let Err(error) = result {
            tracing::error!("{}", crate::commands::failure::shown(&error));
        }
        self.turn();
    }

    fn after_night(
        &mut self,
        night: &NightRow,
        code: Option<i32>,
        took: Duration,
    ) -> anyhow::Result<()> {
        let now = self.clock.now();
        let row = self.store.night(night.id)?.unwrap_or_else(|| night.clone());
        let run = match row.run {
            Some(id) => self.store.runs()?.into_iter().find(|r| r.id == id),
            None => None,
        };
        let finished = run.as_ref().is_some_and(|r| r.state == RunState::Finished);
        let end = if night.job == "night" && finished {
            NightEnd::Done((code == Some(5)).then(|| "a region was down".to_owned()))
        } else if night.job != "night" && code == Some(0) {
            NightEnd::Done(None)
        } else {
            let why = format!(
                "ended with code {}",
                code.map_or("-".into(), |c| c.to_string())
            );
            match row.tries {
                n if n < TRIES => NightEnd::Again(now + BETWEEN, why),
                _ => NightEnd::Failed(why),
            }
        };
        tracing::info!(
            plan = night.plan,
            night = night.id,
            run = row.run,
            seconds = took.as_secs(),
            "{}",
            view::said(&end)
        );
        if night.job == "report" && matches!(end, NightEnd::Done(_)) {
            self.send_report(night, now)?;
        }
        self.store.end_night(night.id, now, &end)?;
        let good = run.is_some_and(|r| r.ok > 0) && end == NightEnd::Done(None);
        if let Some(url) = self.config.schedule.heartbeat.clone().filter(|_| good) {
            self.deliveries.beat(url);
        }
        Ok(())
    }

    fn send_report(&mut self, night: &NightRow, now: Timestamp) -> anyhow::Result<()> {
        let message = view::report_message(&self.global, &self.config, night, now);
        let channels = view::channels(&self.config, message.lane);
        Ok(self.store.put_out(&message, &channels, now)?)
    }

    /// Whether our own pages can be used, while the run is going on.
    fn look_at_run(&mut self, now: Timestamp) -> anyhow::Result<()> {
        if now.duration_since(self.looked) < SignedDuration::from_secs(5) {
            return Ok(());
        }
        self.looked = now;
        crate::commands::decide::outages(&self.config, &mut self.store, now)
    }

    fn deliver(&mut self, now: Timestamp) -> anyhow::Result<()> {
        self.deliveries
            .take_results(&self.config, &mut self.store, now)?;
        self.deliveries.send(&self.store, now)
    }

    /// Reads the config again; the old one stays when the new one is wrong.
    fn reload(&mut self, why: &str) {
        let now = self.clock.now();
        let what = match self.try_reload() {
            Ok(()) => format!("{why}: the new config holds"),
            Err(error) => {
                tracing::error!("{}", crate::commands::failure::shown(&error));
                note!("the new config is wrong, the old one still holds");
                format!("{why}: the new config is wrong, the old one still holds")
            }
        };
        tracing::warn!("{what}");
        if let Err(error) = self.store.note("reload", &what, now) {
            tracing::error!("{error}");
        }
    }

    fn try_reload(&mut self) -> anyhow::Result<()> {
        let loaded = crate::commands::load(&self.global)?;
        if loaded.config.project.database != self.config.project.database {
            anyhow::bail!("the database is another one\nhint: start the service anew");
        }
        let zone = crate::commands::zone(&loaded.config)?;
        let deliveries = Deliveries::new(&loaded.config)?;
        self.deliveries.adopt(deliveries);
        self.zone = zone;
        self.config = loaded.config;
        self.set_table()?;
        self.say_next();
        Ok(())
    }

    fn say_next(&self) {
        match self.table.next() {
            Some((job, plan, start)) => {
                let (job, at) = (job.name(), self.zone.to_datetime(start.at));
                tracing::info!(job, plan, at = %at, "next start");
            }
            None => tracing::warn!("nothing is scheduled: `[schedule]` names no time"),
        }
    }

    /// Ends what runs, and says in the database that it is to be gone on with.
    async fn stop(mut self) -> anyhow::Result<Exit> {
        let now = self.clock.now();
        if let Some((work, mut worker, _)) = self.working.take() {
            let code = worker.stop().await.ok().and_then(|s| s.code());
            if let Work::Night(night) = work {
                if code == Some(0) {
                    self.after_night(&night, code, Duration::ZERO)?;
                } else {
                    let why = "the service was stopped".to_owned();
                    let end = NightEnd::GivenBack(night.due, why);
                    self.store.end_night(night.id, now, &end)?;
                }
            }
        }
        self.store.note("stop", "the service ends", now)?;
        Ok(Exit::Ok)
    }
}

/// The end of the worker; never, when there is none.
async fn worked(
    working: &mut Option<(Work, Worker, Instant)>,
) -> std::io::Result<std::process::ExitStatus> {
    match working {
        Some((_, worker, _)) => worker.wait().await,
        None => std::future::pending().await,
    }
}

fn waiting(night: &NightRow) -> Option<Waiting> {
    Some(Waiting {
        job: Job::of(&night.job)?,
        plan: night.plan.clone(),
        local: night.local,
        due: night.due,
    })
}
