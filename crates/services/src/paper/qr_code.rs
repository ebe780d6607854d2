//! QR codes (二维码) as pictures for paper and as paths for pages.

use std::fmt::Write as _;

use qrcodegen::QrCodeEcc;

/// Light modules around the code, which scanners need.
const QUIET_MODULES: i32 = 4;
/// Pixels of a module on paper: at 25 mm a code of 57 modules has more than 300 dots an inch.
const PIXELS_PER_MODULE: i32 = 8;

/// A QR code of an address.
#[derive(Clone)]
pub struct QrCode {
    code: qrcodegen::QrCode,
}

/// The address is longer than a QR code holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("address too long for a QR code")]
pub struct QrCodeTooLong;

impl QrCode {
    /// Codes an address so that it reads with a quarter of the code soiled (error correction Q).
    pub fn new(address: &str) -> Result<Self, QrCodeTooLong> {
        let code = qrcodegen::QrCode::encode_text(address, QrCodeEcc::Quartile).map_err(|_| QrCodeTooLong)?;
        Ok(Self { code })
    }

    /// Modules of a side with the quiet zone.
    #[must_use]
    pub fn side(&self) -> i32 {
        self.code.size() + 2 * QUIET_MODULES
    }

    /// The dark modules as the path of an SVG whose box is `0 0 side side`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.code.size() {
            for x in (0..self.code.size()).filter(|x| self.code.get_module(*x, y)) {
                write!(path, "M{},{}h1v1h-1z", x + QUIET_MODULES, y + QUIET_MODULES)
                    .expect("invariant: a text takes what is written");
            }
        }
        path
    }

    /// A PNG in black and white.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let pixels = self.side() * PIXELS_PER_MODULE;
        let side = u32::try_from(pixels).expect("invariant: a code has a positive side");
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let mut writer = encoder.write_header()?;
        let is_light = |x: i32, y: i32| {
            let module = |pixel: i32| pixel / PIXELS_PER_MODULE - QUIET_MODULES;
            // Outside the code everything is light.
            !self.code.get_module(module(x), module(y))
        };
        let rows = (0..pixels).flat_map(|y| {
            // PIXELS_PER_MODULE is a multiple of 8, so a row fills whole bytes.
            (0..pixels / 8).map(move |byte| {
                (0..8).fold(0_u8, |bits, bit| bits << 1 | u8::from(is_light(byte * 8 + bit, y)))
            })
        });
        writer.write_image_data(&rows.collect::<Vec<u8>>())?;
        writer.finish()?;
        Ok(bytes)
    }
}
