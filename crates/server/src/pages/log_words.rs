//! The log in words: what each kind of entry says, on what, and the names of fields.

use serde_json::Value;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::contract::screen::Screen;
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::Region;
use xiaoxiang_services::log::{KindGroup, ReadEntry, Who};

use crate::language::Language;

/// Most characters of a text from the payload in a sentence.
const QUOTED_CHARACTERS_MAX: usize = 200;
/// Targets told one by one.
const TARGETS_TOLD_MAX: usize = 30;

/// The word of a group of kinds.
#[must_use]
pub fn group_label(language: Language, group: KindGroup) -> &'static str {
    language.text(match group {
        KindGroup::Contract => "log-group-contract",
        KindGroup::Bulletin => "log-group-bulletin",
        KindGroup::Attribution => "log-group-attribution",
        KindGroup::Market => "log-group-market",
        KindGroup::Target => "log-group-target",
        KindGroup::People => "log-group-people",
        KindGroup::System => "log-group-system",
    })
}

/// The key of what a kind of entry says; kinds that no program of ours writes say so.
#[must_use]
pub fn kind_key(kind: &str) -> &'static str {
    match kind {
        "contract.imported" => "log-contract-imported",
        "contract.registered" => "log-contract-registered",
        "contract.changed" => "log-contract-changed",
        "contract.withdrawn" => "log-contract-withdrawn",
        "contract.personal_data_erased" => "log-contract-erased",
        "personal_data.viewed" => "log-personal-viewed",
        "registration.step_taken" => "log-registration-step",
        "registration.text_attached" => "log-registration-text-attached",
        "registration.text_viewed" => "log-registration-text-viewed",
        "registration.texts_erased" => "log-registration-texts-erased",
        "registration.auditor_named" => "log-registration-auditor-named",
        "registration.auditor_ended" => "log-registration-auditor-ended",
        "registration.request_raised" => "log-registration-request-raised",
        "registration.request_answered" => "log-registration-request-answered",
        "registration.handed_on" => "log-registration-handed-on",
        "registration_point.opened" => "log-registration-point-opened",
        "registration_point.closed" => "log-registration-point-closed",
        "inspection.drawn" => "log-inspection-drawn",
        "inspection.opened" => "log-inspection-opened",
        "inspection.act_taken" => "log-inspection-act",
        "flag.screened" => "log-flag-screened",
        "flag.answered" => "log-flag-answered",
        "flag.decided" => "log-flag-decided",
        "flag.appealed" => "log-flag-appealed",
        "flag.payment_held" => "log-flag-payment-held",
        "flag.payment_released" => "log-flag-payment-released",
        "bulletin.drafted" => "log-bulletin-drafted",
        "bulletin.redrafted" => "log-bulletin-redrafted",
        "bulletin.countersigned" => "log-bulletin-countersigned",
        "bulletin.signed" => "log-bulletin-signed",
        "bulletin.corrected" => "log-bulletin-corrected",
        "bulletin.year_closed" => "log-bulletin-year-closed",
        "attribution.objection_raised" => "log-objection-raised",
        "attribution.objection_remarked" => "log-objection-remarked",
        "attribution.objection_decided" => "log-objection-decided",
        "park.list_imported" => "log-park-imported",
        "achievement.step_taken" => "log-achievement-step",
        "achievement.objection_raised" => "log-achievement-objection-raised",
        "achievement.objection_answered" => "log-achievement-objection-answered",
        "achievement.undertaking_given" => "log-achievement-undertaking",
        "profile.saved" => "log-profile-saved",
        "profile.erased" => "log-profile-erased",
        "target.set" => "log-target-set",
        "target.split" => "log-target-split",
        "target.adjusted" => "log-target-adjusted",
        "person.created" => "log-person-created",
        "person.changed" => "log-person-changed",
        "person.disabled" => "log-person-disabled",
        "person.enabled" => "log-person-enabled",
        "person.erased" => "log-person-erased",
        "person.password_changed" => "log-person-password-changed",
        "person.password_reset" => "log-person-password-reset",
        "person.provider_linked" => "log-person-provider-linked",
        "person.provider_unlinked" => "log-person-provider-unlinked",
        "person.role_granted" => "log-person-role-granted",
        "person.role_withdrawn" => "log-person-role-withdrawn",
        "person.token_created" => "log-person-token-created",
        "person.token_withdrawn" => "log-person-token-withdrawn",
        "person.channel_changed" => "log-person-channel-changed",
        "match.judged" => "log-match-judged",
        "match.reminders_set" => "log-match-reminders-set",
        "demand.step_taken" => "log-demand-step-taken",
        "demand.visit_recorded" => "log-demand-visit-recorded",
        "demand.experts_invited" => "log-demand-experts-invited",
        "demand.reviewed" => "log-demand-reviewed",
        "demand.merged" => "log-demand-merged",
        "demand.split" => "log-demand-split",
        "demand.imported" => "log-demand-imported",
        "demand.personal_data_erased" => "log-demand-personal-data-erased",
        "demand.list_published" => "log-demand-list-published",
        "demand.undertaking_given" => "log-demand-undertaking-given",
        "event.planned" => "log-event-planned",
        "event.changed" => "log-event-changed",
        "event.step_taken" => "log-event-step-taken",
        "event.invited" => "log-event-invited",
        "event.registered" => "log-event-registered",
        "event.withdrawn" => "log-event-withdrawn",
        "event.wishes_saved" => "log-event-wishes-saved",
        "event.meetings_scheduled" => "log-event-meetings-scheduled",
        "event.checked_in" => "log-event-checked-in",
        "event.outcome_recorded" => "log-event-outcome-recorded",
        "webhook.subscribed" => "log-webhook-subscribed",
        "webhook.turned" => "log-webhook-turned",
        "webhook.withdrawn" => "log-webhook-withdrawn",
        "organisation.created" => "log-organisation-created",
        "organisation.renamed" => "log-organisation-renamed",
        "organisation.recoded" => "log-organisation-recoded",
        "organisation.merged" => "log-organisation-merged",
        "organisation.split" => "log-organisation-split",
        "organisation.change_reversed" => "log-organisation-change-reversed",
        "region.imported" => "log-region-imported",
        "audit.key_rotated" => "log-key-rotated",
        _ => UNKNOWN_KEY,
    }
}

