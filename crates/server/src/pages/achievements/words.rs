//! Words of achievements in the language of the page: codes, levels, sections, what is wrong.

use std::sync::Arc;

use xiaoxiang_domain::achievement::{
    AchievementForm, AchievementKind, AchievementState, AchievementStep, RightStatus, Section,
    shown_patent_number,
};
use xiaoxiang_domain::contract::RowProblem;
use xiaoxiang_domain::contract::application::PricingMethod;
use xiaoxiang_domain::market::{CooperationMode, DisclosureLevel};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_services::Refusal;
use xiaoxiang_services::region::RegionInForce;

use crate::language::Language;
use crate::pages::applications::words::sentence_case;
use crate::pages::moment;
use crate::pages::statistics::SelectOption;
use crate::pages::visit::Visit;

/// What pages of achievements are told in.
#[derive(Clone, Debug)]
pub(in crate::pages) struct Words {
    region: Arc<RegionInForce>,
    pub language: Language,
}

/// A section as a page shows it.
#[derive(Clone, Debug)]
pub(in crate::pages) struct SectionView {
    pub id: &'static str,
    pub title: String,
    /// As it was written.
    pub text: String,
    /// Label and value, or empty where it is text.
    pub lines: Vec<(String, String)>,
    /// The level that it needs, where the reader sees to that.
    pub level: Option<String>,
}

impl Words {
    pub async fn of(visit: &Visit) -> Result<Self, Refusal> {
        Ok(Self { region: visit.app.region().await?, language: visit.language })
    }

    pub fn region(&self) -> &Region {
        &self.region.region
    }

    fn pick(&self, zh: &str, en: &str) -> String {
        self.language.pick(zh, &sentence_case(en)).to_owned()
    }

    pub fn state(&self, state: &AchievementState) -> String {
        self.pick(state.label(), state.label_en())
    }

