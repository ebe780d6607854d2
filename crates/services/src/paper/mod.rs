//! Writes tables and letters: CSV, XLSX, DOCX, and lines for a terminal.
//!
//! Every writer takes what `domain` has laid out and decides nothing about figures. The same input and the
//! same moment of creation give the same bytes, so that a published file can be compared by its hash.

mod csv;
mod document;
mod docx;
mod docx_parts;
mod docx_table;
mod layout;
mod qr_code;
mod terminal;
mod xlsx;

pub use csv::{ByteOrderMark, CsvWriter, full_header, guard_formula, write_csv};
pub use document::{Block, Code, Document, HeadingLevel, Letterhead, Signature};
pub use docx::write_docx;
pub use layout::cut_text;
pub use qr_code::{QrCode, QrCodeTooLong};
pub use terminal::{TERMINAL_CELL_WIDTH_MAX, to_terminal};
pub use xlsx::{XLSX_CELL_CHARACTERS_MAX, write_xlsx};

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The workbook could not be made.
    #[error("workbook not written")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The document could not be packed.
    #[error("document not packed")]
    Zip(#[from] zip::result::ZipError),
    /// An address longer than a QR code holds.
    #[error("address too long for a QR code")]
    QrCode(#[from] QrCodeTooLong),
    /// The picture of a QR code could not be made.
    #[error("picture not written")]
    Picture(#[from] png::EncodingError),
    /// The output could not be written.
    #[error("output not written")]
    Output(#[from] std::io::Error),
}
