//! Takes the pictures of the guide from the running example province: `cargo xtask guide`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use xiaoxiang_e2e::province::Province;
use xiaoxiang_e2e::visitor::{Script, Visitor};

/// Width of the pictures in pixels, and how high they may become.
const WIDTH: u32 = 1280;
const HEIGHT_MAX: i64 = 1100;

/// The first page of each role: file, and the role's Chinese word on the sign-in page of the demo.
const ROLES: [(&str, &str); 22] = [
    ("statistician", "省级统计人员"),
    ("division_head", "处室负责人"),
    ("leader", "分管领导"),
    ("city_officer", "市州管理人员"),
    ("county_officer", "县市区管理人员"),
    ("park_officer", "园区管理人员"),
    ("recommending_body", "推荐单位"),
    ("registrar", "登记机构人员"),
    ("organisation_agent", "单位经办人"),
    ("transfer_office", "高校院所技术转移人员"),
    ("expert", "专家"),
    ("technology_manager", "技术经理人"),
    ("society", "学会、协会"),
    ("market_branch", "分市场、工作站"),
    ("finance", "财政部门"),
    ("tax", "税务部门"),
    ("industry", "工信部门"),
    ("education", "教育部门"),
    ("development_reform", "发改部门"),
    ("auditor", "审计人员"),
    ("discipline_inspector", "纪检监察人员"),
    ("administrator", "系统管理员"),
];

/// Pages that the texts speak of: file, role, address.
const PAGES: [(&str, &str, &str); 15] = [
    ("contracts", "statistician", "/contracts"),
    ("imports", "statistician", "/imports"),
    ("draft", "statistician", "/drafts"),
    ("reconcile", "statistician", "/reconcile"),
    ("issue", "statistician", "/targets"),
    ("decide", "statistician", "/objections"),
    ("organisations", "statistician", "/organisations"),
    ("log", "auditor", "/log"),
    ("people", "administrator", "/people"),
    ("cities", "city_officer", "/cities/430100"),
    ("parks", "park_officer", "/parks"),
    ("points", "statistician", "/registration-points"),
    ("inspections", "statistician", "/inspections"),
    ("applications", "registrar", "/applications"),
    ("application_new", "organisation_agent", "/applications/new"),
];

/// Pages that have no address of their own in every demo: file, role, the list that leads to them, and the link there.
const FOLLOWED: [(&str, &str, &str, &str); 2] = [
    ("application", "registrar", "/applications?state=accepted", "main table a"),
    ("inspection", "statistician", "/inspections", "main table a"),
];

#[tokio::main]
async fn main() -> Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).context("name the folder of the pictures")?.into();
    let province = Province::open()?;
    let visitor = Visitor::enter(Script::On).await?;
    let outcome = take_all(&visitor, &province, &folder).await;
    visitor.leave().await?;
    outcome
}

async fn take_all(visitor: &Visitor, province: &Province, folder: &Path) -> Result<()> {
    visitor.resize(WIDTH, 900).await?;
    for (language, prefix) in [("zh", ""), ("en", "/en")] {
        let folder = folder.join(language);
        std::fs::create_dir_all(&folder)?;
        let address = |path: &str| province.address(&format!("{prefix}{path}"));
        take(visitor, &address("/"), &folder.join("public.webp")).await?;
        for (role, word) in ROLES {
            visitor.go(&province.address("/sign-in")).await?;
            visitor.press(word).await.with_context(|| format!("signing in as {role}"))?;
            take(visitor, &address("/work"), &folder.join(format!("{role}.webp"))).await?;
            for (file, _, path) in PAGES.iter().filter(|(_, of, _)| *of == role) {
                take(visitor, &address(path), &folder.join(format!("{file}.webp"))).await?;
            }
            for (file, _, list, link) in FOLLOWED.iter().filter(|(_, of, _, _)| *of == role) {
                visitor.go(&address(list)).await?;
                visitor.follow(link).await?;
                photograph(visitor, &folder.join(format!("{file}.webp"))).await?;
            }
            visitor.sign_out().await?;
        }
    }
    Ok(())
}

async fn take(visitor: &Visitor, address: &str, file: &Path) -> Result<()> {
    visitor.go(address).await?;
    photograph(visitor, file).await
}

async fn photograph(visitor: &Visitor, file: &Path) -> Result<()> {
    // Charts draw themselves after the page has come.
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    std::fs::write(file, visitor.picture(WIDTH, HEIGHT_MAX).await?)?;
    Ok(())
}
