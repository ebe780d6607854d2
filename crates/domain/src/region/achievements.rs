//! What has to be publicised before an achievement is listed (科技成果公示), and for how long.

use jiff::civil::Date;

use super::document::{Fields, Node};
use super::papers::{STANDINGS, Standing};
use super::problem::Sink;
use super::registration::{DayLimit, limit_of};

/// How long name and price are publicised, during some time and for some ways of pricing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicityRule {
    /// First day; open where it always was.
    pub from: Option<Date>,
    /// Last day; open while it holds.
    pub to: Option<Date>,
    /// Ways of pricing: `agreed`, `listed`, `auction`.
    pub methods: Vec<String>,
    /// For how long, counted from the day after it begins.
    pub limit: DayLimit,
    /// What it rests on.
    pub basis: String,
    /// Whether a source gives it.
    pub standing: Standing,
}

/// The rules for achievements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AchievementRules {
    /// In the order of their file.
    pub publicity: Vec<PublicityRule>,
}

impl AchievementRules {
    /// Reads `achievement.yaml`.
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Self {
        let Some(fields) = Fields::of(file, node, &["publicity", "source", "note"], sink) else {
            return Self::default();
        };
        let mut publicity = Vec::new();
        for item in fields.list("publicity", sink) {
            let keys = ["from", "to", "methods", "days", "unit", "basis", "status", "source", "note"];
            let Some(fields) = Fields::of(file, item, &keys, sink) else { continue };
            let Some(limit) = limit_of(&fields, sink) else { continue };
            let Some(basis) = fields.text("basis", sink) else { continue };
            let (from, to) = fields.validity(sink);
            publicity.push(PublicityRule {
                from,
                to,
                methods: fields.texts("methods", sink).into_iter().map(|(_, text)| text.to_owned()).collect(),
                limit,
                basis: basis.to_owned(),
                standing: fields.one_of("status", &STANDINGS, sink).unwrap_or(Standing::Pending),
            });
        }
        Self { publicity }
    }

    /// The rule of a day for a way of pricing; none where nothing has to be publicised.
    #[must_use]
    pub fn publicity_on(&self, day: Date, method: &str) -> Option<&PublicityRule> {
        self.publicity.iter().find(|rule| {
            rule.from.is_none_or(|from| from <= day)
                && rule.to.is_none_or(|to| day <= to)
                && rule.methods.iter().any(|one| one == method)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::region::Standing;
    use crate::region::tests::HUNAN;
    use jiff::civil::date;

    #[test]
    fn an_agreed_price_is_publicised_and_the_days_are_marked_as_unconfirmed() {
        let rules = HUNAN.achievements();
        let rule = rules.publicity_on(date(2026, 11, 23), "agreed").expect("a rule");
        assert_eq!((rule.limit.days, rule.standing), (15, Standing::Pending));
        assert!(rules.publicity_on(date(2026, 11, 23), "listed").is_none());
        assert!(rules.publicity_on(date(2015, 9, 30), "agreed").is_none(), "before the law");
    }
}
