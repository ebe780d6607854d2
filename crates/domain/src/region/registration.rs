//! How contracts are registered (技术合同认定登记): the regime of a day with its clocks, coded reasons, and the values of
//! the region's own desk.

use jiff::civil::Date;

use super::calendar::Calendar;
use super::document::{Fields, Node};
use super::papers::{STANDINGS, Standing};
use super::problem::{Mistake, Sink};
use crate::money::Fen;

/// More days than a year are a mistake of writing.
const DAYS_MAX: u32 = 366;
/// A threshold above a hundred billion yuan is one too.
const THRESHOLD_YUAN_MAX: u32 = 4_000_000_000;
const STAFF_MAX: u32 = 1_000;
const SETS_MAX: u32 = 100;
const PER_MILLE_MAX: u32 = 1_000;
const FEN_A_YUAN: i64 = 100;

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayUnit {
    /// 日: every day.
    Calendar,
    /// 工作日.
    Working,
}

const UNITS: [(&str, DayUnit); 2] = [("calendar", DayUnit::Calendar), ("working", DayUnit::Working)];

/// A limit of days, counted from the day after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DayLimit {
    /// How many.
    pub days: u32,
    /// Of which kind.
    pub unit: DayUnit,
}

impl DayLimit {
    /// The last day; `None` where it lies in a year whose holidays have not been announced.
    #[must_use]
    pub fn last_day(self, from: Date, calendar: &Calendar) -> Option<Date> {
        match self.unit {
            DayUnit::Calendar => from.checked_add(jiff::Span::new().days(i64::from(self.days))).ok(),
            DayUnit::Working => calendar.add_working_days(from, self.days),
        }
    }
}

/// When the province's experts review a contract (专家评审), and in how many days it is decided then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpertReviewRule {
    /// The limit that takes the place of the usual one.
    pub limit: DayLimit,
    /// From this technology value (技术交易额) on, and whenever there is a dispute.
    pub technology_value_min: Fen,
}

/// The rules in force during some time (登记制度).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regime {
    /// Word of files and the database.
    pub key: String,
    /// Name.
    pub name: String,
    /// English name, possibly empty.
    pub name_en: String,
    /// The documents.
    pub document: String,
    /// First day; open where it always was.
    pub from: Option<Date>,
    /// Last day; open while it holds.
    pub to: Option<Date>,
    /// Days from acceptance to decision.
    pub decision: DayLimit,
    /// When experts come in; `None` where the regime has no such review.
    pub expert_review: Option<ExpertReviewRule>,
    /// Whether a correction (补正) makes its own day the day of acceptance.
    pub correction_restarts: bool,
    /// Whether the domestic buyer applies where technology is imported.
    pub buyer_applies_for_imports: bool,
    /// Complete sets of a contract's own subject matter whose cost is still reasonable and so not deducted.
    pub reasonable_sets_max: u32,
    /// Whether its values come from the text in force.
    pub standing: Standing,
}

/// A reason or ground that a paper prints with its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodedReason {
    /// Word of files, papers and the API.
    pub code: String,
    /// In words.
    pub name: String,
    /// In English, possibly empty.
    pub name_en: String,
    /// What it rests on.
    pub basis: String,
    /// Whether a source gives it.
    pub standing: Standing,
}

/// Values of the region's own desk (登记窗口).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeskRules {
    /// Fewest people of a registration point.
    pub registrar_staff_min: u32,
    /// Of a thousand registrations of a year, how many are drawn for the spot check (抽查).
    pub spot_check_per_mille: u32,
    /// Days to produce evidence after the notice.
    pub evidence: DayLimit,
    /// Days to be heard.
    pub hearing: DayLimit,
    /// Whether a campus registrar may decide on contracts of its own university, all of which the province then samples.
    pub campus_may_decide: bool,
    /// Whether a source gives them.
    pub standing: Standing,
}

