# 指定审计人员查阅合同文本
auditors-title = 指定查阅合同文本的审计人员
auditors-note = 审计、纪检人员经指定才能打开合同文本，到期或结束后即不能打开。
auditors-none = 还没有指定任何人。
auditors-named-until = 至 { $day }
auditors-ended = { $time } 提前结束
auditors-named-by = { $person }于 { $time } 指定
auditors-ended-why = 结束理由
auditors-holds = 有效
auditors-over = 已结束
auditors-end = 提前结束
auditors-end-why = 结束理由（必填）
auditors-name = 指定审计人员
auditors-nobody = 现在没有审计或纪检角色的人员。请先由系统管理员授权。
auditors-person = 人员
auditors-until = 截止日期（含当日）
auditors-reason = 事由（必填）
auditors-not-named = 您还没有被指定查阅这份申请的合同文本。请向处室负责人说明事由，由其在本页指定您并写明期限。
