//! Words of the example province. All names made of them are invented; every one carries [`MARK`].

/// Stands before every invented name, so that nobody takes it for a real one (示例).
pub(super) const MARK: &str = "示例·";

/// First words of organisations' names: pairings of characters that nobody uses, mostly from names of rivers.
pub(super) const STEMS: [&str; 64] = [
    "湘岚",
    "麓源",
    "橘汀",
    "沅启",
    "澧川",
    "星垣",
    "云麓",
    "楚砺",
    "潇禾",
    "岳澄",
    "衡曜",
    "芷光",
    "桃溆",
    "韶映",
    "资远",
    "汨石",
    "耒锋",
    "湄澜",
    "浯晖",
    "渌清",
    "涟铸",
    "沩正",
    "浏澈",
    "洣丰",
    "舂晓",
    "溆合",
    "巫恒",
    "武晗",
    "辰砂",
    "荆朴",
    "兰溆",
    "芙岭",
    "屏沅",
    "梅浯",
    "雪峰谷",
    "丹溆",
    "青洣",
    "白沙堤",
    "紫沅岭",
    "银洣里",
    "石鼓滩",
    "回雁洲",
    "听岚渡",
    "望砺",
    "临川泽",
    "涵澧",
    "逐沅",
    "砚溆",
    "千沅渡",
    "稻澧堰",
    "竹浯",
    "松洣",
    "明砺桥",
    "惟砺",
    "格沅坊",
    "知澧苑",
    "启沩渠",
    "朝砺",
    "映澧潭",
    "鹿澧",
    "鹤沩",
    "枫浏浦",
    "荷塘里",
    "金澈岭",
];

/// A technical field with the words of its companies and projects.
pub(super) struct Field {
    /// First-level code of the technical field.
    pub(super) code: &'static str,
    /// How many companies in a thousand work in it.
    pub(super) weight: u64,
    /// Socio-economic objective (社会经济目标) that fits most of its contracts.
    pub(super) objective: &'static str,
    /// Industry that is served (国民经济行业).
    pub(super) industry: &'static str,
    /// Middle words of companies' names.
    pub(super) trades: &'static [&'static str],
    /// What contracts are about.
    pub(super) topics: &'static [&'static str],
}

