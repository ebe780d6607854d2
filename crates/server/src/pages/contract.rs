//! One contract (合同页): the record, where it counts and why, who changed what, what was published with it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use axum::routing;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use xiaoxiang_domain::access::{Action, Role};
use xiaoxiang_domain::attribution::{ParkReason, PlaceReason, SideAttribution};
use xiaoxiang_domain::bulletin::PrintedNote;
use xiaoxiang_domain::contract::{FieldDifference, Party, PartyNature, Side};
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::contract::{
    ContractEntry, ContractPage, ContractVersion, CountedIn, ObjectionRow, Personal, read_contract,
    view_contacts,
};
use xiaoxiang_services::screening::{ListedFlag, flags_of_contract};

use super::contracts::{code_name, contract_path, division_name, place_of, standing_key};
use super::flags::{kind_label, state_class, state_label};
use super::home::direction_label;
use super::log_words::kind_key;
use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::routes::{Access, Route};

/// The routes of the page of one contract.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadContracts);
    let contacts = Access::Needs(Action::ReadPersonalData);
    vec![
        Route::page("/contracts/{registration_number}", read, routing::get(show)),
        Route::form("/contracts/{registration_number}/contacts", contacts, routing::post(show_contacts)),
    ]
}

/// Which contract.
#[derive(Debug, Deserialize)]
struct ContractAddress {
    registration_number: String,
}

async fn show(visit: Visit, Path(address): Path<ContractAddress>) -> Response {
    let read =
        read_contract(&visit.app, &visit.actor(), &address.registration_number, Personal::Withheld).await;
    answer(&visit, read).await
}

async fn show_contacts(visit: Visit, Path(address): Path<ContractAddress>) -> Response {
    let read = view_contacts(&visit.app, &visit.actor(), &address.registration_number).await;
    answer(&visit, read).await
}

