//! A real Selenium Grid 4, hub and two nodes as two regions: a run over both, evidence through it, a
//! node that is killed, a Grid that restarts, a full queue, sessions that were left behind.
//!
//! Run by `make test-grid`, which brings Java's runtime and the jar; ignored otherwise.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

mod common;

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::Project;

const JAR: &str = "target/grid/selenium-server-4.48.0.jar";
const LOG: &str = "grid.log";
const START: Duration = Duration::from_secs(60);

/// Ports that are free now. A Grid cannot be told to take any.
fn ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|l| l.local_addr().unwrap().port())
}

/// A Java process in its own group, ended with all its browsers.
struct Java(Child);

impl Java {
    /// The server's options are pairs of words; what it says goes into a file that `Grid` shows if
    /// it does not come up.
    fn start(component: &str, options: &[(&str, String)], dir: &Path) -> Self {
        let jar = Path::new(env!("CARGO_MANIFEST_DIR")).join(JAR);
        assert!(jar.exists(), "no jar: run `make test-grid`");
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(dir.join(LOG))
            .unwrap();
        let mut command = Command::new("java");
        command.arg("-jar").arg(jar).arg(component);
        for (name, value) in options {
            command.arg(format!("--{name}")).arg(value);
        }
        let child = command
            .current_dir(dir)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap();
        Java(child)
    }

    fn kill(&mut self) {
        let group = rustix::process::Pid::from_child(&self.0);
        // Gone already is as good.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        self.0.wait().unwrap();
    }
}

impl Drop for Java {
    fn drop(&mut self) {
        self.kill();
    }
}

struct Grid {
    dir: tempfile::TempDir,
    hub: Java,
    nodes: Vec<Java>,
    port: u16,
    bus: [u16; 2],
}

impl Grid {
    /// A hub, and a node of each region with so many slots.
    fn start(regions: &[(&str, u32)]) -> Self {
        let [port, publish, subscribe] = ports();
        let bus = [publish, subscribe];
        let dir = tempfile::tempdir().unwrap();
        let hub = Self::hub(dir.path(), port, bus);
        let mut grid = Grid {
            dir,
            hub,
            nodes: Vec::new(),
            port,
            bus,
        };
        for &(region, slots) in regions {
            grid.add_node(region, slots);
        }
        grid.wait_for(regions.len());
        grid
    }

    fn hub(dir: &Path, port: u16, [publish, subscribe]: [u16; 2]) -> Java {
        let options = [
            ("port", port.to_string()),
            ("host", "127.0.0.1".to_owned()),
            ("publish-events", format!("tcp://127.0.0.1:{publish}")),
            ("subscribe-events", format!("tcp://127.0.0.1:{subscribe}")),
            ("session-request-timeout", "8".to_owned()),
            ("session-request-timeout-period", "2".to_owned()),
        ];
        Java::start("hub", &options, dir)
    }

