# 运行层的回答：繁忙、超时、过大、出错
operation-busy = 现在使用的人太多
operation-busy-next = 请稍候几秒再试；您填写的内容没有提交。
operation-too-slow = 这次处理用时过长，已中止
operation-too-slow-next = 请先打开相关页面核对是否已经生效，再决定是否重试。
operation-too-large = 提交的内容过大
operation-too-large-next = 请缩小文件或分批提交。
operation-failed = 程序出错了
operation-failed-next = 请把下面的编号告诉管理员；凭此可以在日志中找到原因。
operation-number = 编号
