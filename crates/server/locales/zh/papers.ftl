# 文书
paper-docx = 下载 DOCX
paper-no-origin = 尚未配置对外地址（public_origin），因此没有核验二维码。
papers-title = 文书
papers-none = 现在还没有可出具的文书。
