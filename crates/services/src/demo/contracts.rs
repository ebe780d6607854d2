//! Makes single contracts: parties, dates, codes and words around an amount.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use xiaoxiang_domain::contract::{Contract, Party, PartyNature};
use xiaoxiang_domain::fact::Standing;
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::region::{DivisionCode, Region};

use super::amounts::{UNIT_FEN, contract_values, technology_values};
use super::draw::{Draw, split};
use super::organisations::{City, Organisation, Outside, World};
use super::published::{MONTH_WEIGHTS, TypeYear};
use super::words::{FIELDS, FOREIGN_PARTIES, MARK, MODIFIERS, PERSONS, TELEPHONE, project_endings};

/// Draws of a working day before any day is taken; no month is without one.
const WORKING_DAY_DRAWS: usize = 40;
/// Contracts below this come from universities often (500,000 yuan in hundreds).
const SMALL_UNITS: i64 = 5_000;
/// Contracts below this may be with a natural person (300,000 yuan in hundreds).
const PERSON_UNITS_MAX: i64 = 3_000;
/// Contracts above this are sold out of the province more often (5,000,000 yuan in hundreds).
const LARGE_UNITS: i64 = 50_000;

/// An amount with its type, place and day, before it has parties.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) contract_type: u16,
    /// Index of the city: the seller's in the registry, the buyer's in the exchange.
    pub(super) city: usize,
    pub(super) registered_on: Date,
    contract_units: i64,
    technology_units: i64,
}

/// What stands around the two parties of a contract.
pub(super) struct Frame {
    pub(super) registration_number: String,
    pub(super) registrar_code: String,
    pub(super) registrar_name: String,
    /// Index of the field.
    pub(super) field: usize,
}

/// Draws contracts of one year and source.
pub(super) struct Maker<'a> {
    pub(super) draw: Draw,
    pub(super) region: &'a Region,
    pub(super) world: &'a World,
}

impl<'a> Maker<'a> {
    /// Spreads a year's amounts over cities, contracts and days, in order of days.
    ///
    /// `weights` are each city's shares of the count and of the value.
    pub(super) fn slots(
        &mut self,
        year: i16,
        last_month: i8,
        types: &[TypeYear],
        weights: &[(u64, u64)],
        spread: u64,
    ) -> Vec<Slot> {
        let mut slots = Vec::with_capacity(types.iter().map(|row| row.count).sum());
        for row in types {
            let count_weights: Vec<u64> = weights.iter().map(|(count, _)| self.vary(*count, 120)).collect();
            let counts = split(row.count as i64, &count_weights);
            let value_weights: Vec<u64> = weights
                .iter()
                .zip(&counts)
                .map(|((_, value), count)| if *count == 0 { 0 } else { self.vary(*value, 160) })
                .collect();
            let totals = split(row.contract_units, &value_weights);
            let first = slots.len();
            for (city, (count, total)) in counts.iter().zip(totals).enumerate() {
                for contract_units in contract_values(&mut self.draw, total, *count as usize, spread) {
                    let registered_on = self.day(year, last_month);
                    let contract_type = row.contract_type;
                    slots.push(Slot {
                        contract_type,
                        city,
                        registered_on,
                        contract_units,
                        technology_units: 0,
                    });
                }
            }
            let values: Vec<i64> = slots[first..].iter().map(|slot| slot.contract_units).collect();
            let technology = technology_values(&mut self.draw, &values, row.technology_units);
            for (slot, units) in slots[first..].iter_mut().zip(technology) {
                slot.technology_units = units;
            }
        }
        slots.sort_by_key(|slot| slot.registered_on);
        slots
    }

    /// The weight, up to `per_mille` more or less.
    fn vary(&mut self, weight: u64, per_mille: u64) -> u64 {
        weight * (1000 - per_mille + self.draw.below(2 * per_mille + 1))
    }

    fn day(&mut self, year: i16, last_month: i8) -> Date {
        let months = &MONTH_WEIGHTS[..last_month.unsigned_abs() as usize];
        let month = self.draw.weighted(months) as i8 + 1;
        let first = date(year, month, 1);
        let days = first.days_in_month().unsigned_abs();
        let mut day = first;
        for _ in 0..WORKING_DAY_DRAWS {
            day = date(year, month, self.draw.below(u64::from(days)) as i8 + 1);
            if self.region.calendar().is_working_day(day) != Some(false) {
                break;
            }
        }
        day
    }

