//! Values about mail server, gateways and webhooks that make no sense.

use xiaoxiang_domain::notice::{Channel, check_address};

use super::check::{Senseless, is_issuer};
use super::{Configuration, GatewaySettings, MailSecurity};

/// The longest handing over of a message that can be meant.
const SECONDS_MAX: u64 = 60;
/// The longest name beside an address.
const NAME_CHARACTERS_MAX: usize = 60;
/// The longest name of a server.
const SERVER_CHARACTERS_MAX: usize = 253;

/// The first value about what is called by itself that makes no sense.
pub(super) fn senseless_outside(configuration: &Configuration) -> Option<Senseless> {
    let Configuration { mail, webhooks, sms, work_wechat, .. } = configuration;
    let times = [
        ("mail.timeout_seconds", mail.timeout_seconds),
        ("webhooks.timeout_seconds", webhooks.timeout_seconds),
        ("sms.timeout_seconds", sms.timeout_seconds),
        ("work_wechat.timeout_seconds", work_wechat.timeout_seconds),
    ];
    if let Some((key, _)) = times.into_iter().find(|(_, seconds)| !(1..=SECONDS_MAX).contains(seconds)) {
        return Some(Senseless {
            key, zh: "应为 1 至 60 秒", en: "write a number of seconds from 1 to 60"
        });
    }
    let calls_people = mail.server.is_some() || sms.url.is_some() || work_wechat.url.is_some();
    if calls_people && configuration.public_origin.is_none() {
        return Some(Senseless {
            key: "public_origin",
            zh: "发送邮件或短信时必须填写：通知中的链接要指向这个地址",
            en: "it is needed with e-mail and gateways: the links of notices begin with it",
        });
    }
    senseless_mail(configuration)
        .or_else(|| senseless_gateway(sms, ["sms.url", "sms.secret", "sms.secret_file"]))
        .or_else(|| {
            let keys = ["work_wechat.url", "work_wechat.secret", "work_wechat.secret_file"];
            senseless_gateway(work_wechat, keys)
        })
}

fn senseless_mail(configuration: &Configuration) -> Option<Senseless> {
    let mail = &configuration.mail;
    let Some(server) = &mail.server else {
        return (mail.from.is_some() || mail.username.is_some()).then_some(Senseless {
            key: "mail.server",
            zh: "已填写其他 mail 配置项，还须填写邮件服务器",
            en: "other keys of mail are given, so give the server too",
        });
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    if server.is_empty() || server.len() > SERVER_CHARACTERS_MAX || !server.bytes().all(fits) {
        return Some(Senseless {
            key: "mail.server",
            zh: "应为邮件服务器的名称或地址，不带端口",
            en: "write the name or address of the mail server, without a port",
        });
    }
    if mail.from.as_deref().and_then(|from| check_address(Channel::Mail, from)).is_none() {
        return Some(Senseless {
            key: "mail.from",
            zh: "应为发件人的电子邮件地址",
            en: "write the e-mail address of the sender",
        });
    }
    let is_long = mail.from_name.chars().count() > NAME_CHARACTERS_MAX;
    if is_long || mail.from_name.chars().any(char::is_control) {
        return Some(Senseless {
            key: "mail.from_name",
            zh: "最多 60 个字符",
            en: "60 characters at the most",
        });
    }
    if mail.password.is_some() && mail.password_file.is_some() {
        return Some(Senseless {
            key: "mail.password_file",
            zh: "与 mail.password 只能填写一个",
            en: "give either this or mail.password",
        });
    }
    if mail.username.is_some() != (mail.password.is_some() || mail.password_file.is_some()) {
        return Some(Senseless {
            key: "mail.username",
            zh: "用户名和口令应同时填写或都不填写",
            en: "give both user name and password, or neither",
        });
    }
    (mail.username.is_some() && mail.security == MailSecurity::None).then_some(Senseless {
        key: "mail.security",
        zh: "填写了用户名和口令时不能为 none，否则口令会以明文传输",
        en: "with a user name it cannot be none: the password would travel in clear",
    })
}

fn senseless_gateway(gateway: &GatewaySettings, keys: [&'static str; 3]) -> Option<Senseless> {
    let [url_key, secret_key, file_key] = keys;
    if gateway.secret.is_some() && gateway.secret_file.is_some() {
        return Some(Senseless {
            key: file_key,
            zh: "密钥和密钥文件只能填写一个",
            en: "give either the secret or its file",
        });
    }
    let has_secret = gateway.secret.is_some() || gateway.secret_file.is_some();
    match &gateway.url {
        None if has_secret => Some(Senseless {
            key: url_key,
            zh: "已填写密钥，还须填写网关地址",
            en: "a secret is given, so give the gateway's address too",
        }),
        None => None,
        Some(url) if !is_issuer(url) => Some(Senseless {
            key: url_key,
            zh: "应为 https:// 开头的地址，不带 ? 和 #（只有本机可用 http://127.0.0.1 等）",
            en: "write an address that begins with https://, without ? and # (http:// only for this machine itself)",
        }),
        Some(_) if !has_secret => Some(Senseless {
            key: secret_key,
            zh: "必须填写：网关凭签名确认调用来自本平台",
            en: "it is needed: by the signature the gateway knows that this platform calls",
        }),
        Some(_) => None,
    }
}
