# 使用指南
guide-title = Guide
guide-lead = One page a role: what you will see, what to do first, and how.
