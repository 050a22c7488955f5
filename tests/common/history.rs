//! A database of many made-up nights, written straight into the tables: for tests of what is read
//! from a long history and for the bench of a year.

use std::path::Path;

/// How much there is of everything.
pub(crate) struct Shape {
    pub(crate) targets: usize,
    pub(crate) pages: usize,
    pub(crate) regions: usize,
    pub(crate) profiles: usize,
    pub(crate) nights: usize,
    pub(crate) rounds: usize,
}

/// 2026-01-01 22:00 UTC.
pub(crate) const FIRST_MS: i64 = 1_767_304_800_000;
pub(crate) const DAY_MS: i64 = 86_400_000;

impl Shape {
    /// The config that this history belongs to, with its database beside it.
    pub(crate) fn config(&self) -> String {
        let mut text = String::from(
            "[project]\nname = \"Many nights\"\ntimezone = \"UTC\"\nhome_market = \"AU\"\n\
             database = \"outpace.db\"\ncontact = \"https://www.example.com/bench\"\n",
        );
        for t in 0..self.targets {
            let (role, market) = if t == 0 {
                ("own", "AU")
            } else {
                ("rival", if t % 3 == 0 { "AU" } else { "US" })
            };
            text += &format!(
                "[[target]]\nid = \"t{t}\"\nname = \"Store {t}\"\nrole = \"{role}\"\n\
                 market = \"{market}\"\n[target.pages]\n"
            );
            for p in 0..self.pages {
                text += &format!("page{p} = \"https://t{t}.example/p{p}\"\n");
            }
        }
        for r in 0..self.regions {
            let market = if r == 0 { "AU" } else { "US" };
            text += &format!(
                "[[region]]\nid = \"r{r}\"\nname = \"Region {r}\"\nmarket = \"{market}\"\n\
                 driver = \"local\"\n"
            );
        }
        for p in 0..self.profiles {
            let device = if p == 0 { "phone" } else { "desktop" };
            text += &format!(
                "[[profile]]\nid = \"f{p}\"\nbrowser = \"chrome\"\ndevice = \"{device}\"\n\
                 network = \"none\"\n"
            );
        }
        text
    }

    /// Fills a database that has the newest schema. `shift` is what is added to the natural
    /// logarithm of the main content time of a target on a night.
    pub(crate) fn fill(&self, database: &Path, shift: impl Fn(usize, usize) -> f64) {
        let mut conn = rusqlite::Connection::open(database).unwrap();
        let tx = conn.transaction().unwrap();
        let cells = self.cells(&tx);
        let mut noise = Noise(9);
        {
            let mut run = tx
                .prepare(
                    "INSERT INTO runs (id, started_ms, finished_ms, state, seed, config_hash, \
                     config, rounds, host) VALUES (?1, ?2, ?2, 'finished', 1, 'x', '{}', ?3, '{}')",
                )
                .unwrap();
            let mut visit = tx
                .prepare(
                    "INSERT INTO visits (run_id, seq, round, cell_id, state, started_ms, \
                     duration_ms, ttfb, lcp) VALUES (?1, ?2, ?3, ?4, 'ok', ?5, 4000, ?6, ?7)",
                )
                .unwrap();
            for night in 0..self.nights {
                let (id, at) = (night as i64 + 1, FIRST_MS + night as i64 * DAY_MS);
                run.execute((id, at, self.rounds as i64)).unwrap();
                let shared = noise.draw(0.03);
                let mut seq = 0;
                for round in 1..=self.rounds as i64 {
                    for (cell, target) in &cells {
                        let ln = 7.6 + 0.05 * *target as f64 + shared + shift(*target, night);
                        let lcp = (ln + noise.draw(0.08)).exp();
                        visit
                            .execute((id, seq, round, cell, at + seq * 1000, lcp / 8.0, lcp))
                            .unwrap();
                        seq += 1;
                    }
                }
            }
        }
        tx.commit().unwrap();
    }

    /// Ids of the cells, each with its target.
    fn cells(&self, tx: &rusqlite::Transaction<'_>) -> Vec<(i64, usize)> {
        let mut cells = Vec::new();
        for t in 0..self.targets {
            let role = if t == 0 { "own" } else { "rival" };
            let market = if t % 3 == 0 { "AU" } else { "US" };
            for p in 0..self.pages {
                for r in 0..self.regions {
                    for f in 0..self.profiles {
                        tx.execute(
                            "INSERT INTO cells (target, target_name, role, market, page, region, \
                             profile, url) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                            (
                                format!("t{t}"),
                                format!("Store {t}"),
                                role,
                                market,
                                format!("page{p}"),
                                format!("r{r}"),
                                format!("f{f}"),
                                format!("https://t{t}.example/p{p}"),
                            ),
                        )
                        .unwrap();
                        cells.push((tx.last_insert_rowid(), t));
                    }
                }
            }
        }
        cells
    }
}

/// A linear congruential generator (Knuth's MMIX numbers): the same history each time.
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    /// From 0 to 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal, with this standard deviation.
    pub(crate) fn draw(&mut self, sd: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.uniform()).sum();
        (sum - 6.0) * sd
    }
}
