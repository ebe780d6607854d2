//! The real server: its configuration, its log, its stop, and the schemas that it refuses.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use crate::support::Place;

#[test]
fn an_empty_database_is_served_and_ready() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    assert_eq!(server.get("/health/live").status, 200);
    let ready = server.get("/health/ready");
    assert_eq!(ready.status, 200, "{}", ready.body);
    let home = server.get("/");
    assert_eq!(home.status, 303, "{}", home.body);
    assert!(home.head.contains("location: /setup"), "{}", home.head);
    assert_eq!(server.get("/setup").status, 200);
    server.stop();
}

#[test]
fn the_log_is_json_with_request_numbers_and_nothing_personal() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    let head = "X-Request-Id: balancer-4711\r\nCookie: session=secretcookie\r\n";
    let answer = server.get_with("/statistics?seller=secretname&period=2017", head);
    assert!(answer.head.contains("x-request-id: balancer-4711"), "{}", answer.head);
    server.get("/bulletins/secretpath");
    let lines = server.stop();
    assert!(
        lines.iter().any(|line| line.contains("balancer-4711") && line.contains("\"answered\"")),
        "{lines:?}"
    );
    for line in &lines {
        let object: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(object["level"].is_string() && object["timestamp"].is_string(), "{line}");
        assert!(!line.contains("secret"), "{line}");
        if object["message"] == "answered" {
            assert!(
                object["span"]["request_id"].is_string() && object["span"]["route"].is_string(),
                "{line}"
            );
            assert!(object["status"].is_number() && object["milliseconds"].is_number(), "{line}");
        }
    }
    assert!(lines.last().unwrap().contains("stopped"), "{lines:?}");
}

#[test]
fn the_configuration_file_is_read_and_a_wrong_key_stops_the_start() {
    let place = Place::sqlite();
    let file = place.path("x.toml");
    std::fs::write(&file, "[metrics]\nlisten = '127.0.0.1:0'\n[limits]\nbody_bytes = 2048\n").unwrap();
    let mut server = place.serve(&[("XIAOXIANG_CONFIG", file.to_str().unwrap())]);
    // Beside the pages there are none once they have an address of their own.
    assert_ne!(server.get("/metrics").status, 200);
    server.signal("-TERM");
    server.line_with("stopped");
    drop(server);

    std::fs::write(&file, "[limits]\nbody_byte = 2048\n").unwrap();
    let refused = place.refused(&["serve", "--config", file.to_str().unwrap()]);
    assert!(refused.contains("x.toml:2") && refused.contains("body_byte"), "{refused}");
    let missing = place.run(&["serve", "--config", "nowhere.toml"]);
    assert_eq!(missing.code, 3);
    assert!(missing.stderr.contains("nowhere.toml"), "{}", missing.stderr);
}

#[test]
fn metrics_of_a_real_server_tell_of_its_log() {
    let place = Place::sqlite();
    place.import_region();
    place.import(1..3);
    let server = place.serve(&[]);
    let metrics = server.get("/metrics");
    assert_eq!(metrics.status, 200);
    for expected in [
        "xiaoxiang_log_position 1",
        "xiaoxiang_figures_position 1",
        "xiaoxiang_figures_lag_entries 0",
        "xiaoxiang_imports{source=\"registry\"} 1",
    ] {
        assert!(metrics.body.contains(expected), "{expected} is missing from\n{}", metrics.body);
    }
    place.import(3..5);
    let behind = server.get("/metrics").body;
    assert!(behind.contains("xiaoxiang_figures_lag_entries 1"), "{behind}");
    assert_eq!(server.get("/health/ready").status, 200);
    assert!(server.get("/metrics").body.contains("xiaoxiang_figures_lag_entries 0"), "readiness catches up");
    server.stop();
}

#[test]
fn a_head_that_is_too_long_or_no_http_does_no_harm() {
    let place = Place::sqlite();
    let server = place.serve(&[]);
    for bytes in
        [format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(200_000)), "\u{0}\u{1}no http\r\n\r\n".to_owned()]
    {
        let mut stream = std::net::TcpStream::connect(&server.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // The server may close before everything is sent.
        let _ = stream.write_all(bytes.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer);
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    }
    assert_eq!(server.get("/health/live").status, 200);
    server.stop();
}