/// How contracts are registered here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistrationRules {
    /// In the order of their days.
    pub regimes: Vec<Regime>,
    /// Why a text is sent back (补正).
    pub correction_reasons: Vec<CodedReason>,
    /// Why registration is refused (不予登记).
    pub refusal_reasons: Vec<CodedReason>,
    /// Why it is revoked (撤销).
    pub revocation_grounds: Vec<CodedReason>,
    /// The desk's own values; without them there is no desk.
    pub desk: Option<DeskRules>,
}

impl RegistrationRules {
    /// Reads `registration.yaml`.
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Self {
        let keys = [
            "regimes",
            "correction_reasons",
            "refusal_reasons",
            "revocation_grounds",
            "desk",
            "source",
            "note",
        ];
        let Some(fields) = Fields::of(file, node, &keys, sink) else { return Self::default() };
        Self {
            regimes: read_regimes(file, &fields, sink),
            correction_reasons: read_reasons(file, &fields, "correction_reasons", sink),
            refusal_reasons: read_reasons(file, &fields, "refusal_reasons", sink),
            revocation_grounds: read_reasons(file, &fields, "revocation_grounds", sink),
            desk: fields.node("desk").and_then(|node| read_desk(file, node, sink)),
        }
    }

    /// The regime of a day.
    #[must_use]
    pub fn regime_on(&self, day: Date) -> Option<&Regime> {
        self.regimes
            .iter()
            .find(|regime| regime.from.is_none_or(|from| from <= day) && regime.to.is_none_or(|to| day <= to))
    }

    /// The technology value from which a contract of a day is measured as large: the expert review's of its regime.
    ///
    /// A regime without such a review has nothing to stay below; its contracts are measured by the next regime that has
    /// one, so that what was divided before the review came, when its draft was known, is asked about all the same.
    #[must_use]
    pub fn review_threshold_on(&self, day: Date) -> Option<Fen> {
        let has_ended = |regime: &&Regime| regime.to.is_some_and(|to| to < day);
        let reviews = self.regimes.iter().skip_while(has_ended).find_map(|regime| regime.expert_review);
        reviews.map(|rule| rule.technology_value_min)
    }
}

fn read_regimes(file: &str, rules: &Fields<'_>, sink: &mut Sink) -> Vec<Regime> {
    let mut regimes: Vec<(u32, Regime)> = Vec::new();
    for item in rules.list("regimes", sink) {
        let keys = [
            "key",
            "name",
            "name_en",
            "document",
            "from",
            "to",
            "decision",
            "expert_review",
            "correction_restarts",
            "buyer_applies_for_imports",
            "reasonable_sets_max",
            "status",
            "source",
            "note",
        ];
        let Some(fields) = Fields::of(file, item, &keys, sink) else { continue };
        let texts = (fields.text("key", sink), fields.text("name", sink), fields.text("document", sink));
        let (Some(key), Some(name), Some(document)) = texts else { continue };
        let Some(decision) = fields.required_node("decision", sink) else { continue };
        let Some(decision) = read_limit(file, decision, sink) else { continue };
        fields.text("reasonable_sets_max", sink);
        let Some(reasonable_sets_max) = fields.number("reasonable_sets_max", SETS_MAX, sink) else {
            continue;
        };
        let (from, to) = fields.validity(sink);
        if let Some((_, other)) = regimes.last()
            && !matches!((other.to, from), (Some(ends), Some(begins)) if ends < begins)
        {
            let first_line = regimes.last().map_or(0, |(line, _)| *line);
            sink.add(file, fields.place, Mistake::Overlap { code: key.to_owned(), first_line });
        }
        if regimes.iter().any(|(_, other)| other.key == key) {
            sink.add(file, fields.place_of("key"), Mistake::KeyTwice { key: key.to_owned() });
        }
        let regime = Regime {
            key: key.to_owned(),
            name: name.to_owned(),
            name_en: fields.owned("name_en", sink),
            document: document.to_owned(),
            from,
            to,
            decision,
            expert_review: fields.node("expert_review").and_then(|node| read_expert_review(file, node, sink)),
            correction_restarts: fields.flag("correction_restarts", sink),
            buyer_applies_for_imports: fields.flag("buyer_applies_for_imports", sink),
            reasonable_sets_max,
            standing: fields.one_of("status", &STANDINGS, sink).unwrap_or(Standing::Pending),
        };
        regimes.push((fields.place.line, regime));
    }
    regimes.into_iter().map(|(_, regime)| regime).collect()
}

