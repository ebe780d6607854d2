//! Sentences about matches (匹配说明): why a hit is one, what speaks against it, and what to ask.

use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_services::matching::{
    Aspect, Explanation, FactAsked, Points, Requirement, Sharpening, Verdict,
};

use crate::language::Language;

/// Why a document is a hit: what it shares, comes close to, lacks, and how each requirement stands.
#[must_use]
pub fn reasons(language: Language, explanation: &Explanation) -> Vec<String> {
    let mut sentences = Vec::new();
    let joined = |words: &[String]| words.join(language.pick("、", ", "));
    if !explanation.shared.is_empty() {
        sentences.push(language.say("match-shared", [("words", &joined(&explanation.shared))]));
    }
    if !explanation.close.is_empty() {
        let pairs: Vec<String> =
            explanation.close.iter().map(|(asked, said)| format!("{asked} ≈ {said}")).collect();
        sentences.push(language.say("match-close", [("words", &joined(&pairs))]));
    }
    if explanation.shared.is_empty() && explanation.close.is_empty() {
        sentences.push(language.text("match-whole-only").to_owned());
    }
    if !explanation.missing.is_empty() {
        sentences.push(language.say("match-missing", [("words", &joined(&explanation.missing))]));
    }
    sentences.extend(
        explanation.requirements.iter().map(|(asked, verdict)| requirement(language, asked, *verdict)),
    );
    sentences
}

/// How a requirement stands.
fn requirement(language: Language, asked: &Requirement, verdict: Verdict) -> String {
    let stands = language.text(match verdict {
        Verdict::Met => "match-met",
        Verdict::NotMet => "match-not-met",
        Verdict::Unknown => "match-unknown",
    });
    language.say("match-requirement", [("asked", &aspect(language, &asked.aspect)), ("stands", stands)])
}

fn aspect(language: Language, aspect: &Aspect) -> String {
    match aspect {
        Aspect::Within(division) => language.say("match-asks-place", [("place", &division.to_string())]),
        Aspect::Budget(budget) => {
            language.say("match-asks-budget", [("amount", &ten_thousand(language, *budget))])
        }
        Aspect::Maturity(wanted) => {
            language.say("match-asks-maturity", [("stage", &wanted.least().to_string())])
        }
        Aspect::Modes(modes) => {
            let names: Vec<&str> =
                modes.iter().map(|mode| language.pick(mode.label(), mode.label_en())).collect();
            language.say("match-asks-modes", [("modes", &names.join(language.pick("、", ", ")))])
        }
        Aspect::Ownership(wish) => {
            language.say("match-asks-ownership", [("wish", language.pick(wish.label(), wish.label_en()))])
        }
        Aspect::Protected => language.text("match-asks-protected").to_owned(),
        Aspect::Available(day) => language.say("match-asks-until", [("day", &language.day(*day))]),
        Aspect::Disclosed(level) => {
            language.say("match-asks-level", [("level", language.pick(level.label(), level.label_en()))])
        }
    }
}

/// An amount in 10,000 yuan with its unit.
#[must_use]
pub fn ten_thousand(language: Language, amount: Fen) -> String {
    language.say("achievement-ten-thousand", [("amount", &amount.display_in(MoneyUnit::TenThousandYuan))])
}

/// A question to the owner of a vague demand.
#[must_use]
pub fn question_of(language: Language, question: &Sharpening) -> String {
    match question {
        Sharpening::Fact(fact) => language
            .text(match fact {
                FactAsked::Budget => "match-ask-budget",
                FactAsked::Maturity => "match-ask-maturity",
                FactAsked::Modes => "match-ask-modes",
                FactAsked::Place => "match-ask-place",
                FactAsked::Ownership => "match-ask-ownership",
            })
            .to_owned(),
        Sharpening::Word(word) => language.say("match-ask-word", [("word", word)]),
    }
}

/// The parts of a score by name, as they add up to it; those that take no part are left out.
#[must_use]
pub fn parts_of(language: Language, points: &Points) -> Vec<(&'static str, String)> {
    let parts = [
        ("match-part-words", points.words),
        ("match-part-meaning", points.meaning),
        ("match-part-reading", points.reading),
        ("match-part-neighbours", points.neighbours),
        ("match-part-requirements", points.requirements),
    ];
    let taking_part = parts.into_iter().filter(|(_, value)| *value != 0.0);
    taking_part.map(|(key, value)| (language.text(key), score(value))).collect()
}

/// A score as it is printed, with a true minus sign.
#[must_use]
pub fn score(value: f32) -> String {
    format!("{value:.2}").replace('-', "−")
}
