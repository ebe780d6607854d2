//! Who is competent for which matter (主管部门), as pages print it.

use xiaoxiang_domain::region::{Competence, CompetentDepartment, Matter, Standing};
use xiaoxiang_services::Refusal;

use super::visit::Visit;
use crate::language::Language;

/// One line for each matter that region data know; none before there are region data.
pub(super) async fn competence_lines(visit: &Visit) -> Result<Vec<String>, Refusal> {
    let (region, today) = match (visit.app.region().await, visit.app.today().await) {
        (Ok(region), Ok(today)) => (region, today),
        (Err(Refusal::NoRegion), _) | (_, Err(Refusal::NoRegion)) => return Ok(Vec::new()),
        (Err(refusal), _) | (_, Err(refusal)) => return Err(refusal),
    };
    let matters = region.region.matters().iter();
    Ok(matters.map(|matter| line(visit.language, matter, matter.on(today))).collect())
}

fn line(language: Language, matter: &Matter, competence: Competence<'_>) -> String {
    let matter = language.pick(&matter.name, &matter.name_en);
    match competence {
        Competence::Known(holder) => {
            let key = match holder.standing {
                Standing::InForce => "competence-known",
                Standing::Pending | Standing::Example => "competence-known-pending",
            };
            let name = name(language, holder);
            language.say(key, [("matter", matter), ("department", name), ("document", &holder.document)])
        }
        Competence::Pending { before, after } => language.say(
            "competence-pending",
            [("matter", matter), ("before", name(language, before)), ("after", name(language, after))],
        ),
        Competence::Unknown => language.say("competence-unknown", [("matter", matter)]),
    }
}

fn name(language: Language, holder: &CompetentDepartment) -> &str {
    language.pick(&holder.name, &holder.name_en)
}
