//! The invented organisations (示例): companies, universities, institutes and public bodies.

use std::collections::HashSet;

use xiaoxiang_domain::contract::{Party, PartyNature};
use xiaoxiang_domain::organisation::credit_code::CreditCode;
use xiaoxiang_domain::region::{DivisionCode, ParkLevel, Region};

use super::draw::Draw;
use super::places::{CITIES, CityPlan, County, OUTSIDE, OutsidePlace, counties};
use super::words::{
    COMPANY_FORMS, CONTACT, FIELDS, INSTITUTES, MARK, PUBLIC_BODIES, STEMS, TELEPHONE, UNIVERSITIES,
};

/// Stream of the organisations' draws.
const STREAM: u64 = 100;
/// Companies of each place outside the province.
const OUTSIDE_COMPANIES: usize = 14;
/// Universities and institutes of each place outside the province.
const OUTSIDE_ACADEMIES: usize = 2;
/// Share of a city's companies that sit in its parks, per mille.
const IN_PARK_PER_MILLE: u64 = 360;
const SCALES: [(&str, u64); 4] = [("大型", 60), ("中型", 240), ("小型", 480), ("微型", 220)];

/// One invented organisation.
#[derive(Clone, Debug)]
pub(super) struct Organisation {
    pub(super) name: String,
    pub(super) credit_code: String,
    pub(super) kind: &'static str,
    /// Index of its field; universities have none.
    pub(super) field: Option<usize>,
    /// Index of its county among its city's, or nothing outside the province.
    pub(super) county: Option<usize>,
    /// Division outside the province.
    outside: Option<DivisionCode>,
    /// Key of its park.
    pub(super) park: Option<u32>,
    in_hightech_zone: bool,
    address: String,
    scale: &'static str,
}

/// The organisations of one city.
pub(super) struct City {
    pub(super) plan: &'static CityPlan,
    pub(super) counties: Vec<County>,
    pub(super) companies: Vec<Organisation>,
    pub(super) universities: Vec<Organisation>,
    pub(super) institutes: Vec<Organisation>,
    pub(super) public_bodies: Vec<Organisation>,
}

/// The organisations of one place outside the province.
pub(super) struct Outside {
    pub(super) plan: &'static OutsidePlace,
    pub(super) companies: Vec<Organisation>,
    pub(super) academies: Vec<Organisation>,
}

/// Everybody.
pub(super) struct World {
    pub(super) cities: Vec<City>,
    pub(super) outside: Vec<Outside>,
    /// Companies that stand on a park's list but never had a contract: name and credit code.
    pub(super) strangers: Vec<(String, String)>,
}

impl City {
    pub(super) fn code(&self) -> DivisionCode {
        DivisionCode(self.plan.code)
    }
}

impl Organisation {
    /// The organisation as a contract states it; `division` is the code of the contract's day.
    pub(super) fn party(&self, division: DivisionCode) -> Party {
        let is_company = self.field.is_some();
        Party {
            name: self.name.clone(),
            credit_code: self.credit_code.clone(),
            division: self.outside.unwrap_or(division).to_string(),
            country: String::new(),
            kind: self.kind.to_owned(),
            address: self.address.clone(),
            contact: CONTACT.to_owned(),
            telephone: TELEPHONE.to_owned(),
            legal_representative: String::new(),
            established_on: None,
            is_transfer_institution: Some(false),
            is_research_institution: Some(self.kind == "021"),
            in_hightech_zone: is_company.then_some(self.in_hightech_zone),
            listed: is_company.then_some(self.kind == "160" && self.scale == "大型"),
            scale: if is_company { self.scale.to_owned() } else { String::new() },
            nature: PartyNature::Organisation,
        }
    }
}

const fn park_weight(level: ParkLevel) -> u64 {
    match level {
        ParkLevel::National => 12,
        ParkLevel::Provincial => 4,
        ParkLevel::Unknown => 1,
    }
}

/// Makes names that occur once and codes that follow each other.
struct Maker {
    draw: Draw,
    names: HashSet<String>,
    serial: u32,
}

impl World {
    /// Invents everybody, the same every time.
    pub(super) fn of(region: &Region) -> Self {
        let mut maker = Maker { draw: Draw::of_stream(STREAM), names: HashSet::new(), serial: 0 };
        let cities = CITIES.iter().map(|plan| maker.city(region, plan)).collect();
        let outside = OUTSIDE.iter().map(|plan| maker.outside(plan)).collect();
        let strangers = (0..5)
            .map(|at| {
                let name = maker.company_name("", FIELDS[at].trades, "有限公司");
                (name, maker.credit_code("91"))
            })
            .collect();
        Self { cities, outside, strangers }
    }
}

