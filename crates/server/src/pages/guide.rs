//! The guide (使用指南): one page a role, written as Markdown in `docs/guide/` and carried by the binary.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::{http::header, routing};
use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, html};
use rust_embed::RustEmbed;
use xiaoxiang_domain::access::Role;

use super::failure::Failure;
use super::shell::{Section, Shell};
use super::visit::Visit;
use crate::language::Language;
use crate::routes::{Access, Route};

/// Pictures change only with the program.
const CACHE_PICTURES: &str = "public, max-age=86400";
const MIME_WEBP: &str = "image/webp";

/// The guide of the source tree.
#[derive(RustEmbed)]
#[folder = "../../docs/guide"]
struct Guide;

/// Routes of the guide.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::page("/guide", Access::Open, routing::get(list)),
        Route::page("/guide/{role}", Access::Open, routing::get(page)),
        Route::file("/guide/images/{language}/{file}", Access::Open, routing::get(picture)),
    ]
}

/// The list of the guide's pages.
#[derive(Debug, Template)]
#[template(path = "guide_list.html")]
struct GuideListPage {
    shell: Shell,
    roles: Vec<RoleEntry>,
}

/// A role and what its page begins with.
#[derive(Debug)]
struct RoleEntry {
    link: String,
    name: &'static str,
    first: String,
}

/// One page of the guide.
#[derive(Debug, Template)]
#[template(path = "guide.html")]
struct GuidePage {
    shell: Shell,
    role: &'static str,
    body: String,
}

async fn list(visit: Visit) -> Response {
    let language = visit.language;
    let entry = |role: Role| {
        let text = text_of(language, role)?;
        let link = language.link(&format!("/guide/{}", role.code()));
        Some(RoleEntry {
            link,
            name: language.pick(role.label(), role.label_en()),
            first: first_words(&text),
        })
    };
    let roles = Role::ALL.into_iter().filter_map(entry).collect();
    visit.page(&GuideListPage { shell: visit.shell(Section::Guide, language.text("guide-title")), roles })
}

async fn page(visit: Visit, Path(role): Path<String>) -> Response {
    let found = Role::from_code(&role).and_then(|role| Some((role, text_of(visit.language, role)?)));
    let Some((role, text)) = found else { return visit.failed(Failure::NotFound) };
    let name = visit.language.pick(role.label(), role.label_en());
    let shell = visit.shell(Section::Guide, name);
    visit.page(&GuidePage { shell, role: name, body: to_html(visit.language, &text) })
}

async fn picture(visit: Visit, Path((language, file)): Path<(String, String)>) -> Response {
    let found = Guide::get(&format!("images/{language}/{file}")).filter(|_| file.ends_with(".webp"));
    match found {
        Some(picture) => {
            let headers = [(header::CONTENT_TYPE, MIME_WEBP), (header::CACHE_CONTROL, CACHE_PICTURES)];
            (headers, picture.data.into_owned()).into_response()
        }
        None => visit.failed(Failure::NotFound),
    }
}

fn folder(language: Language) -> &'static str {
    language.pick("zh", "en")
}

fn text_of(language: Language, role: Role) -> Option<String> {
    let file = Guide::get(&format!("{}/{}.md", folder(language), role.code()))?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// The first paragraph of a page, as plain text.
fn first_words(text: &str) -> String {
    let paragraph = Parser::new(text)
        .skip_while(|event| !matches!(event, Event::Start(Tag::Paragraph)))
        .take_while(|event| !matches!(event, Event::End(TagEnd::Paragraph)));
    let words = paragraph.filter_map(|event| match event {
        Event::Text(words) | Event::Code(words) => Some(words.into_string()),
        Event::SoftBreak => Some(" ".to_owned()),
        _ => None,
    });
    words.collect()
}

/// Markdown as HTML; links between the files become links between the pages.
fn to_html(language: Language, text: &str) -> String {
    let events = Parser::new(text).map(|event| match event {
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Image { link_type, dest_url: address(language, &dest_url), title, id })
        }
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: address(language, &dest_url), title, id })
        }
        other => other,
    });
    let mut page = String::new();
    html::push_html(&mut page, events);
    page
}

fn address(language: Language, written: &str) -> CowStr<'static> {
    if let Some(picture) = written.strip_prefix("../images/") {
        return format!("/guide/images/{picture}").into();
    }
    match written.strip_suffix(".md") {
        Some(role) if !role.contains(['/', ':']) => language.link(&format!("/guide/{role}")).into(),
        _ => written.to_owned().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_its_page_in_both_languages() {
        for role in Role::ALL {
            for language in Language::ALL {
                assert!(text_of(language, role).is_some(), "{} lacks {}", folder(language), role.code());
            }
        }
    }

    #[test]
    fn every_picture_and_page_that_the_guide_names_is_there() {
        for file in Guide::iter().filter(|file| file.ends_with(".md")) {
            let text = Guide::get(&file).expect("listed");
            let text = String::from_utf8(text.data.into_owned()).expect("text");
            for event in Parser::new(&text) {
                let (Event::Start(Tag::Image { dest_url, .. }) | Event::Start(Tag::Link { dest_url, .. })) =
                    event
                else {
                    continue;
                };
                if let Some(picture) = dest_url.strip_prefix("../") {
                    assert!(Guide::get(picture).is_some(), "{file} shows {dest_url}, which is not there");
                } else if dest_url.ends_with(".md") {
                    let folder = file.split_once('/').map_or("", |(folder, _)| folder);
                    assert!(
                        Guide::get(&format!("{folder}/{dest_url}")).is_some(),
                        "{file} links to {dest_url}"
                    );
                }
            }
        }
    }

    #[test]
    fn links_between_files_become_links_between_pages() {
        let page = to_html(Language::English, "[city](city_officer.md) ![work](../images/en/work.webp)");
        assert!(page.contains("href=\"/en/guide/city_officer\""), "{page}");
        assert!(page.contains("src=\"/guide/images/en/work.webp\""), "{page}");
    }
}
