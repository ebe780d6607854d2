//! The people and bodies of an invented province, with all the untidiness of real registers.

use std::collections::HashSet;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use xiaoxiang_domain::contract::{Party, PartyNature};
use xiaoxiang_domain::organisation::credit_code::CreditCode;

use super::super::draw::Draw;
use super::super::places::{CITIES, OUTSIDE};
use super::super::words::{COMPANY_FORMS, FIELDS, INSTITUTES, MARK, PUBLIC_BODIES, STEMS, UNIVERSITIES};
use super::words::{COMMON_NAMES, GIVEN, INCUBATORS, ROADS, SURNAMES};

/// Professors of a university who sign contracts.
const PROFESSORS: usize = 40;

/// One body.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub party: Party,
    /// Index of its field.
    pub field: usize,
    /// Code and name of its registrar.
    pub registrar: (String, String),
    /// Who signs for it, with telephones; companies have one.
    pub people: Vec<(String, String)>,
    pub is_university: bool,
}

/// Everybody.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub sellers: Vec<Body>,
    pub universities: Vec<Body>,
    pub buyers: Vec<Body>,
}

/// Makes bodies and people.
#[derive(Debug)]
pub(super) struct Founder {
    pub draw: Draw,
    serial: u32,
    names: HashSet<String>,
}

impl Founder {
    pub fn new(draw: Draw) -> Self {
        Self { draw, serial: 0, names: HashSet::new() }
    }

    pub fn world(&mut self, contracts: usize) -> World {
        let agencies: Vec<String> = (0..6).map(|_| self.telephone()).collect();
        let mut sellers: Vec<Body> = (0..contracts / 7 + 40).map(|_| self.company(700)).collect();
        let mut buyers: Vec<Body> = (0..contracts / 4 + 80)
            .map(|_| if self.draw.happens(800) { self.company(650) } else { self.public_body() })
            .collect();
        for body in sellers.iter_mut().chain(&mut buyers) {
            // Agencies that file for small companies leave their own number.
            if !body.is_university && self.draw.happens(25) {
                let telephone = self.draw.pick(&agencies).clone();
                body.people[0].1.clone_from(&telephone);
                body.party.telephone = telephone;
            }
        }
        let universities = (0..12 + contracts / 1500).map(|_| self.university()).collect();
        World { sellers, universities, buyers }
    }

    pub fn person(&mut self) -> String {
        if self.draw.happens(20) {
            return (*self.draw.pick(&COMMON_NAMES)).to_owned();
        }
        let surname = *self.draw.pick_early(&SURNAMES);
        let second = if self.draw.happens(800) { *self.draw.pick(&GIVEN) } else { "" };
        format!("{surname}{}{second}", self.draw.pick(&GIVEN))
    }

    pub fn telephone(&mut self) -> String {
        if self.draw.happens(300) {
            return format!("0731-8{:07}", self.draw.below(10_000_000));
        }
        let prefix = *self.draw.pick(&["138", "139", "135", "150", "158", "186", "177", "199", "133"]);
        format!("{prefix}{:08}", self.draw.below(100_000_000))
    }

    pub fn address(&mut self, city: &str) -> String {
        let road = *self.draw.pick(&ROADS);
        let number = 1 + self.draw.below(980);
        match self.draw.below(10) {
            0 => {
                let park = *self.draw.pick(&INCUBATORS);
                format!("{city}市{park}{}栋{}室", 1 + self.draw.below(12), 100 + self.draw.below(900))
            }
            // The incubator without a room: dozens write the same.
            1 if self.draw.happens(300) => {
                let park = *self.draw.pick(&INCUBATORS);
                format!("{city}市{park}1号")
            }
            2..=5 => format!(
                "{city}市{road}{number}号{}栋{}",
                1 + self.draw.below(20),
                101 + self.draw.below(2800)
            ),
            _ => format!("{city}市{road}{number}号"),
        }
    }

    fn place(&mut self, inside_permille: u64) -> (String, &'static str, (String, String)) {
        if self.draw.happens(inside_permille) {
            let weights = CITIES.each_ref().map(|city| city.count_weight + 200);
            let at = self.draw.weighted(&weights);
            let city = &CITIES[at];
            let registrar =
                (format!("43{at:02}{}", 1 + self.draw.below(2)), format!("{}登记点", city.short_name));
            (format!("{:06}", city.code + 2), city.short_name, registrar)
        } else {
            let place = self.draw.pick(&OUTSIDE);
            let registrar = (format!("{}01", place.code / 10_000), format!("{}登记点", place.short_name));
            (format!("{:06}", place.code), place.short_name, registrar)
        }
    }

