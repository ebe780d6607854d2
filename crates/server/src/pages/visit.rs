//! One request for a page: its language, its address, the state of the data; and the answer to it.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use xiaoxiang_domain::bulletin::FileLanguage;
use xiaoxiang_domain::notice::Channel;
use xiaoxiang_services::access::SignedIn;
use xiaoxiang_services::log::LogKey;
use xiaoxiang_services::notice::count_unread;
use xiaoxiang_services::{Actor, App, Refusal};

use super::failure::{Failure, FailurePage};
use super::reading;
use super::security::TEXT_SECURITY_POLICY;
use super::shell::{DataOrigin, Section, Shell, Standing};
use crate::language::Language;
use crate::operation::RequestId;
use crate::provider::Provider;
use crate::setup_gate::SetupGate;
use crate::trusted_proxies::TrustedProxies;

/// What the pages are given.
#[derive(Clone, Debug)]
pub struct PageState {
    /// The use cases.
    pub app: App,
    /// Whether the data are invented, as in the demo.
    pub origin: DataOrigin,
    /// The key that signs tree heads.
    pub log_key: Arc<LogKey>,
    /// Where the outside world finds us, such as `https://tech.example`; none where the request's host is believed.
    pub public_origin: Option<String>,
    /// Whose word on where a request came from is believed.
    pub trusted_proxies: Arc<TrustedProxies>,
    /// The way into the first run.
    pub setup: SetupGate,
    /// The identity provider that people may sign in through.
    pub provider: Option<Arc<Provider>>,
    /// The ways on which notices leave the house.
    pub offered: Arc<[Channel]>,
}

/// One request for a page.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The use cases.
    pub app: App,
    /// Language that the address asks for.
    pub language: Language,
    /// Who is there; none where nobody has signed in.
    pub signed_in: Option<Arc<SignedIn>>,
    /// The identity provider that people may sign in through.
    pub provider: Option<Arc<Provider>>,
    /// The ways on which notices leave the house.
    pub offered: Arc<[Channel]>,
    unread: i64,
    path: String,
    standing: Standing,
    request_id: RequestId,
}

impl FromRequestParts<PageState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &PageState) -> Result<Self, Infallible> {
        let address = parts.uri.path_and_query().map_or("/", |address| address.as_str());
        // Without region data, or with a failing store, the shell still stands; the page itself says what is wrong.
        let standing = reading::standing(&state.app, state.origin).await.unwrap_or_default();
        let signed_in = parts.extensions.get::<Arc<SignedIn>>().cloned();
        let unread = match &signed_in {
            // Without the number the page still stands.
            Some(reader) => count_unread(&state.app, &reader.person_id).await.unwrap_or_default(),
            None => 0,
        };
        Ok(Self {
            app: state.app.clone(),
            language: Language::of_path(address),
            signed_in,
            provider: state.provider.clone(),
            offered: state.offered.clone(),
            unread,
            path: Language::strip(address),
            standing: Standing { origin: state.origin, ..standing },
            request_id: RequestId::of(&parts.extensions),
        })
    }
}