/// The eleven fields. Manufacturing, environment and energy have a good half, as in the reports of 2020.
pub(super) const FIELDS: [Field; 11] = [
    Field {
        code: "1",
        weight: 150,
        objective: "10",
        industry: "65",
        trades: &["信息技术", "软件", "数据科技", "智能科技", "网络科技", "光电"],
        topics: &[
            "政务数据共享交换平台",
            "工业互联网标识解析节点",
            "北斗高精度定位终端",
            "车载毫米波雷达信号处理模块",
            "语音交互引擎",
            "配电物联网采集软件",
            "医院信息集成平台",
            "功率半导体驱动芯片",
            "视频结构化分析系统",
            "仓储物流调度软件",
            "不动产测绘数据库",
            "密码应用改造系统",
        ],
    },
    Field {
        code: "2",
        weight: 22,
        objective: "08",
        industry: "37",
        trades: &["航空科技", "航天装备", "通航技术", "无人机"],
        topics: &[
            "中小航空发动机叶片",
            "无人机飞控系统",
            "机轮刹车装置",
            "卫星遥感影像处理链路",
            "航空齿轮传动部件",
            "碳陶刹车盘",
            "飞行模拟训练设备",
            "微小卫星热控组件",
        ],
    },
    Field {
        code: "3",
        weight: 222,
        objective: "10",
        industry: "35",
        trades: &["智能装备", "重工机械", "精密制造", "机器人", "液压技术", "自动化", "模具"],
        topics: &[
            "盾构机主轴承密封系统",
            "混凝土泵车臂架减振装置",
            "起重机远程运维平台",
            "数控磨床在线测量单元",
            "焊接机器人工作站",
            "液压多路阀",
            "注塑机节能控制系统",
            "金属增材制造工艺",
            "柔性装配生产线",
            "矿用挖掘机智能操控系统",
            "高空作业平台安全监测装置",
            "陶瓷自动施釉生产线",
        ],
    },
    Field {
        code: "4",
        weight: 78,
        objective: "03",
        industry: "27",
        trades: &["生物医药", "医疗器械", "制药", "生物技术", "诊断科技"],
        topics: &[
            "体外诊断试剂盒",
            "中药经典名方制剂",
            "可降解骨科植入材料",
            "核酸提取仪",
            "缓释片剂工艺",
            "人工晶状体",
            "康复训练机器人",
            "茯苓多糖提取工艺",
            "动物疫苗佐剂",
            "临床样本库管理系统",
        ],
    },
    Field {
        code: "5",
        weight: 92,
        objective: "10",
        industry: "30",
        trades: &["新材料", "复合材料", "碳素", "硬质合金", "稀有金属", "高分子"],
        topics: &[
            "锂电池正极材料前驱体",
            "碳纤维预制体",
            "硬质合金刀具涂层",
            "铝合金型材热处理工艺",
            "高纯石墨",
            "环氧树脂固化体系",
            "透明导电薄膜",
            "超细钨粉制备工艺",
            "阻燃复合板材",
            "防腐涂料配方",
        ],
    },
    Field {
        code: "6",
        weight: 140,
        objective: "02",
        industry: "44",
        trades: &["新能源", "电力技术", "储能科技", "节能", "电气"],
        topics: &[
            "风电机组变桨控制系统",
            "分布式光伏并网接入方案",
            "储能电站能量管理系统",
            "特高压换流阀冷却装置",
            "余热锅炉改造",
            "小水电群集中控制系统",
            "配电网故障录波装置",
            "氢燃料电池电堆",
            "锅炉低氮燃烧器",
            "充电桩有序充电策略",
            "变电站巡检机器人",
            "空压站群控节能系统",
        ],
    },
    Field {
        code: "7",
        weight: 156,
        objective: "01",
        industry: "77",
        trades: &["环保科技", "环境工程", "水务技术", "资源循环", "生态修复"],
        topics: &[
            "重金属污染土壤稳定化修复",
            "锰渣无害化处置工艺",
            "农村生活污水一体化处理装置",
            "烟气脱硫脱硝系统",
            "废旧锂电池回收工艺",
            "河道底泥原位修复",
            "尾矿库渗漏监测",
            "垃圾渗滤液膜处理系统",
            "挥发性有机物治理装置",
            "再生铅冶炼除尘系统",
            "水环境质量自动监测站",
            "餐厨垃圾资源化工艺",
        ],
    },
    Field {
        code: "8",
        weight: 8,
        objective: "02",
        industry: "38",
        trades: &["核技术", "辐照科技"],
        topics: &[
            "铀矿山退役治理",
            "工业辐照装置剂量监测",
            "放射性废水处理工艺",
            "核电设备缺陷检测",
            "医用同位素分装装置",
        ],
    },
    Field {
        code: "9",
        weight: 40,
        objective: "09",
        industry: "01",
        trades: &["种业", "农业科技", "茶业科技", "油茶", "水产科技"],
        topics: &[
            "杂交水稻不育系",
            "油茶低产林改造",
            "茶叶加工生产线",
            "柑橘黄龙病检测",
            "生猪精准饲喂系统",
            "稻虾综合种养模式",
            "辣椒新品种选育",
            "淡水鱼冷链保鲜工艺",
            "丘陵山区农机装备",
            "烟叶烘烤控制系统",
        ],
    },
    Field {
        code: "10",
        weight: 50,
        objective: "05",
        industry: "48",
        trades: &["轨道交通", "交通科技", "汽车技术", "桥隧工程"],
        topics: &[
            "磁浮列车悬浮控制器",
            "城轨列车牵引变流器",
            "桥梁健康监测系统",
            "沥青路面就地再生工艺",
            "新能源客车整车控制器",
            "隧道通风照明节能控制",
            "轨道扣件检测装置",
            "智能网联汽车测试场景库",
        ],
    },
    Field {
        code: "11",
        weight: 42,
        objective: "06",
        industry: "78",
        trades: &["建筑科技", "城市规划", "公共安全", "文化科技"],
        topics: &[
            "装配式建筑构件连接节点",
            "城市内涝预警模型",
            "燃气管网泄漏监测",
            "历史街区数字化保护",
            "建筑信息模型协同平台",
            "电梯物联网监管平台",
            "地质灾害监测预警系统",
            "应急物资调度平台",
        ],
    },
];

