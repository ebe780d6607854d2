# 开放数据
open-data-title = 开放数据
open-data-lead = 已公布的全部数据，可以成批取用。金额在 JSON 中精确到分；市州以下的数据不含单位过少的格。
open-data-no-licence = 使用许可待定：区域数据还没有写明许可。引用时请注明来源、时期和日志位置。
open-data-none = 签发第一期通报之后，这里会列出数据集。
open-data-series = 时间序列
open-data-series-note = 截至最近一期通报，含已公布的订正
open-data-bulletins = 各期通报
open-data-columns = 各栏含义
open-data-position = 日志位置 { $position }
