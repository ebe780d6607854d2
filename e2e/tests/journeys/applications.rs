//! An application for registration in the browser: begun, saved while one types, and every step free of known barriers.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use xiaoxiang_e2e::province::Province;
use xiaoxiang_e2e::visitor::{Script, Visitor};

use super::accessibility;
use super::office::sign_in;

/// Widths on which applicants work.
const WIDTHS: [u32; 2] = [360, 1280];
/// The steps of the form.
const STEPS: [&str; 7] = ["undertaking", "parties", "contract", "costs", "decision", "texts", "check"];
/// How often a save is waited for.
const LOOKS_MAX: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_saved_while_one_types_and_every_step_is_free_of_known_barriers() -> Result<()> {
    let province = Province::open()?;
    let agent = Visitor::enter(Script::On).await?;
    let outcome = async {
        sign_in(&agent, &province, "单位经办人").await?;
        agent.go(&province.address("/applications/new")).await?;
        agent.execute("document.getElementById('registrar').selectedIndex = 1").await?;
        agent.press("开始填写").await?;
        agent.text("[data-autosave-status]").await.context("the first step")?;
        let path = agent.path().await?;
        let application =
            path.strip_suffix("/form/undertaking").context("the first step's address")?.to_owned();

        agent.go(&province.address(&format!("{application}/form/contract"))).await?;
        agent.fill("project_name", "示例边写边存").await?;
        wait_for(&agent, "已保存").await?;
        agent.go(&province.address(&format!("{application}/form/contract"))).await?;
        ensure!(agent.value("project_name").await? == "示例边写边存", "what was typed was not saved");

        let steps = STEPS.iter().map(|step| province.address(&format!("{application}/form/{step}?check=1")));
        let pages: Vec<String> = steps.chain([province.address(&application)]).collect();
        accessibility::check(&agent, &pages, &WIDTHS).await?;
        agent.sign_out().await
    }
    .await;
    agent.leave().await?;
    outcome
}

/// Waits until the form says so.
async fn wait_for(visitor: &Visitor, words: &str) -> Result<()> {
    for _ in 0..LOOKS_MAX {
        if visitor.text("[data-autosave-status]").await?.contains(words) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    anyhow::bail!("the form never said `{words}`")
}