    /// The class of a state's mark; the word beside it says the same.
    pub const fn state_class(&self, state: &AchievementState) -> &'static str {
        match state {
            AchievementState::Draft | AchievementState::Withdrawn => "status-draft",
            AchievementState::Submitted | AchievementState::Publicity => "status-corrected",
            _ => "status-signed",
        }
    }

    pub fn step(&self, step: &AchievementStep) -> String {
        self.pick(step.label(), step.label_en())
    }

    pub fn kind(&self, kind: &AchievementKind) -> String {
        self.pick(kind.label(), kind.label_en())
    }

    pub fn mode(&self, mode: &CooperationMode) -> String {
        self.pick(mode.label(), mode.label_en())
    }

    pub fn level(&self, level: &DisclosureLevel) -> String {
        self.pick(level.label(), level.label_en())
    }

    pub fn section(&self, section: &Section) -> String {
        self.pick(section.label(), section.label_en())
    }

    /// The name of a code of a list; the code where the list has it not.
    pub fn code(&self, list: &str, code: &str) -> String {
        let found = self.region().codes(list).and_then(|list| list.by_code(code));
        found.map_or_else(|| code.to_owned(), |code| self.language.pick(&code.name, &code.name_en).to_owned())
    }

    /// The name of a division with what it lies in; the text where it is none.
    pub fn place(&self, text: &str) -> String {
        let divisions = self.region().divisions();
        let name = DivisionCode::parse(text).and_then(|code| {
            let name = divisions.full_name(code)?;
            Some(self.language.pick(&name, divisions.name_en(code).unwrap_or(&name)).to_owned())
        });
        name.unwrap_or_else(|| text.to_owned())
    }

    pub fn day(&self, day: &str) -> String {
        day.parse().map_or_else(|_| day.to_owned(), |day| self.language.day(day))
    }

    pub fn moment(&self, at_ms: &i64) -> String {
        moment::minute(*at_ms, &self.region.time_zone)
    }

    /// The legal day of an instant.
    pub fn day_of(&self, at_ms: &i64) -> String {
        let instant = jiff::Timestamp::from_millisecond(*at_ms).unwrap_or_default();
        self.language.day(instant.to_zoned(self.region.time_zone.clone()).date())
    }

    pub fn problem(&self, problem: &RowProblem) -> String {
        let chinese = format!("{}。{}。", problem.reason_zh, problem.fix_zh);
        let english = format!("{}; {}.", sentence_case(&problem.reason_en), problem.fix_en);
        self.language.pick(&chinese, &english).to_owned()
    }

    pub fn modes(&self, modes: &[CooperationMode]) -> String {
        let words: Vec<String> = modes.iter().map(|mode| self.mode(mode)).collect();
        words.join(self.language.pick("、", ", "))
    }

    /// What a field of the form is called.
    pub fn field_label(&self, field: &str) -> String {
        let language = self.language;
        let row = |prefix: &str| {
            let at: usize = field.strip_prefix(prefix)?.strip_prefix('.')?.split('.').next()?.parse().ok()?;
            Some((at + 1).to_string())
        };
        if let Some(row) = row("rights") {
            return language.say("achievement-right-row", [("row", &row)]);
        }
        if let Some(row) = row("team") {
            return language.say("achievement-member-row", [("row", &row)]);
        }
        if let Some(section) = Section::from_code(field) {
            return self.section(&section);
        }
        language.text(label_key(field)).to_owned()
    }

    /// A price in words: an amount, to be negotiated, or not stated.
    pub fn price(&self, form: &AchievementForm) -> String {
        if form.open_licence.is_stated && !form.open_licence.fee.is_empty() {
            return form.open_licence.fee.clone();
        }
        if form.price.is_negotiable {
            return self.language.text("achievement-negotiable").to_owned();
        }
        match Fen::parse(&form.price.amount, MoneyUnit::Yuan) {
            Ok(fen) => {
                let amount = fen.display_in(MoneyUnit::TenThousandYuan);
                self.language.say("achievement-ten-thousand", [("amount", &amount)])
            }
            Err(_) => String::new(),
        }
    }

    pub fn pricing(&self, method: PricingMethod) -> &'static str {
        self.language.text(match method {
            PricingMethod::Agreed => "application-pricing-agreed",
            PricingMethod::Listed => "application-pricing-listed",
            PricingMethod::Auction => "application-pricing-auction",
        })
    }

    fn right_status(&self, code: &str) -> String {
        RightStatus::from_code(code)
            .map_or_else(String::new, |status| self.pick(status.label(), status.label_en()))
    }

    /// The sections that hold something, in the order of pages; `levels` where the reader sees to them.
    pub fn sections(&self, form: &AchievementForm, tells_levels: bool) -> Vec<SectionView> {
        Section::ALL
            .into_iter()
            .filter_map(|section| self.section_view(form, section, tells_levels))
            .collect()
    }

    fn section_view(
        &self,
        form: &AchievementForm,
        section: Section,
        tells_levels: bool,
    ) -> Option<SectionView> {
        let text = match section {
            Section::Problem => form.problem.clone(),
            Section::Comparison => form.comparison.clone(),
            Section::Evidence => form.evidence.clone(),
            Section::Economics => form.economics.clone(),
            Section::Conditions => form.conditions.clone(),
            _ => String::new(),
        };
        let lines = match section {
            Section::Rights => self.rights(form),
            Section::Price => self.price_lines(form),
            Section::Team => form.team.iter().map(|one| (one.name.clone(), one.part.clone())).collect(),
            Section::Contact => self.contact(form),
            _ => Vec::new(),
        };
        if text.is_empty() && lines.is_empty() {
            return None;
        }
        let level = xiaoxiang_domain::achievement::needed_level(form, section);
        Some(SectionView {
            id: section.code(),
            title: self.section(&section),
            text,
            lines,
            level: tells_levels.then(|| self.level(&level)),
        })
    }

    fn rights(&self, form: &AchievementForm) -> Vec<(String, String)> {
        let line = |right: &xiaoxiang_domain::achievement::WrittenRight| {
            let number = shown_patent_number(&right.number);
            let until = if right.valid_until.is_empty() {
                String::new()
            } else {
                self.language.say("achievement-until", [("day", &self.day(&right.valid_until))])
            };
            let parts = [number, self.right_status(&right.status), right.holder.clone(), until];
            let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            (self.code("ip_kind", &right.kind), parts.join(" · "))
        };
        form.rights.iter().map(line).collect()
    }

    fn price_lines(&self, form: &AchievementForm) -> Vec<(String, String)> {
        let text = |key: &'static str| self.language.text(key).to_owned();
        let method = PricingMethod::ALL.into_iter().find(|method| method.code() == form.price.method);
        let licence = &form.open_licence;
        let fee_mode = match licence.fee_mode.as_str() {
            "single" => text("achievement-fee-single"),
            "yearly" => text("achievement-fee-yearly"),
            "share" => text("achievement-fee-share"),
            _ => String::new(),
        };
        let mut lines = vec![
            (text("achievement-price"), self.price(form)),
            (
                text("achievement-pricing"),
                method.map_or_else(String::new, |method| self.pricing(method).to_owned()),
            ),
        ];
        if licence.is_stated {
            lines[0].0 = text("achievement-licence-fee");
            let announced = if licence.announcement.is_empty() {
                text("achievement-licence-not-announced")
            } else {
                licence.announcement.clone()
            };
            lines.extend([
                (text("achievement-licence-fee-mode"), fee_mode),
                (text("achievement-licence-until"), self.day(&licence.valid_until)),
                (text("achievement-licence-conditions"), licence.conditions.clone()),
                (text("achievement-licence-announcement"), announced),
            ]);
        }
        lines.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    fn contact(&self, form: &AchievementForm) -> Vec<(String, String)> {
        let contact = &form.contact;
        let lines = [
            ("achievement-contact-name", &contact.name),
            ("achievement-contact-telephone", &contact.telephone),
            ("achievement-contact-email", &contact.email),
        ];
        let stated = lines.into_iter().filter(|(_, value)| !value.is_empty());
        stated.map(|(key, value)| (self.language.text(key).to_owned(), value.clone())).collect()
    }
}

