//! The contract list (合同列表): filters, three orders, pages by key, files.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use axum::routing;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::bulletin::PrintedNote;
use xiaoxiang_domain::contract::{Party, PartyNature};
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::period::Period;
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_services::contract::{
    ContractsAsk, EXPORT_ROWS_MAX, ListFile, ListedContract, ListedOrganisation, export_contracts,
    find_organisations, list_contracts,
};
use xiaoxiang_services::{Actor, App, Refusal};
use xiaoxiang_statistics::listing::{ListFilter, ListOrder, ListSide, PlaceFilter, TOTAL_MAX, Total};

use super::reading;
use super::shell::{Section, Shell};
use super::statistics::{FieldProblem, SelectOption};
use super::visit::{Visit, download};
use super::{contract, contract_figures};
use crate::routes::{Access, Route};

const MIME_CSV: &str = "text/csv; charset=utf-8";
const MIME_XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const SIDES: [(&str, ListSide); 3] =
    [("either", ListSide::Either), ("seller", ListSide::Seller), ("buyer", ListSide::Buyer)];
const STANDINGS: [Standing; 2] = [Standing::Counted, Standing::Withdrawn];

/// The routes of the list and of the page of one contract.
#[must_use]
pub fn routes() -> Vec<Route> {
    let read = Access::Needs(Action::ReadContracts);
    let list = vec![
        Route::page("/contracts", read, routing::get(list)),
        Route::page("/contracts/organisations", read, routing::get(organisations)),
        Route::file("/contracts.csv", read, routing::get(csv)),
        Route::file("/contracts.xlsx", read, routing::get(xlsx)),
    ];
    [list, contract::routes(), contract_figures::routes()].concat()
}

/// What the form sends; every field may be missing or empty.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct ContractsQuery {
    /// Text looked for.
    text: String,
    /// `counted`, `withdrawn`
    standing: String,
    /// `2026`, `2026-10`, `2026-01..2026-10`
    period: String,
    /// Division code of a city.
    city: String,
    /// Whose place: `either`, `seller`, `buyer`.
    side: String,
    /// Number of a contract type.
    r#type: String,
    /// Number of a technical field.
    field: String,
    /// Name or credit code of a party.
    organisation: String,
    /// Code of a [`ListOrder`].
    order: String,
    /// Cursor of the page before.
    after: String,
}

