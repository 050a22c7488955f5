//! What a region, a device and a network may be, in the words that a person gets to read.

use insta::assert_snapshot;

use super::said;

#[test]
fn what_a_kind_of_driver_cannot_do_is_refused_by_name() {
    let local = "driver = \"local\"";
    let remote = "capabilities = { platformName = \"linux\" }";
    assert_snapshot!(said(local, "driver = \"local\"\nsessions = 4"), @r#"
    error: `sessions` of a local driver
      --> targets.toml:36:1
       |
    36 | sessions = 4
       | ^^^^^^^^ one visit at a time on this machine, so that visits do not slow each other down
       = hint: take it out, or write the address of a Grid: `driver = "https://…"`

    1 error in targets.toml
    "#);
    assert_snapshot!(said(remote, "proxy = \"socks5://me:${GRID_PASSWORD}@exit.example:1080\""), @r#"
    error: a remote browser cannot log in to a proxy
      --> targets.toml:43:1
       |
    43 | proxy = "socks5://me:${GRID_PASSWORD}@exit.example:1080"
       | ^^^^^ Chromium asks a person, and our own relay is on this machine
       = hint: let the proxy know that browser by its address, or use `driver = "local"`

    1 error in targets.toml
    "#);
    assert_snapshot!(said(local, "driver = \"local\"\nproxy = \"exit.example:1080\""), @r#"
    error: `exit.example:1080` is no proxy
      --> targets.toml:36:9
       |
    36 | proxy = "exit.example:1080"
       |         ^^^^^^^^^^^^^^^^^^^ its scheme is `exit.example`
       = hint: write `socks5://host:1080` or `http://host:3128`; a login goes before the host: `socks5://user:${PROXY_PASSWORD}@host:1080`

    1 error in targets.toml
    "#);
}

#[test]
fn devices_and_networks_of_the_files_own() {
    let device = "device = \"phone\"";
    let own = "device = \"phone\"\n[[device]]\nid = \"phone\"\nviewport = \"wide\"\ncpu = 0.5";
    assert_snapshot!(said(device, own), @r#"
    error: `phone` is known already
      --> targets.toml:49:6
       |
    49 | id = "phone"
       |      ^^^^^^^ built in: `desktop`, `phone` and `tablet`
       = hint: give it another id

    error: `wide` is no viewport
      --> targets.toml:50:12
       |
    50 | viewport = "wide"
       |            ^^^^^^ width and height in CSS pixels, each from 100 to 10000
       = hint: write it as `"412x823"`

    error: `cpu` cannot be `0.5`
      --> targets.toml:51:7
       |
    51 | cpu = 0.5
       |       ^^^ from 1 to 20

    3 errors in targets.toml
    "#);
    let own = "device = \"phone\"\nnetwork = \"office\"\n[[network]]\nid = \"office\"\nrtt = \"5ms\"\ndown = \"9\"\nup = \"1mbps\"\nloss = \"90%\"";
    assert_snapshot!(said(device, own), @r#"
    error: unknown network `office`
      --> targets.toml:48:11
       |
    48 | network = "office"
       |           ^^^^^^^^ known: `none`, `cable`, `dsl`, `4g`, `3g` and `slow3g`

    error: `9` is no rate
      --> targets.toml:52:8
       |
    52 | down = "9"
       |        ^^^ a number and its unit, from 1kbps to 10000mbps
       = hint: write it in bits a second, such as `"400kbps"` or `"1.6mbps"`

    error: `90%` is no share
      --> targets.toml:54:8
       |
    54 | loss = "90%"
       |        ^^^^^ a number and `%`, from 0% to 50%
       = hint: write it as `"1%"`

    3 errors in targets.toml
    "#);
}
