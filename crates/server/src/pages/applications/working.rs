//! How a technology value is worked out (技术交易额核定), line by line, for whoever asks why.

use serde::Deserialize;
use xiaoxiang_domain::contract::application::{ApplicationForm, worked_value};
use xiaoxiang_domain::contract::technology_value::{CostItem, CostKind, CostRole, TechnologyValue};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::Regime;

use super::words::Words;

/// A working as it is kept with the application.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct KeptWorking {
    reasonable_sets_max: u32,
    items: Vec<CostItem>,
    worked: TechnologyValue,
}

/// A working as a page shows it.
#[derive(Clone, Debug)]
pub(super) struct WorkingView {
    pub contract_value: String,
    pub lines: Vec<WorkingLine>,
    pub value: String,
}

/// What becomes of one cost.
#[derive(Clone, Debug)]
pub(super) struct WorkingLine {
    pub name: String,
    pub kind: &'static str,
    pub amount: String,
    pub deducted: String,
    pub kept: String,
    /// By which rule.
    pub why: String,
}

impl KeptWorking {
    /// The working that a form's costs lead to; none where they cannot be read yet.
    pub fn of_form(form: &ApplicationForm, regime: &Regime) -> Option<Self> {
        let contract_value = Fen::parse(form.field("contract_value"), MoneyUnit::Yuan).ok()?;
        let items = form.read_cost_items().ok()?;
        let worked = worked_value(contract_value, &items, regime).ok()?;
        Some(Self { reasonable_sets_max: regime.reasonable_sets_max, items, worked })
    }

    /// The costs as they would be typed.
    pub fn items(&self) -> &[CostItem] {
        &self.items
    }

    pub fn view(&self, words: &Words) -> WorkingView {
        let language = words.language;
        let lines = self.items.iter().zip(&self.worked.steps).map(|(item, step)| WorkingLine {
            name: item.name.clone(),
            kind: language.text(kind_key(item.kind)),
            amount: item.amount.yuan(),
            deducted: step.deducted.yuan(),
            kept: step.kept.yuan(),
            why: match item.role {
                CostRole::Purchase => language.text("application-why-purchase").to_owned(),
                CostRole::SubjectSamples => language.text("application-why-samples").to_owned(),
                CostRole::SubjectSets { sets } => language.say(
                    "application-why-sets",
                    [("sets", &sets.to_string()), ("max", &self.reasonable_sets_max.to_string())],
                ),
            },
        });
        WorkingView {
            contract_value: self.worked.contract_value.yuan(),
            lines: lines.collect(),
            value: self.worked.value.yuan(),
        }
    }
}

/// The key of what a cost pays for.
const fn kind_key(kind: CostKind) -> &'static str {
    match kind {
        CostKind::Equipment => "application-cost-equipment",
        CostKind::Instrument => "application-cost-instrument",
        CostKind::Part => "application-cost-part",
        CostKind::RawMaterial => "application-cost-material",
    }
}
