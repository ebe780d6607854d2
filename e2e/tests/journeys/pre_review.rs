//! The desk beside the national system (预审与台账): reviewed here, keyed there once, and its answer taken back.

use anyhow::{Context as _, Result, ensure};
use xiaoxiang_e2e::province::Province;
use xiaoxiang_e2e::visitor::Visitor;

use super::desk::{Desk, legal_day, state};

/// Handed in by the university in the example.
const PROJECT: &str = "示例·矿山边坡预警模型开发";
/// Approved before, and still waiting for the national system.
const WAITING: &str = "示例·污泥资源化中试线技术咨询";
/// What the national system calls it.
const NUMBER: &str = "2026430199000001";

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_pre_reviewed_contract_leads_through_the_national_system() -> Result<()> {
    let desk = Desk::open(Province::open()?).await?;
    let outcome = walk(&desk).await;
    desk.close(&outcome).await?;
    outcome
}

/// States that a visitor of the demo meets at its desk.
const STATES: [&str; 8] =
    ["已提交", "已受理", "待补正", "已初审", "专家评审中", "预审通过", "已登记", "不予登记"];

async fn walk(desk: &Desk) -> Result<()> {
    everything_is_on_the_desk(&desk.registrar, desk).await.context("the example's desk")?;
    let application = reviewed(desk).await.context("two reviews")?;
    let sheet = national_form(desk).await.context("the national form")?;
    imported(desk, &sheet).await.context("the national system's answer")?;
    confirmed(desk, &application).await.context("what the applicant and the public see")
}

/// The demo has enough registrars, and an application in every state.
async fn everything_is_on_the_desk(registrar: &Visitor, desk: &Desk) -> Result<()> {
    desk.show(registrar, "/applications").await?;
    let states = registrar.text(".choices").await?;
    for state in STATES {
        ensure!(states.contains(state), "nothing is {state}: {states}");
    }
    ensure!(registrar.text("#applications").await?.contains("有异议"), "one is objected to");
    desk.show(registrar, "/registration-points").await?;
    let point = registrar.text("main table tbody tr").await?;
    ensure!(point.contains("示例·长沙技术合同登记站 开放 3 "), "the point has its three registrars: {point}");
    desk.show(&desk.official, "/inspections").await?;
    desk.official.sees("等您办理 1 件").await
}

async fn reviewed(desk: &Desk) -> Result<String> {
    let registrar = &desk.registrar;
    let application = desk.find(registrar, PROJECT).await?;
    desk.take(registrar, &application, "accept", ["", ""]).await?;
    desk.take(registrar, &application, "first_review", ["", ""]).await?;
    registrar.sees("初审和复核不能由同一人办理").await?;
    ensure!(registrar.count("#step-approve").await? == 0, "who reviewed first does not approve");
    let reviewer = desk.seat("登记机构人员（复核）").await?;
    desk.take(reviewer, &application, "approve", ["", ""]).await?;
    ensure!(state(reviewer).await? == "预审通过", "here nothing is registered");
    Ok(application)
}

/// Downloads both forms of the file and gives the sheet as the national system would send it back.
async fn national_form(desk: &Desk) -> Result<std::path::PathBuf> {
    let registrar = &desk.registrar;
    desk.show(registrar, "/applications").await?;
    let workbook = registrar.bytes_of("main a[href$='/pre-reviewed.xlsx']").await?;
    ensure!(workbook.starts_with(b"PK"), "the XLSX is one");
    let bytes = registrar.bytes_of("main a[href$='/pre-reviewed.csv']").await?;
    let text = String::from_utf8(bytes)?;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers()?.clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|it| it.starts_with(name))
            .with_context(|| format!("no column {name}: {header:?}"))
    };
    let (number, day, project) = (column("合同登记编号")?, column("登记日期")?, column("项目名称")?);
    let today = legal_day(registrar, 0).await?;
    let path = desk.province.folder().join("全国系统.csv");
    let mut writer = csv::Writer::from_path(&path)?;
    writer.write_record(&header)?;
    for row in reader.records() {
        let row = row?;
        ensure!(row[number].is_empty() && row[day].is_empty(), "the national system gives number and day");
        if &row[project] == PROJECT {
            let filled = row.iter().enumerate().map(|(at, text)| match at {
                _ if at == number => NUMBER,
                _ if at == day => today.as_str(),
                _ => text,
            });
            writer.write_record(filled)?;
        }
    }
    writer.flush()?;
    ensure!(std::fs::read_to_string(&path)?.contains(NUMBER), "what was approved is in the file:\n{text}");
    Ok(path)
}

async fn imported(desk: &Desk, sheet: &std::path::Path) -> Result<()> {
    let official = &desk.official;
    desk.show(official, "/imports").await?;
    official.choose_files("files", &[sheet.to_owned()]).await?;
    official.choose("source", "registry").await?;
    official.submit("main form[enctype]").await?;
    desk.show(official, "/imports").await?;
    official.reload_until("#imports", "全国系统.csv").await?;
    for _ in 0..40 {
        desk.find(official, PROJECT).await?;
        if state(official).await? == "已登记" {
            return official.sees(NUMBER).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    anyhow::bail!("the number never came to the application")
}

async fn confirmed(desk: &Desk, application: &str) -> Result<()> {
    desk.find(&desk.registrar, WAITING).await?;
    ensure!(state(&desk.registrar).await? == "预审通过", "what did not come back waits on");
    let agent = &desk.agent;
    desk.show(agent, application).await?;
    ensure!(state(agent).await? == "已登记", "the applicant sees it");
    agent.sees(NUMBER).await?;
    ensure!(
        agent.count("main a[href*='/papers/certificate']").await? == 0,
        "the certificate is the national system's"
    );
    agent.follow("main a[href*='/papers/acceptance_notice']").await?;
    agent.sees(PROJECT).await?;
    desk.show(agent, application).await?;
    agent.follow("main a[href*='/receipts/']").await?;
    let public = agent.path().await?;
    agent.sign_out().await?;
    desk.show(agent, &public).await?;
    agent.sees(NUMBER).await?;
    let shown = agent.text("main").await?;
    ensure!(shown.contains("已登记") && !shown.contains(PROJECT), "number and standing only:\n{shown}");
    Ok(())
}
