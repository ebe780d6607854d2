//! The columns that a sheet of achievements may have, by the headers that units write.

use xiaoxiang_domain::achievement::{
    AchievementForm, AchievementKind, RightStatus, WrittenMember, WrittenRight,
};
use xiaoxiang_domain::contract::application::PricingMethod;
use xiaoxiang_domain::market::CooperationMode;
use xiaoxiang_domain::region::{CodeList, Region};

use crate::sheet::normalise_header;

/// Fields and the headers that fill them, the usual one first.
pub const COLUMNS: [(&str, &[&str]); 30] = [
    ("organisation", &["成果单位", "单位名称", "单位", "完成单位", "持有单位"]),
    ("kind", &["类别", "成果类别"]),
    ("title", &["成果名称", "专利名称", "发明名称", "名称", "项目名称", "服务名称"]),
    ("summary", &["简介", "摘要", "一句话简介", "成果简介", "专利摘要"]),
    ("keywords", &["关键词"]),
    ("field", &["技术领域", "领域"]),
    ("industry", &["应用行业", "行业"]),
    ("ipc", &["ipc", "ipc分类号", "主分类号", "分类号"]),
    ("division", &["所在地", "行政区划", "所在地区"]),
    ("maturity", &["成熟度", "技术成熟度", "成果阶段"]),
    ("problem", &["解决的问题", "解决问题"]),
    ("comparison", &["与现有做法比较", "比较", "创新点", "技术优势"]),
    ("evidence", &["验证情况", "证据", "应用情况"]),
    ("economics", &["投入与效益", "经济效益", "市场前景"]),
    ("conditions", &["实施条件", "转化条件"]),
    ("right_kind", &["知识产权类型", "专利类型"]),
    ("right_number", &["专利号", "申请号", "登记号", "专利申请号", "专利号/申请号"]),
    ("right_status", &["法律状态", "专利状态", "当前法律状态"]),
    ("right_holder", &["权利人", "专利权人", "申请人", "持有人"]),
    ("right_until", &["有效期至", "到期日"]),
    ("pricing", &["定价方式"]),
    ("amount", &["价格", "拟交易价格", "报价"]),
    ("modes", &["合作方式", "转化方式"]),
    ("team", &["完成人", "发明人", "团队", "主要完成人"]),
    ("contact_name", &["联系人"]),
    ("contact_telephone", &["联系电话", "电话", "手机"]),
    ("contact_email", &["邮箱", "电子邮箱"]),
    ("patent_filing", &["专利申请情况", "是否申请专利"]),
    ("licence_fee", &["许可使用费标准", "开放许可使用费"]),
    ("licence_mode", &["许可使用费支付方式", "支付方式"]),
];

/// The field that a header fills.
pub(super) fn field_of(header: &str) -> Option<&'static str> {
    COLUMNS
        .iter()
        .find(|(_, headers)| headers.iter().any(|known| normalise_header(known) == header))
        .map(|(field, _)| *field)
}

/// Puts a cell into the form. Words that lists write become our codes; what is none stays as written, so that the check
/// tells it.
pub(super) fn put(form: &mut AchievementForm, field: &str, text: &str, region: &Region) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    let owned = || text.to_owned();
    match field {
        "kind" => {
            form.kind = AchievementKind::from_written(text).map_or_else(owned, |kind| kind.code().to_owned())
        }
        "title" => form.title = owned(),
        "summary" => form.summary = owned(),
        "keywords" => form.keywords = parts(text),
        "field" => form.field = code(region.codes("technical_field"), text),
        "industry" => form.industry = code(region.codes("industry"), text),
        "ipc" => form.ipc = owned(),
        "division" => form.division = place(region, text),
        "maturity" => form.maturity = code(region.codes("maturity"), text),
        "problem" => form.problem = owned(),
        "comparison" => form.comparison = owned(),
        "evidence" => form.evidence = owned(),
        "economics" => form.economics = owned(),
        "conditions" => form.conditions = owned(),
        "pricing" => {
            let method = PricingMethod::ALL.into_iter().find(|method| {
                method.code() == text || method.label() == text || method.label().starts_with(text)
            });
            form.price.method = method.map_or_else(owned, |method| method.code().to_owned());
        }
        "amount" if text == "面议" => form.price.is_negotiable = true,
        "amount" => form.price.amount = owned(),
        "modes" => {
            let mode = |word: String| {
                CooperationMode::from_written(&word).map_or(word, |mode| mode.code().to_owned())
            };
            form.modes = parts(text).into_iter().map(mode).collect();
        }
        "team" => {
            form.team =
                parts(text).into_iter().map(|name| WrittenMember { name, part: String::new() }).collect();
        }
        "contact_name" => form.contact.name = owned(),
        "contact_telephone" => form.contact.telephone = owned(),
        "contact_email" => form.contact.email = owned(),
        "patent_filing" => {
            form.clearance.patent_filing = match text {
                "已申请" | "已授权" | "是" | "已提交专利申请或已授权" => "filed".to_owned(),
                "不申请" | "不申请专利" | "否" => "not_needed".to_owned(),
                "拟申请" | "待申请" | "拟申请专利" => "to_file".to_owned(),
                other => other.to_owned(),
            };
        }
        "licence_fee" => {
            form.open_licence.is_stated = true;
            form.open_licence.fee = owned();
        }
        "licence_mode" => {
            form.open_licence.fee_mode = match text {
                "一次总付" | "一次支付" => "single".to_owned(),
                "按年支付" | "按年" => "yearly".to_owned(),
                "提成支付" | "提成" => "share".to_owned(),
                other => other.to_owned(),
            };
        }
        _ => put_right(form, field, text, region),
    }
}

