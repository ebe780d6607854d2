//! The pages of those who sign in: free of known barriers, within narrow and wide windows, and without JavaScript.

use anyhow::{Context as _, Result, ensure};
use xiaoxiang_e2e::province::Province;
use xiaoxiang_e2e::visitor::{Script, Visitor};

use super::accessibility;

/// Widths on which officials work.
const WIDTHS: [u32; 2] = [360, 1280];
/// Role on the sign-in page of the demo, and its pages.
const PAGES: [(&str, &[&str]); 9] = [
    (
        "省级统计人员",
        &[
            "/work",
            "/contracts",
            "/imports",
            "/city-monthly",
            "/drafts",
            "/reconcile",
            "/targets",
            "/objections",
            "/applications",
            "/registration-points",
            "/en/registration-points",
            "/registration-ledger",
            "/inspections",
            "/inspections/draw",
            "/en/inspections/new",
            "/organisations",
            "/log",
            "/log/1",
        ],
    ),
    ("处室负责人", &["/work", "/drafts", "/en/cities"]),
    (
        "市州管理人员",
        &["/cities/430100", "/cities/430100/chase-list", "/objections/new", "/en/targets", "/account"],
    ),
    ("园区管理人员", &["/work", "/parks"]),
    ("系统管理员", &["/people", "/people/new", "/en/account"]),
    ("审计人员", &["/work", "/log/heads", "/audit/verify"]),
    ("登记机构人员", &["/work", "/applications", "/registration-points", "/en/registration-ledger"]),
    ("单位经办人", &["/work", "/applications", "/applications/new", "/en/applications/new"]),
    ("专家", &["/work", "/en/applications"]),
];

/// Signs in as one of the demo's people.
pub async fn sign_in(visitor: &Visitor, province: &Province, role: &str) -> Result<()> {
    visitor.go(&province.address("/sign-in")).await?;
    visitor.press(role).await.with_context(|| format!("signing in as {role}"))?;
    visitor.text("header form").await.with_context(|| format!("{role} is not signed in"))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_officials_are_free_of_known_barriers_and_fit_their_windows() -> Result<()> {
    let province = Province::open()?;
    let official = Visitor::enter(Script::On).await?;
    let outcome = async {
        for (role, paths) in PAGES {
            sign_in(&official, &province, role).await?;
            let pages: Vec<String> = paths.iter().map(|path| province.address(path)).collect();
            accessibility::check(&official, &pages, &WIDTHS).await.with_context(|| role.to_owned())?;
            for width in WIDTHS {
                official.resize(width, 900).await?;
                for page in &pages {
                    official.go(page).await?;
                    let over = official
                        .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                        .await?;
                    ensure!(over <= 0, "{page} is {over} px too wide at {width} px");
                }
            }
            official.sign_out().await?;
        }
        Ok(())
    }
    .await;
    official.leave().await?;
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn officials_work_without_javascript() -> Result<()> {
    let province = Province::open()?;
    let official = Visitor::enter(Script::Off).await?;
    let outcome = async {
        for (role, paths) in PAGES {
            sign_in(&official, &province, role).await?;
            for path in paths {
                official.go(&province.address(path)).await?;
                ensure!(official.count("main h1").await? == 1, "{path} as {role} has no heading");
                ensure!(official.count("main .blank .code").await? == 0, "{path} is not there for {role}");
            }
            official.sign_out().await?;
        }
        Ok(())
    }
    .await;
    official.leave().await?;
    outcome
}
