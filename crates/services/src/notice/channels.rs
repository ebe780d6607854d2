//! Where a person wants to be told outside (通知渠道). Addresses are personal data: the log says that one was changed,
//! never which.

use serde_json::json;
use xiaoxiang_domain::notice::{Channel, check_address};
use xiaoxiang_store::NewEntry;
use xiaoxiang_store::notice::{self as store, ChannelRow};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Where a person is told by one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelSetting {
    /// By what.
    pub channel: Channel,
    /// Address there; empty where none is given.
    pub address: String,
    /// Whether notices are sent there.
    pub is_on: bool,
}

/// The settings of whoever asks, for every channel that reaches people.
pub async fn list_channels(app: &App, actor: &Actor) -> Result<Vec<ChannelSetting>, Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let mut tx = app.db.read().await?;
    let rows = store::list_channels(&mut tx, person_id).await?;
    let setting = |channel: Channel| {
        let row = rows.iter().find(|row| row.channel == channel.code());
        ChannelSetting {
            channel,
            address: row.map_or_else(String::new, |row| row.address.clone()),
            is_on: row.is_some_and(|row| row.is_on),
        }
    };
    Ok(Channel::OF_PEOPLE.map(setting).to_vec())
}

/// Keeps a setting of whoever asks; an empty address forgets the channel.
pub async fn save_channel(app: &App, actor: &Actor, setting: &ChannelSetting) -> Result<(), Refusal> {
    let person_id = actor.person_id().ok_or(Refusal::SignedOut)?;
    let channel = setting.channel;
    let address = setting.address.trim();
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    if address.is_empty() && !setting.is_on {
        store::erase_channel(&mut tx, person_id, channel.code()).await?;
    } else {
        let address = check_address(channel, address).ok_or_else(|| unfit(channel))?;
        let row = ChannelRow {
            person_id: person_id.to_owned(),
            channel: channel.code().to_owned(),
            address,
            is_on: setting.is_on,
        };
        store::save_channel(&mut tx, &row).await?;
    }
    let entry = NewEntry {
        kind: "person.channel_changed",
        subject: format!("person:{person_id}"),
        payload: json!({ "channel": channel.code(), "is_on": setting.is_on }),
    };
    tx.commit(actor.log_name(), [entry], []).await?;
    Ok(())
}

fn unfit(channel: Channel) -> Refusal {
    let (zh, en) = match channel {
        Channel::Sms => (
            "请填写手机号码，只用数字，可带国际区号 +86。",
            "give a mobile number: digits, with a + before the country code",
        ),
        Channel::WorkWechat => (
            "请填写政务微信账号，只用字母、数字和 . - _ @。",
            "give the account: letters, digits and . - _ @",
        ),
        Channel::Mail | Channel::Webhook => (
            "请填写完整的电子邮件地址，如 zhangsan@kj.example.gov.cn。",
            "give a full e-mail address, such as zhangsan@kj.example.gov.cn",
        ),
    };
    Refusal::invalid("channel.address", zh, en)
}
