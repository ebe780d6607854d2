//! What a step of the form sends, and how it goes into the form that is kept.

use std::collections::HashMap;

use xiaoxiang_domain::contract::application::{ApplicationForm, WrittenCostItem};
use xiaoxiang_domain::contract::technology_value::COST_ITEMS_MAX;

use super::fields::{FieldMaker, FormStep};
use super::words::Words;

/// Prefix of the fields of costs.
const COSTS: &str = "cost_items.";

/// The fields of a form as they came.
#[derive(Clone, Debug, Default)]
pub(in crate::pages) struct Sent {
    fields: HashMap<String, Vec<String>>,
}

impl Sent {
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        let mut fields: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in pairs {
            fields.entry(name).or_default().push(value);
        }
        Self { fields }
    }

    /// The text of a field, empty where it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// Every value of a field.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Which button was pressed.
    pub fn act(&self) -> &str {
        self.text("act")
    }

    /// The revision that was seen; one that is none was never given.
    pub fn revision(&self) -> i64 {
        self.text("revision").parse().unwrap_or(0)
    }

    /// The costs in their order, without rows in which nothing is written.
    pub fn cost_items(&self) -> Vec<WrittenCostItem> {
        let mut rows: Vec<usize> = self
            .fields
            .keys()
            .filter_map(|name| name.strip_prefix(COSTS)?.split_once('.')?.0.parse().ok())
            .filter(|at| *at <= COST_ITEMS_MAX * 2)
            .collect();
        rows.sort_unstable();
        rows.dedup();
        let text = |at: usize, key: &str| self.text(&format!("{COSTS}{at}.{key}")).trim().to_owned();
        let item = |at| WrittenCostItem {
            name: text(at, "name"),
            kind: text(at, "kind"),
            role: text(at, "role"),
            sets: text(at, "sets"),
            amount: text(at, "amount"),
        };
        let items = rows.into_iter().map(item);
        items
            .filter(|item| !(item.name.is_empty() && item.amount.is_empty() && item.sets.is_empty()))
            .collect()
    }

    /// Puts what a step sends into the form; fields of other steps stay.
    pub(super) fn put_into(&self, step: FormStep, words: &Words, form: &mut ApplicationForm) {
        match step {
            FormStep::Undertaking => {
                form.undertaking.holds_no_secrets = self.has("undertaking.holds_no_secrets");
                let reviewer = self.text("undertaking.confidentiality_reviewer").trim();
                reviewer.clone_into(&mut form.undertaking.confidentiality_reviewer);
            }
            FormStep::Parties | FormStep::Contract => self.put_fields(&FieldMaker::keys(words, step), form),
            FormStep::Costs => {
                form.cost_items = self.cost_items();
                self.put_fields(&["technology_value".to_owned()], form);
            }
            FormStep::Decision => {
                let decision = &mut form.decision;
                let text = |key: &str| self.text(&format!("decision.{key}")).trim().to_owned();
                decision.level = text("level");
                decision.minutes_number = text("minutes_number");
                decision.pricing_method = text("pricing_method");
                decision.publicity_from = text("publicity_from");
                decision.publicity_to = text("publicity_to");
                decision.has_completers_authority = self.has("decision.has_completers_authority");
            }
            FormStep::Texts | FormStep::Check => {}
        }
    }

    fn put_fields(&self, keys: &[String], form: &mut ApplicationForm) {
        for key in keys.iter().filter(|key| self.has(key)) {
            let typed = self.text(key).trim();
            if typed.is_empty() {
                form.fields.remove(key);
            } else {
                form.fields.insert(key.clone(), typed.to_owned());
            }
        }
    }
}
