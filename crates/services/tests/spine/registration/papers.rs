//! The papers of applications: every one can be made, says what it must, and not before its step.

use std::collections::BTreeMap;

use xiaoxiang_domain::contract::procedure::Step;
use xiaoxiang_services::paper::{Block, Document};
use xiaoxiang_services::registration::inspection::read_inspection;
use xiaoxiang_services::registration::{
    NewRequest, PaperCase, RequestKind, paper_document, papers_of, raise_request, read_application,
    write_paper,
};
use xiaoxiang_store::{Db, both_backends};

use crate::registration::world::{Mode, World, form, with_purchase};

const ORIGIN: &str = "https://kjt.example.cn";

/// The papers that somebody can make of an application now, by their keys.
async fn made(world: &World, id: &str) -> BTreeMap<String, Document> {
    let page = read_application(&world.app, &world.agent, id).await.expect("seen");
    made_of(world, PaperCase::application(&page)).await
}

/// The same of an inspection of it.
async fn made_in(world: &World, inspection: &str) -> BTreeMap<String, Document> {
    let inspection = read_inspection(&world.app, &world.agent, inspection).await.expect("seen");
    let id = &inspection.summary.row.application_id;
    let page = read_application(&world.app, &world.agent, id).await.expect("seen");
    made_of(world, PaperCase::inspection(&page, &inspection)).await
}

async fn made_of(world: &World, case: PaperCase<'_>) -> BTreeMap<String, Document> {
    let region = world.app.region().await.expect("region data");
    let papers = papers_of(case, &region.region);
    let of = |paper: &&xiaoxiang_domain::region::PaperForm| {
        let bytes = write_paper(case, paper, &region.region, Some(ORIGIN)).expect("written");
        assert!(bytes.starts_with(b"PK"), "{}", paper.key);
        let again = write_paper(case, paper, &region.region, Some(ORIGIN)).expect("written");
        assert_eq!(bytes, again, "the same bytes");
        (paper.key.clone(), paper_document(case, paper, &region.region, Some(ORIGIN)))
    };
    papers.iter().map(of).collect()
}

/// All that a paper says.
fn words(document: &Document) -> String {
    let mut said = vec![document.title.clone()];
    for block in &document.blocks {
        match block {
            Block::Addressee(text) | Block::Paragraph(text) | Block::Note(text) | Block::Heading(_, text) => {
                said.push(text.clone());
            }
            Block::Form(rows) => said.extend(rows.iter().map(|(label, text)| format!("{label}：{text}"))),
            Block::Code(code) => said.push(code.address.clone()),
            Block::Signature(signature) => said.push(signature.issuer.clone()),
            Block::Table(_) | Block::Card(..) => {}
        }
    }
    said.join("\n")
}

fn assert_says(papers: &BTreeMap<String, Document>, key: &str, expected: &[&str]) {
    let said = words(papers.get(key).unwrap_or_else(|| panic!("{key} can be made")));
    for text in expected {
        assert!(said.contains(text), "{key} says {text}:\n{said}");
    }
    assert!(!said.contains('{'), "every fact is filled in:\n{said}");
}