fn read_limit(file: &str, node: &Node, sink: &mut Sink) -> Option<DayLimit> {
    limit_of(&Fields::of(file, node, &["days", "unit"], sink)?, sink)
}

pub(super) fn limit_of(fields: &Fields<'_>, sink: &mut Sink) -> Option<DayLimit> {
    fields.text("days", sink)?;
    fields.text("unit", sink)?;
    let days = fields.number("days", DAYS_MAX, sink)?;
    Some(DayLimit { days, unit: fields.one_of("unit", &UNITS, sink)? })
}

fn read_expert_review(file: &str, node: &Node, sink: &mut Sink) -> Option<ExpertReviewRule> {
    let fields = Fields::of(file, node, &["days", "unit", "technology_value_yuan_min"], sink)?;
    let limit = limit_of(&fields, sink)?;
    fields.text("technology_value_yuan_min", sink)?;
    let yuan = fields.number("technology_value_yuan_min", THRESHOLD_YUAN_MAX, sink)?;
    Some(ExpertReviewRule { limit, technology_value_min: Fen(i64::from(yuan) * FEN_A_YUAN) })
}

fn read_reasons(file: &str, rules: &Fields<'_>, list: &str, sink: &mut Sink) -> Vec<CodedReason> {
    let mut reasons: Vec<CodedReason> = Vec::new();
    for item in rules.list(list, sink) {
        let keys = ["code", "name", "name_en", "basis", "status", "source", "note"];
        let Some(fields) = Fields::of(file, item, &keys, sink) else { continue };
        let texts = (fields.text("code", sink), fields.text("name", sink), fields.text("basis", sink));
        let (Some(code), Some(name), Some(basis)) = texts else { continue };
        if reasons.iter().any(|other| other.code == code) {
            sink.add(file, fields.place_of("code"), Mistake::KeyTwice { key: code.to_owned() });
        }
        reasons.push(CodedReason {
            code: code.to_owned(),
            name: name.to_owned(),
            name_en: fields.owned("name_en", sink),
            basis: basis.to_owned(),
            standing: fields.one_of("status", &STANDINGS, sink).unwrap_or(Standing::Pending),
        });
    }
    reasons
}

fn read_desk(file: &str, node: &Node, sink: &mut Sink) -> Option<DeskRules> {
    let keys = [
        "registrar_staff_min",
        "spot_check_per_mille",
        "evidence",
        "hearing",
        "campus_may_decide",
        "status",
        "source",
        "note",
    ];
    let fields = Fields::of(file, node, &keys, sink)?;
    let number = |key: &str, max: u32, sink: &mut Sink| {
        fields.text(key, sink)?;
        fields.number(key, max, sink)
    };
    Some(DeskRules {
        registrar_staff_min: number("registrar_staff_min", STAFF_MAX, sink)?,
        spot_check_per_mille: number("spot_check_per_mille", PER_MILLE_MAX, sink)?,
        evidence: read_limit(file, fields.required_node("evidence", sink)?, sink)?,
        hearing: read_limit(file, fields.required_node("hearing", sink)?, sink)?,
        campus_may_decide: fields.flag("campus_may_decide", sink),
        standing: fields.one_of("status", &STANDINGS, sink).unwrap_or(Standing::Pending),
    })
}
