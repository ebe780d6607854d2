//! Why a whole file is refused: every reason with what to do about it.

use super::{CELL_BYTES_MAX, COLUMNS_MAX, FILE_BYTES_MAX, ROWS_MAX, SHEETS_MAX, SheetProblem};

const SAVE_AS_ZH: &str = "请在 WPS 或 Excel 中“另存为”.xlsx 工作簿或 UTF-8 编码的 .csv 后重新上传";
const SAVE_AS_EN: &str = "save the table as an .xlsx workbook or as .csv in UTF-8 and upload it again";

/// A file of a kind that is not read.
pub(super) fn wrong_kind(code: &'static str, zh: &str, en: &str) -> SheetProblem {
    SheetProblem::new(code).reason(zh, en).what_to_do(SAVE_AS_ZH, SAVE_AS_EN)
}

pub(super) fn unreadable(error: &std::io::Error) -> SheetProblem {
    SheetProblem::new("sheet.unreadable")
        .reason(format!("文件无法读取：{error}"), format!("the file cannot be read: {error}"))
        .what_to_do("检查路径和权限", "check the path and the permissions")
}

pub(super) fn empty() -> SheetProblem {
    SheetProblem::new("sheet.empty_file").reason("文件是空的", "the file is empty").what_to_do(
        "检查导出是否完成，重新导出后上传",
        "check that the export finished, export again and upload",
    )
}

pub(super) fn too_large() -> SheetProblem {
    let megabytes = FILE_BYTES_MAX / 1024 / 1024;
    SheetProblem::new("sheet.too_large")
        .reason(format!("文件超过 {megabytes} MB"), format!("the file is larger than {megabytes} MB"))
        .what_to_do("按月份或地区拆分后分别上传", "split it by month or place and upload the parts")
}

pub(super) fn password() -> SheetProblem {
    SheetProblem::new("sheet.password")
        .reason("工作簿设有打开密码", "the workbook is protected by a password")
        .what_to_do(
            "在 WPS 或 Excel 中取消密码（文件—信息—保护工作簿）后重新上传",
            "remove the password (File, Info, Protect Workbook) and upload it again",
        )
}

/// A workbook whose parts inflate beyond every honest use.
pub(super) fn bomb(what_zh: &str, what_en: &str) -> SheetProblem {
    SheetProblem::new("sheet.zip_bomb")
        .reason(
            format!("工作簿解压后异常庞大：{what_zh}"),
            format!("the workbook inflates abnormally: {what_en}"),
        )
        .what_to_do(
            "将数据复制到新建工作簿后另存，重新上传；仍被拒绝请拆分",
            "copy the data into a new workbook, save and upload it; split it if it is still refused",
        )
}

/// A workbook that cannot be read to its end.
pub(super) fn damaged(detail: impl std::fmt::Display) -> SheetProblem {
    SheetProblem::new("sheet.damaged")
        .reason(
            format!("工作簿已损坏或不合规范（{detail}）"),
            format!("the workbook is damaged or malformed ({detail})"),
        )
        .what_to_do(
            "在 WPS 或 Excel 中打开（必要时修复）并另存为新的 .xlsx 后重新上传",
            "open it in WPS or Excel, repair it if asked, save it as a new .xlsx and upload it again",
        )
}

pub(super) fn too_many_sheets() -> SheetProblem {
    SheetProblem::new("sheet.too_many_sheets")
        .reason(
            format!("工作表超过 {SHEETS_MAX} 张"),
            format!("the workbook has more than {SHEETS_MAX} sheets"),
        )
        .what_to_do("只保留需要导入的工作表", "keep only the sheets to be imported")
}

pub(super) fn no_sheet() -> SheetProblem {
    SheetProblem::new("sheet.no_sheet")
        .reason("工作簿中没有数据工作表", "the workbook has no worksheet")
        .what_to_do(SAVE_AS_ZH, SAVE_AS_EN)
}

pub(super) fn unknown_sheet(name: &str) -> SheetProblem {
    SheetProblem::new("sheet.unknown_sheet")
        .in_sheet(name)
        .reason("工作簿中没有这张工作表", "the workbook has no such sheet")
        .what_to_do("核对工作表名称", "check the name of the sheet")
}

pub(super) fn too_many_rows(sheet: &str) -> SheetProblem {
    SheetProblem::new("sheet.too_many_rows")
        .in_sheet(sheet)
        .reason(format!("行数超过 {ROWS_MAX}"), format!("there are more than {ROWS_MAX} rows"))
        .what_to_do("按月份或地区拆分后分别上传", "split it by month or place and upload the parts")
}

pub(super) fn too_many_columns(sheet: &str, row: u32) -> SheetProblem {
    SheetProblem::new("sheet.too_many_columns")
        .in_sheet(sheet)
        .at_row(row)
        .reason(format!("列数超过 {COLUMNS_MAX}"), format!("there are more than {COLUMNS_MAX} columns"))
        .what_to_do(
            "删除表格右侧多余内容，并核对分隔符",
            "delete what stands right of the table and check the separator",
        )
}

pub(super) fn too_long_cell(sheet: &str, row: u32, column: usize) -> SheetProblem {
    SheetProblem::new("sheet.cell.too_long")
        .in_sheet(sheet)
        .at_row(row)
        .in_column(column, "")
        .reason(
            format!("单元格内容超过 {CELL_BYTES_MAX} 字节"),
            format!("the cell holds more than {CELL_BYTES_MAX} bytes"),
        )
        .what_to_do(
            "缩短该单元格；CSV 请检查是否缺少右引号",
            "shorten the cell; in CSV look for a missing closing quotation mark",
        )
}

pub(super) fn rows_out_of_order(sheet: &str, row: u32) -> SheetProblem {
    damaged("rows out of order / 行序颠倒").in_sheet(sheet).at_row(row)
}

pub(super) fn nul_byte(line: usize, byte: usize) -> SheetProblem {
    SheetProblem::new("sheet.nul_byte")
        .reason(
            format!("第 {line} 行（文件第 {byte} 字节）含空字符 NUL，不是文本文件或已损坏"),
            format!(
                "line {line} (byte {byte} of the file) holds a NUL character: not a text file, or damaged"
            ),
        )
        .what_to_do(SAVE_AS_ZH, SAVE_AS_EN)
}

pub(super) fn bad_encoding(line: usize, byte: usize) -> SheetProblem {
    SheetProblem::new("sheet.bad_encoding")
        .reason(
            format!("第 {line} 行（文件第 {byte} 字节）既不是 UTF-8 也不是 GB18030 编码"),
            format!("line {line} (byte {byte} of the file) is neither UTF-8 nor GB18030"),
        )
        .what_to_do(SAVE_AS_ZH, SAVE_AS_EN)
}

pub(super) fn damaged_utf8(line: usize, byte: usize) -> SheetProblem {
    SheetProblem::new("sheet.damaged_utf8")
        .reason(
            format!("文件是 UTF-8 编码，但第 {line} 行（文件第 {byte} 字节）已损坏"),
            format!("the file is UTF-8 but damaged at line {line} (byte {byte} of the file)"),
        )
        .what_to_do("重新导出，或改正该行后上传", "export it again, or correct that line and upload it")
}

pub(super) fn open_quote(row: u32) -> SheetProblem {
    SheetProblem::new("sheet.csv.open_quote")
        .at_row(row)
        .reason("该行的引号没有闭合，其后各行无法区分", "a quotation mark opened in this row is never closed")
        .what_to_do(
            "补上缺少的双引号，或另存为 .xlsx",
            "add the missing quotation mark, or save the table as .xlsx",
        )
}