both_backends! {
    async fn a_region_that_registers_makes_every_paper_after_its_step(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let id = world.draft(&with_purchase(&form("示例<算法>开发", 6_000_000), 500_000)).await;
        let papers = made(&world, &id).await;
        let keys: Vec<&str> = papers.keys().map(String::as_str).collect();
        assert_eq!(keys, ["authority_letter", "seller_registration", "truth_undertaking"], "a draft's papers");
        assert_says(&papers, "truth_undertaking", &["示例<算法>开发", "合同成交额：6000000.00 元"]);

        world.step(&world.agent, &id, Step::Submit).await.unwrap();
        world.with_reason(&world.officer_a, &id, Step::Return, "signature_missing").await.unwrap();
        let papers = made(&world, &id).await;
        assert_says(&papers, "correction_notice", &["1．缺少签字或盖章（代码 signature_missing）"]);
        assert!(!papers.contains_key("acceptance_notice"), "nothing was accepted");
        world.step(&world.agent, &id, Step::Submit).await.unwrap();
        world.step(&world.officer_a, &id, Step::Accept).await.unwrap();
        let papers = made(&world, &id).await;
        assert_says(
            &papers,
            "acceptance_notice",
            &["湘技受〔2026〕1号", "（期限待核实）", "申报技术交易额：5500000.00 元", "https://kjt.example.cn/receipts/"],
        );
        world.step(&world.officer_a, &id, Step::AskExperts).await.unwrap();
        world.with_reason(&world.expert, &id, Step::GiveExpertOpinion, "agree").await.unwrap();
        world.step(&world.officer_a, &id, Step::FirstReview).await.unwrap();
        world.step(&world.officer_b, &id, Step::Approve).await.unwrap();
        let revision = world.revision(&id).await;
        let changed = with_purchase(&form("示例<算法>开发", 5_000_000), 500_000);
        let words = "补充协议调减价款".to_owned();
        let wish = NewRequest { kind: RequestKind::Change, revision, words, form: Some(changed) };
        raise_request(&world.app, &world.agent, &id, &wish).await.unwrap();
        let papers = made(&world, &id).await;
        assert_says(&papers, "expert_opinion", &["同意认定"]);
        assert_says(&papers, "certificate", &["合同登记编号：2026430000000001", "湘技证〔2026〕1号", "/receipts/"]);
        assert_says(&papers, "technical_income_sheet", &["扣除 500000.00 元", "核定技术交易额：5500000.00 元"]);
        assert_says(&papers, "change_form", &["由“6000000”变更为“5000000”", "补充协议调减价款"]);
        assert!(papers.contains_key("cancellation_form") && papers.contains_key("service_receipt"));
        assert!(!papers.contains_key("pre_review_receipt"), "this region registers itself");
        let inspection = world.revoked(&id, "fictitious").await;
        let papers = made_in(&world, &inspection).await;
        let keys: Vec<&str> = papers.keys().map(String::as_str).collect();
        let expected = ["evidence_notice", "finance_letter", "hearing_notice", "revocation_notice", "tax_letter"];
        assert_eq!(keys, expected, "nothing of an application, and no clearance");
        assert_says(&papers, "evidence_notice", &["因示例线索", "请于2026年12月7日前提交", "湖南省科学技术厅"]);
        for key in ["hearing_notice", "revocation_notice", "tax_letter", "finance_letter"] {
            assert_says(&papers, key, &["合同并未履行且无真实交易（代码 fictitious）", "文书格式为示例"]);
        }
        assert_says(&papers, "tax_letter", &["2026年11月23日决定撤销", "登记证明编号：湘技证〔2026〕1号"]);
        assert!(!made(&world, &id).await.contains_key("revocation_notice"), "it stands with its inspection");

        let refused = world.accepted(&form("示例被拒的合同", 100_000)).await;
        world.step(&world.officer_a, &refused, Step::FirstReview).await.unwrap();
        world.with_reason(&world.officer_b, &refused, Step::Refuse, "not_technology").await.unwrap();
        assert_says(&made(&world, &refused).await, "refusal_notice", &["不属于技术合同", "依据：2001年规则第二条"]);
    }
}

both_backends! {
    async fn a_desk_that_reviews_beforehand_issues_receipts_and_no_certificate(db: Db) {
        let world = World::new(db, Mode::PreReview).await;
        let id = world.approved(&form("示例预审合同", 300_000)).await;
        let papers = made(&world, &id).await;
        assert_says(&papers, "pre_review_receipt", &["示例预审合同", "以全国系统的结果为准", "/receipts/"]);
        assert!(!papers.contains_key("certificate") && !papers.contains_key("technical_income_sheet"));
    }
}
