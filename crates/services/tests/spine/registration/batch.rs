//! A university's own sheet becomes drafts.

use std::collections::BTreeMap;

use xiaoxiang_services::registration::{
    ApplicationsAsk, SheetMapping, WrittenUnit, file_batch, list_applications, read_application, read_mapping,
};
use xiaoxiang_store::{Db, both_backends};

use super::world::{Mode, World};

const SHEET: &str = "序号,院系,负责人,项目名称,合作单位,合作单位地区,金额(万元),签订日期,合同类型\n\
                     1,计算机学院,甲,示例算法,示例公司,430204,12.5,2026-11-02,技术开发\n\
                     2,化工学院,乙,示例催化剂,示例公司,430204,约三十,2026-11-03,技术服务\n\
                     合计,,,,,,42.5,,\n";

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
        assert_eq!(unitless.unwrap_err().code(), "application.sheet.no_unit");
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
        let by_registrar = file_batch(app, &world.officer_a, key, SHEET.into(), None).await.unwrap_err();
        assert_eq!(by_registrar.code(), "forbidden");
        let all = list_applications(app, agent, &ApplicationsAsk::default()).await.unwrap();
        assert_eq!(all.items.len(), 6, "a refused file leaves nothing behind");
    }
}
