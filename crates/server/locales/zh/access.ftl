# 登录、账户
sign-in-title = 登录
sign-in-lead = 供各级管理人员和登记机构使用。公开的通报和统计不需要登录。
sign-in-name = 登录名
sign-in-password = 口令
sign-in-help = 没有账户或忘记口令，请联系本单位的系统管理员。十二小时后，或者两小时没有操作，需要重新登录。
