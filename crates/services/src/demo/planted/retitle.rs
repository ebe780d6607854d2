//! Titles changed as people change them: numbered, reordered, with other words for the same.

use super::super::draw::Draw;
use super::honest::Maker;

/// Words for the same.
const SYNONYMS: [(&str, &str); 22] = [
    ("关键技术研究", "核心技术研究"),
    ("研究与应用", "研究及应用"),
    ("装置研制", "装置研发"),
    ("系统开发", "系统研发"),
    ("软件开发", "软件研发"),
    ("联合攻关", "联合研发"),
    ("委托研发", "委托研究"),
    ("算法研究", "算法开发"),
    ("技术服务", "专业服务"),
    ("技术支持与运维", "技术支持和运维"),
    ("检测分析", "分析检测"),
    ("性能测试", "性能检测"),
    ("试验验证", "验证试验"),
    ("技术指导", "现场指导"),
    ("优化", "改进"),
    ("高可靠", "高可靠性"),
    ("低能耗", "低功耗"),
    ("新一代", "新型"),
    ("国产化", "自主化"),
    ("模块化", "组件化"),
    ("在线监测", "实时监测"),
    ("预测", "预估"),
];

/// The title with the number of a part, in one of the ways of writing it.
pub(super) fn numbered(draw: &mut Draw, title: &str, at: u64) -> String {
    let chinese = ["一", "二", "三", "四", "五", "六"][at as usize % 6];
    let letter = ["A", "B", "C", "D", "E", "F"][at as usize % 6];
    // All parts of one project are numbered alike: the way follows from the title.
    match (title.len() + title.chars().count()) % 6 {
        0 => format!("{title}（{chinese}）"),
        1 => format!("{title}第{chinese}部分"),
        2 => format!("{title}{letter}包"),
        3 => format!("{title}-{}", at + 1),
        4 => format!("{title}{chinese}期"),
        _ => format!("{title}（子课题{}）{}", at + 1, if draw.happens(500) { "" } else { " " }),
    }
}

/// The title in other words: 0 as it is or with another bracket, 1 with a synonym, 2 with more of them.
pub(super) fn reworded(maker: &mut Maker, title: &str, degree: u64) -> String {
    let draw = maker.draw();
    let mut changed = title.to_owned();
    if degree == 0 {
        return if draw.happens(500) { changed } else { changed.replace('（', "(").replace('）', ")") };
    }
    let mut left = degree;
    for (from, to) in SYNONYMS {
        if left > 0 && changed.contains(from) && draw.happens(700) {
            changed = changed.replacen(from, to, 1);
            left -= 1;
        }
    }
    match draw.below(4) {
        0 => format!("关于{changed}"),
        1 => format!("{changed}项目"),
        2 if degree > 1 => format!("{changed}技术合同"),
        _ => changed,
    }
}