/// What is said of a kind that is not in the list.
pub const UNKNOWN_KEY: &str = "log-unknown";

/// The key of a payload field's name; fields without one are told by the raw entry only.
fn fact_key(field: &str) -> Option<&'static str> {
    Some(match field {
        "version" => "log-fact-version",
        "source" => "log-fact-source",
        "file_name" => "log-fact-file",
        "new" => "log-fact-new",
        "changed" => "log-fact-changed",
        "months" => "log-fact-months",
        "period" => "log-fact-period",
        "number" => "log-fact-number",
        "signer" => "log-fact-signer",
        "signed_on" => "log-fact-signed-on",
        "as_of" | "to_position" => "log-fact-as-of",
        "decision" => "log-fact-decision",
        "reason" => "log-fact-reason",
        "cells" => "log-fact-cells",
        "opinion" => "log-fact-opinion",
        "department" => "log-fact-department",
        "remark" => "log-fact-remark",
        "side" => "log-fact-side",
        "claimed_division" => "log-fact-claimed",
        "division" => "log-fact-division",
        "raised_by" | "remarked_by" => "log-fact-raised-by",
        "moved_contracts" => "log-fact-moved",
        "companies" => "log-fact-companies",
        "document" | "documents" => "log-fact-document",
        "year" => "log-fact-year",
        "direction" => "log-fact-direction",
        "valid_from" => "log-fact-valid-from",
        "valid_to" => "log-fact-valid-to",
        "role" => "log-fact-role",
        "scope" => "log-fact-scope",
        "basis" => "log-fact-basis",
        "fields" => "log-fact-fields",
        "contacts" => "log-fact-contacts",
        "name" => "log-fact-name",
        "screen" => "log-fact-screen",
        "until" => "log-fact-valid-to",
        "raised" => "log-fact-raised",
        "closed" => "log-fact-closed",
        _ => return None,
    })
}

/// Whether a field of a payload stands in what was before and is after, so that it is not told twice.
fn is_told_as_change(kind: &str, field: &str) -> bool {
    match kind {
        "person.role_granted" | "person.role_withdrawn" => {
            matches!(field, "role" | "scope" | "valid_from" | "valid_to")
        }
        "attribution.objection_raised" => field == "claimed_division",
        _ => false,
    }
}

/// Region data and language with which entries are put in words.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// Language of the page.
    pub language: Language,
    /// Names of fields, divisions and parks.
    pub region: &'a Region,
}