impl ContractsQuery {
    /// The fields as a query, without those that are empty.
    fn encoded(&self, order: &str, after: &str) -> String {
        let fields = [
            ("text", self.text.as_str()),
            ("standing", &self.standing),
            ("period", &self.period),
            ("city", &self.city),
            ("side", &self.side),
            ("type", &self.r#type),
            ("field", &self.field),
            ("organisation", &self.organisation),
            ("order", order),
            ("after", after),
        ];
        let stated: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        serde_urlencoded::to_string(stated).expect("invariant: pairs of texts make a query")
    }

    fn is_restricting(&self) -> bool {
        !Self { side: String::new(), order: String::new(), after: String::new(), ..self.clone() }
            .encoded("", "")
            .is_empty()
    }
}

/// What a query asks for, or what is wrong with it.
struct Read {
    ask: ContractsAsk,
    /// The organisation that was named.
    organisation: Option<ListedOrganisation>,
    /// Organisations of which one must be chosen.
    choices: Vec<ListedOrganisation>,
    problems: Vec<FieldProblem>,
}

async fn read(
    visit: &Visit,
    actor: &Actor,
    query: &ContractsQuery,
    region: &Region,
) -> Result<Read, Refusal> {
    let mut problems = Vec::new();
    let mut wrong = |field: &'static str, key: &'static str| {
        problems.push(FieldProblem { field, text: visit.language.text(key).to_owned() });
    };
    let period = stated(&query.period).map(str::parse::<Period>);
    if matches!(period, Some(Err(_))) {
        wrong("period", "statistics-bad-period");
    }
    let standing = stated(&query.standing).map(Standing::from_code);
    let side = stated(&query.side).map_or(Some(ListSide::Either), side_of);
    let city =
        stated(&query.city).map(|code| DivisionCode::parse(code).filter(|code| region.contains(*code)));
    let kind = stated(&query.r#type).map(|number| number_of(region, "contract_type", number));
    let field = stated(&query.field).map(|number| number_of(region, "technical_field", number));
    let order = stated(&query.order).map_or(Some(ListOrder::default()), ListOrder::from_code);
    let is_forged = [standing == Some(None), city == Some(None), kind == Some(None), field == Some(None)];
    if is_forged.contains(&true) || side.is_none() || order.is_none() {
        wrong("filter", "contracts-bad-choice");
    }
    let mut choices = Vec::new();
    let mut organisation = None;
    if let Some(text) = stated(&query.organisation) {
        choices = find_organisations(&visit.app, actor, text).await?;
        organisation = one_of(&choices, text);
        match (&organisation, choices.is_empty()) {
            (Some(_), _) => choices.clear(),
            (None, true) => wrong("organisation", "contracts-no-organisation"),
            (None, false) => wrong("organisation", "contracts-choose-organisation"),
        }
    }
    let place = city.flatten().zip(side).map(|(city, side)| PlaceFilter { division: city.0, side });
    let filter = ListFilter {
        standing: standing.flatten(),
        period: period.and_then(Result::ok),
        place,
        contract_type: kind.flatten(),
        field: field.flatten(),
        organisation: organisation.as_ref().map(|found| found.key),
        text: query.text.trim().to_owned(),
        ..ListFilter::default()
    };
    let ask = ContractsAsk {
        filter,
        order: order.unwrap_or_default(),
        after: stated(&query.after).map(str::to_owned),
    };
    Ok(Read { ask, organisation, choices, problems })
}

fn stated(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn side_of(word: &str) -> Option<ListSide> {
    SIDES.into_iter().find(|(code, _)| *code == word).map(|(_, side)| side)
}

fn number_of(region: &Region, list: &str, number: &str) -> Option<u16> {
    let number = number.parse().ok()?;
    region.codes(list)?.by_number(number).map(|_| number)
}

/// The organisation that a text means: the only one found, or the one of exactly this name or code.
fn one_of(found: &[ListedOrganisation], text: &str) -> Option<ListedOrganisation> {
    if let [only] = found {
        return Some(only.clone());
    }
    let is_meant = |one: &&ListedOrganisation| one.name == text || one.credit_code.as_deref() == Some(text);
    let mut meant = found.iter().filter(is_meant);
    meant.next().filter(|_| meant.next().is_none()).cloned()
}

async fn list(visit: Visit, Query(query): Query<ContractsQuery>) -> Response {
    match answer(&visit, query).await {
        Ok(page) if page.problems.is_empty() => visit.page(&page),
        Ok(page) => visit.unprocessed(&page),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn answer(visit: &Visit, query: ContractsQuery) -> Result<ContractsListPage, Refusal> {
    let actor = visit.actor();
    let in_force = visit.app.region().await?;
    let region = &in_force.region;
    let Read { ask, organisation, choices, mut problems } = read(visit, &actor, &query, region).await?;
    let mut listed = None;
    if problems.is_empty() {
        match list_contracts(&visit.app, &actor, &ask).await {
            Ok(page) => listed = Some(page),
            Err(refusal @ Refusal::Invalid { .. }) if ask.after.is_none() => {
                problems.push(FieldProblem { field: "text", text: visit.sentence(&refusal) });
            }
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(ContractsListPage {
        shell: visit.shell(Section::Contracts, visit.language.text("contracts-title")),
        cities: reading::cities(&visit.app).await?,
        types: numbered(region, "contract_type"),
        fields: numbered(region, "technical_field"),
        rows: listed.iter().flat_map(|page| &page.rows).map(|row| ContractLine::new(region, row)).collect(),
        next: listed.as_ref().and_then(|page| page.next.clone()),
        total: listed.map(|page| page.total),
        order: ask.order,
        query,
        organisation,
        choices,
        problems,
    })
}

/// Numbers and names of a code list's rows.
fn numbered(region: &Region, list: &str) -> Vec<(String, PrintedNote)> {
    let roots = region.codes(list).into_iter().flat_map(|codes| codes.roots());
    let named = roots.filter_map(|code| {
        let name = PrintedNote { zh: code.name.clone(), en: code.name_en.clone() };
        code.number.map(|number| (number.to_string(), name))
    });
    named.collect()
}

async fn csv(visit: Visit, Query(query): Query<ContractsQuery>) -> Response {
    file(&visit, query, ListFile::Csv).await
}

async fn xlsx(visit: Visit, Query(query): Query<ContractsQuery>) -> Response {
    file(&visit, query, ListFile::Xlsx).await
}

async fn file(visit: &Visit, query: ContractsQuery, format: ListFile) -> Response {
    let (name, mime) = match format {
        ListFile::Csv => ("contracts.csv", MIME_CSV),
        ListFile::Xlsx => ("contracts.xlsx", MIME_XLSX),
    };
    match written(visit, query, format).await {
        Ok(Some(bytes)) => download(name, mime, bytes),
        Ok(None) => visit.misread(),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn written(visit: &Visit, query: ContractsQuery, file: ListFile) -> Result<Option<Vec<u8>>, Refusal> {
    let actor = visit.actor();
    let in_force = visit.app.region().await?;
    let read = read(visit, &actor, &query, &in_force.region).await?;
    if !read.problems.is_empty() {
        return Ok(None);
    }
    export_contracts(&visit.app, &actor, &read.ask, file, visit.file_language()).await.map(Some)
}

/// Suggestions for the field of the organisation, as options of its list.
#[derive(Debug, Template)]
#[template(path = "parts/organisation_options.html")]
struct OrganisationOptions {
    found: Vec<ListedOrganisation>,
}

async fn organisations(visit: Visit, Query(query): Query<ContractsQuery>) -> Response {
    match suggestions(&visit.app, &visit.actor(), &query.organisation).await {
        Ok(found) => visit.page(&OrganisationOptions { found }),
        Err(refusal) => visit.refused(&refusal),
    }
}

async fn suggestions(app: &App, actor: &Actor, typed: &str) -> Result<Vec<ListedOrganisation>, Refusal> {
    match stated(typed) {
        Some(text) => find_organisations(app, actor, text).await,
        None => Ok(Vec::new()),
    }
}

/// One contract as the list shows it.
#[derive(Clone, Debug)]
pub struct ContractLine {
    number: String,
    project_name: String,
    is_withdrawn: bool,
    is_exchange: bool,
    registered_on: jiff::civil::Date,
    contract_type: PrintedNote,
    seller: PartyLine,
    buyer: PartyLine,
    contract_value: Fen,
    technology_value: Fen,
}

/// A party as the list shows it.
#[derive(Clone, Debug)]
struct PartyLine {
    name: String,
    is_person: bool,
    place: PrintedNote,
}

impl ContractLine {
    fn new(region: &Region, listed: &ListedContract) -> Self {
        let contract = &listed.contract;
        let party = |party: &Party, division: u32| PartyLine {
            name: party.name.clone(),
            is_person: party.nature == PartyNature::Person,
            place: place_of(region, party, division),
        };
        Self {
            number: contract.registration_number.clone(),
            project_name: contract.project_name.clone(),
            is_withdrawn: contract.standing == Standing::Withdrawn,
            is_exchange: listed.source == Source::Exchange,
            registered_on: contract.registered_on,
            contract_type: code_name(region, "contract_type", &contract.contract_type),
            seller: party(&contract.seller, listed.places.seller_division),
            buyer: party(&contract.buyer, listed.places.buyer_division),
            contract_value: contract.contract_value,
            technology_value: contract.technology_value,
        }
    }
}

/// Where a party counts: its country abroad, its division at home.
pub(super) fn place_of(region: &Region, party: &Party, division: u32) -> PrintedNote {
    if let Some(country) = region.countries().find(&party.country).filter(|_| !party.country.is_empty()) {
        return PrintedNote { zh: country.name.clone(), en: country.name_en.clone() };
    }
    division_name(region, division)
}

/// The name of a division, a dash for none.
pub(super) fn division_name(region: &Region, division: u32) -> PrintedNote {
    let code = DivisionCode(division);
    let name = region.divisions().name(code).unwrap_or("—").to_owned();
    let english = region.divisions().name_en(code).unwrap_or_default().to_owned();
    PrintedNote { zh: name, en: english }
}

/// The name of a code, or the code itself.
pub(super) fn code_name(region: &Region, list: &str, code: &str) -> PrintedNote {
    let found = region.codes(list).and_then(|list| list.by_code(code));
    found.map_or_else(
        || PrintedNote { zh: code.to_owned(), en: code.to_owned() },
        |found| PrintedNote { zh: found.name.clone(), en: found.name_en.clone() },
    )
}

/// The address of a contract's page: whatever stands in the number, it stays one part of the path.
#[must_use]
pub fn contract_path(registration_number: &str) -> String {
    let mut path = "/contracts/".to_owned();
    for byte in registration_number.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

/// The page of the list.
#[derive(Debug, Template)]
#[template(path = "contracts.html")]
pub struct ContractsListPage {
    shell: Shell,
    query: ContractsQuery,
    cities: Vec<(String, PrintedNote)>,
    types: Vec<(String, PrintedNote)>,
    fields: Vec<(String, PrintedNote)>,
    rows: Vec<ContractLine>,
    next: Option<String>,
    total: Option<Total>,
    order: ListOrder,
    organisation: Option<ListedOrganisation>,
    choices: Vec<ListedOrganisation>,
    problems: Vec<FieldProblem>,
}

impl ContractsListPage {
    fn options(&self, all: &[(String, PrintedNote)], chosen: &str) -> Vec<SelectOption> {
        let option = |(value, name): &(String, PrintedNote)| SelectOption {
            value: value.clone(),
            label: self.shell.note(name).to_owned(),
            is_chosen: value == chosen,
        };
        all.iter().map(option).collect()
    }

    fn standings(&self) -> Vec<SelectOption> {
        let option = |standing: Standing| SelectOption {
            value: standing.code().to_owned(),
            label: self.shell.t(standing_key(standing)).to_owned(),
            is_chosen: standing.code() == self.query.standing,
        };
        STANDINGS.into_iter().map(option).collect()
    }

    fn sides(&self) -> Vec<SelectOption> {
        let option = |(code, side): (&str, ListSide)| SelectOption {
            value: code.to_owned(),
            label: self.shell.t(side_key(side)).to_owned(),
            is_chosen: code == self.query.side,
        };
        SIDES.into_iter().map(option).collect()
    }

    fn orders(&self) -> Vec<SelectOption> {
        let option = |order: ListOrder| SelectOption {
            value: order.code().to_owned(),
            label: self.shell.t(order_key(order)).to_owned(),
            is_chosen: order == self.order,
        };
        ListOrder::ALL.into_iter().map(option).collect()
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.field == field).map(|problem| problem.text.as_str())
    }

    fn counted(&self) -> String {
        match self.total {
            Some(Total::Exact(count)) => self.shell.say("contracts-total", [("count", &count.to_string())]),
            Some(Total::MoreThan(_)) => self.shell.t("contracts-total-many").to_owned(),
            None => String::new(),
        }
    }

    /// Only so much goes into a file.
    fn is_cut(&self) -> bool {
        debug_assert_eq!(TOTAL_MAX, EXPORT_ROWS_MAX, "a list that is too long for a file has no exact total");
        matches!(self.total, Some(Total::MoreThan(_)))
    }

    fn file_link(&self, format: &str) -> String {
        let query = self.query.encoded(self.order.code(), "");
        self.shell.file_link(&format!("/contracts.{format}?{query}"))
    }

    fn page_link(&self, after: &str) -> String {
        let query = self.query.encoded(&self.query.order, after);
        self.shell.link(&if query.is_empty() {
            "/contracts".to_owned()
        } else {
            format!("/contracts?{query}")
        })
    }

    fn choice_link(&self, choice: &ListedOrganisation) -> String {
        let organisation = choice.credit_code.as_ref().unwrap_or(&choice.name).clone();
        let query = ContractsQuery { organisation, ..self.query.clone() }.encoded(&self.query.order, "");
        self.shell.link(&format!("/contracts?{query}"))
    }

    fn line_link(&self, line: &ContractLine) -> String {
        self.shell.link(&contract_path(&line.number))
    }

    fn party<'line>(&'line self, party: &'line PartyLine) -> &'line str {
        if party.is_person { self.shell.t("contract-natural-person") } else { &party.name }
    }

    fn amount(&self, fen: &Fen) -> String {
        fen.display_in(MoneyUnit::TenThousandYuan)
    }
}

pub(super) const fn standing_key(standing: Standing) -> &'static str {
    match standing {
        Standing::Counted => "contract-counted",
        Standing::Withdrawn => "contract-withdrawn",
    }
}

const fn side_key(side: ListSide) -> &'static str {
    match side {
        ListSide::Either => "contracts-side-either",
        ListSide::Seller => "contracts-side-seller",
        ListSide::Buyer => "contracts-side-buyer",
    }
}

const fn order_key(order: ListOrder) -> &'static str {
    match order {
        ListOrder::Newest => "contracts-order-newest",
        ListOrder::Largest => "contracts-order-largest",
        ListOrder::Number => "contracts-order-number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_one_part_of_its_address() {
        assert_eq!(contract_path("2026430100-001"), "/contracts/2026430100-001");
        assert_eq!(contract_path("../a?b=1#c"), "/contracts/%2E%2E%2Fa%3Fb%3D1%23c");
        assert_eq!(contract_path("湘"), "/contracts/%E6%B9%98");
    }

    #[test]
    fn a_query_keeps_what_was_typed_and_nothing_empty() {
        let query = ContractsQuery { text: "100%_&a".to_owned(), ..ContractsQuery::default() };
        assert_eq!(query.encoded("", ""), "text=100%25_%26a");
        assert!(query.is_restricting());
        assert!(!ContractsQuery { side: "buyer".to_owned(), ..ContractsQuery::default() }.is_restricting());
    }
}
