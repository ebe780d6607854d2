//! Two servers on one PostgreSQL behave as one.

use std::time::{Duration, Instant};

use xiaoxiang_domain::access::{Grant, Role, Scope};
use xiaoxiang_server::clock::system_clock;
use xiaoxiang_server::guard::SESSION_COOKIE;
use xiaoxiang_services::access::{
    NewGrant, NewPerson, create_person, grant_role, hash_password, withdraw_grant,
};
use xiaoxiang_services::{Actor, App};
use xiaoxiang_store::testing::TestDb;

use crate::support::{Place, Server};

/// Within this, what one node has acknowledged is on the other's pages.
const SEEN_WITHIN: Duration = Duration::from_secs(1);

const NAME: &str = "zhang.san";
const PASSWORD: &str = "yuelu-mountain-2026-orange-isle";
/// What the shell of every page says of somebody in this role.
const ROLE: Role = Role::Statistician;

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

/// Somebody with a role; gives the grant's id.
async fn somebody(app: &App) -> String {
    let actor = Actor::operator("tests");
    let person = NewPerson {
        sign_in_name: NAME.to_owned(),
        name: "示例甲".to_owned(),
        password_hash: Some(hash_password(app, PASSWORD).await.unwrap()),
        must_change_password: false,
    };
    let person_id = create_person(app, &actor, &person).await.unwrap();
    let valid_from = jiff::civil::date(2020, 1, 1);
    let grant = Grant { role: ROLE, scope: Scope::Region, valid_from, valid_to: None };
    let new = NewGrant { grant, basis: "示例授权".to_owned() };
    grant_role(app, &actor, &person_id, &new).await.unwrap()
}

/// Signs in and gives the head that carries the session from then on.
fn signed_in_on(server: &Server) -> String {
    let answer = server.post("/sign-in", "", &format!("name={NAME}&password={PASSWORD}"));
    assert_eq!(answer.status, 303, "{}", answer.body);
    let set = answer.head.lines().find(|line| line.contains(SESSION_COOKIE)).unwrap();
    let cookie = set.split_once(": ").unwrap().1.split(';').next().unwrap();
    format!("Cookie: {cookie}\r\n")
}

/// Whether a node takes the holder of this session for somebody, and for somebody in the role.
fn standing_on(server: &Server, session: &str) -> (bool, bool) {
    let page = server.get_with("/about", session);
    assert_eq!(page.status, 200, "{}", page.body);
    (page.body.contains("示例甲"), page.body.contains(ROLE.label()))
}

#[test]
fn a_role_taken_away_is_gone_on_every_node_and_so_is_a_session() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let made = runtime.block_on(TestDb::empty_postgres());
    let place = Place::at(&made.address);
    place.import_region();
    let app = App::new(made.db.clone(), system_clock());
    let grant_id = runtime.block_on(somebody(&app));
    let (first, second) = (place.serve(&[]), place.serve(&[]));
    let session = signed_in_on(&first);
    for server in [&first, &second] {
        assert_eq!(standing_on(server, &session), (true, true), "a session holds on both nodes");
    }

    runtime.block_on(withdraw_grant(&app, &Actor::operator("tests"), &grant_id)).unwrap();
    // With the very next request, not within some time.
    for server in [&second, &first] {
        assert_eq!(standing_on(server, &session), (true, false), "the role is gone, the person stays");
    }

    assert_eq!(second.post("/sign-out", &session, "").status, 303);
    for server in [&first, &second] {
        assert_eq!(standing_on(server, &session), (false, false), "the session has ended on both nodes");
    }
    first.stop();
    second.stop();
    runtime.block_on(made.end());
}
