//! Whom an account at the provider belongs to (关联统一身份认证账户), on the page of a person.

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::access::Action;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::access::{
    ProviderAccount, SUBJECT_BYTES_MAX, link_provider_account, list_unlinked_accounts,
    unlink_provider_account,
};

use super::failure::Failure;
use super::people::{again_with_subject, led};
use super::shell::Shell;
use super::visit::Visit;

/// An account that belongs to nobody here.
#[derive(Debug)]
pub struct UnlinkedView {
    pub(super) name: String,
    pub(super) subject: String,
    pub(super) seen: String,
}

/// The part of a person's page that is about the provider.
#[derive(Debug)]
pub struct ProviderSection {
    /// The provider's name.
    pub(super) name: String,
    /// Subject as typed.
    pub(super) subject: String,
    /// Accounts to choose from.
    pub(super) unlinked: Vec<UnlinkedView>,
}

impl ProviderSection {
    pub(super) fn hint(&self, shell: &Shell) -> String {
        shell.say("provider-subject-hint", [("provider", &self.name)])
    }

    pub(super) fn subject_bytes_max(&self) -> usize {
        SUBJECT_BYTES_MAX
    }
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LinkForm {
    subject: String,
}

/// The accounts that tried to sign in lately; none where there is no provider, or the reader keeps no people.
pub(super) async fn unlinked_views(visit: &Visit) -> Result<Vec<UnlinkedView>, Refusal> {
    let Some(provider) = &visit.provider else { return Ok(Vec::new()) };
    if !visit.actor().may(Action::ManagePeople) {
        return Ok(Vec::new());
    }
    let zone = visit.app.region().await?.time_zone.clone();
    let accounts = list_unlinked_accounts(&visit.app, &visit.actor()).await?;
    // What an earlier provider vouched for can sign in no more.
    let present = accounts.into_iter().filter(|unlinked| unlinked.account.issuer == provider.issuer());
    Ok(present
        .map(|unlinked| UnlinkedView {
            name: unlinked.name,
            subject: unlinked.account.subject,
            seen: visit.language.instant(unlinked.seen_at_ms, &zone),
        })
        .collect())
}

/// The part of a person's page that is about the provider; none where there is no provider.
pub(super) async fn section(visit: &Visit) -> Result<Option<ProviderSection>, Refusal> {
    let Some(provider) = &visit.provider else { return Ok(None) };
    Ok(Some(ProviderSection {
        name: provider.name(visit.language).to_owned(),
        subject: String::new(),
        unlinked: unlinked_views(visit).await?,
    }))
}

pub(super) async fn send_link(
    visit: Visit,
    Path(person): Path<String>,
    Form(form): Form<LinkForm>,
) -> Response {
    let Some(provider) = &visit.provider else { return visit.failed(Failure::NotFound) };
    let account = ProviderAccount { issuer: provider.issuer().to_owned(), subject: form.subject.clone() };
    match link_provider_account(&visit.app, &visit.actor(), &person, &account).await {
        Err(refusal @ Refusal::Invalid { .. }) => {
            again_with_subject(&visit, &person, form.subject, &refusal).await
        }
        done => led(&visit, &person, done, "linked").await,
    }
}

/// Also without a provider: what an earlier one was linked to can be taken away.
pub(super) async fn send_unlink(visit: Visit, Path(person): Path<String>) -> Response {
    let done = unlink_provider_account(&visit.app, &visit.actor(), &person).await;
    led(&visit, &person, done, "unlinked").await
}