fn put_right(form: &mut AchievementForm, field: &str, text: &str, region: &Region) {
    if form.rights.is_empty() {
        form.rights.push(WrittenRight::default());
    }
    let Some(right) = form.rights.first_mut() else { return };
    match field {
        "right_kind" => right.kind = code(region.codes("ip_kind"), text),
        "right_number" => text.clone_into(&mut right.number),
        "right_status" => {
            right.status = RightStatus::from_written(text)
                .map_or_else(|| text.to_owned(), |status| status.code().to_owned());
        }
        "right_holder" => text.clone_into(&mut right.holder),
        "right_until" => {
            let day = crate::sheet::parse_date(text);
            right.valid_until = day.map_or_else(|| text.to_owned(), |day| day.to_string());
        }
        _ => {}
    }
}

/// What follows from what was written: a row with a patent's number and no problem is a patent, its kind stands in its
/// number, and what has a number was filed.
pub(super) fn complete(form: &mut AchievementForm, organisation: &str) {
    let has_patent = form.rights.first().is_some_and(|right| !right.number.is_empty());
    if form.kind.is_empty() {
        let is_patent = has_patent && form.problem.is_empty();
        let kind = if is_patent { AchievementKind::Patent } else { AchievementKind::Result };
        kind.code().clone_into(&mut form.kind);
    }
    if let Some(right) = form.rights.first_mut() {
        if right.kind.is_empty() && !right.number.is_empty() {
            // A number that is written wrong is told as such, whatever kind it would have been.
            let kind = xiaoxiang_domain::achievement::PatentNumber::parse(&right.number);
            kind.map_or("2", |number| number.kind().ip_code()).clone_into(&mut right.kind);
        }
        if right.holder.is_empty() && right.kind != "9" {
            organisation.clone_into(&mut right.holder);
        }
    }
    if form.clearance.patent_filing.is_empty() && has_patent {
        "filed".clone_into(&mut form.clearance.patent_filing);
    }
}

fn parts(text: &str) -> Vec<String> {
    let parts = text.split(['、', '，', ',', '；', ';', '|']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn code(list: Option<&CodeList>, text: &str) -> String {
    let found = list.and_then(|list| {
        list.items().iter().find(|item| {
            item.code == text || item.name == text || item.aliases.iter().any(|alias| alias == text)
        })
    });
    found.map_or_else(|| text.to_owned(), |code| code.code.clone())
}

/// The code of a division by its code or name, of the region's own first.
fn place(region: &Region, text: &str) -> String {
    let divisions = region.divisions();
    let cities = region.cities().iter().copied();
    let mut all =
        cities.flat_map(|city| std::iter::once(city).chain(divisions.children(city).iter().copied()));
    let is_named = |name: &str| {
        text == name || text.ends_with(name) || name.trim_end_matches(['市', '县', '区']) == text
    };
    // The nearest name: «长沙市岳麓区» is the district.
    let found = all.rfind(|code| divisions.name(*code).is_some_and(is_named));
    found.map_or_else(|| text.to_owned(), |code| code.to_string())
}
