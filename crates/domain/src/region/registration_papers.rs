//! The papers of registration (认定登记文书) as region data: what each says, when it can be made and whose it is.

use super::document::{Fields, Node};
use super::papers::{STANDINGS, Standing};
use super::problem::{Mistake, Place, Sink};
use super::text::nearest;
use crate::contract::procedure::{InspectionAct, RegistrationMode, Step};

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident $code:literal $label:literal $label_en:literal),+ $(,)?) => {
        /// A fact of an application that a paper can print.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PaperFact { $($(#[$doc])* $name),+ }

        impl PaperFact {
            /// Every fact.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Word of the files.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// Label on paper.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label),+ }
            }

            /// Label in English.
            #[must_use]
            pub const fn label_en(self) -> &'static str {
                match self { $(Self::$name => $label_en),+ }
            }
        }
    };
}

facts! {
    /// 受理编号
    AcceptanceNumber "acceptance_number" "受理编号" "Acceptance number",
    /// 合同登记编号
    RegistrationNumber "registration_number" "合同登记编号" "Registration number",
    /// 登记证明编号
    CertificateNumber "certificate_number" "登记证明编号" "Certificate number",
    /// 项目名称
    ProjectName "project_name" "项目名称" "Project",
    /// 合同类型
    ContractType "contract_type" "合同类型" "Type of contract",
    /// 签订日期
    SignedOn "signed_on" "签订日期" "Signed on",
    /// 合同成交额
    ContractValue "contract_value" "合同成交额" "Contract value",
    /// 技术交易额 as the applicant states it.
    StatedTechnologyValue "stated_technology_value" "申报技术交易额" "Technology value as stated",
    /// 技术交易额 as approved.
    TechnologyValue "technology_value" "核定技术交易额" "Technology value as approved",
    /// 申请单位
    Applicant "applicant" "申请单位" "Applicant",
    /// Its credit code.
    ApplicantCode "applicant_code" "统一社会信用代码" "Credit code",
    /// 经办人
    Agent "agent" "经办人" "Agent",
    /// 保密审查人
    ConfidentialityReviewer "confidentiality_reviewer" "保密审查人" "Confidentiality reviewer",
    /// 登记机构
    Registrar "registrar" "登记机构" "Registrar",
    /// 登记机关: the body that region data name, where the region registers by itself.
    RegistrationAuthority "registration_authority" "登记机关" "Registration authority",
    /// 卖方
    Seller "seller" "卖方" "Seller",
    /// Its credit code.
    SellerCode "seller_code" "卖方统一社会信用代码" "Seller's credit code",
    /// 性质
    SellerKind "seller_kind" "卖方性质" "Kind of seller",
    /// 行政区划
    SellerDivision "seller_division" "卖方所在地" "Seller's place",
    /// 地址
    SellerAddress "seller_address" "卖方地址" "Seller's address",
    /// 法定代表人
    SellerRepresentative "seller_representative" "法定代表人" "Legal representative",
    /// 联系人
    SellerContact "seller_contact" "联系人" "Contact",
    /// 联系电话
    SellerTelephone "seller_telephone" "联系电话" "Telephone",
    /// 买方
    Buyer "buyer" "买方" "Buyer",
    /// 受理日期
    AcceptedOn "accepted_on" "受理日期" "Accepted on",
    /// 办理期限
    DueOn "due_on" "办理期限" "Due on",
    /// Day of the last one-time notice of corrections.
    ReturnedOn "returned_on" "告知日期" "Told on",
    /// Day of approval, refusal, cancellation or revocation.
    DecidedOn "decided_on" "决定日期" "Decided on",
    /// 登记日期
    RegisteredOn "registered_on" "登记日期" "Registered on",
    /// 检查事由: the yearly draw, or why it was opened.
    InspectionCause "inspection_cause" "检查事由" "Why it is inspected",
    /// 举证期限
    EvidenceDue "evidence_due" "举证期限" "Evidence until",
    /// 陈述申辩期限
    HearingDue "hearing_due" "陈述申辩期限" "To be heard until",
}

