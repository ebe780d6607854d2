//! A university's own sheet becomes drafts.

use std::collections::BTreeMap;

use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_services::registration::batch::{
    BatchChoice, BatchPage, StagedBatch, begin_batch, choose_for_batch, file_staged_batch, list_batches,
    read_batch,
};
use xiaoxiang_services::registration::{
    ApplicationsAsk, SheetMapping, WrittenUnit, file_batch, list_applications, read_application, read_mapping,
};
use xiaoxiang_services::sheet::SheetProblem;
use xiaoxiang_services::{Actor, App, Refusal};
use xiaoxiang_store::{Db, both_backends};

use super::world::{Mode, World, enter};

const SHEET: &str = "序号,院系,负责人,项目名称,合作单位,合作单位地区,金额(万元),签订日期,合同类型\n\
                     1,计算机学院,甲,示例算法,示例公司,430204,12.5,2026-11-02,技术开发\n\
                     2,化工学院,乙,示例催化剂,示例公司,430204,约三十,2026-11-03,技术服务\n\
                     合计,,,,,,42.5,,\n";

/// Code, row and letter of the column of what is wrong with a sheet.
fn problems_of(refusal: Refusal) -> Vec<(String, Option<u32>, Option<String>)> {
    let Refusal::Sheet(problems) = refusal else { panic!("{refusal:?}") };
    let place = |problem: SheetProblem| {
        (problem.code.into_owned(), problem.row, problem.column.map(|column| column.letter))
    };
    problems.into_iter().map(place).collect()
}

both_backends! {
    async fn rows_become_drafts_in_the_unit_of_their_header(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let (app, agent, key) = (&world.app, &world.agent, world.registrar_key);
        let batch = file_batch(app, agent, key, SHEET.into(), None).await.unwrap();
        assert_eq!((batch.drafts.len(), batch.skipped_rows), (2, 1));
        assert!(batch.ignored_columns.contains(&"院系".to_owned()), "{:?}", batch.ignored_columns);
        let first = read_application(app, agent, &batch.drafts[0].1).await.unwrap();
        assert_eq!(first.form.field("contract_value"), "125000.00", "万元 as 万元");
        assert_eq!(first.form.field("buyer_name"), "示例公司");
        assert_eq!(first.form.field("seller_name"), crate::registration::world::SELLER);
        let second = read_application(app, agent, &batch.drafts[1].1).await.unwrap();
        assert_eq!(second.form.field("contract_value"), "约三十万元", "never read as yuan");
        assert!(second.problems.iter().any(|problem| problem.field == "contract_value"));

        // What the form does not know is mapped once and kept.
        let renamed = SHEET.replace("金额(万元)", "到账").replace("项目名称", "课题");
        let mapping = SheetMapping {
            columns: BTreeMap::from([
                ("到账".to_owned(), "contract_value".to_owned()),
                ("课题".to_owned(), "project_name".to_owned()),
            ]),
            money_unit: None,
        };
        let unitless = file_batch(app, agent, key, renamed.clone().into(), Some(mapping.clone())).await;
        let problems = problems_of(unitless.unwrap_err());
        assert_eq!(problems, [("application.sheet.no_unit".to_owned(), Some(1), Some("G".to_owned()))]);
        let mapping = SheetMapping { money_unit: Some(WrittenUnit::TenThousandYuan), ..mapping };
        file_batch(app, agent, key, renamed.clone().into(), Some(mapping.clone())).await.unwrap();
        assert_eq!(read_mapping(app, agent).await.unwrap(), mapping);
        let again = file_batch(app, agent, key, renamed.into(), None).await.unwrap();
        let page = read_application(app, agent, &again.drafts[0].1).await.unwrap();
        assert_eq!((page.form.field("contract_value"), page.form.field("project_name")), ("125000.00", "示例算法"));

        let forged = SheetMapping {
            columns: BTreeMap::from([("课题".to_owned(), "registration_number".to_owned())]),
            money_unit: None,
        };
        let refused = file_batch(app, agent, key, SHEET.into(), Some(forged)).await.unwrap_err();
        assert_eq!(refused.code(), "application.mapping");
        // Everything that stands in the way is told at once, with its row and column; nothing is filed.
        let long = SHEET.replace("示例算法", &"长".repeat(501)).replace("示例催化剂", &"长".repeat(502));
        let problems = problems_of(file_batch(app, agent, key, long.into(), None).await.unwrap_err());
        let place = |row| ("application.field.too_long".to_owned(), Some(row), Some("D".to_owned()));
        assert_eq!(problems, [place(2), place(3)]);
        let by_registrar = file_batch(app, &world.officer_a, key, SHEET.into(), None).await.unwrap_err();
        assert_eq!(by_registrar.code(), "forbidden");
        let all = list_applications(app, agent, &ApplicationsAsk::default()).await.unwrap();
        assert_eq!(all.items.len(), 6, "a refused file leaves nothing behind");
    }
}

