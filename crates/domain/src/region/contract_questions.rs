//! Questions that lead an applicant to the type of a contract (合同类型引导).

use std::collections::BTreeMap;

use super::code_list::CodeList;
use super::document::{Fields, Node};
use super::problem::{Mistake, Place, Sink};
use super::registration::CodedReason;
use super::text::nearest;

/// Where an answer leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerLeads {
    /// To the question of this key.
    Question(String),
    /// To a contract type (合同类型) of this code.
    Type(String),
    /// Nowhere: such a contract is refused for this coded reason.
    Refusal(String),
}

/// An answer to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// In words.
    pub text: String,
    /// In English.
    pub text_en: String,
    /// Where it leads.
    pub leads: AnswerLeads,
}

/// A question with its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Word by which answers lead here.
    pub key: String,
    /// In words.
    pub text: String,
    /// In English.
    pub text_en: String,
    /// At least two.
    pub answers: Vec<Answer>,
}

/// The questions, of which every way ends: no question leads back to an earlier one of its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContractQuestions {
    first: String,
    questions: Vec<Question>,
}

/// Where somebody stands who has answered some questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guided<'a> {
    /// This question comes next.
    Asked(&'a Question),
    /// The type is found.
    Found(&'a str),
    /// It is refused for this reason.
    Refused(&'a str),
}

/// An answer that is not there: which question of the way, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("question {question} has no such answer")]
pub struct UnknownAnswer {
    /// Which.
    pub question: usize,
}

impl ContractQuestions {
    /// Reads `forms/contract_questions.yaml`.
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Self {
        let Some(fields) = Fields::of(file, node, &["first", "questions", "source", "note"], sink) else {
            return Self::default();
        };
        let first = fields.text("first", sink).unwrap_or_default().to_owned();
        let mut read = Self { first, questions: Vec::new() };
        let mut places = BTreeMap::new();
        for item in fields.list("questions", sink) {
            let Some(fields) = Fields::of(file, item, &["key", "text", "text_en", "answers"], sink) else {
                continue;
            };
            let texts = (fields.text("key", sink), fields.text("text", sink), fields.text("text_en", sink));
            let (Some(key), Some(text), Some(text_en)) = texts else { continue };
            if places.insert(key.to_owned(), fields.place).is_some() {
                sink.add(file, fields.place_of("key"), Mistake::KeyTwice { key: key.to_owned() });
            }
            if fields.list("answers", sink).is_empty() {
                sink.add(file, fields.place, Mistake::MissingKey { key: "answers".to_owned() });
            }
            let answers =
                fields.list("answers", sink).iter().filter_map(|item| read_answer(file, item, sink));
            let answers = answers.collect();
            let (key, text, text_en) = (key.to_owned(), text.to_owned(), text_en.to_owned());
            read.questions.push(Question { key, text, text_en, answers });
        }
        read.check_ways(file, &places, fields.place_of("first"), sink);
        read
    }

    /// Every way must lead to questions that are there, and end.
    fn check_ways(&self, file: &str, places: &BTreeMap<String, Place>, first: Place, sink: &mut Sink) {
        let keys = || self.questions.iter().map(|question| question.key.as_str());
        let leads =
            std::iter::once((first, self.first.as_str())).chain(self.questions.iter().flat_map(|question| {
                let place = places.get(&question.key).copied().unwrap_or_default();
                question.answers.iter().filter_map(move |answer| match &answer.leads {
                    AnswerLeads::Question(next) => Some((place, next.as_str())),
                    AnswerLeads::Type(_) | AnswerLeads::Refusal(_) => None,
                })
            }));
        for (place, next) in leads {
            if self.question(next).is_none() {
                sink.add(file, place, not_one_of("next", next, keys()));
            }
        }
        for question in &self.questions {
            if self.comes_back(question) {
                let place = places.get(&question.key).copied().unwrap_or_default();
                sink.add(file, place, Mistake::QuestionInCircle { key: question.key.clone() });
            }
        }
    }

    fn comes_back(&self, start: &Question) -> bool {
        let mut seen: Vec<&str> = Vec::new();
        let mut open: Vec<&Question> = vec![start];
        while let Some(question) = open.pop() {
            for answer in &question.answers {
                let AnswerLeads::Question(next) = &answer.leads else { continue };
                if *next == start.key {
                    return true;
                }
                if !seen.contains(&next.as_str()) {
                    seen.push(next);
                    open.extend(self.question(next));
                }
            }
        }
        false
    }

    /// Types and reasons must be those of their lists.
    pub(super) fn check_ends(
        &self,
        file: &str,
        types: Option<&CodeList>,
        reasons: &[CodedReason],
        sink: &mut Sink,
    ) {
        let types = types.map(CodeList::items).unwrap_or_default();
        for answer in self.questions.iter().flat_map(|question| &question.answers) {
            match &answer.leads {
                AnswerLeads::Type(code) if types.iter().all(|item| item.code != *code) => {
                    let known = types.iter().map(|item| item.code.as_str());
                    sink.add(file, Place::default(), not_one_of("type", code, known));
                }
                AnswerLeads::Refusal(code) if reasons.iter().all(|reason| reason.code != *code) => {
                    let known = reasons.iter().map(|reason| reason.code.as_str());
                    sink.add(file, Place::default(), not_one_of("refusal", code, known));
                }
                _ => {}
            }
        }
    }

    /// The question of a key.
    #[must_use]
    pub fn question(&self, key: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.key == key)
    }

    /// All questions in the order of the file; none where the region has no such help.
    #[must_use]
    pub fn all(&self) -> &[Question] {
        &self.questions
    }

    /// Where somebody stands who has given these answers, each counted from 0. Answers after the end count for nothing,
    /// so that changing an early one needs no clearing of the later ones.
    ///
    /// # Errors
    /// Where a question has no such answer.
    pub fn stand(&self, answers: &[usize]) -> Result<Option<Guided<'_>>, UnknownAnswer> {
        let Some(mut question) = self.question(&self.first) else { return Ok(None) };
        for (at, chosen) in answers.iter().enumerate() {
            let answer = question.answers.get(*chosen).ok_or(UnknownAnswer { question: at })?;
            match &answer.leads {
                AnswerLeads::Question(next) => {
                    question =
                        self.question(next).expect("invariant: every way was checked when it was read");
                }
                AnswerLeads::Type(code) => return Ok(Some(Guided::Found(code))),
                AnswerLeads::Refusal(reason) => return Ok(Some(Guided::Refused(reason))),
            }
        }
        Ok(Some(Guided::Asked(question)))
    }
}

fn read_answer(file: &str, node: &Node, sink: &mut Sink) -> Option<Answer> {
    let fields = Fields::of(file, node, &["text", "text_en", "next", "type", "refusal"], sink)?;
    let ends = [
        fields.optional("next", sink).map(|key| AnswerLeads::Question(key.to_owned())),
        fields.optional("type", sink).map(|code| AnswerLeads::Type(code.to_owned())),
        fields.optional("refusal", sink).map(|code| AnswerLeads::Refusal(code.to_owned())),
    ];
    let mut ends = ends.into_iter().flatten();
    let (leads, other) = (ends.next(), ends.next());
    if leads.is_none() || other.is_some() {
        sink.add(file, fields.place, Mistake::AnswerLeads);
    }
    Some(Answer {
        text: fields.text("text", sink)?.to_owned(),
        text_en: fields.text("text_en", sink)?.to_owned(),
        leads: leads?,
    })
}

fn not_one_of<'a>(key: &str, value: &str, known: impl Iterator<Item = &'a str> + Clone) -> Mistake {
    Mistake::NotOneOf {
        key: key.to_owned(),
        value: value.to_owned(),
        allowed: known.clone().collect::<Vec<_>>().join(", "),
        nearest: nearest(value, known),
    }
}