    fn code(&mut self, prefix: &str) -> String {
        self.serial += 1;
        // Spread out, so that neighbours in the list are not neighbours in number.
        let spread = u64::from(self.serial) * 7_919_317 % 10_000_000;
        let first = format!("{prefix}430100{:02}{spread:07}", self.draw.below(90) + 10);
        CreditCode::complete(&first).expect("invariant: digits only").to_string()
    }

    pub fn founded(&mut self) -> Date {
        let year = 2020 - i16::try_from(self.draw.below(22).min(self.draw.below(22))).expect("small");
        date(year, 1 + self.draw.below(12) as i8, 1 + self.draw.below(28) as i8)
    }

    pub fn company(&mut self, inside_permille: u64) -> Body {
        let (division, city, registrar) = self.place(inside_permille);
        self.company_at(division, city, registrar)
    }

    pub fn company_at(&mut self, division: String, city: &str, registrar: (String, String)) -> Body {
        let field = self.draw.weighted(&FIELDS.each_ref().map(|field| field.weight));
        let ((form, kind), _) = (self.draw.pick_weighted(&COMPANY_FORMS), ());
        let trade = *self.draw.pick(FIELDS[field].trades);
        let place = if self.draw.happens(600) { city } else { "" };
        let name = loop {
            let name =
                format!("{MARK}{place}{}{}{trade}{form}", self.draw.pick(&STEMS), self.draw.pick(&GIVEN));
            if self.names.insert(name.clone()) {
                break name;
            }
        };
        let representative = self.person();
        let telephone = self.telephone();
        let contact = if self.draw.happens(250) { representative.clone() } else { self.person() };
        let party = Party {
            name,
            credit_code: if self.draw.happens(970) { self.code("91") } else { String::new() },
            division,
            kind: kind.to_owned(),
            address: if self.draw.happens(930) { self.address(city) } else { String::new() },
            contact: contact.clone(),
            telephone: match self.draw.below(100) {
                0..=4 => String::new(),
                5..=6 => "0731-00000000".to_owned(),
                _ => telephone.clone(),
            },
            legal_representative: if self.draw.happens(750) { representative } else { String::new() },
            established_on: self.draw.happens(800).then(|| self.founded()),
            nature: PartyNature::Organisation,
            ..Party::default()
        };
        Body {
            people: vec![(contact, party.telephone.clone())],
            party,
            field,
            registrar,
            is_university: false,
        }
    }

    fn public_body(&mut self) -> Body {
        let (division, city, registrar) = self.place(850);
        let (end, kind) = *self.draw.pick(&PUBLIC_BODIES);
        let name = format!("{MARK}{city}{}{}{end}", self.draw.pick(&STEMS), self.draw.pick(&GIVEN));
        self.body(name, kind, "12", (division, city, registrar), 1)
    }

    fn university(&mut self) -> Body {
        let (division, city, registrar) = self.place(900);
        let (ends, kind) = if self.draw.happens(650) { (&UNIVERSITIES, "022") } else { (&INSTITUTES, "021") };
        let name =
            format!("{MARK}{}{}{}", self.draw.pick(&STEMS), self.draw.pick(&GIVEN), self.draw.pick(ends));
        let mut body = self.body(name, kind, "12", (division, city, registrar), PROFESSORS);
        body.is_university = true;
        body
    }

    fn body(
        &mut self,
        name: String,
        kind: &str,
        prefix: &str,
        (division, city, registrar): (String, &str, (String, String)),
        people: usize,
    ) -> Body {
        let people: Vec<(String, String)> = (0..people).map(|_| (self.person(), self.telephone())).collect();
        let party = Party {
            name,
            credit_code: self.code(prefix),
            division,
            kind: kind.to_owned(),
            address: self.address(city),
            contact: people[0].0.clone(),
            telephone: people[0].1.clone(),
            legal_representative: if self.draw.happens(700) { self.person() } else { String::new() },
            established_on: self
                .draw
                .happens(500)
                .then(|| date(1950, 9, 1) + (self.draw.below(50) as i64).years()),
            nature: PartyNature::Organisation,
            ..Party::default()
        };
        Body { people, party, field: self.draw.index(FIELDS.len()), registrar, is_university: false }
    }
}
