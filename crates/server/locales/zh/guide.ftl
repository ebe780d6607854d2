# 使用指南
guide-title = 使用指南
guide-lead = 每个角色一页：您会看到什么、先做什么、怎样做。
