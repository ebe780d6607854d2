//! Pages over a million contracts under load, each kind beside a bare axum page with one SQL query in the same run.
//!
//! The server runs in a process of its own, so that its memory counts alone. Requests leave at a fixed pace whether or
//! not the earlier ones were answered, and each is timed from the moment at which it should have left.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::civil::date;
use xiaoxiang_domain::access::{Grant, Role, Scope};
use xiaoxiang_domain::bulletin::GrowthBase;
use xiaoxiang_e2e::visitor::{Script, Visitor};
use xiaoxiang_services::App;
use xiaoxiang_services::access::{NewGrant, NewPerson, create_person, grant_role, open_session};
use xiaoxiang_services::bulletin::{Signing, draft_bulletin, sign_bulletin};
use xiaoxiang_services::log::LogKey;

use super::load;
use crate::figure::{Figure, Unit, micros, percentile};
use crate::machine;
use crate::place::{self, ACTOR, Backend, Setting};
use crate::report::{Line, Report, say};
use crate::web_server::{self, Served};

/// Requests a second.
const PACE: u32 = 200;
/// How long each kind of page is asked for.
const STRETCH: Duration = Duration::from_secs(10);
const P99_MICROS_MAX: i128 = 50_000;
/// Sessions that are active at once, and what each asks for.
const SESSIONS: usize = 2_000;
const PAGES_OF_A_SESSION: usize = 3;
/// Sessions ask for their pages spread over so long.
const SESSION_STRETCH: Duration = Duration::from_secs(30);
const MEGABYTES_BESIDE_COLUMNS_MAX: i128 = 300;
/// How often the home page is opened in a browser that has never seen it.
const FIRST_VISITS: usize = 7;
const PAINT_MICROS_MAX: i128 = 1_000_000;
/// The time from the start of the visit to the first text or picture, in whole microseconds; nothing before it is there.
const FIRST_PAINT: &str = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime * 1000";
/// The period of the bulletin on the pages.
const BULLETIN: &str = "2026-01..2026-10";

type Browser = Client<HttpConnector, Empty<Bytes>>;

pub async fn run(setting: &Setting, report: &mut Report) -> Result<()> {
    let rows = setting.rows(load::ROWS);
    for backend in Backend::BOTH {
        let address = load::filled(setting, backend, rows).await?;
        say(&format!("    sign in {SESSIONS} people on {} (not measured)", backend.name()));
        let people = prepare(setting, &address).await?;
        let served = web_server::start(&address).await?;
        let browser: Browser = Client::builder(TokioExecutor::new()).build_http();
        measure_pages(report, backend, &browser, &served, &people).await?;
        measure_sessions(report, backend, &browser, &served, &people).await?;
        measure_paint(report, backend, &served).await?;
        let beside = machine::peak_megabytes_of(served.process_id()) - served.columns_megabytes;
        report.add(
            Line::new(
                format!("server's memory beside the columns, {}", backend.name()),
                Figure::one(Unit::Megabytes, beside),
            )
            .target(MEGABYTES_BESIDE_COLUMNS_MAX),
        );
    }
    Ok(())
}

/// Who asks: cookies, and the pages there are.
struct People {
    cookies: Vec<String>,
    bulletin: String,
}

async fn prepare(setting: &Setting, address: &str) -> Result<People> {
    let app = place::open(address).await?;
    let bulletin = draft_bulletin(&app, &ACTOR, BULLETIN.parse()?, GrowthBase::AsKnown).await?;
    let key = LogKey::load_or_create(&app, &setting.file("web.key.pem"))?;
    let signing = Signing { signer: "示例甲".to_owned(), signed_on: date(2026, 11, 5) };
    sign_bulletin(&app, &ACTOR, &key, &bulletin, &signing).await?;
    let mut cookies = Vec::with_capacity(SESSIONS);
    for number in 0..SESSIONS {
        cookies.push(sign_in(&app, number).await?);
    }
    app.db.close().await;
    Ok(People { cookies, bulletin })
}

async fn sign_in(app: &App, number: usize) -> Result<String> {
    let person = NewPerson {
        sign_in_name: format!("bench{number}"),
        name: format!("示例人员{number}"),
        password_hash: None,
        must_change_password: false,
    };
    let person_id = create_person(app, &ACTOR, &person).await?;
    let grant = Grant {
        role: Role::Statistician,
        scope: Scope::Region,
        valid_from: date(2026, 1, 1),
        valid_to: None,
    };
    let new = NewGrant { grant, basis: "示例".to_owned() };
    grant_role(app, &ACTOR, &person_id, &new).await?;
    let opened = open_session(app, &person_id).await?;
    Ok(format!("{}={}", xiaoxiang_server::guard::SESSION_COOKIE, opened.token.text()))
}

