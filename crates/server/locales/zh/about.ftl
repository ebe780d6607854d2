# 关于
about-title = 数据怎样得来
about-lead = 这里的每个数都来自逐项登记的技术合同，可以点开，也可以核验。
about-money = 三个金额
about-money-text = 成交额是合同约定的总额；技术交易额是其中扣除设备、材料等之后的技术部分，不大于成交额；技术性收入是实际收到的部分。三者分列，从不相加。
about-direction = 登记、输出、吸纳、内部
about-direction-text = 登记按登记机构计；输出指卖方在本区域，吸纳指买方在本区域，内部指双方都在。输出与吸纳相加会把内部合同计两次，因此不作合计。
about-exchange = 省外数据截至日
about-exchange-text = 本省买方与省外卖方的合同由外省登记，经全国交换后才能计入吸纳。每张表都印有省外数据截至日；缺月份时标明不完整，不以零代替。
about-growth = 同比、占比与位次
about-growth-text = 都从未经舍入的金额（以分计）算出，只在印出时四舍五入一次，所以可能与用表内数字手算的结果略有出入。
about-correction = 订正
about-correction-text = 通报签发即冻结。此后合同变更、注销或归属改判，由统计人员决定并入本期累计，或另发编号订正。
about-check = 怎样核验
about-check-text = 每一次改动都记入只增不改的日志，通报上印有签发时的日志树根。下载审计文件，用公钥和您保存的早先树根，在自己的电脑上核验：
about-check-limits = 没有公钥和早先的树根时，只能证明文件内部一致，不能证明它就是当时公布的那一份。
about-reading = 阅读与无障碍
about-reading-text = 所有页面不依赖脚本，可用键盘操作；每幅图旁都有它的数据表；可以打印。