/// The key of a field's name.
fn label_key(field: &str) -> &'static str {
    match field {
        "kind" => "achievement-kind",
        "title" => "achievement-title",
        "summary" => "achievement-summary",
        "keywords" => "achievement-keywords",
        "field" => "achievement-field",
        "industry" => "achievement-industry",
        "ipc" => "achievement-ipc",
        "division" => "achievement-division",
        "maturity" => "achievement-maturity",
        "price.method" => "achievement-pricing",
        "price.amount" => "achievement-price",
        "modes" => "achievement-modes",
        "contact.name" => "achievement-contact-name",
        "contact.telephone" => "achievement-contact-telephone",
        "contact.email" => "achievement-contact-email",
        "clearance.patent_filing" => "achievement-patent-filing",
        "clearance.holds_no_secrets" => "achievement-no-secrets",
        "open_licence.is_stated" => "achievement-open-licence",
        "open_licence.fee_mode" => "achievement-licence-fee-mode",
        "open_licence.fee" => "achievement-licence-fee",
        "open_licence.valid_until" => "achievement-licence-until",
        "open_licence.conditions" => "achievement-licence-conditions",
        "open_licence.announcement" => "achievement-licence-announcement",
        _ => "achievement-other-field",
    }
}

impl Words {
    /// The technical fields as options.
    pub fn field_options(&self, chosen: &[&str]) -> Vec<SelectOption> {
        let Some(list) = self.region().codes("technical_field") else { return Vec::new() };
        let option = |code: &xiaoxiang_domain::region::Code| SelectOption {
            value: code.code.clone(),
            label: self.language.pick(&code.name, &code.name_en).to_owned(),
            is_chosen: chosen.contains(&code.code.as_str()),
        };
        list.items().iter().map(option).collect()
    }

    /// The name of the city of a division's code, without the province.
    pub fn city(&self, code: &str) -> String {
        let divisions = self.region().divisions();
        let city = DivisionCode::parse(code)
            .and_then(|code| self.region().cities().iter().copied().find(|city| code.is_within(*city)));
        let Some(city) = city else { return self.place(code) };
        let name = divisions.name(city).unwrap_or_default();
        self.language.pick(name, divisions.name_en(city).unwrap_or(name)).to_owned()
    }

    /// Cities and counties of the region, offered while a place is typed.
    pub fn places(&self) -> Vec<(String, String)> {
        let divisions = self.region().divisions();
        let cities = self.region().cities().iter();
        let all =
            cities.flat_map(|city| std::iter::once(*city).chain(divisions.children(*city).iter().copied()));
        all.map(|code| (code.to_string(), self.place(&code.to_string()))).collect()
    }
}