impl Words<'_> {
    /// Who did it: name, and role or what else they were.
    #[must_use]
    pub fn who(&self, who: &Who) -> (String, String) {
        let t = |key| self.language.text(key).to_owned();
        match who {
            Who::Operator(name) => (name.clone(), t("log-operator")),
            Who::Public => (t("log-nobody"), String::new()),
            Who::Person { name, role, scope, .. } => {
                let name = name.clone().unwrap_or_else(|| t("log-person-gone"));
                let role = role.map_or_else(String::new, |role| self.role(role).to_owned());
                let scope = scope.filter(|scope| *scope != Scope::Region).map(|scope| self.scope(scope));
                (name, scope.map_or(role.clone(), |scope| format!("{role} · {scope}")))
            }
        }
    }

    fn role(&self, role: Role) -> &'static str {
        self.language.pick(role.label(), role.label_en())
    }

    /// A scope in words.
    #[must_use]
    pub fn scope(&self, scope: Scope) -> String {
        match scope {
            Scope::Region => self.language.text("option-region").to_owned(),
            Scope::Division(code) => self.division(&code.to_string()),
            Scope::Park(key) => {
                let park = self.region.parks().all().iter().find(|park| park.key == key);
                park.map_or_else(
                    || scope.to_string(),
                    |park| self.language.pick(&park.name, &park.name_en).to_owned(),
                )
            }
            Scope::Organisation(_) | Scope::Registrar(_) => scope.to_string(),
        }
    }

    fn division(&self, code: &str) -> String {
        let parsed = xiaoxiang_domain::region::DivisionCode::parse(code);
        let divisions = self.region.divisions();
        let name = parsed.and_then(|code| divisions.name(code));
        let name_en = parsed.and_then(|code| divisions.name_en(code)).unwrap_or_default();
        name.map_or_else(|| code.to_owned(), |name| self.language.pick(name, name_en).to_owned())
    }

    /// What happened.
    #[must_use]
    pub fn sentence(&self, entry: &ReadEntry) -> String {
        let key = kind_key(&entry.kind);
        if key == UNKNOWN_KEY {
            return self.language.say(key, [("kind", &entry.kind)]);
        }
        self.language.text(key).to_owned()
    }

    /// On what: words and where they lead, without the language.
    #[must_use]
    pub fn subject(&self, entry: &ReadEntry) -> (String, Option<String>) {
        let Some((what, id)) = entry.subject.split_once(':') else { return (entry.subject.clone(), None) };
        match what {
            "contract" => (id.to_owned(), Some(format!("/contracts/{id}"))),
            "bulletin" => {
                let period = entry.payload.get("period").and_then(Value::as_str).unwrap_or_default();
                let said = self.language.text("log-subject-bulletin");
                (format!("{said} {period}").trim().to_owned(), Some(format!("/drafts/{id}")))
            }
            "import" => {
                let file = entry.payload.get("file_name").and_then(Value::as_str).unwrap_or(id);
                (cut(file), Some(format!("/imports/{id}")))
            }
            "person" => {
                let name = entry.names.get(id).cloned();
                (name.unwrap_or_else(|| id.to_owned()), Some(format!("/people/{id}")))
            }
            "organisation" => (id.to_owned(), Some(format!("/organisations/{id}"))),
            "division" => (self.division(id), None),
            "region" => (self.language.pick(self.region.name(), self.region.name_en()).to_owned(), None),
            "park" => {
                let scope = id.parse().map(Scope::Park);
                (scope.map_or_else(|_| id.to_owned(), |scope| self.scope(scope)), Some("/parks".to_owned()))
            }
            "year" => (id.to_owned(), None),
            _ => (entry.subject.clone(), None),
        }
    }

    /// The facts of an entry with their names, in the order in which the log has them.
    #[must_use]
    pub fn facts(&self, entry: &ReadEntry) -> Vec<(&'static str, String)> {
        let Some(fields) = entry.payload.as_object() else { return Vec::new() };
        let named = fields.iter().filter_map(|(field, value)| {
            // The versions say before and after; the list of names would repeat it.
            if field == "fields" && !entry.changes.is_empty() || is_told_as_change(&entry.kind, field) {
                return None;
            }
            let told = self.fact(field, value)?;
            Some((self.language.text(fact_key(field)?), told))
        });
        named.filter(|(_, told)| !told.is_empty()).collect()
    }

    fn fact(&self, field: &str, value: &Value) -> Option<String> {
        let text = match value {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            Value::Array(values) => {
                let texts = values.iter().map(|value| match (field, value.as_str()) {
                    ("fields", Some(text)) => self.field(text),
                    (_, Some(text)) => text.to_owned(),
                    (_, None) => value.to_string(),
                });
                texts.collect::<Vec<_>>().join(self.language.pick("、", ", "))
            }
            other => other.to_string(),
        };
        let word = |key| self.language.text(key).to_owned();
        Some(match (field, text.as_str()) {
            ("division" | "claimed_division", code) => self.division(code),
            ("role" | "department", code) => {
                Role::from_code(code).map_or_else(|| cut(code), |role| self.role(role).to_owned())
            }
            ("scope", scope) => scope.parse().map_or_else(|_| cut(scope), |scope| self.scope(scope)),
            ("source", "registry") => word("log-source-registry"),
            ("source", "exchange") => word("log-source-exchange"),
            ("side", "seller") => word("log-side-seller"),
            ("side", "buyer") => word("log-side-buyer"),
            ("decision", "fold") => word("correction-fold"),
            ("decision", "issue") => word("correction-issue"),
            ("opinion", "agree") => word("countersign-agree"),
            ("opinion", "object") => word("countersign-object"),
            ("screen", code) => Screen::from_code(code).map_or_else(
                || cut(code),
                |screen| self.language.pick(screen.name_zh(), screen.name_en()).to_owned(),
            ),
            (_, text) => cut(text),
        })
    }

    /// Fields before and after: of a contract's new version, or of targets that were set anew.
    #[must_use]
    pub fn changes(&self, entry: &ReadEntry) -> Vec<(String, String, String)> {
        let of_contract = entry.changes.iter().map(|change| {
            (
                self.field(&change.field),
                self.value(&change.field, &change.old),
                self.value(&change.field, &change.new),
            )
        });
        let targets = entry.payload.get("targets").and_then(Value::as_array).into_iter().flatten();
        let of_targets = targets.take(TARGETS_TOLD_MAX).filter_map(|target| {
            let division = target.get("division")?.as_str()?;
            let amount = |key: &str| {
                let fen = target.get(key).and_then(Value::as_i64);
                fen.map_or_else(String::new, |fen| self.amount(fen))
            };
            Some((self.division(division), amount("before_fen"), amount("after_fen")))
        });
        of_contract.chain(of_targets).chain(self.single_change(entry)).collect()
    }

    /// What entries say that change one thing only: where a contract counts, a role held, whether somebody may sign in.
    fn single_change(&self, entry: &ReadEntry) -> Option<(String, String, String)> {
        let text = |field: &str| entry.payload.get(field).and_then(Value::as_str);
        let word = |key| self.language.text(key).to_owned();
        let place = |field| text(field).map_or_else(String::new, |code| self.division(code));
        let grant = || {
            let told = |field| text(field).and_then(|value| self.fact(field, &Value::from(value)));
            let days = [text("valid_from"), text("valid_to")].map(|day| day.unwrap_or_default().to_owned());
            let days = if days[0].is_empty() { None } else { Some(days.join("–")) };
            [told("role"), told("scope"), days].into_iter().flatten().collect::<Vec<_>>().join(" · ")
        };
        Some(match entry.kind.as_str() {
            "attribution.objection_raised" => {
                (word("log-field-claimed"), place("present_division"), place("claimed_division"))
            }
            "attribution.objection_decided" if text("present_division").is_some() => {
                (word("log-field-place"), place("present_division"), place("division"))
            }
            "person.role_granted" => (word("log-fact-role"), String::new(), grant()),
            "person.role_withdrawn" => (word("log-fact-role"), grant(), String::new()),
            "person.disabled" => (word("log-field-state"), word("person-enabled"), word("person-disabled")),
            "person.enabled" => (word("log-field-state"), word("person-disabled"), word("person-enabled")),
            _ => return None,
        })
    }

    fn amount(&self, fen: i64) -> String {
        let amount = Fen(fen).display_in(MoneyUnit::TenThousandYuan);
        format!("{amount} {}", self.language.text("unit-ten-thousand"))
    }

    /// The name of a contract's field, as the region's form has it.
    fn field(&self, path: &str) -> String {
        let key = path.replacen('.', "_", 1);
        let column = self.region.contract_form().by_key(&key);
        column.map_or_else(
            || path.to_owned(),
            |column| self.language.pick(&column.header, &column.header_en).to_owned(),
        )
    }

    fn value(&self, path: &str, value: &str) -> String {
        let is_personal = path.ends_with(".contact")
            || path.ends_with(".telephone")
            || path.ends_with(".legal_representative");
        if is_personal && !value.is_empty() {
            return self.language.text("log-personal").to_owned();
        }
        match path {
            "contract_value" | "technology_value" => {
                value.parse().map_or_else(|_| cut(value), |fen| self.amount(fen))
            }
            "seller.division" | "buyer.division" | "landing_division" => self.division(value),
            _ => cut(value),
        }
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= QUOTED_CHARACTERS_MAX {
        return text.to_owned();
    }
    let kept: String = text.chars().take(QUOTED_CHARACTERS_MAX).collect();
    format!("{kept}…")
}
