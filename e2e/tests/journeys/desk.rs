//! A registration desk in the browser: an applicant, a registrar, the province, and a chair for everybody else in turn.

use anyhow::{Context as _, Result, ensure};
use xiaoxiang_e2e::province::Province;
use xiaoxiang_e2e::visitor::{Script, Visitor};

use super::office::sign_in;

/// The smallest file that is a PDF by its content.
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

/// Browsers of the people of a desk.
pub struct Desk {
    pub province: Province,
    /// The technology-transfer office of a university.
    pub agent: Visitor,
    /// Who accepts and gives the first review.
    pub registrar: Visitor,
    /// The province.
    pub official: Visitor,
    /// Whoever else it takes, one after the other.
    pub chair: Visitor,
}

impl Desk {
    /// Opens the browsers and signs in those who stay.
    pub async fn open(province: Province) -> Result<Self> {
        let enter = || Visitor::enter(Script::On);
        let desk = Self {
            province,
            agent: enter().await?,
            registrar: enter().await?,
            official: enter().await?,
            chair: enter().await?,
        };
        sign_in(&desk.agent, &desk.province, "高校院所技术转移人员").await?;
        sign_in(&desk.registrar, &desk.province, "登记机构人员").await?;
        sign_in(&desk.official, &desk.province, "省级统计人员").await?;
        Ok(desk)
    }

    /// Closes the browsers; says first what they showed where the journey stopped.
    pub async fn close(self, outcome: &Result<()>) -> Result<()> {
        for visitor in [self.agent, self.registrar, self.official, self.chair] {
            if outcome.is_err() {
                show_page(&visitor).await;
            }
            visitor.leave().await?;
        }
        Ok(())
    }

    /// Lets somebody take the chair.
    pub async fn seat(&self, role: &str) -> Result<&Visitor> {
        self.chair.go(&self.province.address("/")).await?;
        if self.chair.count("header form").await? > 0 {
            self.chair.sign_out().await?;
        }
        sign_in(&self.chair, &self.province, role).await?;
        Ok(&self.chair)
    }

    /// Opens a page at its path.
    pub async fn show(&self, visitor: &Visitor, path: &str) -> Result<()> {
        visitor.go(&self.province.address(path)).await
    }

    /// Finds an application in the list by its project, as everybody does, opens it and gives its path.
    pub async fn find(&self, visitor: &Visitor, project: &str) -> Result<String> {
        self.show(visitor, "/applications").await?;
        visitor.fill("text", project).await?;
        visitor.submit("main form[role=search]").await?;
        visitor.follow("#applications th a").await.with_context(|| format!("`{project}` in the list"))?;
        ensure!(visitor.text("h1").await?.contains(project), "the list leads to another application");
        visitor.path().await
    }

    /// Takes a step on an application's page, with coded reason and words where they are given.
    pub async fn take(
        &self,
        visitor: &Visitor,
        path: &str,
        step: &str,
        [reason, words]: [&str; 2],
    ) -> Result<()> {
        self.show(visitor, path).await?;
        fill_step(visitor, &format!("#step-{step}"), reason, words).await?;
        visitor.press_button(&format!("#step-{step} button[type=submit]")).await?;
        visitor.sees("已办理。").await.with_context(|| format!("the step {step}"))
    }

    /// Does an act on an inspection's page.
    pub async fn act(
        &self,
        visitor: &Visitor,
        path: &str,
        act: &str,
        [ground, words]: [&str; 2],
    ) -> Result<()> {
        self.show(visitor, path).await?;
        fill_step(visitor, &format!("#act-{act}"), ground, words).await?;
        visitor.press_button(&format!("#act-{act} button[type=submit]")).await?;
        visitor.sees(words).await.with_context(|| format!("the act {act} stands in the history"))
    }

    /// A file that can be uploaded.
    pub fn file(&self, name: &str) -> Result<std::path::PathBuf> {
        let path = self.province.folder().join(name);
        std::fs::write(&path, PDF)?;
        Ok(path)
    }
}

/// Opens the form of a step and fills it in.
pub async fn fill_step(visitor: &Visitor, step: &str, reason: &str, words: &str) -> Result<()> {
    visitor.unfold(step).await?;
    if !reason.is_empty() {
        visitor.tick(&format!("{step} input[value='{reason}']")).await?;
    }
    if !words.is_empty() {
        visitor.write(&format!("{step} textarea"), words).await?;
    }
    Ok(())
}

/// The state that an application's page shows.
pub async fn state(visitor: &Visitor) -> Result<String> {
    visitor.text("p.kicker .status").await
}

/// The legal day so many days from today, as `2026-11-23`.
pub async fn legal_day(visitor: &Visitor, days: i64) -> Result<String> {
    let script = format!(
        "arguments[arguments.length - 1](new Date(Date.now() + 8 * 3600e3 + {days} * 864e5).toISOString().slice(0, 10))"
    );
    let day = visitor.execute_and_wait(&script).await?;
    Ok(day.as_str().context("a day")?.to_owned())
}

/// What was on the screen when a journey stopped.
#[expect(clippy::print_stderr, reason = "a failed journey is to be understood from its output")]
async fn show_page(visitor: &Visitor) {
    let path = visitor.path().await.unwrap_or_default();
    if path.starts_with('/') {
        let text = visitor.text("main").await.unwrap_or_default();
        eprintln!("stopped at {path}:\n{text}\n");
    }
}