async fn answer(visit: &Visit, read: Result<ContractPage, Refusal>) -> Response {
    match page_of(visit, read).await {
        Ok(page) => visit.page(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn page_of(visit: &Visit, read: Result<ContractPage, Refusal>) -> Result<OneContractPage, Refusal> {
    let page = read?;
    let flags = flags_of_contract(&visit.app, &visit.actor(), &page.contract.registration_number).await?;
    let in_force = visit.app.region().await?;
    let region = &in_force.region;
    let shell = visit.shell(Section::Contracts, page.contract.project_name.clone());
    let reader = Reader { shell: &shell, region, zone: &in_force.time_zone };
    let contract = &page.contract;
    Ok(OneContractPage {
        contacts: match page.personal {
            Personal::Shown => Contacts::Shown,
            Personal::Withheld if page.opens_personal_data_to(&visit.actor()) => Contacts::OnRequest,
            Personal::Withheld => Contacts::Closed,
        },
        parties: vec![
            reader.party(Side::Seller, &contract.seller, &page.seller),
            reader.party(Side::Buyer, &contract.buyer, &page.buyer),
        ],
        lines: reader.lines(&page),
        versions: page.versions.iter().map(|version| reader.version(version)).collect(),
        entries: page.entries.iter().map(|entry| reader.entry(entry)).collect(),
        objections: page.objections.iter().map(|objection| reader.objection(objection)).collect(),
        flags,
        shell,
        page,
    })
}

/// Whether contact data are there to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contacts {
    /// They stand on the page.
    Shown,
    /// A button shows them and has it logged.
    OnRequest,
    /// Not for this reader.
    Closed,
}

/// A label and what stands behind it.
#[derive(Clone, Debug)]
struct Line {
    label: &'static str,
    text: String,
}

/// A party as the page shows it.
#[derive(Clone, Debug)]
struct PartyView {
    id: &'static str,
    label: &'static str,
    name: String,
    lines: Vec<Line>,
    place: String,
    place_reason: String,
    park: Option<String>,
    park_reason: Option<String>,
    legal_representative: String,
    contact: String,
    telephone: String,
    address: String,
}

/// A version as the page shows it.
#[derive(Clone, Debug)]
struct VersionView {
    version: i64,
    when: String,
    who: String,
    position: i64,
    source: &'static str,
    changes: Vec<ChangeView>,
}

/// A changed field in the reader's words.
#[derive(Clone, Debug)]
struct ChangeView {
    field: String,
    before: String,
    after: String,
}

/// An entry of the log as the page shows it.
#[derive(Clone, Debug)]
struct EntryView {
    position: i64,
    when: String,
    who: String,
    what: String,
}

/// An objection as the page shows it.
#[derive(Clone, Debug)]
struct ObjectionView {
    when: String,
    raised_by: String,
    claimed: String,
    reason: String,
    decision: Option<String>,
}

/// What turns the record into words.
struct Reader<'a> {
    shell: &'a Shell,
    region: &'a Region,
    zone: &'a TimeZone,
}

impl Reader<'_> {
    fn note(&self, note: &PrintedNote) -> String {
        self.shell.note(note).to_owned()
    }

    fn code(&self, list: &str, code: &str) -> String {
        self.note(&code_name(self.region, list, code))
    }

    fn day(&self, day: Option<Date>) -> String {
        day.map(|day| self.shell.day(&day)).unwrap_or_default()
    }

    fn amount(&self, fen: Fen) -> String {
        format!("{} {}", fen.display_in(MoneyUnit::TenThousandYuan), self.shell.t("unit-ten-thousand"))
    }

    fn when(&self, at_ms: i64) -> String {
        self.shell.language.instant(at_ms, self.zone)
    }

    /// The role of somebody whom the log names by number; everybody else by the name that the log has.
    fn who(&self, actor: &str) -> String {
        let role =
            actor.strip_prefix("person:").and_then(|rest| rest.split('/').nth(1)).and_then(Role::from_code);
        role.map_or_else(
            || actor.to_owned(),
            |role| self.shell.language.pick(role.label(), role.label_en()).to_owned(),
        )
    }

    fn source(&self, source: Source) -> &'static str {
        self.shell.t(match source {
            Source::Registry => "contract-registry",
            Source::Exchange => "contract-exchange",
        })
    }

    fn lines(&self, page: &ContractPage) -> Vec<Line> {
        let contract = &page.contract;
        let t = |key| self.shell.t(key);
        let lines = [
            (t("measure-contract-value"), self.amount(contract.contract_value)),
            (t("measure-technology-value"), self.amount(contract.technology_value)),
            (t("contract-type"), self.code("contract_type", &contract.contract_type)),
            (t("contract-field"), self.code("technical_field", &contract.field)),
            (t("contract-ip"), self.code("ip_kind", &contract.ip)),
            (t("contract-registered-on"), self.day(Some(contract.registered_on))),
            (t("contract-signed-on"), self.day(contract.signed_on)),
            (t("contract-valid-from"), self.day(contract.valid_from)),
            (t("contract-valid-to"), self.day(contract.valid_to)),
            (t("contract-registrar"), contract.registrar_name.clone()),
            (t("contract-payment"), self.code("payment_mode", &contract.payment_mode)),
            (t("contract-source"), self.source(page.source).to_owned()),
        ];
        let stated = lines.into_iter().filter(|(_, text)| !text.is_empty());
        stated.map(|(label, text)| Line { label, text }).collect()
    }

    fn party(&self, side: Side, party: &Party, counted: &SideAttribution) -> PartyView {
        let t = |key| self.shell.t(key);
        let stated = DivisionCode::parse(&party.division).map(|code| division_name(self.region, code.0));
        let lines = [
            (t("contract-credit-code"), party.credit_code.clone()),
            (t("contract-party-kind"), self.code("party_kind", &party.kind)),
            (t("contract-established-on"), self.day(party.established_on)),
            (t("contract-stated-place"), stated.map(|place| self.note(&place)).unwrap_or_default()),
        ];
        let lines = lines.into_iter().filter(|(_, text)| !text.is_empty());
        let is_hidden = party.nature == PartyNature::Person && party.name.is_empty();
        PartyView {
            id: match side {
                Side::Seller => "seller",
                Side::Buyer => "buyer",
            },
            label: t(match side {
                Side::Seller => "contract-seller",
                Side::Buyer => "contract-buyer",
            }),
            name: if is_hidden { t("contract-natural-person").to_owned() } else { party.name.clone() },
            lines: lines.map(|(label, text)| Line { label, text }).collect(),
            place: self.note(&place_of(self.region, party, counted.division)),
            place_reason: self.place_reason(&counted.place_reason),
            park: self.park(counted.park),
            park_reason: self.park_reason(&counted.park_reason),
            legal_representative: party.legal_representative.clone(),
            contact: party.contact.clone(),
            telephone: party.telephone.clone(),
            address: party.address.clone(),
        }
    }

    fn park(&self, key: u32) -> Option<String> {
        let park = self.region.parks().by_key(key)?;
        Some(self.shell.language.pick(&park.name, &park.name_en).to_owned())
    }

    fn place_reason(&self, reason: &PlaceReason) -> String {
        match reason {
            PlaceReason::None => self.shell.t("contract-place-none").to_owned(),
            PlaceReason::Stated => self.shell.t("contract-place-stated").to_owned(),
            PlaceReason::Decided => self.shell.t("contract-place-decided").to_owned(),
            PlaceReason::Successor(code) => {
                let before = self.note(&division_name(self.region, code.0));
                self.shell.say("contract-place-successor", [("before", &before)])
            }
            PlaceReason::Park(key) => {
                let park = self.park(*key).unwrap_or_default();
                self.shell.say("contract-place-park", [("park", &park)])
            }
        }
    }

    fn park_reason(&self, reason: &ParkReason) -> Option<String> {
        match reason {
            ParkReason::None => None,
            ParkReason::Listed => Some(self.shell.t("contract-park-listed").to_owned()),
            ParkReason::Stated => Some(self.shell.t("contract-park-stated").to_owned()),
            ParkReason::Disputed(parks) => {
                let names: Vec<String> = parks.iter().filter_map(|key| self.park(*key)).collect();
                Some(self.shell.say("contract-park-disputed", [("parks", &names.join(" · "))]))
            }
        }
    }

    fn version(&self, version: &ContractVersion) -> VersionView {
        VersionView {
            version: version.version,
            when: self.when(version.at_ms),
            who: self.who(&version.actor),
            position: version.position,
            source: self.source(version.source),
            changes: version.changes.iter().map(|change| self.change(change)).collect(),
        }
    }

    fn change(&self, change: &FieldDifference) -> ChangeView {
        let key = change.field.replace('.', "_");
        let column = self.region.contract_form().by_key(&key);
        let field =
            column.map(|column| self.shell.language.pick(&column.header, &column.header_en).to_owned());
        let value = |text: &str| self.value(&change.field, text);
        ChangeView {
            field: field.unwrap_or_else(|| change.field.clone()),
            before: value(&change.old),
            after: value(&change.new),
        }
    }

    /// A value of the record as people write it: amounts with their unit, codes by name.
    fn value(&self, field: &str, text: &str) -> String {
        let named = |list: &str| {
            let name = self.code(list, text);
            if name == text || name.is_empty() { text.to_owned() } else { format!("{name}（{text}）") }
        };
        match field {
            "contract_value" | "technology_value" => {
                text.parse().map_or_else(|_| text.to_owned(), |fen| self.amount(Fen(fen)))
            }
            "contract_type" => named("contract_type"),
            "field" => named("technical_field"),
            "ip" => named("ip_kind"),
            "seller.kind" | "buyer.kind" => named("party_kind"),
            "standing" => Standing::from_code(text)
                .map_or_else(|| text.to_owned(), |standing| self.shell.t(standing_key(standing)).to_owned()),
            "seller.division" | "buyer.division" | "landing_division" => DivisionCode::parse(text)
                .map_or_else(
                    || text.to_owned(),
                    |code| format!("{}（{text}）", self.note(&division_name(self.region, code.0))),
                ),
            _ => text.to_owned(),
        }
    }

    fn entry(&self, entry: &ContractEntry) -> EntryView {
        let what = match entry.kind.as_str() {
            "contract.imported" => self.shell.t("contract-entry-imported"),
            "contract.registered" => self.shell.t("contract-entry-registered"),
            "contract.withdrawn" => self.shell.t("contract-entry-withdrawn"),
            "contract.changed" => self.shell.t("contract-entry-changed"),
            "contract.personal_data_erased" => self.shell.t("contract-entry-erased"),
            "attribution.objection_raised" => self.shell.t("contract-entry-objection-raised"),
            "attribution.objection_decided" => self.shell.t("contract-entry-objection-decided"),
            "personal_data.viewed" => self.shell.t("contract-entry-viewed"),
            kind if kind.starts_with("flag.") => self.shell.t(kind_key(kind)),
            other => other,
        };
        EntryView {
            position: entry.position,
            when: self.when(entry.at_ms),
            who: self.who(&entry.actor),
            what: what.to_owned(),
        }
    }

    fn objection(&self, row: &ObjectionRow) -> ObjectionView {
        let place = |code: &str| {
            let name = DivisionCode::parse(code).map(|code| self.note(&division_name(self.region, code.0)));
            name.unwrap_or_else(|| code.to_owned())
        };
        let decision = row.decided_division.as_deref().map(|division| {
            let reason = row.decision_reason.as_deref().unwrap_or_default();
            self.shell.say("contract-objection-decided", [("place", &place(division)), ("reason", reason)])
        });
        ObjectionView {
            when: self.when(row.raised_at_ms),
            raised_by: self.who(&row.raised_by),
            claimed: place(&row.claimed_division),
            reason: row.reason.clone(),
            decision,
        }
    }
}

