//! Whole journeys in headless Chromium on the built binary, over the example province.
//!
//! `cargo xtask test` says where the binary and ChromeDriver are; without them the journeys fail, they never skip.

mod accessibility;
mod applications;
mod demand_to_contract;
mod desk;
mod first_ten_minutes;
mod life;
mod office;
mod pre_review;

use anyhow::{Context as _, Result, ensure};
use xiaoxiang_e2e::province::Province;
use xiaoxiang_e2e::visitor::{Script, Visitor};

/// Pages that every reader may reach, with something that only the right page shows.
const PAGES: [(&str, &str); 6] = [
    ("/", "各市州"),
    ("/bulletins", "统计通报"),
    ("/statistics?period=2017&direction=registered&by=type&compare=previous-year", "203.11"),
    ("/flow", "流向"),
    ("/about", "核验"),
    ("/en", "Latest bulletin"),
];
/// The narrowest and an ordinary window, in CSS pixels.
const WIDTHS: [u32; 2] = [360, 1280];

#[tokio::test(flavor = "multi_thread")]
async fn readers_find_what_they_look_for() -> Result<()> {
    let province = Province::open()?;
    let reader = Visitor::enter(Script::On).await?;
    let outcome = async {
        a_reader_opens_a_figure(&reader, &province).await.context("a reader opens a figure")?;
        the_published_table_is_on_the_page(&reader, &province).await.context("the published table")?;
        charts_are_drawn_and_obey_the_content_policy(&reader, &province).await.context("charts")?;
        pages_fit_narrow_and_wide_windows(&reader, &province).await.context("widths")?;
        wrong_addresses_say_what_to_do(&reader, &province).await.context("wrong addresses")
    }
    .await;
    reader.leave().await?;
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn public_pages_are_free_of_known_barriers() -> Result<()> {
    let province = Province::open()?;
    let reader = Visitor::enter(Script::On).await?;
    let pages: Vec<String> = PAGES.iter().map(|(path, _)| province.address(path)).collect();
    let outcome = accessibility::check(&reader, &pages, &WIDTHS).await;
    reader.leave().await?;
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_work_without_javascript() -> Result<()> {
    let province = Province::open()?;
    let reader = Visitor::enter(Script::Off).await?;
    let outcome = async {
        for (path, words) in PAGES {
            reader.go(&province.address(path)).await?;
            ensure!(reader.text("main").await?.contains(words), "{path} does not show `{words}`");
        }
        reader.go(&province.address("/statistics")).await?;
        reader.fill("period", "2026-09").await?;
        reader.submit("form.form").await?;
        ensure!(reader.text("table").await?.contains("长沙市"), "the form answers without a script");
        Ok(())
    }
    .await;
    reader.leave().await?;
    outcome
}

/// Home → bulletin → cell → contracts, by links only.
async fn a_reader_opens_a_figure(reader: &Visitor, province: &Province) -> Result<()> {
    reader.go(&province.address("/")).await?;
    ensure!(reader.text("body").await?.contains("示例"), "invented data are marked");
    ensure!(
        reader.count("#cities tbody tr[data-kind=body]").await? >= 14,
        "all 14 cities stand in the table"
    );
    reader.follow("article h1 a").await?;
    ensure!(reader.text("h1").await?.contains("技术合同统计通报"), "the headline leads to the bulletin");
    let figure = reader.text("tbody tr td a").await?;
    reader.follow("tbody tr td a").await?;
    let behind = reader.text("main").await?;
    ensure!(behind.contains(figure.trim()), "the page of a cell repeats the figure {figure}");
    ensure!(reader.count("main table tbody tr").await? > 0, "the contracts behind the figure are listed");
    Ok(())
}

async fn the_published_table_is_on_the_page(reader: &Visitor, province: &Province) -> Result<()> {
    reader
        .go(&province.address("/statistics?period=2017&direction=registered&by=type&compare=previous-year"))
        .await?;
    let table = reader.text("#answer").await?;
    // The report of 2017: total and services, growth from unrounded amounts.
    for figure in ["5723", "203.11", "92.30%", "125.60", "150.47%", "141.85", "111.35%"] {
        ensure!(table.contains(figure), "the table of 2017 lacks {figure}:\n{table}");
    }
    Ok(())
}

async fn charts_are_drawn_and_obey_the_content_policy(reader: &Visitor, province: &Province) -> Result<()> {
    reader.go(&province.address("/")).await?;
    reader
        .wait_for("document.querySelectorAll('.chart-canvas canvas, .chart-canvas svg').length >= 4")
        .await?;
    reader.go(&province.address("/flow")).await?;
    reader
        .wait_for("document.querySelectorAll('.chart-canvas canvas, .chart-canvas svg').length >= 1")
        .await?;
    let inline = reader.run("return document.querySelectorAll('main [style]').length - document.querySelectorAll('.chart [style]').length").await?;
    ensure!(inline == 0, "no element outside the charts carries a style of its own");
    let foreign = reader
        .run("return performance.getEntriesByType('resource').filter(entry => !entry.name.startsWith(location.origin)).length")
        .await?;
    ensure!(foreign == 0, "nothing is loaded from elsewhere");
    Ok(())
}

async fn pages_fit_narrow_and_wide_windows(reader: &Visitor, province: &Province) -> Result<()> {
    for width in WIDTHS {
        reader.resize(width, 900).await?;
        for (path, _) in PAGES {
            reader.go(&province.address(path)).await?;
            let over = reader
                .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                .await?;
            ensure!(over <= 0, "{path} is {over} px too wide at {width} px");
        }
    }
    Ok(())
}

async fn wrong_addresses_say_what_to_do(reader: &Visitor, province: &Province) -> Result<()> {
    for path in ["/nowhere", "/bulletins/0", "/bulletins/0/cells/city-monthly/430100/x"] {
        reader.go(&province.address(path)).await?;
        ensure!(reader.count("main a").await? > 0, "{path} offers a way on");
        ensure!(reader.text("main").await?.contains("404"), "{path} is not found");
    }
    reader.go(&province.address("/statistics?period=2022-13&direction=registered&by=city")).await?;
    ensure!(
        reader.text("main").await?.contains("2022-13") || reader.value("period").await? == "2022-13",
        "what was typed is kept"
    );
    Ok(())
}
