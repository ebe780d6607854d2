//! Which type of contract it is (合同类型引导): one question a page, so that it works everywhere and can be sent on.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::region::{CodedReason, Guided, Question, Region, Standing};

use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::routes::{Access, Route};

const PATH: &str = "/contract-type";
/// No way through the questions is so long.
const ANSWERS_MAX: usize = 20;
/// No id of an application is so long.
const ID_CHARACTERS_MAX: usize = 40;

/// The routes of the page.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![Route::page(PATH, Access::Open, routing::get(ask))]
}

/// Numbers of the answers so far, counted from 1, with dots between.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AnswersQuery {
    answers: String,
    /// Application that the answer is for.
    application: String,
}

/// The page: what was answered, and what follows.
#[derive(Debug, Template)]
#[template(path = "contract_type.html")]
struct ContractTypePage {
    shell: Shell,
    given: Vec<Given>,
    follows: Follows,
    /// Where the questions begin again.
    restart: String,
    /// Where the type found is taken to.
    taken: Option<String>,
}

/// A question that was answered.
#[derive(Debug)]
struct Given {
    question: String,
    answer: String,
    /// Where it is answered anew.
    again: String,
}

/// What comes after the answers so far.
#[derive(Debug)]
enum Follows {
    /// A question, with the links of its answers.
    Question { text: String, answers: Vec<(String, String)> },
    /// The type, from its root down.
    Type { names: Vec<String> },
    /// No technology contract.
    Refusal { reason: String, basis: String, is_pending: bool },
    /// The region has no such questions.
    Nothing,
}

async fn ask(visit: Visit, Query(query): Query<AnswersQuery>) -> Response {
    let Some(answers) = read_answers(&query.answers) else { return visit.misread() };
    let application = query.application;
    if !is_id(&application) {
        return visit.misread();
    }
    let region = match visit.app.region().await {
        Ok(region) => region,
        Err(refusal) => return visit.refused(&refusal),
    };
    let shell = visit.shell(Section::Elsewhere, visit.language.text("contract-type-title"));
    match ContractTypePage::of(shell, &region.region, &answers, &application) {
        Some(page) => visit.page(&page),
        None => visit.misread(),
    }
}

fn read_answers(text: &str) -> Option<Vec<usize>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let answers: Option<Vec<usize>> =
        text.split('.').map(|number| number.parse::<usize>().ok()?.checked_sub(1)).collect();
    answers.filter(|answers| answers.len() <= ANSWERS_MAX)
}

impl ContractTypePage {
    /// None where a question has no such answer, or was never reached.
    fn of(shell: Shell, region: &Region, answers: &[usize], application: &str) -> Option<Self> {
        let questions = region.contract_questions();
        let mut given = Vec::with_capacity(answers.len());
        for (at, chosen) in answers.iter().enumerate() {
            let Some(Guided::Asked(question)) = questions.stand(&answers[..at]).ok()? else { return None };
            let answer = question.answers.get(*chosen)?;
            given.push(Given {
                question: shell.language.pick(&question.text, &question.text_en).to_owned(),
                answer: shell.language.pick(&answer.text, &answer.text_en).to_owned(),
                again: link(&shell, &answers[..at], application),
            });
        }
        let follows = match questions.stand(answers).ok()? {
            None => Follows::Nothing,
            Some(Guided::Asked(question)) => asked(&shell, question, answers, application),
            Some(Guided::Found(code)) => Follows::Type { names: type_names(&shell, region, code) },
            Some(Guided::Refused(code)) => {
                refused(&shell, region.registration().refusal_reasons.iter().find(|one| one.code == code)?)
            }
        };
        let taken = match questions.stand(answers).ok()? {
            Some(Guided::Found(code)) if !application.is_empty() => Some(
                shell.link(&format!("/applications/{application}/form/contract?type={code}#contract-type")),
            ),
            _ => None,
        };
        Some(Self { restart: link(&shell, &[], application), shell, given, follows, taken })
    }
}

fn asked(shell: &Shell, question: &Question, answers: &[usize], application: &str) -> Follows {
    let links = question.answers.iter().enumerate().map(|(at, answer)| {
        let next: Vec<usize> = answers.iter().copied().chain([at]).collect();
        (link(shell, &next, application), shell.language.pick(&answer.text, &answer.text_en).to_owned())
    });
    let text = shell.language.pick(&question.text, &question.text_en).to_owned();
    Follows::Question { text, answers: links.collect() }
}

fn type_names(shell: &Shell, region: &Region, code: &str) -> Vec<String> {
    let Some(list) = region.codes("contract_type") else { return vec![code.to_owned()] };
    let name =
        |code: &str| list.by_code(code).map(|item| shell.language.pick(&item.name, &item.name_en).to_owned());
    let parent = list.by_code(code).and_then(|item| item.parent.as_deref());
    parent.into_iter().chain([code]).filter_map(name).collect()
}

fn refused(shell: &Shell, reason: &CodedReason) -> Follows {
    Follows::Refusal {
        reason: shell.language.pick(&reason.name, &reason.name_en).to_owned(),
        basis: reason.basis.clone(),
        is_pending: reason.standing != Standing::InForce,
    }
}

/// Whether a text may stand for an application in an address.
fn is_id(text: &str) -> bool {
    text.len() <= ID_CHARACTERS_MAX && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn link(shell: &Shell, answers: &[usize], application: &str) -> String {
    let numbers: Vec<String> = answers.iter().map(|answer| (answer + 1).to_string()).collect();
    let parts = [("answers", numbers.join(".")), ("application", application.to_owned())];
    let stated: Vec<String> = parts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if stated.is_empty() { shell.link(PATH) } else { shell.link(&format!("{PATH}?{}", stated.join("&"))) }
}
