//! The ways out of the house (通知渠道), and the addresses at their ends.

/// Longest address of a person.
pub const ADDRESS_CHARACTERS_MAX: usize = 254;
/// Longest part before the @ (RFC 5321, 4.5.3.1.1).
const LOCAL_CHARACTERS_MAX: usize = 64;

/// A way out of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// 电子邮件
    Mail,
    /// 短信, by a gateway.
    Sms,
    /// 政务微信, by a gateway.
    WorkWechat,
    /// 事件推送: to a program that somebody subscribed.
    Webhook,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Mail, Self::Sms, Self::WorkWechat, Self::Webhook];
    /// Those that reach people.
    pub const OF_PEOPLE: [Self; 3] = [Self::Mail, Self::Sms, Self::WorkWechat];

    /// Word of the database and of metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Sms => "sms",
            Self::WorkWechat => "work_wechat",
            Self::Webhook => "webhook",
        }
    }

    /// The channel of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }

    /// Chinese and English word.
    #[must_use]
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Mail => ("电子邮件", "E-mail"),
            Self::Sms => ("短信", "Text message"),
            Self::WorkWechat => ("政务微信", "Government WeChat"),
            Self::Webhook => ("事件推送", "Webhook"),
        }
    }
}

/// The address as it is kept, or none where it is no address of this channel.
///
/// Only plain mailboxes are taken: neither quotes nor comments nor letters outside ASCII, which official mail servers
/// do not give out and which are where headers are broken open.
#[must_use]
pub fn check_address(channel: Channel, text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > ADDRESS_CHARACTERS_MAX {
        return None;
    }
    let fits = match channel {
        Channel::Mail => is_mailbox(text),
        Channel::Sms => {
            let digits = text.strip_prefix('+').unwrap_or(text);
            (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        }
        Channel::WorkWechat => {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@');
            text.len() <= LOCAL_CHARACTERS_MAX && text.bytes().all(fits)
        }
        Channel::Webhook => false,
    };
    fits.then(|| text.to_owned())
}

fn is_mailbox(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_atom = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    let is_label = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    local.len() <= LOCAL_CHARACTERS_MAX
        && local.split('.').all(is_atom)
        && domain.contains('.')
        && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_cannot_open_a_header() {
        for text in ["zhang.san@kj.hunan.gov.cn", " a+b@x.cn ", "o'neil@mail.example.org"] {
            assert_eq!(check_address(Channel::Mail, text).as_deref(), Some(text.trim()));
        }
        for text in [
            "",
            "a",
            "a@b",
            "@x.cn",
            "a@",
            "a@x..cn",
            "a..b@x.cn",
            "a@-x.cn",
            "a b@x.cn",
            "a@x.cn\r\nBcc: c@x.cn",
            "a@x.cn,c@x.cn",
            "\"a\"@x.cn",
            "<a@x.cn>",
            "张@x.cn",
            "a@张.cn",
            "a@x.cn>",
            "a@b@x.cn",
        ] {
            assert_eq!(check_address(Channel::Mail, text), None, "{text}");
        }
        let long = format!("{}@x.cn", "a".repeat(65));
        assert_eq!(check_address(Channel::Mail, &long), None);
    }

    #[test]
    fn a_gateway_is_given_a_number_or_an_account() {
        assert!(check_address(Channel::Sms, "+8613800000000").is_some());
        assert!(check_address(Channel::Sms, "138 0000 0000").is_none());
        assert!(check_address(Channel::Sms, "1234").is_none());
        assert!(check_address(Channel::WorkWechat, "ZhangSan_01").is_some());
        assert!(check_address(Channel::WorkWechat, "a\nb").is_none());
        assert!(check_address(Channel::Webhook, "https://x.cn").is_none());
    }

    #[test]
    fn channels_are_found_by_their_codes() {
        for channel in Channel::ALL {
            assert_eq!(Channel::from_code(channel.code()), Some(channel));
        }
    }
}
