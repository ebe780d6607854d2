//! Refused sign-ins are counted by reason, and nothing in the metrics says who tried.

use crate::support::{Place, Server};

/// The counter of a reason.
fn refused(server: &Server, reason: &str) -> u64 {
    let metrics = server.get("/metrics");
    assert_eq!(metrics.status, 200, "{}", metrics.body);
    assert!(!metrics.body.contains("li.si"), "{}", metrics.body);
    let counter = format!("xiaoxiang_sign_in_failures_total{{reason=\"{reason}\"}} ");
    let line = metrics.body.lines().find_map(|line| line.strip_prefix(&counter));
    line.map_or(0, |count| count.parse().unwrap())
}

#[test]
fn refused_sign_ins_are_counted_by_reason() {
    let place = Place::sqlite();
    place.import_region();
    let server = place.serve(&[]);
    let attempt = || server.post("/sign-in", "", "name=li.si&password=guessed").status;
    assert_eq!((refused(&server, "sign_in.wrong"), refused(&server, "too_many")), (0, 0));
    let (mut wrong, mut waiting) = (0, 0);
    while waiting < 2 {
        match attempt() {
            422 => wrong += 1,
            429 => waiting += 1,
            other => panic!("{other}"),
        }
        assert!(wrong < 100, "nobody is ever told to wait");
    }
    assert!(wrong > 0);
    assert_eq!((refused(&server, "sign_in.wrong"), refused(&server, "too_many")), (wrong, waiting));
    server.stop();
}
