//! The funnel (对接漏斗) on screen, as XLSX, DOCX and CSV; each figure opens to the leads behind it.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::lead::LeadStage;
use xiaoxiang_domain::period::Period;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::bulletin::PublicFormat;
use xiaoxiang_services::lead::{
    Funnel, FunnelBy, THROUGH_KEYS, funnel_table, read_funnel, stages_table, write_funnel,
};
use xiaoxiang_services::registration::point::months_of_the_year;

use crate::pages::home::Choice;
use crate::pages::public::mime_of;
use crate::pages::shell::{Section, Shell};
use crate::pages::table::TableView;
use crate::pages::visit::{Visit, download};

/// What the funnel is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    by: String,
    period: String,
}

impl Asked {
    fn by(&self) -> Result<FunnelBy, Refusal> {
        if self.by.is_empty() {
            return Ok(FunnelBy::default());
        }
        FunnelBy::from_code(&self.by).ok_or_else(|| Refusal::NotFound(self.by.clone()))
    }

    async fn period(&self, visit: &Visit) -> Result<Period, Refusal> {
        if self.period.trim().is_empty() {
            return months_of_the_year(&visit.app).await;
        }
        let text = visit.language.text("statistics-bad-period");
        self.period.trim().parse().map_err(|_| Refusal::invalid("lead.period", text, text))
    }
}

#[derive(Debug, Template)]
#[template(path = "lead_funnel.html")]
struct FunnelPage {
    shell: Shell,
    typed: String,
    problem: Option<String>,
    funnel: Funnel,
    stages: TableView,
    table: TableView,
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    match page_of(&visit, &asked).await {
        Ok(page) if page.problem.is_some() => visit.unprocessed(&page),
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(visit: &Visit, asked: &Asked) -> Result<FunnelPage, Refusal> {
    let (actor, by) = (visit.actor(), asked.by()?);
    let (period, problem) = match asked.period(visit).await {
        Err(refusal @ Refusal::Invalid { .. }) => {
            (months_of_the_year(&visit.app).await?, Some(visit.sentence(&refusal)))
        }
        other => (other?, None),
    };
    let funnel = read_funnel(&visit.app, &actor, by, period).await?;
    let link = |key: &str, reached: &str| {
        let mut query = vec![
            ("from", period.first_day().to_string()),
            ("to", period.last_day().to_string()),
            ("reached", reached.to_owned()),
        ];
        if key != "total" {
            query.push((by.code(), key.to_owned()));
        }
        let query = serde_urlencoded::to_string(query).expect("invariant: pairs of texts make a query");
        visit.language.link(&format!("/leads?{query}"))
    };
    let stage_of = |column: &str| {
        let place = THROUGH_KEYS.iter().position(|key| *key == column)?;
        Some(LeadStage::ALL[place])
    };
    let stages = stages_table(&funnel).told_in(visit.language.file());
    let stages = TableView::new("stages", visit.language, &stages)
        .caption_hidden()
        .opening(&stages, |key, column| (column == "through").then(|| link("total", key)));
    let shown = funnel_table(&funnel).told_in(visit.language.file());
    let table = TableView::new("funnel", visit.language, &shown)
        .caption_hidden()
        .opening(&shown, |key, column| Some(link(key, stage_of(column)?.code())));
    Ok(FunnelPage {
        shell: visit.shell(Section::Leads, visit.language.text("funnel-title")),
        typed: if problem.is_some() { asked.period.clone() } else { period.to_string() },
        problem,
        stages,
        table,
        funnel,
    })
}

impl FunnelPage {
    fn choices(&self) -> Vec<Choice> {
        let choice = |by: FunnelBy| Choice {
            link: self.shell.link(&format!("/leads/funnel?by={}&period={}", by.code(), self.funnel.period)),
            label: self.shell.language.pick(by.label(), by.label_en()).to_owned(),
            is_current: by == self.funnel.by,
        };
        FunnelBy::ALL.into_iter().map(choice).collect()
    }

    fn file_link(&self, extension: &str) -> String {
        let (by, period) = (self.funnel.by.code(), self.funnel.period);
        self.shell.file_link(&format!("/leads/funnel/{extension}?by={by}&period={period}"))
    }
}

pub(super) async fn file(
    visit: Visit,
    Path(extension): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let made = async {
        let format =
            PublicFormat::from_code(&extension).ok_or_else(|| Refusal::NotFound(extension.clone()))?;
        let (by, period) = (asked.by()?, asked.period(&visit).await?);
        let funnel = read_funnel(&visit.app, &visit.actor(), by, period).await?;
        let bytes = write_funnel(&funnel, format, visit.file_language())?;
        let name = format!("leads-by-{}-{period}.{extension}", by.code());
        Ok::<_, Refusal>(download(&name, mime_of(format), bytes))
    };
    match made.await {
        Ok(response) => response,
        Err(refusal) => visit.refused(&refusal),
    }
}