/// The page of one contract.
#[derive(Debug, Template)]
#[template(path = "contract.html")]
pub struct OneContractPage {
    shell: Shell,
    page: ContractPage,
    contacts: Contacts,
    parties: Vec<PartyView>,
    lines: Vec<Line>,
    versions: Vec<VersionView>,
    entries: Vec<EntryView>,
    objections: Vec<ObjectionView>,
    flags: Vec<ListedFlag>,
}

impl OneContractPage {
    fn reads_flags(&self) -> bool {
        self.shell.may(Action::ReadFlags)
    }

    fn flag_kind(&self, flag: &ListedFlag) -> &'static str {
        kind_label(self.shell.language, flag.screen)
    }

    fn flag_state(&self, flag: &ListedFlag) -> &'static str {
        state_label(&self.shell, flag.state, flag.gone_reason.as_deref())
    }

    fn flag_class(&self, flag: &ListedFlag) -> &'static str {
        state_class(flag.state, flag.gone_reason.as_deref())
    }

    fn flag_link(&self, flag: &ListedFlag) -> String {
        self.shell.link(&format!("/flags/{}", flag.flag_id))
    }

    fn number(&self) -> &str {
        &self.page.contract.registration_number
    }

    fn standing(&self) -> &'static str {
        self.shell.t(standing_key(self.page.contract.standing))
    }

    fn is_counted(&self) -> bool {
        self.page.contract.standing == Standing::Counted
    }

    fn contacts_link(&self) -> String {
        self.shell.link(&format!("{}/contacts", contract_path(self.number())))
    }

    fn claim(&self, objection: &ObjectionView) -> String {
        self.shell
            .say("contract-objection-claims", [("by", &objection.raised_by), ("place", &objection.claimed)])
    }

    fn objection_link(&self) -> Option<String> {
        let query = serde_urlencoded::to_string([("contract", self.number())]);
        let query = query.expect("invariant: a pair of texts makes a query");
        self.shell.may(Action::RaiseObjection).then(|| self.shell.link(&format!("/objections/new?{query}")))
    }

    fn entry_link(&self, position: &i64) -> Option<String> {
        self.shell.may(Action::ReadLog).then(|| self.shell.link(&format!("/log/{position}")))
    }

    fn position(&self, position: &i64) -> String {
        self.shell.say("contract-position", [("position", &position.to_string())])
    }

    fn version(&self, version: &i64) -> String {
        self.shell.say("contract-version", [("version", &version.to_string())])
    }

    fn bulletin_link(&self, counted: &CountedIn) -> String {
        self.shell.link(&format!("/bulletins/{}", counted.bulletin_id))
    }

    fn figures_link(&self) -> String {
        self.shell.link(&format!("/contracts/{}/figures", self.page.contract.registration_number))
    }

    fn directions(&self, counted: &CountedIn) -> String {
        let words =
            counted.directions.iter().map(|direction| direction_label(self.shell.language, *direction));
        words.collect::<Vec<_>>().join(" · ")
    }
}