impl Maker {
    fn city(&mut self, region: &Region, plan: &'static CityPlan) -> City {
        let counties = counties(region, DivisionCode(plan.code));
        let parks: Vec<((u32, bool), u64)> = region
            .parks()
            .all()
            .iter()
            .filter(|park| park.city.0 == plan.code)
            .map(|park| ((park.key, park.name.contains("高新")), park_weight(park.level)))
            .collect();
        let weights: Vec<u64> = counties.iter().map(|county| county.weight).collect();
        let companies = (0..plan.companies)
            .map(|_| {
                let mut company = self.company(plan.short_name);
                company.county = Some(self.draw.weighted(&weights));
                if !parks.is_empty() && self.draw.happens(IN_PARK_PER_MILLE) {
                    let (key, is_hightech) = self.draw.pick_weighted(&parks);
                    company.park = Some(key);
                    company.in_hightech_zone = is_hightech;
                }
                company
            })
            .collect();
        let mut bodies = |names: &[(&'static str, &'static str)], count: usize| -> Vec<Organisation> {
            (0..count)
                .map(|at| {
                    let (end, kind) = names[at % names.len()];
                    let mut body = self.body(plan.short_name, end, kind);
                    body.county = Some(self.draw.weighted(&weights));
                    body
                })
                .collect()
        };
        let universities = bodies(&UNIVERSITIES.map(|end| (end, "022")), plan.universities);
        let institutes = bodies(&INSTITUTES.map(|end| (end, "021")), 1 + plan.companies / 60);
        let public_bodies = bodies(&PUBLIC_BODIES, 8 + plan.companies / 10);
        City { plan, counties, companies, universities, institutes, public_bodies }
    }

    fn outside(&mut self, plan: &'static OutsidePlace) -> Outside {
        let division = Some(DivisionCode(plan.code));
        let companies = (0..OUTSIDE_COMPANIES)
            .map(|_| Organisation { outside: division, ..self.company(plan.short_name) })
            .collect();
        let academies = (0..OUTSIDE_ACADEMIES)
            .map(|at| {
                let (end, kind) = if at == 0 {
                    (*self.draw.pick(&UNIVERSITIES), "022")
                } else {
                    (*self.draw.pick(&INSTITUTES), "021")
                };
                Organisation { outside: division, ..self.body(plan.short_name, end, kind) }
            })
            .collect();
        Outside { plan, companies, academies }
    }

    fn company(&mut self, place: &str) -> Organisation {
        let weights = FIELDS.each_ref().map(|field| field.weight);
        let field = self.draw.weighted(&weights);
        let (form, kind) = self.draw.pick_weighted(&COMPANY_FORMS);
        let name = self.company_name(place, FIELDS[field].trades, form);
        let scale = self.draw.pick_weighted(&SCALES);
        self.organisation(place, name, ("91", kind), Some(field), scale)
    }

    fn body(&mut self, place: &str, end: &str, kind: &'static str) -> Organisation {
        let name = self.unique(|draw| format!("{MARK}{}{end}（{place}）", draw.pick(&STEMS)));
        let prefix = match kind {
            "013" | "014" => "11",
            "030" => "51",
            _ => "12",
        };
        self.organisation(place, name, (prefix, kind), None, "")
    }

    fn organisation(
        &mut self,
        place: &str,
        name: String,
        (prefix, kind): (&str, &'static str),
        field: Option<usize>,
        scale: &'static str,
    ) -> Organisation {
        Organisation {
            name,
            credit_code: self.credit_code(prefix),
            kind,
            field,
            county: None,
            outside: None,
            park: None,
            in_hightech_zone: false,
            address: format!("{place}示例路{}号", 1 + self.draw.below(300)),
            scale,
        }
    }

    fn company_name(&mut self, place: &str, trades: &[&str], form: &str) -> String {
        self.unique(|draw| {
            let place = if draw.happens(500) { place } else { "" };
            format!("{MARK}{place}{}{}{form}", draw.pick(&STEMS), draw.pick(trades))
        })
    }

    /// Draws names until one is new; the words allow many times more names than are needed.
    fn unique(&mut self, mut draw_name: impl FnMut(&mut Draw) -> String) -> String {
        loop {
            let name = draw_name(&mut self.draw);
            if self.names.insert(name.clone()) {
                return name;
            }
        }
    }

    /// The next code. Its registrar part is 000000, which no registrar has: it is valid and nobody's.
    fn credit_code(&mut self, prefix: &str) -> String {
        self.serial += 1;
        let first = format!("{prefix}000000EX{:07}", self.serial);
        CreditCode::complete(&first).expect("invariant: digits and letters of the alphabet").to_string()
    }
}
