//! outpace: how fast customers find us, every night, against rivals and the best overseas.
//!
//! A synthetic competitive-benchmark crawler. A plan of random, interleaved rounds drives headless
//! browsers against our own site and rivals' sites, from several regions; every timing goes into
//! SQLite; a page and a PDF say where we stand and how sure that is.
//!
//! # The way of the data
//!
//! ```text
//! targets.toml ─ config ─> Config ─ plan ─> Plan ─ measure(browser, network) ─> Evidence ─ vitals ─> VisitRecord
//!                                                       │ RunEvent                                     │
//!                                                  progress (terminal)            store (one transaction a visit)
//!                                                                                                      │
//!              status, history, export <─ Field, Summary <─ analysis <─ VisitRow ──────────────────────┘
//!                                             │
//!                                          report: Report (every figure a string) ─> HTML ─ browser::print ─> PDF
//! ```
//!
//! It runs one way. Nothing downstream asks upstream for more.
//!
//! # Layers: who may import whom
//!
//! `tests/layers.rs` holds the `use crate::` lines to this table.
//!
//! | layer | holds | may import |
//! |---|---|---|
//! | [`model`] | the nouns, the list of metrics, figures for people | nothing of ours |
//! | [`config`] | `targets.toml`: what was written, what it means, every problem in one pass | model |
//! | [`plan`] | config and seed to an interleaved order; when a host may be visited; what it costs | model, config |
//! | [`schedule`] | cron expressions in the project's zone, what becomes of each start | model |
//! | [`browser`] | driver process and its keeper, WebDriver session, page-complete rule, in-page scripts, print | model |
//! | [`network`] | the SOCKS5 proxy that shapes lines and relays to other proxies, and its probe | model |
//! | [`vitals`] | evidence to metrics, requests, validity; pure | model |
//! | [`measure`] | the runner: order, politeness, deadlines, one retry; emits events, stores nothing | model, plan, browser, network, vitals |
//! | [`store`] | SQLite: migrations, runs, visits, evidence, views | model |
//! | [`analysis`] | statistics, summaries, comparisons, the benchmark, ranks; no I/O, no clock | model |
//! | [`report`] | view model, sentences, the words of a language, charts, template, stylesheet | model, analysis |
//! | [`export`] | one file a format | model, analysis |
//! | [`alerts`] | what is worth a message; pure | model, analysis |
//! | [`notify`] | one file a channel | model |
//! | [`sites`] | the demo's shops and their simulated history | model |
//! | [`commands`] | one file a verb; the only place where layers meet | all |
//!
//! [`cli`] and [`exit`] are leaves.
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | target | a site under comparison: ours, or a rival's |
//! | overseas | a rival of another market than `home_market` |
//! | best overseas | the benchmark: the overseas site we hold ourselves against |
//! | page kind | the key under `[target.pages]`: like is compared with like |
//! | visit | one load of one page in a fresh browser |
//! | round | one visit of everything, in random order; the first of a run is warm-up |
//! | run | one execution of a plan |
//! | night | the date, in the project's zone, on which a run started |
//! | region, profile | from where / as whom |
//! | sample | the values of one series in a period |
//! | blocked | refused or not the right page: unknown, never fast |
//! | cannot tell | too little data for an interval |
//!
//! # Where this departs from the design, and why
//!
//! * A driver is not a child of outpace but of a *keeper*: outpace itself, started again, which
//!   holds one end of a pipe ([`browser::keeper`]). SIGKILL leaves no chance to tidy up; the
//!   keeper's pipe closes all the same. It needs no `unsafe`.
//! * "Is anything in flight" cannot be asked of the page, and asking the driver's log while the
//!   page loads disturbs it. So the page waits for its own quiet in one call, and the log is read
//!   once after that; only if it disagrees, the wait goes on ([`browser::complete`]).
//! * Viewport and user agent are set by ChromeDriver's emulation for desktops too: a window's size
//!   is not its viewport's.
//! * With emulation of a phone, Chromium resizes the viewport at the first layout and marks layout
//!   shifts of the next 500 ms as caused by input; such shifts are in `cls`, since nobody touched
//!   the page.
//! * A page kind that only one target has is a warning, unless it is one typing error away from a
//!   kind that this target lacks: then it is an error.
//! * Ranks and comparisons are by main content shown (LCP), in the first profile, in two views: all
//!   sites from the regions of the home market, and each from the regions of its own. In the second
//!   one two sites are seen from different places, so pairs are made by night and not by region.
//! * A false-alarm budget of lane B is over what is told: half of what the scan finds by chance is
//!   for the better and is not told, so the scan gets twice the budget.

pub mod alerts;
pub mod analysis;
pub mod browser;
pub mod cli;
pub mod commands;
pub mod config;
pub mod exit;
pub mod export;
pub mod measure;
pub mod model;
pub mod network;
pub mod notify;
pub mod plan;
pub mod report;
pub mod schedule;
pub mod sites;
pub mod store;
pub mod vitals;
