//! A thousand visits in a row: what the process holds, what it leaves, and what the database takes
//! a visit once its evidence is gone. `OUTPACE_BENCH_VISITS` makes it more or fewer.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[path = "shops.rs"]
mod shops;

use shops::Shops;

fn main() {
    // `cargo test --benches` asks for a list of tests: there are none.
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let visits = std::env::var("OUTPACE_BENCH_VISITS").ok();
    let visits: u32 = visits.and_then(|v| v.parse().ok()).unwrap_or(1_000);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let mut shops = Shops::serve();
    // One round more is warm-up.
    std::fs::write(
        dir.path().join("targets.toml"),
        config(&shops.url, visits - 1),
    )
    .expect("config is written");
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_outpace"))
        .args(["run", "--quiet"])
        .current_dir(dir.path())
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let watched = watch(&mut child);
    shops.stop();
    println!(
        "soak: {visits} visits in {:.0} s",
        begun.elapsed().as_secs_f64()
    );
    println!(
        "  memory of the process: {} MB at the end of the first tenth, {} MB at most (limit 100 MB, flat)",
        mb(watched.early_kb),
        mb(watched.most_kb)
    );
    println!("  zombies seen for over a second: {}", watched.zombies);
    let left = std::fs::read_dir(temporary.path()).map_or(0, Iterator::count);
    println!("  profile folders left behind: {left}");
    println!("  processes left behind: {}", processes(temporary.path()));
    database(dir.path());
}

fn config(url: &str, rounds: u32) -> String {
    format!(
        "[project]\nname = \"Soak\"\ntimezone = \"UTC\"\nhome_market = \"US\"\n\
         contact = \"https://www.example.com/bench\"\n\
         [measure]\nrounds = {rounds}\nquiet = \"100ms\"\ncalm = \"0s\"\n\
         [[target]]\nid = \"own\"\nname = \"Own\"\nrole = \"own\"\nmarket = \"US\"\n\
         [target.pages]\nhome = \"{url}\"\n\
         [[profile]]\nid = \"phone\"\ndevice = \"phone\"\n"
    )
}

struct Watched {
    early_kb: u64,
    most_kb: u64,
    zombies: usize,
}

/// Looks at the process twice a second until it ends.
fn watch(child: &mut Child) -> Watched {
    let mut sizes = Vec::new();
    let mut zombies: BTreeMap<u32, u32> = BTreeMap::new();
    while child.try_wait().expect("the program is ours").is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        let status = status.unwrap_or_default();
        let rss = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
        let rss: Option<u64> = rss.and_then(|r| r.split_whitespace().next()?.parse().ok());
        sizes.extend(rss);
        let now = zombies_below(child.id());
        zombies.retain(|pid, seen| now.contains(pid) || *seen > 2);
        for pid in now {
            *zombies.entry(pid).or_default() += 1;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    let early = sizes.get(..sizes.len().div_ceil(10)).unwrap_or_default();
    Watched {
        early_kb: early.iter().copied().max().unwrap_or(0),
        most_kb: sizes.iter().copied().max().unwrap_or(0),
        zombies: zombies.values().filter(|seen| **seen > 2).count(),
    }
}

/// Dead processes that nobody has collected, anywhere below a process.
fn zombies_below(root: u32) -> Vec<u32> {
    let mut parents = BTreeMap::new();
    let mut dead = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse().ok()) else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name in brackets may hold anything: what follows the last one counts.
        let rest: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let (Some(state), Some(parent)) = (rest.first(), rest.get(1)) else {
            continue;
        };
        parents.insert(pid, parent.parse().unwrap_or(0));
        if *state == "Z" {
            dead.push(pid);
        }
    }
    let below = |mut pid: u32| loop {
        match parents.get(&pid) {
            Some(&parent) if parent == root => return true,
            Some(&parent) if parent > 1 => pid = parent,
            _ => return false,
        }
    };
    dead.retain(|pid| below(*pid));
    dead
}

/// Processes that carry the folder's name in their environment, once they had a moment to end.
fn processes(mark: &Path) -> usize {
    let mark = mark.to_str().expect("a path of letters");
    std::thread::sleep(Duration::from_secs(2));
    std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| {
            let environ = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            String::from_utf8_lossy(&environ).contains(mark)
        })
        .count()
}

fn database(dir: &Path) {
    let path = dir.join("outpace.db");
    let db = rusqlite::Connection::open(&path).expect("the run made it");
    let (visits, ok): (i64, i64) = db
        .query_row(
            "SELECT count(*), count(*) FILTER (WHERE state = 'ok') FROM visit",
            [],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .expect("view `visit`");
    println!("  measured: {ok} of {visits}");
    let size = |db: &rusqlite::Connection| {
        db.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
            .expect("nobody else has it");
        std::fs::metadata(&path).map_or(0, |m| m.len())
    };
    let visits = u64::try_from(visits).unwrap_or(0);
    let whole = size(&db);
    db.execute_batch("DELETE FROM evidence").expect("evidence");
    let bare = size(&db);
    println!(
        "  database: {} bytes a visit without evidence (limit 1000), {} kB with it",
        bare / visits.max(1),
        whole / visits.max(1) / 1000
    );
}

fn mb(kb: u64) -> String {
    format!("{:.1}", kb as f64 / 1024.0)
}