    /// Puts parties and words around an amount.
    pub(super) fn contract(&mut self, slot: &Slot, frame: Frame, seller: Party, buyer: Party) -> Contract {
        let on = slot.registered_on;
        let field = &FIELDS[frame.field];
        let contract_type = self.contract_type(slot.contract_type, on);
        let signed_on = on - (self.draw.below(75) as i64).days();
        let valid_to = signed_on + (3 + self.draw.below(34) as i64).months();
        let landing = if buyer.division.is_empty() { &seller.division } else { &buyer.division };
        Contract {
            registration_number: frame.registration_number,
            project_name: format!(
                "{}{}{}",
                self.draw.pick(&MODIFIERS),
                self.draw.pick(field.topics),
                self.draw.pick(project_endings(&contract_type))
            ),
            signed_on: Some(signed_on),
            valid_from: Some(signed_on),
            valid_to: Some(valid_to),
            registered_on: on,
            ip: self.ip(&contract_type).to_owned(),
            contract_type,
            field: field.code.to_owned(),
            contract_value: Fen(slot.contract_units * UNIT_FEN),
            technology_value: Fen(slot.technology_units * UNIT_FEN),
            payment_mode: self.draw.pick_weighted(&[("1", 400), ("2", 530), ("3", 25), ("4", 45)]).to_owned(),
            related_party: Some(self.draw.happens(30)),
            plan_source: self
                .draw
                .pick_weighted(&[("9", 860), ("1", 30), ("2", 15), ("3", 65), ("4", 30)])
                .to_owned(),
            socio_economic_objective: field.objective.to_owned(),
            industry: field.industry.to_owned(),
            registrar_code: frame.registrar_code,
            registrar_name: frame.registrar_name,
            landing_division: landing.clone(),
            standing: Standing::Counted,
            seller,
            buyer,
        }
    }

    /// A second-level type of the list in force on that day, or the first level where the list has none.
    fn contract_type(&mut self, root: u16, on: Date) -> String {
        let has_licences = root == 2 && on.year() < 2021;
        let wanted = match root {
            1 => self.draw.pick_weighted(&[("11", 800), ("12", 170), ("1", 30)]),
            2 if has_licences => self.draw.pick_weighted(&[
                ("21", 380),
                ("22", 60),
                ("23", 230),
                ("24", 60),
                ("26", 20),
                ("29", 250),
            ]),
            2 => self.draw.pick_weighted(&[("21", 560), ("22", 80), ("23", 250), ("24", 80), ("26", 30)]),
            3 => self.draw.pick_weighted(&[("31", 720), ("32", 280)]),
            4 => "4",
            _ => self.draw.pick_weighted(&[("51", 930), ("52", 45), ("53", 25)]),
        };
        let list = self.region.codes("contract_type");
        if list.and_then(|list| list.by_code(wanted)).is_some_and(|code| code.holds_on(on)) {
            wanted.to_owned()
        } else {
            root.to_string()
        }
    }

