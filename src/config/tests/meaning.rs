//! What a good file means: defaults, paths, the environment, the hash, and files on disk.

use std::path::Path;
use std::time::Duration;

use insta::assert_snapshot;

use super::{GOOD, changed, env, loaded};
use crate::config::{LoadError, defaults, load, measuring_hash, told_hashes};
use crate::model::{Browser, Device, DriverEndpoint, Network};

#[test]
fn a_good_file_has_no_warnings() {
    let loaded = loaded(GOOD);
    assert_eq!(loaded.rendered_warnings(), "");
    let config = loaded.config;
    assert_eq!(config.measure.rounds, 3);
    assert_eq!(
        config.targets[0].page("product").unwrap().expect.as_deref(),
        Some("#add")
    );
    assert_eq!(config.targets[1].first_party, ["static.rival.example"]);
    assert_eq!(config.regions[0].latency["US"], Duration::from_millis(150));
    assert_eq!(config.regions[1].capabilities["platformName"], "linux");
    assert_eq!(config.report.leaders, Duration::from_millis(1_500));
}

#[test]
fn what_is_left_out_has_its_documented_default() {
    let text = r#"
[project]
name = "Small"
timezone = "UTC"
home_market = "AU"
contact = "mailto:bench@example.com"
[[target]]
id = "own"
name = "Own"
role = "own"
market = "AU"
pages.home = "https://www.example.com/"
[[target]]
id = "rival"
name = "Rival"
role = "rival"
market = "US"
pages.home = "https://rival.example/"
"#;
    let loaded = loaded(text);
    assert_eq!(loaded.rendered_warnings(), "");
    let config = loaded.config;
    assert_eq!(config.project.database, Path::new("/srv/bench/outpace.db"));
    assert_eq!(config.measure.rounds, 5);
    assert_eq!(config.measure.quiet, Duration::from_secs(2));
    assert_eq!(config.measure.timeout, Duration::from_secs(60));
    assert_eq!(config.manners.distance, Duration::from_secs(60));
    assert_eq!(config.manners.daily_page_views, 500);
    assert_eq!(config.report.expectation, Duration::from_secs(3));
    assert_eq!(config.report.leaders, Duration::from_secs(2));
    assert_eq!(config.schedule.nightly, None);
    assert_eq!(config.schedule.report, None);
    assert!(config.targets[0].first_party.is_empty());
    assert_eq!(config.regions, [defaults::region("AU")]);
    assert_eq!(config.regions[0].driver, DriverEndpoint::Local);
    assert_eq!(config.profiles, [defaults::profile()]);
    let profile = &config.profiles[0];
    assert_eq!(profile.browser, Browser::Chrome);
    assert_eq!(profile.device, Device::Desktop);
    assert_eq!(profile.network, Network::None);
}

#[test]
fn a_region_is_local_and_a_profile_chrome_unless_said_otherwise() {
    let config = loaded(&changed("driver = \"local\"\n", "")).config;
    assert_eq!(config.regions[0].driver, DriverEndpoint::Local);
    assert_eq!(config.profiles[0].browser, Browser::Chrome);
    assert_eq!(config.profiles[0].network, Network::None);
}

#[test]
fn pages_are_in_the_order_of_the_file() {
    let text = changed(
        "home = \"https://rival",
        "zebra = \"https://rival.example/z\"\nhome = \"https://rival",
    );
    let kinds: Vec<String> = loaded(&text).config.targets[1]
        .pages
        .iter()
        .map(|p| p.kind.clone())
        .collect();
    assert_eq!(kinds, ["zebra", "home", "product"]);
}

#[test]
fn a_password_of_the_environment_is_encoded_into_the_address() {
    let config = loaded(GOOD).config;
    let DriverEndpoint::Remote(url) = &config.regions[1].driver else {
        panic!("not remote");
    };
    assert_eq!(url.host_str(), Some("grid.example.net"));
    assert_eq!(url.password(), Some("p%2Fw%40x"));
}

#[test]
fn two_dollars_are_one() {
    let text = changed("\"linux\"", "\"$${GRID_PASSWORD} ${GRID_PASSWORD}\"");
    let capabilities = &loaded(&text).config.regions[1].capabilities;
    assert_eq!(capabilities["platformName"], "${GRID_PASSWORD} p/w@x");
}

#[test]
fn a_relative_database_is_relative_to_the_file() {
    let at = |line: &str| {
        let text = changed(
            "home_market = \"AU\"",
            &format!("home_market = \"AU\"\n{line}"),
        );
        loaded(&text).config.project.database
    };
    assert_eq!(
        at("database = \"data/a.db\""),
        Path::new("/srv/bench/data/a.db")
    );
    assert_eq!(at("database = \"/var/a.db\""), Path::new("/var/a.db"));
}

