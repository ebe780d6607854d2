# 合同类型引导
contract-type-title = 合同属于哪一类
contract-type-lead = 回答几个问题，找到应当申请认定登记的合同类型。结果供参考，以登记机构认定为准。
contract-type-found = 按您的回答，应申请的类型是：
contract-type-found-next = 申请时选择这一类型，并准备能说明上述情况的合同条款。以登记机构认定为准。
contract-type-refused = 按您的回答，这份合同不予登记：
contract-type-basis = 依据：
contract-type-pending = （待核实）
contract-type-refused-next = 如果合同中还有技术内容，请把技术部分单独订立合同，或者向登记机构咨询。
contract-type-nothing = 本区域还没有录入引导问题。请向登记机构咨询。
contract-type-given = 您的回答
contract-type-again = 重新回答
contract-type-restart = 从头开始
contract-type-take = 用这一类型继续填写申请