    fn ip(&mut self, contract_type: &str) -> &'static str {
        match contract_type {
            "21" | "22" | "29" | "31" => self.draw.pick_weighted(&[("21", 620), ("22", 330), ("23", 50)]),
            "2" | "23" | "3" | "32" => "1",
            "24" => "3",
            "26" => "4",
            "1" | "11" | "12" => self.draw.pick_weighted(&[
                ("9", 430),
                ("1", 220),
                ("21", 130),
                ("22", 60),
                ("3", 140),
                ("5", 10),
                ("6", 10),
            ]),
            _ => self.draw.pick_weighted(&[("9", 840), ("1", 90), ("21", 30), ("3", 40)]),
        }
    }

    /// Who sells in a city: companies have the amounts, universities many of the small contracts.
    pub(super) fn seller(&mut self, slot: &Slot) -> (Party, Option<usize>) {
        let city = &self.world.cities[slot.city];
        if slot.contract_units < PERSON_UNITS_MAX && self.draw.happens(6) {
            return (self.person(city, slot.registered_on), None);
        }
        let (university, institute) = if slot.contract_units < SMALL_UNITS { (270, 50) } else { (14, 16) };
        let roll = self.draw.below(1000);
        let organisation = if roll < university {
            self.draw.pick_early(&city.universities)
        } else if roll < university + institute {
            self.draw.pick_early(&city.institutes)
        } else {
            self.draw.pick_early(&city.companies)
        };
        (party_on(city, organisation, slot.registered_on), organisation.field)
    }

    /// Who buys what a city sells: in the same city, elsewhere in the province, in China or abroad.
    pub(super) fn buyer(&mut self, slot: &Slot, seller: &Party) -> Party {
        let roll = self.draw.below(1000);
        let outside = if slot.contract_units > LARGE_UNITS { 430 } else { 330 };
        if roll < 9 {
            return self.foreign();
        }
        if roll < outside {
            let place = self.outside_place();
            let organisation = if self.draw.happens(940) {
                self.draw.pick_early(&place.companies)
            } else {
                self.draw.pick(&place.academies)
            };
            return organisation.party(DivisionCode(place.plan.code));
        }
        let city = if self.draw.happens(620) { slot.city } else { self.buying_city() };
        self.inside_buyer(city, slot, seller)
    }

    /// Somebody of a city who is not the seller.
    pub(super) fn inside_buyer(&mut self, city: usize, slot: &Slot, seller: &Party) -> Party {
        let city = &self.world.cities[city];
        if slot.contract_units < PERSON_UNITS_MAX && self.draw.happens(5) {
            return self.person(city, slot.registered_on);
        }
        loop {
            let roll = self.draw.below(1000);
            let organisation = match roll {
                0..=779 => self.draw.pick_early(&city.companies),
                780..=949 => self.draw.pick_early(&city.public_bodies),
                950..=979 => self.draw.pick(&city.institutes),
                _ => self.draw.pick(&city.universities),
            };
            if organisation.credit_code != seller.credit_code {
                return party_on(city, organisation, slot.registered_on);
            }
        }
    }

    /// Who sells from outside the province.
    pub(super) fn outside_seller(&mut self) -> (Party, Option<usize>, &'a Outside) {
        let place = self.outside_place();
        let organisation = if self.draw.happens(880) {
            self.draw.pick_early(&place.companies)
        } else {
            self.draw.pick(&place.academies)
        };
        (organisation.party(DivisionCode(place.plan.code)), organisation.field, place)
    }

    fn outside_place(&mut self) -> &'a Outside {
        let weights: Vec<u64> = self.world.outside.iter().map(|place| place.plan.weight).collect();
        &self.world.outside[self.draw.weighted(&weights)]
    }

    fn buying_city(&mut self) -> usize {
        let weights: Vec<u64> = self.world.cities.iter().map(|city| city.plan.buyer_weight).collect();
        self.draw.weighted(&weights)
    }

    pub(super) fn foreign(&mut self) -> Party {
        let (name, country) = *self.draw.pick(&FOREIGN_PARTIES);
        Party {
            name: format!("{MARK}{name}"),
            country: country.to_owned(),
            kind: "R6".to_owned(),
            nature: PartyNature::Foreign,
            ..Party::default()
        }
    }

    fn person(&mut self, city: &City, on: Date) -> Party {
        let weights: Vec<u64> = city.counties.iter().map(|county| county.weight).collect();
        let county = &city.counties[self.draw.weighted(&weights)];
        Party {
            name: format!("{MARK}{}", self.draw.pick(&PERSONS)),
            division: county.code_on(on).to_string(),
            kind: "R4".to_owned(),
            address: format!("{}示例路{}号", city.plan.short_name, 1 + self.draw.below(300)),
            telephone: TELEPHONE.to_owned(),
            nature: PartyNature::Person,
            ..Party::default()
        }
    }

    /// A field for whoever has none of his own.
    pub(super) fn any_field(&mut self) -> usize {
        let weights = FIELDS.each_ref().map(|field| field.weight);
        self.draw.weighted(&weights)
    }
}

/// The organisation with the code that its county had on that day.
fn party_on(city: &City, organisation: &Organisation, on: Date) -> Party {
    let division =
        organisation.county.map_or_else(|| city.code(), |county| city.counties[county].code_on(on));
    organisation.party(division)
}
