//! The first ten minutes: from an empty database to a printed chase list, on screen only.

use anyhow::{Context as _, Result, ensure};
use xiaoxiang_e2e::province::Province;
use xiaoxiang_e2e::sheets;
use xiaoxiang_e2e::visitor::{Script, Visitor};

const PASSWORD: &str = "岳麓山下橘子洲头百舸争流";
/// Nothing has a default password, and no code is asked on one's own machine.
const NAME: &str = "chen";

#[tokio::test(flavor = "multi_thread")]
async fn an_official_gets_from_an_empty_database_to_the_chase_list() -> Result<()> {
    walk(Script::On).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_without_javascript() -> Result<()> {
    walk(Script::Off).await
}

async fn walk(script: Script) -> Result<()> {
    let province = Province::first_day()?;
    let official = Visitor::enter(script).await?;
    let outcome = async {
        sets_up(&official, &province).await.context("setting up")?;
        imports(&official, &province).await.context("importing")?;
        sees_the_city_table(&official, &province).await.context("the city table")?;
        reconciles(&official, &province).await.context("reconciling")?;
        prints_the_chase_list(&official, &province).await.context("the chase list")
    }
    .await;
    if outcome.is_err() {
        let text = official.text("body").await.unwrap_or_default();
        let path = official.path().await.unwrap_or_default();
        eprint_page(&path, &text);
    }
    official.leave().await?;
    outcome
}

/// What was on the screen when a journey stopped.
#[expect(clippy::print_stderr, reason = "a failed journey is to be understood from its output")]
fn eprint_page(path: &str, text: &str) {
    eprintln!("stopped at {path}:\n{text}");
}

async fn sets_up(official: &Visitor, province: &Province) -> Result<()> {
    official.go(&province.address("/")).await?;
    ensure!(official.path().await?.starts_with("/setup"), "an empty database leads to the first run");
    official.click("input[name=region][value=hunan]").await?;
    official.submit("main form").await?;
    official.fill("name", "示例·陈").await?;
    official.fill("sign_in_name", NAME).await?;
    official.fill("password", "too short").await?;
    official.fill("password_again", "too short").await?;
    official.submit("main form").await?;
    ensure!(official.value("sign_in_name").await? == NAME, "what was typed is kept");
    official.fill("password", PASSWORD).await?;
    official.fill("password_again", PASSWORD).await?;
    official.submit("main form").await?;
    ensure!(official.text("header").await?.contains("示例·陈"), "the first account is signed in");
    official.go(&province.address("/setup")).await?;
    ensure!(official.text("main").await?.contains("404"), "the first run happens once");
    Ok(())
}

async fn imports(official: &Visitor, province: &Province) -> Result<()> {
    let files = [
        (sheets::registry(province.folder())?, "registry"),
        (sheets::exchange(province.folder())?, "exchange"),
    ];
    for (file, source) in files {
        official.go(&province.address("/imports")).await?;
        official.choose_files("files", &[file]).await?;
        official.choose("source", source).await?;
        official.submit("main form[enctype]").await?;
        official.reload_until("main", "280").await?;
    }
    official.go(&province.address("/imports")).await?;
    official.reload_until("#imports", "省外数据.csv").await
}

async fn sees_the_city_table(official: &Visitor, province: &Province) -> Result<()> {
    official.go(&province.address("/city-monthly?period=2026-01..2026-05")).await?;
    let table = official.text("main").await?;
    ensure!(table.contains("长沙市") && table.contains("吸纳"), "the table of the cities:\n{table}");
    ensure!(official.count("main a[href*='docx']").await? > 0, "its DOCX is offered");
    let bytes = official.bytes_of("main a[href*='docx']").await?;
    ensure!(bytes.starts_with(b"PK"), "the DOCX is one");
    Ok(())
}

async fn reconciles(official: &Visitor, province: &Province) -> Result<()> {
    official.go(&province.address("/reconcile")).await?;
    official.choose_files("file", &[sheets::by_hand(province.folder())?]).await?;
    official.fill("period", "2026-01..2026-05").await?;
    official.submit("main form").await?;
    let outcome = official.text("main").await?;
    ensure!(outcome.contains("长沙市"), "the slip is found:\n{outcome}");
    official.follow("main table a").await?;
    ensure!(official.count("main table tbody tr").await? > 0, "the differing cell opens to its contracts");
    Ok(())
}

async fn prints_the_chase_list(official: &Visitor, province: &Province) -> Result<()> {
    official.go(&province.address("/cities")).await?;
    official.follow("main a[href$='/cities/430200']").await?;
    ensure!(official.text("h1").await?.contains("株洲"), "the page of one city");
    official.follow("main a[href*='chase-list']").await?;
    let list = official.text("main").await?;
    ensure!(list.contains("0731-0000"), "the list has telephone numbers:\n{list}");
    Ok(())
}
