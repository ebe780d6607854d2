//! A program that was built without the feature `oidc`.

use xiaoxiang_services::access::ExchangeSecrets;
use xiaoxiang_services::{Clock, Refusal};

use super::{ProviderTrouble, Vouched};
use crate::configuration::Configuration;
use crate::language::Language;

/// There is none.
#[derive(Clone, Copy, Debug)]
pub enum Provider {}

impl Provider {
    /// Refuses a provider that is configured.
    pub fn of(configuration: &Configuration, _clock: &Clock) -> Result<Option<Self>, Refusal> {
        match configuration.oidc.issuer {
            None => Ok(None),
            Some(_) => Err(Refusal::invalid(
                "configuration.oidc_absent",
                "配置了 oidc，但本程序编译时未包含统一身份认证。请使用正式发布的程序包，或以 --features oidc 重新编译；\
                 不需要时请删除配置中的 [oidc]。",
                "oidc is configured, but this program was built without it; use a released package or build with \
                 --features oidc, or remove [oidc] from the configuration",
            )),
        }
    }

    /// Its name on the button.
    #[must_use]
    pub const fn name(&self, _language: Language) -> &str {
        match *self {}
    }

    /// Address by which it names itself.
    #[must_use]
    pub const fn issuer(&self) -> &str {
        match *self {}
    }

    /// Whether it can be used.
    pub async fn check(&self) -> Result<(), ProviderTrouble> {
        match *self {}
    }

    /// Where a sign-in begins.
    pub async fn sign_in_address(&self, _secrets: &ExchangeSecrets) -> Result<String, ProviderTrouble> {
        match *self {}
    }

    /// Whom a code stands for.
    pub async fn redeem(&self, _code: &str, _secrets: &ExchangeSecrets) -> Result<Vouched, ProviderTrouble> {
        match *self {}
    }
}