/// What stands before a topic, now and then.
pub(super) const MODIFIERS: [&str; 16] = [
    "",
    "",
    "",
    "",
    "高可靠",
    "低能耗",
    "模块化",
    "轻量化",
    "基于机器视觉的",
    "面向中小企业的",
    "适用于南方湿热环境的",
    "国产化",
    "新一代",
    "小型化",
    "多源数据融合的",
    "可远程运维的",
];

/// What is done about a topic, by second-level contract type.
pub(super) fn project_endings(contract_type: &str) -> &'static [&'static str] {
    match contract_type {
        "1" | "11" => &["研制", "委托研究开发", "关键技术研究", "样机研制与试验", "定制开发"],
        "12" => &["联合攻关", "合作开发", "产学研合作研究"],
        "21" => &["专利权转让"],
        "22" => &["专利申请权转让"],
        "2" | "23" => &["技术秘密转让", "成套技术转让"],
        "24" => &["软件著作权转让"],
        "26" => &["新品种权转让"],
        "29" | "31" => &["专利实施许可"],
        "3" | "32" => &["技术秘密使用许可"],
        "4" => &["可行性研究", "技术方案评估", "技术路线咨询", "专项技术调查"],
        "52" => &["专业技术培训"],
        "53" => &["技术中介服务"],
        _ => &[
            "安装调试技术服务",
            "检测与评价",
            "运行维护技术服务",
            "技术改造服务",
            "工艺优化",
            "设计与技术支持",
        ],
    }
}

/// Legal forms of companies with party kind and weight.
pub(super) const COMPANY_FORMS: [((&str, &str), u64); 6] = [
    (("有限公司", "150"), 520),
    (("有限公司", "170"), 230),
    (("股份有限公司", "160"), 110),
    (("有限责任公司", "110"), 90),
    (("（中外合资）有限公司", "310"), 30),
    (("有限公司", "210"), 20),
];

/// Ends of universities' names; no real university is called by a stem and one of these.
pub(super) const UNIVERSITIES: [&str; 6] =
    ["理工大学", "科技大学", "工程学院", "医药大学", "农业大学", "职业技术学院"];
/// Ends of research institutions' names.
pub(super) const INSTITUTES: [&str; 6] =
    ["材料研究所", "农业科学研究院", "电力试验研究院", "环境科学研究院", "机械工程研究院", "中医药研究院"];
/// Ends of public bodies' names with their party kind.
pub(super) const PUBLIC_BODIES: [(&str, &str); 10] = [
    ("水务管理中心", "024"),
    ("生态环境监测站", "024"),
    ("交通建设事务中心", "024"),
    ("农业技术推广站", "024"),
    ("数据运行中心", "024"),
    ("人民医院", "0231"),
    ("中医医院", "0231"),
    ("新城管理委员会", "013"),
    ("镇人民政府", "014"),
    ("产业技术协会", "030"),
];

/// Foreign parties: name and ISO code of the country.
pub(super) const FOREIGN_PARTIES: [(&str, &str); 10] = [
    ("莱茵湖自动化有限公司（德国）", "DEU"),
    ("北海道谷精密株式会社（日本）", "JPN"),
    ("松鹤水处理株式会社（韩国）", "KOR"),
    ("狮城港智能系统私人有限公司（新加坡）", "SGP"),
    ("红河湾建设股份公司（越南）", "VNM"),
    ("湄南岸农业公司（泰国）", "THA"),
    ("双峰塔工程公司（马来西亚）", "MYS"),
    ("五湖岸医疗公司（美国）", "USA"),
    ("草原风能公司（哈萨克斯坦）", "KAZ"),
    ("雨林矿业公司（印度尼西亚）", "IDN"),
];

/// Natural persons.
pub(super) const PERSONS: [&str; 8] =
    ["张某某", "李某某", "王某某", "刘某某", "陈某某", "杨某某", "周某某", "黄某某"];

/// Contact of every party.
pub(super) const CONTACT: &str = "示例联系人";
/// Telephone of every party; nobody has it.
pub(super) const TELEPHONE: &str = "0731-00000000";
