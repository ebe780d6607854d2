# 统计查询与流向
statistics-title = 统计查询
statistics-lead = 任选时期、方向和分组，得到与通报同一口径的统计表。
statistics-period = 时期
statistics-period-hint = 如 2025、2026-H1、2026-10、2026-01..2026-10
statistics-by = 分组
statistics-and = 再分
statistics-within = 范围
statistics-compare = 与上年同期比较
statistics-chart = 统计图，数据见下表
statistics-bad-period = 时期写法有误：请写 2025、2026-H1、2026-Q1、2026-10 或 2026-01..2026-10。
statistics-bad-choice = 方向、分组或范围有误：请从列表中选择。
flow-title = 技术流向
flow-lead = 技术从哪个市州卖到哪个市州。行为卖方所在地，列为买方所在地。
flow-matrix = 市州间流向
flow-shading = 颜色分五档，按金额从浅到深，各档市州对数大致相等。
flow-largest = 最大的流向
flow-largest-note = 左为卖方，右为买方；不含本市州内部
