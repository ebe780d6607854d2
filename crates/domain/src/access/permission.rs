//! The one permission table (权限表): which role may do what, everywhere or within its scope.

use super::Action;
use super::Role::{
    self, Administrator, Auditor, CityOfficer, CountyOfficer, DevelopmentReform, DisciplineInspector,
    DivisionHead, Education, Expert, Finance, Industry, Leader, MarketBranch, OrganisationAgent, ParkOfficer,
    RecommendingBody, Registrar, Society, Statistician, Tax, TechnologyManager, TransferOffice,
};

/// How far an action reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Not at all.
    Nothing,
    /// Within the scope of the grant.
    Scope,
    /// Everywhere in the region, whatever the scope.
    Everything,
}

/// One line of the table: who does it everywhere, who within their scope. Whoever stands in neither does not.
struct Line {
    everywhere: &'static [Role],
    in_scope: &'static [Role],
}

/// How far a role may do something.
#[must_use]
pub fn reach(role: Role, action: Action) -> Reach {
    let line = line(action);
    if line.everywhere.contains(&role) {
        Reach::Everything
    } else if line.in_scope.contains(&role) {
        Reach::Scope
    } else {
        Reach::Nothing
    }
}

const NOBODY: &[Role] = &[];

const fn line(action: Action) -> Line {
    match action {
        Action::Work => Line {
            everywhere: &[
                Statistician,
                DivisionHead,
                Leader,
                CityOfficer,
                CountyOfficer,
                ParkOfficer,
                RecommendingBody,
                Registrar,
                OrganisationAgent,
                TransferOffice,
                Expert,
                TechnologyManager,
                Society,
                MarketBranch,
                Finance,
                Tax,
                Industry,
                Education,
                DevelopmentReform,
                Auditor,
                DisciplineInspector,
                Administrator,
            ],
            in_scope: NOBODY,
        },
        Action::ReadContracts => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: &[
                CityOfficer,
                CountyOfficer,
                ParkOfficer,
                RecommendingBody,
                Registrar,
                OrganisationAgent,
                TransferOffice,
                Finance,
                Tax,
                Industry,
                Education,
                DevelopmentReform,
            ],
        },
        Action::ReadPersonalData => Line {
            everywhere: &[Statistician, Auditor, DisciplineInspector],
            in_scope: &[CityOfficer, CountyOfficer, Registrar],
        },
        Action::ErasePersonalData
        | Action::ImportContracts
        | Action::DraftBulletin
        | Action::CorrectBulletin
        | Action::IssueTargets
        | Action::ScreenContracts => Line { everywhere: &[Statistician], in_scope: NOBODY },
        Action::ManageOrganisations => Line { everywhere: &[Statistician, Administrator], in_scope: NOBODY },
        Action::ReadImports => {
            Line { everywhere: &[Statistician, DivisionHead, Auditor, DisciplineInspector], in_scope: NOBODY }
        }
        Action::ReadCirculars => Line {
            everywhere: &[
                Statistician,
                DivisionHead,
                Leader,
                CityOfficer,
                CountyOfficer,
                ParkOfficer,
                Finance,
                Tax,
                Industry,
                Education,
                DevelopmentReform,
                Auditor,
                DisciplineInspector,
            ],
            in_scope: NOBODY,
        },
        Action::ReadDrafts => Line {
            everywhere: &[
                Statistician,
                DivisionHead,
                Leader,
                Finance,
                Tax,
                Industry,
                Education,
                DevelopmentReform,
                Auditor,
                DisciplineInspector,
            ],
            in_scope: NOBODY,
        },
        Action::CountersignBulletin => {
            Line { everywhere: &[Finance, Tax, Industry, Education, DevelopmentReform], in_scope: NOBODY }
        }
        Action::SignBulletin | Action::CloseYear => {
            Line { everywhere: &[DivisionHead, Leader], in_scope: NOBODY }
        }
        Action::Reconcile => Line {
            everywhere: &[Statistician, DivisionHead, CityOfficer, Auditor, DisciplineInspector],
            in_scope: NOBODY,
        },
        Action::ReadCities => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: &[CityOfficer, CountyOfficer],
        },
        Action::ReadTargets => Line {
            everywhere: &[
                Statistician,
                DivisionHead,
                Leader,
                Finance,
                Industry,
                DevelopmentReform,
                Auditor,
                DisciplineInspector,
            ],
            in_scope: &[CityOfficer, CountyOfficer],
        },
        Action::SplitTargets => Line { everywhere: NOBODY, in_scope: &[CityOfficer] },
        Action::ReadObjections => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: &[
                CityOfficer,
                CountyOfficer,
                ParkOfficer,
                Finance,
                Tax,
                Industry,
                Education,
                DevelopmentReform,
            ],
        },
        Action::RaiseObjection => Line {
            everywhere: NOBODY,
            in_scope: &[
                CityOfficer,
                CountyOfficer,
                ParkOfficer,
                Finance,
                Tax,
                Industry,
                Education,
                DevelopmentReform,
            ],
        },
        Action::DecideObjection => Line { everywhere: &[Statistician, DivisionHead], in_scope: NOBODY },
        Action::ReadFlags => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: &[
                CityOfficer,
                CountyOfficer,
                Registrar,
                OrganisationAgent,
                TransferOffice,
                Finance,
                Tax,
            ],
        },
        Action::AnswerFlag | Action::AppealFlag => {
            Line { everywhere: NOBODY, in_scope: &[Registrar, OrganisationAgent, TransferOffice] }
        }
        Action::DecideFlag => Line { everywhere: &[Statistician, DivisionHead], in_scope: NOBODY },
        Action::HoldPayment => Line { everywhere: &[DivisionHead, Leader], in_scope: NOBODY },
        Action::ReadParks => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: &[CityOfficer, ParkOfficer],
        },
        Action::ImportParkList => Line { everywhere: &[Statistician], in_scope: &[ParkOfficer] },
        Action::ReadLog => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: NOBODY,
        },
        Action::ReadPeople => {
            Line { everywhere: &[Administrator, Auditor, DisciplineInspector], in_scope: NOBODY }
        }
        Action::ManagePeople | Action::ImportRegion | Action::ManageWebhooks => {
            Line { everywhere: &[Administrator], in_scope: NOBODY }
        }
        Action::ReadOrganisations => Line {
            everywhere: &[Statistician, DivisionHead, Administrator, Auditor, DisciplineInspector],
            in_scope: NOBODY,
        },
        // An expert sees what waits for the experts and what the expert has spoken on; the use cases see to that.
        Action::ReadApplications => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Expert, Auditor, DisciplineInspector],
            in_scope: &[Registrar, OrganisationAgent, TransferOffice, Finance, Tax],
        },
        Action::Apply => Line { everywhere: NOBODY, in_scope: &[OrganisationAgent, TransferOffice] },
        Action::HandleApplications => Line { everywhere: NOBODY, in_scope: &[Registrar] },
        Action::ReadContractTexts => Line {
            everywhere: &[Expert, Auditor, DisciplineInspector],
            in_scope: &[Registrar, OrganisationAgent, TransferOffice],
        },
        Action::GiveExpertOpinion => Line { everywhere: &[Expert], in_scope: NOBODY },
        Action::ReviewRegistrations => Line { everywhere: &[Statistician, DivisionHead], in_scope: NOBODY },
        // The head of division answers for the texts. The statistician decides on registrations, objections and revocations, and
        // does not choose who audits them.
        Action::NameTextAuditor => Line { everywhere: &[DivisionHead], in_scope: NOBODY },
        Action::ReadPoints => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: &[Registrar],
        },
        Action::ManagePoints => Line { everywhere: &[Statistician, DivisionHead], in_scope: NOBODY },
        Action::RaiseRegistrationObjection => Line { everywhere: NOBODY, in_scope: &[Finance, Tax] },
        Action::ReadAchievements => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: &[CityOfficer, CountyOfficer, OrganisationAgent, TransferOffice],
        },
        // The confidentiality reviewer is another person of the unit with the same role; the procedure sees to that.
        Action::WriteAchievements => {
            Line { everywhere: NOBODY, in_scope: &[OrganisationAgent, TransferOffice] }
        }
        Action::EditProfiles => Line {
            everywhere: &[Expert],
            in_scope: &[OrganisationAgent, TransferOffice, Society, MarketBranch, TechnologyManager],
        },
        Action::WatchAchievements => {
            Line { everywhere: &[Statistician, DivisionHead], in_scope: &[CityOfficer] }
        }
        // An expert sees the demands that the expert was invited to; the use cases see to that.
        Action::ReadDemands => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Expert, Auditor, DisciplineInspector],
            in_scope: &[
                CityOfficer,
                CountyOfficer,
                OrganisationAgent,
                TechnologyManager,
                Society,
                MarketBranch,
            ],
        },
        Action::EnterDemands => Line {
            everywhere: &[Statistician],
            in_scope: &[
                CityOfficer,
                CountyOfficer,
                OrganisationAgent,
                TechnologyManager,
                Society,
                MarketBranch,
            ],
        },
        Action::CheckDemands => Line { everywhere: &[Statistician], in_scope: &[CityOfficer, CountyOfficer] },
        Action::SortDemands => {
            Line { everywhere: &[Statistician], in_scope: &[TechnologyManager, Society, MarketBranch] }
        }
        Action::ScoreDemands => Line { everywhere: &[Expert], in_scope: NOBODY },
        Action::DecideDemands => Line { everywhere: &[Statistician, DivisionHead], in_scope: NOBODY },
        Action::PublishDemands => Line { everywhere: &[DivisionHead, Leader], in_scope: NOBODY },
        // Sides and managers see what is theirs, whatever their scope; `lead::party_of` sees to that.
        Action::ReadLeads => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: &[
                CityOfficer,
                CountyOfficer,
                OrganisationAgent,
                TransferOffice,
                Expert,
                TechnologyManager,
                Society,
                MarketBranch,
            ],
        },
        Action::HandleLeads => Line {
            everywhere: &[Statistician],
            in_scope: &[
                CityOfficer,
                CountyOfficer,
                OrganisationAgent,
                TransferOffice,
                Expert,
                TechnologyManager,
                Society,
                MarketBranch,
            ],
        },
        Action::AssignLeads => Line {
            everywhere: &[Statistician],
            in_scope: &[CityOfficer, CountyOfficer, TechnologyManager, Society, MarketBranch],
        },
        Action::ReadFunnel => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: &[CityOfficer, CountyOfficer, TechnologyManager, Society, MarketBranch],
        },
        Action::ReadEvents => Line {
            everywhere: &[Statistician, DivisionHead, Leader, Auditor, DisciplineInspector],
            in_scope: &[CityOfficer, CountyOfficer, Society, MarketBranch],
        },
        Action::PlanEvents => Line {
            everywhere: &[Statistician],
            in_scope: &[CityOfficer, CountyOfficer, Society, MarketBranch],
        },
        // Whoever is not from the office registers for themselves or for their organisation.
        Action::JoinEvents => {
            Line { everywhere: &[Expert], in_scope: &[OrganisationAgent, TransferOffice, TechnologyManager] }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSPECTION: [Role; 2] = [Auditor, DisciplineInspector];

    #[test]
    fn whoever_may_do_it_may_see_it() {
        for role in Role::ALL {
            for action in Action::ALL {
                if reach(role, action) > Reach::Nothing {
                    assert!(
                        reach(role, action.sight()) >= reach(role, action),
                        "{} may {} but not {}",
                        role.code(),
                        action.code(),
                        action.sight().code()
                    );
                }
            }
        }
    }

    #[test]
    fn the_public_may_nothing_that_needs_a_permission() {
        for action in Action::ALL {
            assert_eq!(reach(Role::Public, action), Reach::Nothing, "{}", action.code());
        }
    }

    #[test]
    fn who_inspects_changes_nothing() {
        for role in INSPECTION {
            for action in Action::ALL {
                let is_harmless = action.is_reading() || action == Action::Work;
                assert!(is_harmless || reach(role, action) == Reach::Nothing, "{}", action.code());
            }
        }
    }

    #[test]
    fn who_drafts_does_not_sign() {
        for role in Role::ALL {
            let may = |action| reach(role, action) > Reach::Nothing;
            assert!(!(may(Action::DraftBulletin) && may(Action::SignBulletin)), "{}", role.code());
            assert!(!(may(Action::RaiseObjection) && may(Action::DecideObjection)), "{}", role.code());
            assert!(!(may(Action::Apply) && may(Action::HandleApplications)), "{}", role.code());
            let is_audited = may(Action::HandleApplications) || may(Action::Apply);
            assert!(!(may(Action::NameTextAuditor) && is_audited), "{}", role.code());
            assert!(!(may(Action::NameTextAuditor) && may(Action::ReadContractTexts)), "{}", role.code());
            assert!(!(may(Action::WriteAchievements) && may(Action::WatchAchievements)), "{}", role.code());
            let decides = may(Action::HandleApplications) || may(Action::ReviewRegistrations);
            assert!(!(may(Action::RaiseRegistrationObjection) && decides), "{}", role.code());
            assert!(!(may(Action::AnswerFlag) && may(Action::DecideFlag)), "{}", role.code());
            assert!(!(may(Action::AppealFlag) && may(Action::DecideFlag)), "{}", role.code());
            assert!(!(may(Action::ScoreDemands) && may(Action::DecideDemands)), "{}", role.code());
            assert!(!(may(Action::EnterDemands) && may(Action::PublishDemands)), "{}", role.code());
        }
    }

    #[test]
    fn whoever_reads_a_flag_reads_its_contract_as_far() {
        for role in Role::ALL {
            let (flags, contracts) = (reach(role, Action::ReadFlags), reach(role, Action::ReadContracts));
            assert!(flags <= contracts, "{}", role.code());
        }
    }

    #[test]
    fn every_role_can_work() {
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Public) {
            assert_eq!(reach(role, Action::Work), Reach::Everything, "{}", role.code());
        }
    }
}
