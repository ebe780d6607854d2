//! The papers of an application (文书): which can be made now, and each as a letter.
//!
//! What a paper says is region data. Here its facts are filled in, from the application as its reader may see it.

use jiff::civil::{Date, Time};
use serde_json::Value;
use xiaoxiang_domain::contract::procedure::{Clock, Due, InspectionAct, Step};
use xiaoxiang_domain::contract::technology_value::{CostItem, CostStep, TechnologyValue, technology_value};
use xiaoxiang_domain::money::{Fen, MoneyUnit};
use xiaoxiang_domain::region::{
    CodedReason, DivisionCode, PaperBy, PaperFact, PaperForm, PaperList, PaperText, Region,
    RegistrationRules, Standing,
};
use xiaoxiang_store::StoreError;

use super::inspection::{ActView, InspectionPage};
use super::read_application::{ApplicationPage, StepView};
use super::request_change::RequestKind;
use crate::paper::{Block, Code, Document, Letterhead, Signature, write_docx};
use crate::refusal::Refusal;

/// Where the public page of a receipt or certificate lies, before its token.
pub const PUBLIC_STANDING_PATH: &str = "/receipts/";
/// What stands where nothing is known, for somebody to write on.
const BLANK: &str = "　　　　";

/// What a paper is made of: an application, or an inspection of it.
#[derive(Clone, Copy, Debug)]
pub struct PaperCase<'a> {
    /// The application as its reader may see it.
    pub page: &'a ApplicationPage,
    /// The inspection whose papers these are; none for those of the application itself.
    pub inspection: Option<&'a InspectionPage>,
}

impl<'a> PaperCase<'a> {
    /// The papers of an application.
    #[must_use]
    pub const fn application(page: &'a ApplicationPage) -> Self {
        Self { page, inspection: None }
    }

    /// The papers of an inspection of it.
    #[must_use]
    pub const fn inspection(page: &'a ApplicationPage, inspection: &'a InspectionPage) -> Self {
        Self { page, inspection: Some(inspection) }
    }

    /// The step that a paper rests on: the last of its kind.
    fn last_step(self, step: Step) -> Option<&'a StepView> {
        self.page.steps.iter().rev().find(|taken| taken.step == step)
    }

    /// The act that a paper rests on, likewise.
    fn last_act(self, act: InspectionAct) -> Option<&'a ActView> {
        self.inspection?.acts.iter().rev().find(|done| done.act == act)
    }

    fn can_be_made(self, paper: &PaperForm) -> bool {
        let is_after = match (self.inspection, paper.after_act) {
            (Some(_), Some(act)) => self.last_act(act).is_some(),
            (None, None) => paper.after.is_none_or(|step| self.last_step(step).is_some()),
            _ => false,
        };
        paper.exists_in(self.page.mode) && is_after
    }
}

/// The papers that can be made now, in the order of the region data.
#[must_use]
pub fn papers_of<'a>(case: PaperCase<'_>, region: &'a Region) -> Vec<&'a PaperForm> {
    region.papers().iter().filter(|paper| case.can_be_made(paper)).collect()
}

/// One of them as a letter; `origin` is where the region's pages are found from outside, such as
/// `https://kjt.example.cn`. Without it no QR code is printed, since it would lead nowhere.
#[must_use]
pub fn paper_document(
    case: PaperCase<'_>,
    paper: &PaperForm,
    region: &Region,
    origin: Option<&str>,
) -> Document {
    let page = case.page;
    let facts = Facts { case, page, paper, region };
    let text = |text: &PaperText| text.fill(|fact| facts.or_blank(fact));
    let mut blocks = Vec::new();
    if let Some(addressee) = &paper.addressee {
        blocks.push(Block::Addressee(format!("{}：", text(addressee))));
    }
    blocks.extend(paper.paragraphs.iter().map(|paragraph| Block::Paragraph(text(paragraph))));
    blocks.extend(
        paper.list.map(|list| facts.lines(list)).unwrap_or_default().into_iter().map(Block::Paragraph),
    );
    blocks.extend(paper.closing.iter().map(|paragraph| Block::Paragraph(text(paragraph))));
    if !(paper.form.is_empty() && paper.blanks.is_empty()) {
        let row = |fact: &PaperFact| (fact.label().to_owned(), facts.value(*fact).unwrap_or_default());
        let blanks = paper.blanks.iter().map(|label| (label.clone(), String::new()));
        blocks.push(Block::Form(paper.form.iter().map(row).chain(blanks).collect()));
    }
    if let (true, Some(origin), Some(token)) = (paper.has_code, origin, &page.row.public_token) {
        blocks.push(Block::Code(Code {
            address: format!("{origin}{PUBLIC_STANDING_PATH}{token}"),
            words: "扫码可核验编号和状态。".to_owned(),
        }));
    }
    blocks.extend(facts.signature().map(Block::Signature));
    if paper.standing != Standing::InForce {
        blocks.push(Block::Note("文书格式为示例，以主管部门公布的为准。".to_owned()));
    }
    let is_desk = paper.by == PaperBy::Desk;
    let has_head = matches!(paper.by, PaperBy::Desk | PaperBy::Province);
    Document {
        letterhead: facts.issuer().filter(|_| has_head).map(|issuer| Letterhead { issuer, signer: None }),
        number: page.row.acceptance_number.clone().filter(|_| is_desk),
        title: paper.name.clone(),
        blocks,
    }
}

