//! What a machine can find of WCAG 2.2 AA, page by page: axe-core in the browser, in light and dark, narrow and wide.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use xiaoxiang_e2e::visitor::{Theme, Visitor};

/// The rules: WCAG 2.0 to 2.2, levels A and AA, and what axe calls good practice.
const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
       .then(found => done(found.violations.map(rule =>
            rule.id + ': ' + rule.help + ' at ' + rule.nodes.slice(0, 3).map(node =>
                node.target.join(' ') + ' (' + (node.any[0] || node.all[0] || node.none[0] || {}).message + ')').join('; '))),
            trouble => done(['axe failed: ' + trouble]));";

/// The checker, as npm brings it for the tests.
fn axe() -> Result<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(path).with_context(|| format!("{path} is missing: run `cargo xtask test`"))
}

/// Fails with all that axe finds on the pages at these addresses.
pub async fn check(visitor: &Visitor, addresses: &[String], widths: &[u32]) -> Result<()> {
    let axe = axe()?;
    let mut found = Vec::new();
    for theme in [Theme::Light, Theme::Dark] {
        visitor.see_in(theme).await?;
        for width in widths {
            visitor.resize(*width, 900).await?;
            for address in addresses {
                visitor.go(address).await?;
                visitor.execute(&axe).await?;
                let violations = visitor.execute_and_wait(RUN).await?;
                let violations = violations.as_array().context("axe gives a list")?;
                let texts = violations.iter().filter_map(Value::as_str);
                found.extend(texts.map(|text| format!("{address} {theme:?} {width} px: {text}")));
            }
        }
    }
    ensure!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
    Ok(())
}