/// The kinds of page, each with the addresses that take turns.
fn kinds(people: &People) -> Vec<(&'static str, Vec<String>)> {
    let lists = [
        "",
        "?city=430100",
        "?type=4&sort=value",
        "?field=1&period=2026-01..2026-10",
        "?organisation=%E7%A4%BA%E4%BE%8B%E6%9C%BA%E6%9E%8477",
        "?text=%E8%8C%B6%E6%B2%B9",
        "?text=%E8%8C%B6%E6%B2%B9%E5%9F%BA%E5%9B%A0&sort=number",
        "?status=withdrawn",
    ];
    let contracts = (0..500).map(|number| format!("/contracts/BENCH{}", 1 + number * 1_999 % 999_999));
    vec![
        ("home", vec!["/".to_owned()]),
        ("bulletin", vec![format!("/bulletins/{}", people.bulletin)]),
        ("contract list", lists.iter().map(|query| format!("/contracts{query}")).collect()),
        ("contract page", contracts.collect()),
    ]
}

async fn measure_pages(
    report: &mut Report,
    backend: Backend,
    browser: &Browser,
    served: &Served,
    people: &People,
) -> Result<()> {
    // The first answer of each address may build what later ones find; nothing is measured while it warms up.
    for path in kinds(people).iter().flat_map(|(_, paths)| paths) {
        ask(browser, &format!("{}{path}", served.origin), &people.cookies[0]).await?;
    }
    let bare = load_at_pace(browser, &served.origin, &["/bare".to_owned()], &people.cookies).await?;
    let bare = micros(percentile(&bare, 99));
    for (kind, paths) in kinds(people) {
        let times = load_at_pace(browser, &served.origin, &paths, &people.cookies).await?;
        report.add(
            Line::new(
                format!("{kind}, p99 at {PACE} requests/s, {}", backend.name()),
                Figure::one(Unit::Milliseconds, micros(percentile(&times, 99))),
            )
            .target(P99_MICROS_MAX)
            .beside("bare axum + SQL page", bare),
        );
    }
    Ok(())
}

async fn measure_paint(report: &mut Report, backend: Backend, served: &Served) -> Result<()> {
    let mut times = Vec::with_capacity(FIRST_VISITS);
    for _ in 0..FIRST_VISITS {
        let visitor = Visitor::enter(Script::On).await?;
        visitor.go(&served.origin).await?;
        visitor.wait_for(&format!("{FIRST_PAINT} > 0")).await?;
        times.push(visitor.run(&format!("return Math.round({FIRST_PAINT})")).await?.into());
        visitor.leave().await?;
    }
    report.add(
        Line::new(
            format!("home page, first contentful paint of a first visit, {}", backend.name()),
            Figure::of(Unit::Milliseconds, times),
        )
        .target(PAINT_MICROS_MAX),
    );
    Ok(())
}

async fn load_at_pace(
    browser: &Browser,
    origin: &str,
    paths: &[String],
    cookies: &[String],
) -> Result<Vec<Duration>> {
    let requests = PACE * u32::try_from(STRETCH.as_secs())?;
    let began = tokio::time::Instant::now();
    let mut under_way = Vec::new();
    for number in 0..requests {
        let due = began + Duration::from_secs(1) * number / PACE;
        tokio::time::sleep_until(due).await;
        let at = usize::try_from(number)?;
        let address = format!("{origin}{}", paths[at % paths.len()]);
        let (browser, cookie) = (browser.clone(), cookies[at % cookies.len()].clone());
        under_way.push(tokio::spawn(async move {
            ask(&browser, &address, &cookie).await?;
            anyhow::Ok(due.elapsed())
        }));
    }
    let mut times = Vec::with_capacity(under_way.len());
    for request in under_way {
        times.push(request.await??);
    }
    Ok(times)
}

async fn ask(browser: &Browser, address: &str, cookie: &str) -> Result<()> {
    let request = Request::get(address).header("cookie", cookie).body(Empty::new())?;
    let answer = browser.request(request).await.with_context(|| format!("no answer from {address}"))?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    ensure!(status == StatusCode::OK && !body.is_empty(), "{address} answered {status}");
    Ok(())
}

async fn measure_sessions(
    report: &mut Report,
    backend: Backend,
    browser: &Browser,
    served: &Served,
    people: &People,
) -> Result<()> {
    let began = Instant::now();
    let step = SESSION_STRETCH / u32::try_from(PAGES_OF_A_SESSION * SESSIONS)?;
    let origin = Arc::new(served.origin.clone());
    let sessions = people.cookies.iter().enumerate().map(|(number, cookie)| {
        let (browser, cookie, origin) = (browser.clone(), cookie.clone(), origin.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            for page in 0..PAGES_OF_A_SESSION {
                let due = step * u32::try_from(page * SESSIONS + number)?;
                tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
                let asked = Instant::now();
                ask(&browser, &format!("{origin}/contracts"), &cookie).await?;
                times.push(asked.elapsed());
            }
            anyhow::Ok(times)
        })
    });
    let mut times = Vec::new();
    let mut errors = 0;
    for session in sessions.collect::<Vec<_>>() {
        match session.await? {
            Ok(some) => times.extend(some),
            Err(error) => {
                say(&format!("    {error:#}"));
                errors += 1;
            }
        }
    }
    ensure!(errors == 0, "{errors} of {SESSIONS} sessions had errors");
    report.add(Line::new(
        format!("{SESSIONS} sessions at once without an error, p99, {}", backend.name()),
        Figure::one(Unit::Milliseconds, micros(percentile(&times, 99))),
    ));
    Ok(())
}
