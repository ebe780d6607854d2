//! Where the reader is told outside (接收通知), on the page of their account.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;
use xiaoxiang_domain::notice::Channel;
use xiaoxiang_services::Refusal;
use xiaoxiang_services::notice::{ChannelSetting, list_channels, save_channel};

use super::account::account_with_channels;
use super::visit::Visit;

/// One channel's form.
#[derive(Debug)]
pub struct ChannelForm {
    pub(super) code: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) input_type: &'static str,
    pub(super) address: String,
    pub(super) is_on: bool,
    pub(super) problem: Option<String>,
}

/// The forms of the channels that this platform offers, as they are kept.
pub(super) async fn channel_forms(visit: &Visit) -> Result<Vec<ChannelForm>, Refusal> {
    let kept = list_channels(&visit.app, &visit.actor()).await?;
    let offered = kept.into_iter().filter(|setting| visit.offered.contains(&setting.channel));
    Ok(offered.map(|setting| form_of(visit, setting)).collect())
}

fn form_of(visit: &Visit, setting: ChannelSetting) -> ChannelForm {
    let language = visit.language;
    let (zh, en) = setting.channel.label();
    let (hint, input_type) = match setting.channel {
        Channel::Sms => (language.text("channel-sms-hint"), "tel"),
        Channel::WorkWechat => (language.text("channel-work-wechat-hint"), "text"),
        Channel::Mail | Channel::Webhook => (language.text("channel-mail-hint"), "email"),
    };
    ChannelForm {
        code: setting.channel.code(),
        label: language.pick(zh, en),
        hint,
        input_type,
        address: setting.address,
        is_on: setting.is_on,
        problem: None,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TypedChannel {
    channel: String,
    address: String,
    on: String,
}

/// Keeps a channel; what is refused is shown again as it was typed.
pub(super) async fn send_channel(visit: Visit, Form(typed): Form<TypedChannel>) -> Response {
    let of_people = Channel::from_code(&typed.channel).filter(|channel| *channel != Channel::Webhook);
    let Some(channel) = of_people else { return visit.misread() };
    let setting = ChannelSetting { channel, address: typed.address, is_on: !typed.on.is_empty() };
    let refusal = match save_channel(&visit.app, &visit.actor(), &setting).await {
        Ok(()) => return visit.lead_to("/account?done=channel#notices"),
        Err(refusal @ Refusal::Invalid { .. }) => refusal,
        Err(refusal) => return visit.refused(&refusal),
    };
    match channel_forms(&visit).await {
        Ok(mut forms) => {
            if let Some(form) = forms.iter_mut().find(|form| form.code == channel.code()) {
                form.address = setting.address;
                form.is_on = setting.is_on;
                form.problem = Some(visit.sentence(&refusal));
            }
            account_with_channels(&visit, forms).await
        }
        Err(refusal) => visit.refused(&refusal),
    }
}