async fn staged(app: &App, actor: &Actor, text: &str) -> Result<String, Refusal> {
    let mut file = begin_batch(app, actor, "台账.csv").await?;
    file.push(app, text.as_bytes()).await?;
    file.finish(app, actor, None).await
}

async fn open(app: &App, actor: &Actor, id: &str) -> BatchPage {
    match read_batch(app, actor, id).await.unwrap() {
        StagedBatch::Open(page) => *page,
        StagedBatch::Filed(filed) => panic!("filed: {filed:?}"),
    }
}

both_backends! {
    async fn a_file_is_looked_at_mapped_and_filed_once(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let (app, agent, key) = (&world.app, &world.agent, world.registrar_key);
        // No header is known to the form: the columns are shown all the same, to be mapped.
        let unknown = "单位：万元,,,\n课题,甲方单位,到账,备忘\n示例算法,示例公司,12.5,一\n示例催化剂,示例公司,约三十,二\n";
        let id = staged(app, agent, unknown).await.unwrap();
        let page = open(app, agent, &id).await;
        let headers: Vec<_> = page.sheet.columns.iter().map(|one| one.header.as_str()).collect();
        assert_eq!(headers, ["课题", "甲方单位", "到账", "备忘"]);
        assert_eq!(page.sheet.columns[2].examples, ["12.5", "约三十"]);
        let codes: Vec<_> = page.problems.iter().map(|one| one.code.as_ref()).collect();
        assert_eq!(codes, ["application.sheet.no_header"]);
        let nowhere = file_staged_batch(app, agent, &id).await.unwrap_err();
        assert_eq!(nowhere.code(), "application.registrar");
        let mapped = |pairs: &[(&str, &str)]| BatchChoice {
            registrar_key: Some(key),
            mapping: SheetMapping {
                columns: pairs.iter().map(|(header, key)| ((*header).to_owned(), (*key).to_owned())).collect(),
                money_unit: Some(WrittenUnit::TenThousandYuan),
            },
        };
        let forged = mapped(&[("课题", "registration_number")]);
        let refused = choose_for_batch(app, agent, &id, forged).await.unwrap_err();
        assert_eq!(refused.code(), "application.mapping");
        let choice = mapped(&[("课题", "project_name"), ("甲方单位", "buyer_name"), ("到账", "contract_value")]);
        assert!(choose_for_batch(app, agent, &id, choice.clone()).await.unwrap());
        assert!(!choose_for_batch(app, agent, &id, choice).await.unwrap(), "nothing has changed");
        let page = open(app, agent, &id).await;
        assert_eq!(page.problems, []);
        assert_eq!(page.sheet.rows[0].fields["contract_value"], "125000.00");
        let remark = page.remarks.iter().find(|one| one.row == Some(4)).expect("an amount that is none");
        assert_eq!(remark.column.as_ref().map(|one| one.letter.as_str()), Some("C"));
        assert!(page.missing.contains(&("signed_on".to_owned(), 2)), "{:?}", page.missing);

        // Others have no such file, and who does not apply has none at all.
        let other = enter(app, Role::TransferOffice, Scope::Organisation(world.buyer_key)).await;
        assert_eq!(read_batch(app, &other, &id).await.unwrap_err().code(), "not_found");
        assert_eq!(file_staged_batch(app, &other, &id).await.unwrap_err().code(), "not_found");
        assert_eq!(read_batch(app, &world.province, &id).await.unwrap_err().code(), "forbidden");

        file_staged_batch(app, agent, &id).await.unwrap();
        file_staged_batch(app, agent, &id).await.unwrap();
        let all = list_applications(app, agent, &ApplicationsAsk::default()).await.unwrap();
        assert_eq!(all.items.len(), 2, "filed twice makes nothing twice");
        let StagedBatch::Filed(filed) = read_batch(app, agent, &id).await.unwrap() else { panic!("filed") };
        let drafts: Vec<_> = filed.drafts.iter().map(|one| (one.row, one.project_name.as_str())).collect();
        assert_eq!(drafts, [(3, "示例算法"), (4, "示例催化剂")]);
        let late = choose_for_batch(app, agent, &id, BatchChoice::default()).await.unwrap_err();
        assert_eq!(late.code(), "application.batch.filed");

        // The next file is read by what was mapped, and the same bytes are known again.
        let again = staged(app, agent, unknown).await.unwrap();
        let page = open(app, agent, &again).await;
        assert_eq!(page.sheet.column_of("contract_value").map(|one| one.at), Some(2));
        assert_eq!(page.filed_before.map(|(before, _)| before), Some(id));
        for (text, code) in [("%PDF-1.7", "sheet.refused"), ("", "upload.empty")] {
            assert_eq!(staged(app, agent, text).await.unwrap_err().code(), code);
        }
        assert_eq!(list_batches(app, agent).await.unwrap().len(), 2, "what is no table is not kept");
    }
}
