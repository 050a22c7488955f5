//! What a release check takes and finds on real pages: the demo's shop against itself, with 150 ms
//! more server time, and with 300 kB more script on the main thread. `make bench` prints it;
//! nothing is asserted.
//!
//! `OUTPACE_BENCH_PRESET=quick` makes it short.

use std::process::Command;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

const HEAVY: &str = "/static/bench-heavy.js";

/// What the candidate has more than the shop itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    Nothing,
    ServerTime,
    Script,
}

fn main() {
    // `cargo test --benches` asks for a list of tests: there are none.
    if std::env::args().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let preset = std::env::var("OUTPACE_BENCH_PRESET").unwrap_or_else(|_| "standard".to_owned());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let old = runtime.block_on(serve(More::Nothing));
    for (name, more, wanted) in [
        (
            "identical candidate",
            More::Nothing,
            "exit 0 in under 10 min a page",
        ),
        (
            "150 ms more server time",
            More::ServerTime,
            "exit 3, the cause named is server time",
        ),
        (
            "300 kB more script on the main thread",
            More::Script,
            "exit 3, bench-heavy.js is named",
        ),
    ] {
        let new = runtime.block_on(serve(more));
        check((name, wanted), &preset, (&old, &new));
    }
}

/// The shops with a change, on a port of their own until the process ends.
async fn serve(more: More) -> String {
    let app = outpace::sites::router().layer(from_fn_with_state(more, change));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://northfield.localhost:{port}/")
}

async fn change(State(more): State<More>, request: Request, next: Next) -> Response {
    if request.uri().path() == HEAVY {
        return ([(CONTENT_TYPE, "text/javascript")], heavy()).into_response();
    }
    let document = request.uri().path() == "/";
    if document && more == More::ServerTime {
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let response = next.run(request).await;
    if !document || more != More::Script {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, 10_000_000).await.expect("a small document");
    let html = String::from_utf8_lossy(&bytes).replacen(
        "</head>",
        &format!("<script src=\"{HEAVY}\"></script></head>"),
        1,
    );
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(html))
}

/// 300 kB that are worked through when they arrive.
fn heavy() -> String {
    let mut code = String::from("const rows = [");
    while code.len() < 300_000 {
        code.push_str("{name:'oak lamp',finish:'linen',cents:28900,towns:['Perth','Hobart']},");
    }
    code.push_str("];\nlet sum = 0;\nfor (let i = 0; i < 60; i++) {\n");
    code.push_str("  sum += JSON.stringify(rows.map(r => ({...r, i}))).length;\n}\n");
    code.push_str("window.benchSum = sum;\n");
    code
}

fn check((name, wanted): (&str, &str), preset: &str, (old, new): (&str, &str)) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let config = CONFIG.replace("URL", old);
    std::fs::write(dir.path().join("targets.toml"), config).expect("config is written");
    let started = Instant::now();
    let done = Command::new(env!("CARGO_BIN_EXE_outpace"))
        .args(["check", "--baseline", old, "--candidate", new])
        .args(["--preset", preset, "--format", "json"])
        .current_dir(dir.path())
        .output()
        .expect("outpace starts");
    let took = started.elapsed().as_secs_f64();
    let text = String::from_utf8_lossy(&done.stdout);
    let Ok(result) = serde_json::from_str::<serde_json::Value>(&text) else {
        println!("check, {name}: {}", String::from_utf8_lossy(&done.stderr));
        return;
    };
    println!(
        "check, {preset}, {name}: exit {}, {:.1} min (wanted: {wanted})",
        done.status.code().unwrap_or(-1),
        took / 60.0
    );
    let none = Vec::new();
    let sentences = result["summary"].as_array().unwrap_or(&none).iter();
    let causes = result["causes"].as_array().unwrap_or(&none).iter();
    let causes = causes.flat_map(|c| c["sentences"].as_array().into_iter().flatten());
    for sentence in sentences.chain(causes) {
        println!("  {}", sentence.as_str().unwrap_or_default());
    }
}

const CONFIG: &str = r#"
[project]
name = "Bench"
timezone = "UTC"
home_market = "US"
contact = "https://www.example.com/bench"
[measure]
quiet = "500ms"
[[target]]
id = "own"
name = "Own"
role = "own"
market = "US"
[target.pages]
home = "URL"
[[profile]]
id = "desktop"
device = "desktop"
"#;