/// The same as DOCX, with the bytes that the same day gives again.
pub fn write_paper(
    case: PaperCase<'_>,
    paper: &PaperForm,
    region: &Region,
    origin: Option<&str>,
) -> Result<Vec<u8>, Refusal> {
    let document = paper_document(case, paper, region, origin);
    let written = write_docx(&document, case.page.today.to_datetime(Time::midnight()));
    written.map_err(|error| StoreError::Damaged(format!("paper {}: {error}", paper.key)).into())
}

/// What a paper rests on: a step of the procedure, or an act of an inspection.
struct Ground<'a> {
    taken_on: &'a str,
    codes: &'a [String],
    words: &'a str,
    listed: &'a [CodedReason],
}

/// What fills one paper of one application.
struct Facts<'a> {
    case: PaperCase<'a>,
    page: &'a ApplicationPage,
    paper: &'a PaperForm,
    region: &'a Region,
}

impl Facts<'_> {
    fn or_blank(&self, fact: PaperFact) -> String {
        self.value(fact).filter(|text| !text.is_empty()).unwrap_or_else(|| BLANK.to_owned())
    }

    /// The step or act after which the paper is made.
    fn ground(&self) -> Option<Ground<'_>> {
        let rules = self.region.registration();
        if let Some(act) = self.paper.after_act {
            let done = self.case.last_act(act)?;
            let listed = &rules.revocation_grounds;
            return Some(Ground {
                taken_on: &done.taken_on,
                codes: &done.ground_codes,
                words: &done.words,
                listed,
            });
        }
        let step = self.case.last_step(self.paper.after?)?;
        let listed = reasons_of(rules, step.step);
        Some(Ground { taken_on: &step.taken_on, codes: &step.reason_codes, words: &step.words, listed })
    }

    /// Who issues and signs it; nobody where each expert signs.
    fn issuer(&self) -> Option<String> {
        match self.paper.by {
            PaperBy::Desk => Some(self.page.registrar.clone()),
            PaperBy::Province => {
                let head = self.region.letterhead().map(|head| head.issuer.clone());
                Some(head.unwrap_or_else(|| BLANK.to_owned()))
            }
            PaperBy::Applicant => Some(format!("{}（盖章）", self.page.organisation)),
            PaperBy::Experts => None,
        }
    }

    /// Why it is inspected.
    fn inspection_cause(&self) -> Option<String> {
        let inspection = self.case.inspection?;
        Some(match &inspection.draw {
            Some(draw) => format!("{}年度抽查", draw.year),
            None => inspection.summary.row.cause.clone(),
        })
    }

    /// The last day that the party has; where the year's holidays are not announced, that it is still to come.
    fn last_day(&self, due: Option<&String>) -> String {
        due.map_or_else(|| "节假日安排公布后确定的最后一日".to_owned(), |due| day(due))
    }

    fn value(&self, fact: PaperFact) -> Option<String> {
        let row = &self.page.row;
        let field = |key: &str| Some(self.page.form.field(key).to_owned());
        match fact {
            PaperFact::AcceptanceNumber => row.acceptance_number.clone(),
            PaperFact::RegistrationNumber => row.registration_number.clone(),
            PaperFact::CertificateNumber => row.certificate_number.clone(),
            PaperFact::ProjectName => Some(row.project_name.clone()),
            PaperFact::ContractType => {
                Some(self.name_of("contract_type", self.page.form.field("contract_type")))
            }
            PaperFact::SignedOn => Some(day(self.page.form.field("signed_on"))),
            PaperFact::ContractValue => self.contract_value().map(|value| yuan(value.0)),
            PaperFact::StatedTechnologyValue => self.stated_technology_value().map(|value| yuan(value.0)),
            PaperFact::TechnologyValue => row.technology_value_fen.map(yuan),
            PaperFact::Applicant => Some(self.page.organisation.clone()),
            PaperFact::ApplicantCode => self.applicant_code(),
            PaperFact::Agent => Some(self.page.applicant.clone()),
            PaperFact::ConfidentialityReviewer => {
                Some(self.page.form.undertaking.confidentiality_reviewer.trim().to_owned())
            }
            PaperFact::Registrar => Some(self.page.registrar.clone()),
            PaperFact::RegistrationAuthority => self.region.registration_authority().map(str::to_owned),
            PaperFact::Seller => field("seller_name"),
            PaperFact::SellerCode => field("seller_credit_code"),
            PaperFact::SellerKind => Some(self.name_of("party_kind", self.page.form.field("seller_kind"))),
            PaperFact::SellerDivision => Some(self.division(self.page.form.field("seller_division"))),
            PaperFact::SellerAddress => field("seller_address"),
            PaperFact::SellerRepresentative => field("seller_legal_representative"),
            PaperFact::SellerContact => field("seller_contact"),
            PaperFact::SellerTelephone => field("seller_telephone"),
            PaperFact::Buyer => field("buyer_name"),
            PaperFact::AcceptedOn => row.accepted_on.as_deref().map(day),
            PaperFact::DueOn => self.due_on_acceptance(),
            PaperFact::ReturnedOn | PaperFact::DecidedOn => self.ground().map(|ground| day(ground.taken_on)),
            PaperFact::RegisteredOn => row.registered_on.as_deref().map(day),
            PaperFact::InspectionCause => self.inspection_cause(),
            PaperFact::EvidenceDue => {
                let inspection = self.case.inspection?;
                Some(self.last_day(inspection.summary.row.evidence_due.as_ref()))
            }
            PaperFact::HearingDue => {
                let inspection = self.case.inspection?;
                Some(self.last_day(inspection.summary.row.hearing_due.as_ref()))
            }
        }
    }

    /// A code of a list by its name; other texts as they were typed.
    fn name_of(&self, list: &str, typed: &str) -> String {
        let code = self.region.codes(list).and_then(|codes| codes.by_code(typed));
        code.map_or_else(|| typed.to_owned(), |code| code.name.clone())
    }

    fn division(&self, typed: &str) -> String {
        let code = DivisionCode::parse(typed);
        let name = code.and_then(|code| self.region.divisions().name(code));
        name.map_or_else(|| typed.to_owned(), str::to_owned)
    }

    /// The credit code of the party that applies.
    fn applicant_code(&self) -> Option<String> {
        let form = &self.page.form;
        let side = ["seller", "buyer"]
            .into_iter()
            .find(|side| form.field(&format!("{side}_name")) == self.page.organisation);
        side.map(|side| form.field(&format!("{side}_credit_code")).to_owned())
    }

    /// The contract value as it was handed in, or as a draft states it.
    fn contract_value(&self) -> Option<Fen> {
        let typed = || Fen::parse(self.page.form.field("contract_value"), MoneyUnit::Yuan).ok();
        self.page.row.contract_value_fen.map(Fen).or_else(typed)
    }

    /// What the applicant's own costs leave of the contract value, whatever the reviewers approved since.
    fn stated_technology_value(&self) -> Option<Fen> {
        let items = self.page.form.read_cost_items().ok()?;
        let accepted_on = self.page.row.accepted_on.as_deref().and_then(|day| day.parse().ok());
        let regime = self.region.registration().regime_on(accepted_on.unwrap_or(self.page.today))?;
        let worked = technology_value(self.contract_value()?, &items, regime.reasonable_sets_max);
        worked.ok().map(|worked| worked.value)
    }

    /// Until when a decision was due when it was accepted, before any correction or review.
    fn due_on_acceptance(&self) -> Option<String> {
        let accepted_on: Date = self.page.row.accepted_on.as_deref()?.parse().ok()?;
        let regime = self.region.registration().regime_on(accepted_on)?;
        let clock = Clock { accepted_on, corrected_on: None, has_expert_review: false };
        Some(match clock.due(regime, self.region.calendar()) {
            Due::On { last_day, standing } => {
                let remark = if standing == Standing::InForce { "" } else { "（期限待核实）" };
                format!("{}{remark}", day(&last_day.to_string()))
            }
            Due::CalendarMissing { from, days } => {
                format!("{}后的第{days}个工作日（节假日安排公布后确定）", day(&from.to_string()))
            }
        })
    }

    fn lines(&self, list: PaperList) -> Vec<String> {
        let lines: Vec<String> = match list {
            PaperList::Reasons => self.reasons(),
            PaperList::Opinions => self.opinions(),
            PaperList::CostItems => self.cost_items(),
            PaperList::ChangeRequest => self.asked(RequestKind::Change),
            PaperList::CancelRequest => self.asked(RequestKind::Cancel),
        };
        if lines.is_empty() { vec![BLANK.to_owned()] } else { lines }
    }

    /// Coded reasons with what they rest on, then the officer's words.
    fn reasons(&self) -> Vec<String> {
        let Some(ground) = self.ground() else { return Vec::new() };
        let line = |(place, code): (usize, &String)| {
            let reason = ground.listed.iter().find(|reason| reason.code == *code);
            let name = reason.map_or(code.as_str(), |reason| reason.name.as_str());
            let basis = reason.filter(|reason| reason.standing == Standing::InForce);
            let basis = basis.map(|reason| format!("，依据：{}", reason.basis)).unwrap_or_default();
            format!("{}．{name}（代码 {code}{basis}）", place + 1)
        };
        let words = Some(ground.words.to_owned()).filter(|words| !words.is_empty());
        ground.codes.iter().enumerate().map(line).chain(words).collect()
    }

    fn opinions(&self) -> Vec<String> {
        let spoken = self.page.steps.iter().filter(|step| step.step == Step::GiveExpertOpinion);
        let line = |step: &StepView| {
            let agrees = step.reason_codes.iter().any(|code| code == "agree");
            let view = if agrees { "同意认定" } else { "不同意认定" };
            let person = step.person.as_deref().unwrap_or(BLANK);
            format!("{view}。{}　专家：{person}　{}", step.words, day(&step.taken_on))
        };
        spoken.map(line).collect()
    }

    /// Each cost with what was deducted and what was kept.
    fn cost_items(&self) -> Vec<String> {
        let part =
            |key: &str| self.page.working.as_ref().map(|working| working[key].clone()).unwrap_or(Value::Null);
        let items: Vec<CostItem> = serde_json::from_value(part("items")).unwrap_or_default();
        let Ok(worked) = serde_json::from_value::<TechnologyValue>(part("worked")) else { return Vec::new() };
        if items.is_empty() {
            return vec!["没有须扣除的非技术性费用，技术交易额等于合同成交额。".to_owned()];
        }
        let line = |(place, (item, step)): (usize, (&CostItem, &CostStep))| {
            format!(
                "{}．{}：{}，扣除 {}，计入 {}",
                place + 1,
                item.name,
                yuan(item.amount.0),
                yuan(step.deducted.0),
                yuan(step.kept.0)
            )
        };
        items.iter().zip(&worked.steps).enumerate().map(line).collect()
    }

    /// What was asked for last, field by field where it is a change, and why.
    fn asked(&self, kind: RequestKind) -> Vec<String> {
        let found = self.page.requests.iter().rev().find(|request| request.row.kind == kind.code());
        let Some(request) = found else { return Vec::new() };
        let mut lines = Vec::new();
        if let Some(form) = &request.form {
            let before = self.page.handed_in.first().map_or(&self.page.form, |first| &first.form);
            for key in
                form.fields.keys().chain(before.fields.keys().filter(|key| !form.fields.contains_key(*key)))
            {
                let (old, new) = (before.field(key), form.field(key));
                if old != new {
                    let label = self.region.contract_form().by_key(key);
                    let label = label.map_or(key.as_str(), |column| column.header.as_str());
                    lines.push(format!("{label}：由“{old}”变更为“{new}”"));
                }
            }
        }
        lines.extend(Some(request.row.words.clone()).filter(|words| !words.is_empty()));
        lines
    }

    fn signature(&self) -> Option<Signature> {
        let taken_on = self.ground().and_then(|ground| ground.taken_on.parse().ok());
        let is_own = self.paper.by == PaperBy::Applicant;
        let date = taken_on.filter(|_| !is_own).unwrap_or(self.page.today);
        self.issuer().map(|issuer| Signature { issuer, date })
    }
}

fn reasons_of(rules: &RegistrationRules, step: Step) -> &[CodedReason] {
    match step {
        Step::Return => &rules.correction_reasons,
        Step::Refuse => &rules.refusal_reasons,
        Step::Revoke => &rules.revocation_grounds,
        _ => &[],
    }
}

fn yuan(fen: i64) -> String {
    format!("{} 元", Fen(fen).display_in(MoneyUnit::Yuan))
}

/// `2026年6月8日` of `2026-06-08`.
fn day(text: &str) -> String {
    text.parse::<Date>().map_or_else(
        |_| text.to_owned(),
        |date| format!("{}年{}月{}日", date.year(), date.month(), date.day()),
    )
}