#[test]
fn what_a_report_tells_of_the_config_is_hashed_by_table_without_secrets_and_waits() {
    let hashes = |text: &str| told_hashes(&loaded(text).config);
    let good = hashes(GOOD);
    let differ = |from: &str, to: &str| -> Vec<&str> {
        let now = hashes(&changed(from, to));
        let other = now
            .iter()
            .filter(|(part, hash)| good.get(*part) != Some(hash));
        other.map(|(part, _)| *part).collect()
    };
    for (from, to, parts) in [
        ("name = \"Rival\"", "name = \"The Rival\"", "[[target]]"),
        (
            "https://rival.example/p/9",
            "https://rival.example/p/8",
            "[[target]]",
        ),
        ("leaders = \"1500ms\"", "leaders = \"1s\"", "[report]"),
        ("rounds = 3", "rounds = 4", "[measure]"),
        ("distance = \"60s\"", "distance = \"90s\"", "[manners]"),
    ] {
        assert_eq!(differ(from, to), [parts], "{to}");
    }
    for (from, to) in [
        (
            "https://www.example.com/bench",
            "https://www.example.com/other",
        ),
        ("bench:${GRID_PASSWORD}@", ""),
    ] {
        assert_eq!(differ(from, to), Vec::<&str>::new(), "{to}");
    }
}

#[test]
fn the_hash_changes_with_what_is_measured_and_with_nothing_else() {
    let hash = |text: &str| measuring_hash(&loaded(text).config);
    let good = hash(GOOD);
    assert_eq!(good.len(), 64);
    for (from, to) in [
        ("name = \"Rival\"", "name = \"The Rival\""),
        ("leaders = \"1500ms\"", "leaders = \"1s\""),
        (
            "https://www.example.com/bench",
            "https://www.example.com/other",
        ),
        ("distance = \"60s\"", "distance = \"90s\""),
        ("bench:${GRID_PASSWORD}@", ""),
        (
            "platformName = \"linux\"",
            "platformName = \"linux\", accessKey = \"${GRID_PASSWORD}\"",
        ),
    ] {
        assert_eq!(hash(&changed(from, to)), good, "{to}");
    }
    for (from, to) in [
        ("https://rival.example/p/9", "https://rival.example/p/8"),
        ("rounds = 3", "rounds = 4"),
        ("US = \"150ms\"", "US = \"151ms\""),
        ("device = \"phone\"", "device = \"desktop\""),
        ("platformName = \"linux\"", "platformName = \"windows\""),
        ("grid.example.net", "grid2.example.net"),
        ("\"#add\"", "\"#buy\""),
    ] {
        assert_ne!(hash(&changed(from, to)), good, "{to}");
    }
}

#[test]
fn a_file_is_loaded_from_disk_and_the_database_overridden() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("targets.toml");
    std::fs::write(&path, GOOD).unwrap();
    let config = load(&path, &env, None).unwrap().config;
    assert_eq!(config.project.database, dir.path().join("outpace.db"));
    let config = load(&path, &env, Some(Path::new("/var/x.db")))
        .unwrap()
        .config;
    assert_eq!(config.project.database, Path::new("/var/x.db"));
}

#[test]
fn a_file_that_is_not_there_or_not_text() {
    let missing = load(Path::new("no/such.toml"), &env, None).unwrap_err();
    assert_snapshot!(missing, @"
    no file `no/such.toml`
    hint: `outpace init` writes one, and `--config FILE` names another
    ");
    let dir = tempfile::tempdir().unwrap();
    let unreadable = load(dir.path(), &env, None).unwrap_err();
    assert!(matches!(unreadable, LoadError::Unreadable { .. }));
    let path = dir.path().join("latin.toml");
    std::fs::write(&path, b"[project]\nname = \"Caf\xe9\"\n").unwrap();
    let said = load(&path, &env, None).unwrap_err().to_string();
    assert_snapshot!(said.replace(&path.display().to_string(), "latin.toml"), @r#"
    error: the file is not UTF-8
     --> latin.toml:2:12
      |
    2 | name = "Caf�"
      |            ^ the first byte that is not
      = hint: save it as UTF-8, as TOML asks

    1 error in latin.toml
    "#);
}

#[test]
fn a_profile_may_name_a_device_and_a_network_of_the_files_own() {
    let own = "device = \"kiosk\"\nnetwork = \"office\"\n\n[[device]]\nid = \"kiosk\"\n\
        viewport = \"1080x1920\"\nscale = 1.5\ntouch = true\ncpu = 2\n\n[[network]]\n\
        id = \"office\"\nrtt = \"12ms\"\ndown = \"20mbps\"\nup = \"500kbps\"\nloss = \"0.5%\"";
    let config = loaded(&changed("device = \"phone\"", own)).config;
    assert_eq!(
        config.profiles[0].described(),
        "kiosk: 1080 x 1920 at 1.5, touch, CPU 2x slower, network office \
         (12 ms round trip, 20 Mbit/s down, 0.5 up, 0.5 % lost)"
    );
}

#[test]
fn a_region_has_its_proxy_sessions_and_token_and_shows_no_secret() {
    let text = changed(
        "driver = \"local\"\n",
        "driver = \"local\"\nproxy = \"socks5://me:${GRID_PASSWORD}@exit.example:1080\"\n",
    );
    let text = text.replace(
        "capabilities = {",
        "sessions = 4\ntoken = \"${GRID_PASSWORD}\"\nca = \"grid.pem\"\ncapabilities = {",
    );
    let regions = loaded(&text).config.regions;
    let proxy = regions[0].proxy.clone().unwrap();
    assert_eq!(proxy.to_string(), "socks5://exit.example:1080");
    assert_eq!(proxy.login.unwrap().1.0, "p/w@x");
    assert_eq!(regions[1].sessions, 4);
    assert!(regions[1].ca.as_ref().unwrap().is_absolute());
    let shown = format!("{regions:?}{}", serde_json::to_string(&regions[0]).unwrap());
    assert!(!shown.contains("p/w@x"), "{shown}");
}