impl Visit {
    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.signed_in.as_deref().map_or_else(Actor::public, SignedIn::actor)
    }

    /// The visit as if another page had been asked for, where the address that was is none to come back to.
    #[must_use]
    pub fn standing_at(self, language: Language, path: &str) -> Self {
        Self { language, path: path.to_owned(), ..self }
    }

    /// The shell of the page.
    #[must_use]
    pub fn shell(&self, section: Section, title: impl Into<String>) -> Shell {
        Shell::new(self.language, section, self.path.clone(), self.standing.clone())
            .titled(title)
            .for_reader(self.signed_in.clone())
            .with_unread(self.unread)
    }

    /// The language of the file that is asked for.
    #[must_use]
    pub fn file_language(&self) -> FileLanguage {
        Language::of_file(&self.path)
    }

    /// The answer that leads on after a form was taken; `path` names no language.
    #[must_use]
    pub fn lead_to(&self, path: &str) -> Response {
        Redirect::to(&self.language.link(path)).into_response()
    }

    /// The answer that leads on to an address that names its language itself, such as one that was asked for before.
    #[must_use]
    pub fn lead_to_address(&self, address: &str) -> Response {
        Redirect::to(address).into_response()
    }

    /// The answer with a form that was refused: shown again with what was typed.
    #[must_use]
    pub fn unprocessed(&self, page: &impl Template) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, self.page(page)).into_response()
    }

    /// The answer with a finished page.
    #[must_use]
    pub fn page(&self, page: &impl Template) -> Response {
        match page.render() {
            Ok(html) => Html(html).into_response(),
            Err(error) => {
                tracing::error!(%error, "page cannot be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    /// The answer with a page that says what went wrong.
    #[must_use]
    pub fn failed(&self, failure: Failure) -> Response {
        let status = failure.status();
        let page = FailurePage { shell: self.shell(Section::Elsewhere, ""), failure };
        (status, self.page(&page)).into_response()
    }

    /// The answer to a refusal; a failure of ours is logged under the number that the page shows.
    #[must_use]
    pub fn refused(&self, refusal: &Refusal) -> Response {
        if refusal.is_failure() {
            let trace = &self.request_id;
            tracing::error!(%trace, error = ?refusal, "request failed");
            return self.failed(Failure::Internal(trace.to_string()));
        }
        match refusal {
            Refusal::NotFound(_) | Refusal::NoRegion => self.failed(Failure::NotFound),
            Refusal::SignedOut => self.failed(Failure::SignedOut(self.sentence(refusal))),
            Refusal::Forbidden(_) | Refusal::Barred { .. } => {
                self.failed(Failure::Forbidden(self.sentence(refusal)))
            }
            Refusal::Stale(_) | Refusal::Overtaken(_) => {
                self.failed(Failure::Conflict(self.sentence(refusal)))
            }
            Refusal::TooMany { retry_after_s } => {
                let seconds = retry_after_s.to_string();
                ([(header::RETRY_AFTER, seconds)], self.failed(Failure::TooMany(self.sentence(refusal))))
                    .into_response()
            }
            other => self.failed(Failure::BadRequest(self.sentence(other))),
        }
    }

    /// What a refusal says, in the page's language.
    #[must_use]
    pub fn sentence(&self, refusal: &Refusal) -> String {
        let (chinese, english) = refusal.sentences();
        self.language.pick(&chinese, &english).to_owned()
    }

    /// The answer to an address whose numbers or options make no sense.
    #[must_use]
    pub fn misread(&self) -> Response {
        self.failed(Failure::BadRequest(self.language.text("failure-bad-number").to_owned()))
    }
}

/// The status of a form that is shown again with what was typed; none where the refusal is no matter of the form.
#[must_use]
pub const fn status_of_form(refusal: &Refusal) -> Option<StatusCode> {
    match refusal {
        Refusal::Stale(_) | Refusal::Overtaken(_) => Some(StatusCode::CONFLICT),
        Refusal::Invalid { .. } | Refusal::Fields(_) | Refusal::Obstacles(_) => {
            Some(StatusCode::UNPROCESSABLE_ENTITY)
        }
        _ => None,
    }
}

/// The answer to an address that leads nowhere.
pub async fn not_found(visit: Visit) -> Response {
    visit.failed(Failure::NotFound)
}

/// The answer with a file to keep. The name may be anybody's: quotes and line ends in it reach no header.
#[must_use]
pub fn download(name: &str, mime: &'static str, bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, mime.to_owned()), (header::CONTENT_DISPOSITION, attachment(name))], bytes)
        .into_response()
}

/// The answer with a file that the browser may show, in its own window or in a frame of our pages.
#[must_use]
pub fn shown(name: &str, mime: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, mime.to_owned()),
        (header::CONTENT_DISPOSITION, attachment(name).replacen("attachment", "inline", 1)),
        (header::CONTENT_SECURITY_POLICY, TEXT_SECURITY_POLICY.to_owned()),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// How a file is to be kept (RFC 6266): the name in plain letters, and as it is in percent signs.
fn attachment(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | ' ');
    let plain: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    if plain == name {
        return format!("attachment; filename=\"{name}\"");
    }
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_cannot_end_the_header_that_it_stands_in() {
        assert_eq!(attachment("a-1.csv"), "attachment; filename=\"a-1.csv\"");
        assert_eq!(
            attachment("a\"; x=\r\n登.csv"),
            "attachment; filename=\"a__ x____.csv\"; filename*=UTF-8''a%22%3B%20x%3D%0D%0A%E7%99%BB.csv"
        );
    }
}