    fn add_node(&mut self, region: &str, slots: u32) {
        let [port] = ports();
        let [publish, subscribe] = self.bus;
        let driver = Command::new("which").arg("chromedriver").output().unwrap();
        let driver = String::from_utf8(driver.stdout).unwrap();
        let config = format!(
            "[node]\ndetect-drivers = false\nmax-sessions = {slots}\n\
             override-max-sessions = true\nregister-cycle = 2\nheartbeat-period = 2\n\
             [[node.driver-configuration]]\ndisplay-name = \"chrome\"\nmax-sessions = {slots}\n\
             stereotype = '{{\"browserName\": \"chrome\", \"outpace:region\": \"{region}\"}}'\n\
             webdriver-executable = \"{}\"\n",
            driver.trim()
        );
        let file = self.dir.path().join(format!("{region}-{port}.toml"));
        std::fs::write(&file, config).unwrap();
        let options = [
            ("config", file.display().to_string()),
            ("port", port.to_string()),
            ("host", "127.0.0.1".to_owned()),
            ("publish-events", format!("tcp://127.0.0.1:{publish}")),
            ("subscribe-events", format!("tcp://127.0.0.1:{subscribe}")),
        ];
        let node = Java::start("node", &options, self.dir.path());
        self.nodes.push(node);
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    fn status(&self) -> Option<outpace::network::grid::Status> {
        let url = self.url().parse().unwrap();
        run(outpace::network::grid::status(&url))
    }

    #[track_caller]
    fn wait_for(&self, nodes: usize) {
        let begun = Instant::now();
        while self.status().is_none_or(|s| s.nodes < nodes || !s.ready) {
            assert!(
                begun.elapsed() < START,
                "the Grid does not come up; it says:\n{}",
                std::fs::read_to_string(self.dir.path().join(LOG)).unwrap()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Asks for a session by hand; gives its id.
    fn session(&self, region: &str, name: &str) -> String {
        let body = serde_json::json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome", "outpace:region": region, "se:name": name,
            "goog:chromeOptions": { "args": ["--headless=new", "--no-sandbox"] },
        } } });
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let body = body.to_string();
        use std::io::{Read, Write};
        write!(
            stream,
            "POST /session HTTP/1.1\r\nHost: grid\r\nConnection: close\r\n\
             Content-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, rest) = answer.split_once("\"sessionId\": \"").expect(&answer);
        rest.split('"').next().unwrap().to_owned()
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}

/// The demo's shops on a free port, until dropped.
struct Shops {
    port: u16,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Shops {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(outpace::sites::serve(listener, std::future::pending()));
        Shops {
            port,
            runtime: Some(runtime),
        }
    }
}

impl Drop for Shops {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Two shops, one page each, from the regions given.
fn config(shops: &Shops, grid: &str, regions: &[&str], rounds: u32) -> String {
    let port = shops.port;
    let mut text = format!(
        "[project]\nname = \"Grid\"\ntimezone = \"UTC\"\nhome_market = \"AU\"\n\
         contact = \"https://www.example.com/bench\"\n\
         [measure]\nrounds = {rounds}\nquiet = \"500ms\"\ntimeout = \"20s\"\n\
         [[target]]\nid = \"own\"\nname = \"Own\"\nrole = \"own\"\nmarket = \"AU\"\n\
         [target.pages]\nhome = \"http://kookaburra.localhost:{port}/\"\n\
         [[target]]\nid = \"far\"\nname = \"Far\"\nrole = \"rival\"\nmarket = \"FR\"\n\
         robots_override = \"the shop is ours, served by the test\"\n\
         [target.pages]\nhome = \"http://harbour-home.localhost:{port}/\"\n\
         [[profile]]\nid = \"phone\"\ndevice = \"phone\"\nnetwork = \"4g\"\n\
         [manners]\ndistance = \"0s\"\n"
    );
    for region in regions {
        text.push_str(&format!(
            "[[region]]\nid = \"{region}\"\nname = \"{region}\"\nmarket = \"AU\"\n\
             driver = \"{grid}\"\nsessions = 2\n\
             [region.capabilities]\n\"outpace:region\" = \"{region}\"\n\
             \"goog:chromeOptions\" = {{ args = [\"--no-sandbox\"] }}\n"
        ));
    }
    text
}

fn start(project: &Project) -> (Child, impl Iterator<Item = String>) {
    let mut child = project
        .command(&["run"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    (child, lines.map_while(Result::ok))
}

#[test]
#[ignore = "needs Java and the Grid's jar: make test-grid"]
fn two_regions_of_one_grid_are_measured_with_all_evidence_and_an_orphan_is_closed() {
    let shops = Shops::start();
    let grid = Grid::start(&[("paris", 2), ("tokyo", 2)]);
    let project = Project::new(&config(&shops, &grid.url(), &["paris", "tokyo"], 1));
    // A run that is killed leaves its session behind; a stranger's is in use.
    let (mut child, mut lines) = start(&project);
    lines.find(|l| l.starts_with('[')).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let stranger = grid.session("paris", "somebody else's test");
    let ours = |s: &outpace::network::grid::Status| {
        let named = s.sessions.iter().filter_map(|(_, name)| name.as_ref());
        named.filter(|n| n.starts_with("outpace Grid [")).count()
    };
    let ran = project.outpace(&["run"]).code(0);
    let after = grid.status().unwrap();
    assert_eq!(ours(&after), 0, "{}", ran.err);
    assert_eq!(after.sessions.len(), 1, "only the stranger's is left");
    assert_eq!(after.sessions[0].0, stranger);
    let each: String = project.ask(
        "SELECT group_concat(region || ' ' || state || ' ' || n, ', ')
         FROM (SELECT region, state, count(*) AS n FROM visit GROUP BY 1, 2 ORDER BY 1)",
    );
    assert_eq!(each, "paris ok 4, tokyo ok 4", "{}", ran.err);
    let whole: i64 =
        project.ask("SELECT count(*) FROM visit WHERE lcp > 170 AND requests > 3 AND load > 170");
    assert_eq!(whole, 8, "the network log came through, on a 4g line");
    let evidence: i64 =
        project.ask("SELECT count(DISTINCT visit_id) FROM evidence WHERE kind = 'requests'");
    assert_eq!(evidence, 8);
    let by: String = project.ask("SELECT json_extract(host, '$.applied[0].shaped_by') FROM runs");
    assert_eq!(by, "devtools");
}

#[test]
#[ignore = "needs Java and the Grid's jar: make test-grid"]
fn a_node_that_is_killed_and_a_grid_that_restarts_cost_no_visit() {
    let shops = Shops::start();
    let mut grid = Grid::start(&[("paris", 1), ("tokyo", 1)]);
    let project = Project::new(&config(&shops, &grid.url(), &["paris", "tokyo"], 3));
    let (mut child, mut lines) = start(&project);
    lines.find(|l| l.starts_with("[2/")).unwrap();
    // Tokyo's node goes in the middle of a visit, and another comes.
    grid.nodes[1].kill();
    grid.add_node("tokyo", 1);
    lines.find(|l| l.starts_with("[6/")).unwrap();
    // The whole Grid is started again.
    grid.hub.kill();
    for node in &mut grid.nodes {
        node.kill();
    }
    grid.nodes.clear();
    grid.hub = Grid::hub(grid.dir.path(), grid.port, grid.bus);
    grid.add_node("paris", 1);
    grid.add_node("tokyo", 1);
    let said: Vec<String> = lines.collect();
    let status = child.wait().unwrap();
    let counts: String = project.ask(
        "SELECT group_concat(state || ' ' || n, ', ')
         FROM (SELECT state, count(*) AS n FROM visit GROUP BY 1 ORDER BY 1)",
    );
    assert_eq!(counts, "ok 16", "{said:#?}");
    assert!(status.success(), "{said:#?}");
    assert!(said.iter().any(|l| l.contains("is back")), "{said:#?}");
}

#[test]
#[ignore = "needs Java and the Grid's jar: make test-grid"]
fn a_full_queue_is_waited_for_and_no_more_than_our_share_is_taken() {
    let shops = Shops::start();
    let grid = Grid::start(&[("paris", 1)]);
    let project = Project::new(&config(&shops, &grid.url(), &["paris"], 1));
    let (mut child, mut lines) = start(&project);
    lines.find(|l| l.starts_with("[1/")).unwrap();
    // A stranger takes the only slot as soon as it is free, for longer than the queue waits.
    let stranger = grid.session("paris", "somebody else's test");
    let news = lines.find(|l| l.contains("waiting for it")).unwrap();
    assert!(news.contains("region `paris`"), "{news}");
    let held = grid.status().unwrap().sessions;
    assert!(held.iter().any(|(id, _)| *id == stranger), "{held:?}");
    let url: url::Url = grid.url().parse().unwrap();
    assert_eq!(
        run(outpace::network::grid::close_left_behind(
            &url,
            "somebody else"
        )),
        1
    );
    let said: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{said:#?}");
    assert_eq!(
        project.ask::<i64>("SELECT count(*) FROM visit WHERE state = 'ok'"),
        4
    );
}
