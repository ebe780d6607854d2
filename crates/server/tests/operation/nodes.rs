//! Two servers on one PostgreSQL behave as one.

use std::time::{Duration, Instant};

use xiaoxiang_store::testing::TestDb;

use crate::support::{Place, Server};

/// Within this, what one node has acknowledged is on the other's pages.
const SEEN_WITHIN: Duration = Duration::from_secs(1);

/// The figures page of 2017 by city, registered.
const FIGURES: &str = "/statistics?period=2017&direction=registered&by=city";

fn contracts_on(server: &Server) -> String {
    let page = server.get(FIGURES);
    assert_eq!(page.status, 200, "{}", page.body);
    page.body
}

/// Asks again until the page is another one.
fn changed_after(server: &Server, before: &str) -> Duration {
    let began = Instant::now();
    loop {
        let now = contracts_on(server);
        if now != before {
            return began.elapsed();
        }
        assert!(began.elapsed() < 10 * SEEN_WITHIN, "the other node never saw it");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn each_of_two_nodes_sees_within_a_second_what_the_other_has_acknowledged() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = runtime.block_on(TestDb::empty_postgres());
    let place = Place::at(&made.address);
    place.import_region();
    place.import(1..11);
    let (first, second) = (place.serve(&[]), place.serve(&[]));
    assert_eq!(contracts_on(&first).len(), contracts_on(&second).len());
    for round in 0..3_u64 {
        let before = (contracts_on(&first), contracts_on(&second));
        let next = 11 + round * 10;
        place.import(next..next + 10);
        // The import has ended: from here on both nodes must answer with it.
        for (server, before) in [(&first, &before.0), (&second, &before.1)] {
            let took = changed_after(server, before);
            assert!(took < SEEN_WITHIN, "round {round}: {took:?}");
        }
    }
    // Both tables are those of a process that has never read before.
    let count = place.count();
    assert_eq!(count, 40);
    for server in [&first, &second] {
        assert!(contracts_on(server).contains(&format!(">{count}<")), "{}", contracts_on(server));
    }
    first.stop();
    assert_eq!(second.get("/health/ready").status, 200, "one node stops, the other serves on");
    second.stop();
    runtime.block_on(made.end());
}