impl PaperFact {
    /// The fact of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fact| fact.code() == code)
    }
}

/// Whose paper it is, and so who signs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaperBy {
    /// 申请人
    Applicant,
    /// 登记机构: with letterhead.
    Desk,
    /// 专家
    Experts,
    /// 省级管理部门: with the region's letterhead.
    Province,
}

const BY: [(&str, PaperBy); 4] = [
    ("applicant", PaperBy::Applicant),
    ("desk", PaperBy::Desk),
    ("experts", PaperBy::Experts),
    ("province", PaperBy::Province),
];

/// What a paper prints line by line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaperList {
    /// The coded reasons of the step or act, with its words.
    Reasons,
    /// What each expert said.
    Opinions,
    /// Costs with what was deducted.
    CostItems,
    /// What was asked to be changed.
    ChangeRequest,
    /// Why cancellation was asked for.
    CancelRequest,
}

const LISTS: [(&str, PaperList); 5] = [
    ("reasons", PaperList::Reasons),
    ("opinions", PaperList::Opinions),
    ("cost_items", PaperList::CostItems),
    ("change_request", PaperList::ChangeRequest),
    ("cancel_request", PaperList::CancelRequest),
];

const MODES: [(&str, RegistrationMode); 2] =
    [("own", RegistrationMode::Own), ("pre_review", RegistrationMode::PreReview)];

/// Text with facts in braces, such as `受理编号为{acceptance_number}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperText(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Fact(PaperFact),
}

impl PaperText {
    /// Takes a text apart; the error is the word in braces that is no fact, or what follows an open brace.
    fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (code, tail) = after.split_once('}').ok_or_else(|| format!("{{{after}"))?;
            pieces.push(Piece::Words(words.to_owned()));
            pieces.push(Piece::Fact(PaperFact::from_code(code).ok_or_else(|| code.to_owned())?));
            rest = tail;
        }
        pieces.push(Piece::Words(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// The text with its facts filled in.
    pub fn fill(&self, mut value_of: impl FnMut(PaperFact) -> String) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Fact(fact) => value_of(*fact),
        };
        self.0.iter().map(text).collect()
    }
}

/// One paper (文书).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperForm {
    /// Word of addresses.
    pub key: String,
    /// Title.
    pub name: String,
    /// English title.
    pub name_en: String,
    /// Whose it is.
    pub by: PaperBy,
    /// The step after which it can be made; `None` for any time.
    pub after: Option<Step>,
    /// The act of an inspection (抽查与撤销) after which it can be made; `None` for the papers of an application.
    pub after_act: Option<InspectionAct>,
    /// Where it exists; empty for both ways of registering.
    pub modes: Vec<RegistrationMode>,
    /// To whom it goes.
    pub addressee: Option<PaperText>,
    /// Before the form.
    pub paragraphs: Vec<PaperText>,
    /// Rows of its form.
    pub form: Vec<PaperFact>,
    /// Rows of the form that are filled in by hand.
    pub blanks: Vec<String>,
    /// What it lists.
    pub list: Option<PaperList>,
    /// After the list.
    pub closing: Vec<PaperText>,
    /// Whether it carries the QR code of the public page.
    pub has_code: bool,
    /// What it rests on.
    pub basis: String,
    /// Whether a source gives its wording.
    pub standing: Standing,
}

impl PaperForm {
    /// Whether it exists where a region registers that way.
    #[must_use]
    pub fn exists_in(&self, mode: RegistrationMode) -> bool {
        self.modes.is_empty() || self.modes.contains(&mode)
    }

