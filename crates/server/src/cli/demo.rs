//! `demo`: an example province (示例省), prepared once and served.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use xiaoxiang_domain::attribution::ParkCompany;
use xiaoxiang_domain::bulletin::GrowthBase;
use xiaoxiang_domain::fact::Source;
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::attribution::replace_park_list;
use xiaoxiang_services::bulletin::{Signing, draft_bulletin, list_bulletins, sign_bulletin};
use xiaoxiang_services::contract::import_records;
use xiaoxiang_services::demo::{EXAMPLE_REGISTRARS, Example, example};
use xiaoxiang_services::region::import_region;
use xiaoxiang_services::setup::{
    begin_example_demands, enter_example_people, enter_example_profiles, example_at_first,
    go_on_example_demands, walk_example_achievements, walk_example_applications, walk_example_events,
    walk_example_leads,
};
use xiaoxiang_services::target::save_targets;
use xiaoxiang_services::{Actor, App, Refusal};
use xiaoxiang_store::SchemaState;

use super::output::say;
use super::{CommandResult, Context, Outcome, database, serve};
use crate::configuration::{Configuration, Loaded, LogFormat, LogSettings};
use crate::pages::shell::DataOrigin;
use crate::region_files::shipped_layers;

/// Who acts in the demo's log.
const ACTOR: &str = "示例·演示程序";
/// Name under which the demo's bulletins are signed.
const SIGNER: &str = "示例·签发人";
/// Periods for which the demo signs a bulletin.
const SIGNED_PERIODS: [&str; 5] = ["2017", "2024", "2025", "2026-08", "2026-09"];
/// Marks a demo that was prepared to the end.
const LAST_PERIOD: &str = "2026-09";
/// The last day of the example's contracts.
const EXAMPLE_DAY: (i16, i8, i8) = (2026, 10, 31);

/// Where the example people's password is kept; outside the demo nobody has one that is written anywhere.
const PASSWORD_FILE: &str = "demo-password.txt";
/// Random bytes of that password.
const PASSWORD_BYTES: usize = 8;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Port on this machine
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Folder of the database
    #[arg(long, default_value = "demo-data")]
    data_dir: PathBuf,
    /// Prepare the database only
    #[arg(long)]
    no_serve: bool,
}

pub async fn run(context: &Context, arguments: DemoArguments) -> CommandResult {
    let failed = |source| Refusal::File { path: arguments.data_dir.display().to_string(), source };
    std::fs::create_dir_all(&arguments.data_dir).map_err(failed)?;
    let path = arguments.data_dir.join("xiaoxiang.db");
    let configuration = Configuration {
        database: format!("sqlite:{}", path.display()),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port)),
        // For a person at a terminal, who wants to see failures only.
        log: LogSettings { format: LogFormat::Text, level: "warn".to_owned() },
        ..context.configuration.configuration.clone()
    };
    let context = Context {
        configuration: Loaded::from(configuration),
        format: context.format,
        actor: Actor::operator(ACTOR),
    };
    let app = database::connect(context.database()).await?;
    let app = app.with_index_in(database::index_folder(&context.configuration.configuration));
    if app.db.schema_state().await? == SchemaState::Empty {
        database::lay_schema(&app).await?;
    }
    app.db.require_current_schema().await?;
    if is_prepared(&app).await? {
        say("示例省已就绪。", "the example province is ready");
    } else {
        say(
            "正在生成示例省（机构和人员均为虚构，标有“示例”）…",
            "preparing the example province (all organisations and people are invented and marked 示例) …",
        );
        prepare(&example_at_first(&app), &context).await?;
    }
    let password = password_of(&example_at_first(&app), &context, &arguments.data_dir).await?;
    begin_example_demands(&example_at_first(&app), &context.actor).await?;
    walk_example_applications(&app, &context.actor).await?;
    walk_example_achievements(&app).await?;
    enter_example_profiles(&app, &context.actor).await?;
    go_on_example_demands(&app, &context.actor).await?;
    walk_example_leads(&app, &context.actor).await?;
    walk_example_events(&app, &context.actor).await?;
    say(
        &format!("示例人员的登录名为 demo.statistician 等，口令：{password}"),
        &format!("example people sign in as demo.statistician and so on with the password {password}"),
    );
    if arguments.no_serve {
        app.db.close().await;
        return Ok(Outcome::Done);
    }
    let log_key = database::key_of(&app, &context)?;
    serve::serve(app, &context.configuration.configuration, DataOrigin::Example, log_key).await
}

/// The password of the example people, drawn once and kept beside the database; enters them where nobody is.
async fn password_of(app: &App, context: &Context, folder: &Path) -> Result<String, Refusal> {
    let path = folder.join(PASSWORD_FILE);
    let failed = |source| Refusal::File { path: path.display().to_string(), source };
    let password = match std::fs::read_to_string(&path) {
        Ok(kept) => kept.trim().to_owned(),
        Err(_) => {
            let drawn = hex::encode(&app.random_32()?[..PASSWORD_BYTES]);
            std::fs::write(&path, format!("{drawn}\n")).map_err(failed)?;
            drawn
        }
    };
    enter_example_people(app, &context.actor, &password).await?;
    Ok(password)
}

async fn is_prepared(app: &App) -> Result<bool, Refusal> {
    Ok(list_bulletins(app).await?.iter().any(|bulletin| bulletin.row.period == LAST_PERIOD))
}

async fn prepare(app: &App, context: &Context) -> Result<(), Refusal> {
    let actor = &context.actor;
    let mut layers = shipped_layers("hunan").ok_or_else(|| Refusal::NotFound("regions/hunan".to_owned()))?;
    // Hunan's list of registrars is not published; the example brings its own.
    if let Some(hunan) = layers.last_mut() {
        hunan.files.insert("registrars.yaml".to_owned(), EXAMPLE_REGISTRARS.to_owned());
    }
    import_region(app, actor, &layers).await?;
    let region = app.region().await?;
    let (year, month, day) = EXAMPLE_DAY;
    let Example { registry, exchange, park_companies, targets, .. } =
        example(&region.region, jiff::civil::date(year, month, day));
    let mut parks: std::collections::BTreeMap<u32, Vec<ParkCompany>> = std::collections::BTreeMap::new();
    for company in park_companies {
        parks.entry(company.park_key).or_default().push(company);
    }
    for (park_key, companies) in parks {
        replace_park_list(app, actor, park_key, companies).await?;
    }
    save_targets(app, actor, targets).await?;
    import_records(app, actor, Source::Registry, "示例登记数据", registry).await?;
    import_records(app, actor, Source::Exchange, "示例省外数据", exchange).await?;
    let key = database::key_of(app, context)?;
    for text in SIGNED_PERIODS {
        let period: Period = text.parse().expect("the periods of the demo are periods");
        let id = draft_bulletin(app, actor, period, GrowthBase::AsKnown).await?;
        let signing = Signing { signer: SIGNER.to_owned(), signed_on: signing_day(period) };
        sign_bulletin(app, actor, &key, &id, &signing).await?;
    }
    Ok(())
}

/// The tenth of the month after the period.
fn signing_day(period: Period) -> Date {
    let after = period.last_day().tomorrow().expect("periods end long before the calendar does");
    jiff::civil::date(after.year(), after.month(), 10)
}
