//! The amounts of each year and type: those of 2016 and 2017 meet a published table, the later ones are invented.

/// What one type of contract adds up to in one year.
#[derive(Clone, Copy, Debug)]
pub(super) struct TypeYear {
    /// First-level contract type.
    pub(super) contract_type: u16,
    /// Number of contracts (项).
    pub(super) count: usize,
    /// Contract value (成交额) in hundreds of yuan.
    pub(super) contract_units: i64,
    /// Technology value (技术交易额) in hundreds of yuan.
    pub(super) technology_units: i64,
}

/// The contracts of one year from one source.
#[derive(Clone, Copy, Debug)]
pub(super) struct YearPlan {
    pub(super) year: i16,
    /// Last month with contracts.
    pub(super) last_month: i8,
    pub(super) types: &'static [TypeYear],
}

impl YearPlan {
    /// Number of contracts (项).
    pub(super) fn count(&self) -> usize {
        self.types.iter().map(|row| row.count).sum()
    }
}

const fn row(contract_type: u16, count: usize, contract_units: i64, technology_units: i64) -> TypeYear {
    TypeYear { contract_type, count, contract_units, technology_units }
}

/// Base amounts behind the province's tables of 2017 (湖南省 2017 年技术合同登记, by type, with 2016 beside it).
///
/// The report prints hundred millions of yuan with two decimals, and growth rates of amounts that it does not
/// print: from the printed cells the totals would grow by 150.45 %, printed is 150.47 %, and the four types of
/// 2016 would add to 105.63, printed is 105.62. These amounts are one of many answers. They were found by climbing
/// from the printed cells in steps of 100 yuan towards the largest distance from every rounding edge (of the
/// cells, the growth rates, the totals and the totals' growth at once): at least 27,800 yuan for the contract
/// values and 17,900 yuan for the technology values. The tests hold them against the published files.
const REGISTRY_2016: [TypeYear; 4] = [
    row(1, 2223, 22_997_306, 20_026_945),
    row(2, 207, 9_293_170, 8_507_855),
    row(5, 1350, 67_116_485, 18_026_138),
    row(4, 196, 6_215_278, 3_584_758),
];
const REGISTRY_2017: [TypeYear; 4] = [
    row(1, 2191, 30_169_420, 26_099_097),
    row(2, 221, 24_445_801, 23_607_396),
    row(5, 2700, 141_850_088, 72_264_491),
    row(4, 611, 6_644_721, 3_629_209),
];

/// All years of the registry; from 2024 on invented, of the size and growth that a province of today has.
pub(super) const REGISTRY: [YearPlan; 5] = [
    YearPlan { year: 2016, last_month: 12, types: &REGISTRY_2016 },
    YearPlan { year: 2017, last_month: 12, types: &REGISTRY_2017 },
    YearPlan {
        year: 2024,
        last_month: 12,
        types: &[
            row(1, 3304, 210_371_460, 196_842_310),
            row(2, 617, 48_226_700, 46_905_120),
            row(3, 362, 31_840_950, 31_102_480),
            row(5, 6803, 991_726_380, 572_360_940),
            row(4, 921, 37_915_240, 33_018_660),
        ],
    },
    YearPlan {
        year: 2025,
        last_month: 12,
        types: &[
            row(1, 3487, 237_048_130, 223_117_540),
            row(2, 664, 55_317_820, 54_020_170),
            row(3, 411, 40_206_390, 39_461_710),
            row(5, 7294, 1_166_950_210, 701_228_350),
            row(4, 948, 41_083_660, 36_244_090),
        ],
    },
    YearPlan {
        year: 2026,
        last_month: 10,
        types: &[
            row(1, 2642, 191_604_870, 181_336_220),
            row(2, 503, 46_281_540, 45_190_330),
            row(3, 334, 36_118_290, 35_570_180),
            row(5, 5531, 954_472_660, 602_715_080),
            row(4, 702, 32_360_410, 28_940_550),
        ],
    },
];

/// All years of the exchange; invented throughout. The newest month lies one before the registry's.
pub(super) const EXCHANGE: [YearPlan; 5] = [
    YearPlan {
        year: 2016,
        last_month: 12,
        types: &[
            row(1, 466, 12_830_540, 10_902_130),
            row(2, 58, 3_406_180, 3_290_770),
            row(5, 571, 17_240_360, 9_816_240),
            row(4, 87, 1_118_700, 984_600),
        ],
    },
    YearPlan {
        year: 2017,
        last_month: 12,
        types: &[
            row(1, 561, 18_422_910, 15_830_060),
            row(2, 73, 5_210_440, 5_033_980),
            row(5, 722, 27_116_050, 15_904_720),
            row(4, 106, 1_540_280, 1_371_540),
        ],
    },
    YearPlan {
        year: 2024,
        last_month: 12,
        types: &[
            row(1, 1367, 92_406_180, 84_120_950),
            row(2, 228, 21_315_760, 20_664_300),
            row(3, 141, 13_720_410, 13_389_150),
            row(5, 1894, 216_840_330, 129_672_870),
            row(4, 269, 8_517_290, 7_480_510),
        ],
    },
    YearPlan {
        year: 2025,
        last_month: 12,
        types: &[
            row(1, 1452, 110_283_740, 101_472_860),
            row(2, 246, 25_406_120, 24_718_300),
            row(3, 163, 17_360_850, 16_994_030),
            row(5, 2003, 258_171_490, 161_306_520),
            row(4, 284, 10_270_160, 9_092_740),
        ],
    },
    YearPlan {
        year: 2026,
        last_month: 9,
        types: &[
            row(1, 1068, 82_116_350, 76_503_410),
            row(2, 181, 19_380_240, 18_911_660),
            row(3, 126, 14_205_970, 13_940_820),
            row(5, 1476, 190_614_520, 124_380_190),
            row(4, 203, 7_731_080, 6_918_430),
        ],
    },
];

/// Weights of the months: a lull at the spring festival, ends of quarters, and the rush of December.
pub(super) const MONTH_WEIGHTS: [u64; 12] = [66, 30, 62, 60, 68, 96, 66, 70, 88, 78, 110, 206];