    /// Reads `forms/papers.yaml`.
    pub(super) fn read_all(file: &str, node: &Node, sink: &mut Sink) -> Vec<Self> {
        let mut papers: Vec<Self> = Vec::new();
        let Some(fields) = Fields::of(file, node, &["papers", "source", "note"], sink) else {
            return papers;
        };
        for item in fields.list("papers", sink) {
            let Some(paper) = Self::read(file, item, sink) else { continue };
            if papers.iter().any(|other| other.key == paper.key) {
                sink.add(file, item.place, Mistake::KeyTwice { key: paper.key.clone() });
            }
            papers.push(paper);
        }
        papers
    }

    fn read(file: &str, node: &Node, sink: &mut Sink) -> Option<Self> {
        const KEYS: [&str; 17] = [
            "key",
            "name",
            "name_en",
            "by",
            "after",
            "after_act",
            "modes",
            "addressee",
            "paragraphs",
            "form",
            "blanks",
            "list",
            "closing",
            "code",
            "basis",
            "status",
            "note",
        ];
        let fields = Fields::of(file, node, &KEYS, sink)?;
        let texts = (fields.text("key", sink), fields.text("name", sink), fields.text("name_en", sink));
        let has_writer = fields.text("by", sink).is_some();
        let steps = Step::ALL.map(|step| (step.code(), step));
        let acts = InspectionAct::ALL.map(|act| (act.code(), act));
        let paragraphs = |key: &str, sink: &mut Sink| {
            let texts = fields.texts(key, sink).into_iter();
            texts.filter_map(|(place, text)| text_of(file, place, text, sink)).collect()
        };
        let by = fields.one_of("by", &BY, sink).filter(|_| has_writer);
        let addressee = fields.optional("addressee", sink);
        let modes = fields.texts("modes", sink);
        let form = fields.texts("form", sink);
        let paper = Self {
            key: texts.0?.to_owned(),
            name: texts.1?.to_owned(),
            name_en: texts.2?.to_owned(),
            by: by?,
            after: fields.one_of("after", &steps, sink),
            after_act: fields.one_of("after_act", &acts, sink),
            modes: modes
                .into_iter()
                .filter_map(|(place, word)| one_of(file, place, "modes", word, &MODES, sink))
                .collect(),
            addressee: addressee.and_then(|text| text_of(file, fields.place_of("addressee"), text, sink)),
            paragraphs: paragraphs("paragraphs", sink),
            form: form.into_iter().filter_map(|(place, word)| fact_of(file, place, word, sink)).collect(),
            blanks: fields.texts("blanks", sink).into_iter().map(|(_, label)| label.to_owned()).collect(),
            list: fields.one_of("list", &LISTS, sink),
            closing: paragraphs("closing", sink),
            has_code: fields.flag("code", sink),
            basis: fields.owned("basis", sink),
            standing: fields.one_of("status", &STANDINGS, sink).unwrap_or(Standing::Pending),
        };
        Some(paper)
    }
}

fn text_of(file: &str, place: Place, text: &str, sink: &mut Sink) -> Option<PaperText> {
    match PaperText::parse(text) {
        Ok(text) => Some(text),
        Err(word) => {
            fact_of(file, place, &word, sink);
            None
        }
    }
}

fn fact_of(file: &str, place: Place, word: &str, sink: &mut Sink) -> Option<PaperFact> {
    let known: Vec<(&str, PaperFact)> = PaperFact::ALL.iter().map(|fact| (fact.code(), *fact)).collect();
    one_of(file, place, "form", word, &known, sink)
}

fn one_of<T: Copy>(
    file: &str,
    place: Place,
    key: &str,
    word: &str,
    known: &[(&str, T)],
    sink: &mut Sink,
) -> Option<T> {
    let found = known.iter().find(|(code, _)| *code == word).map(|(_, value)| *value);
    if found.is_none() {
        let codes = || known.iter().map(|(code, _)| *code);
        let mistake = Mistake::NotOneOf {
            key: key.to_owned(),
            value: word.to_owned(),
            allowed: codes().collect::<Vec<_>>().join(", "),
            nearest: nearest(word, codes()),
        };
        sink.add(file, place, mistake);
    }
    found
}
