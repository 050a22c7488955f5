//! A real Selenium Grid 4: a hub, and a node of each region, in Java processes of their own.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use outpace::network::Relay;
use outpace::network::grid::{self, Status};

/// Where `.ci/setup-grid` puts the server.
pub(crate) fn jar() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/grid/selenium-server-4.48.0.jar")
}

const LOG: &str = "grid.log";
const START: Duration = Duration::from_secs(60);

/// Ports that are free now. A Grid cannot be told to take any.
fn ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|l| l.local_addr().unwrap().port())
}

/// A Java process in its own group, ended with all its browsers.
pub(crate) struct Java(Child);

impl Java {
    /// The server's options are pairs of words; what it says goes into a file that `Grid` shows if
    /// it does not come up.
    fn start(component: &str, options: &[(&str, String)], dir: &Path) -> Self {
        let jar = jar();
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

    pub(crate) fn kill(&mut self) {
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

pub(crate) struct Grid {
    dir: tempfile::TempDir,
    pub(crate) hub: Java,
    pub(crate) nodes: Vec<Java>,
    port: u16,
    bus: [u16; 2],
    /// User and password that it asks for.
    login: Option<(&'static str, &'static str)>,
}

impl Grid {
    /// A hub, and a node of each region with so many slots.
    pub(crate) fn start(regions: &[(&str, u32)]) -> Self {
        Self::guarded(regions, None)
    }

    /// The same, which lets nobody in without this log-in.
    pub(crate) fn guarded(
        regions: &[(&str, u32)],
        login: Option<(&'static str, &'static str)>,
    ) -> Self {
        let [port, publish, subscribe] = ports();
        let bus = [publish, subscribe];
        let dir = tempfile::tempdir().unwrap();
        let hub = Self::hub(dir.path(), port, bus, login);
        let mut grid = Grid {
            dir,
            hub,
            nodes: Vec::new(),
            port,
            bus,
            login,
        };
        for &(region, slots) in regions {
            grid.add_node(region, slots);
        }
        grid.wait_for(regions.len());
        grid
    }

    fn hub(
        dir: &Path,
        port: u16,
        [publish, subscribe]: [u16; 2],
        login: Option<(&str, &str)>,
    ) -> Java {
        let mut options = vec![
            ("port", port.to_string()),
            ("host", "127.0.0.1".to_owned()),
            ("publish-events", format!("tcp://127.0.0.1:{publish}")),
            ("subscribe-events", format!("tcp://127.0.0.1:{subscribe}")),
            ("session-request-timeout", "8".to_owned()),
            ("session-request-timeout-period", "2".to_owned()),
        ];
        if let Some((user, password)) = login {
            options.push(("username", user.to_owned()));
            options.push(("password", password.to_owned()));
        }
        Java::start("hub", &options, dir)
    }

    /// The hub, ended and started anew; its nodes have to come again.
    pub(crate) fn restart_hub(&mut self) {
        self.hub.kill();
        self.hub = Self::hub(self.dir.path(), self.port, self.bus, self.login);
    }

    pub(crate) fn add_node(&mut self, region: &str, slots: u32) {
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

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(crate) fn status(&self) -> Option<Status> {
        let mut url: url::Url = self.url().parse().unwrap();
        run(async {
            let Some((user, password)) = self.login else {
                return grid::status(&url).await;
            };
            url.set_username(user).unwrap();
            url.set_password(Some(password)).unwrap();
            let relay = Relay::start(&url, &outpace::model::Region::default()).await;
            grid::status(relay.unwrap().url()).await
        })
    }

    #[track_caller]
    pub(crate) fn wait_for(&self, nodes: usize) {
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

    /// Asks for a session by hand until the queue does not time out, as a client does on a busy
    /// machine; gives its id.
    pub(crate) fn session(&self, region: &str, name: &str) -> String {
        let mut answer = String::new();
        for _ in 0..8 {
            answer = self.ask_for_session(region, name);
            if let Some((_, rest)) = answer.split_once("\"sessionId\": \"") {
                return rest.split('"').next().unwrap().to_owned();
            }
            assert!(answer.contains("request timed out"), "{answer}");
        }
        panic!("{answer}")
    }

    fn ask_for_session(&self, region: &str, name: &str) -> String {
        let body = serde_json::json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome", "outpace:region": region, "se:name": name,
            "goog:chromeOptions": { "args": ["--headless=new", "--no-sandbox"] },
        } } });
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let body = body.to_string();
        write!(
            stream,
            "POST /session HTTP/1.1\r\nHost: grid\r\nConnection: close\r\n\
             Content-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

/// Runs a future by itself.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(future)
}
