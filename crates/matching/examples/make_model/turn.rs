//! Makes `model/turn.bin`: the encoder's vectors all lie in one corner, and a few directions speak over the others. The
//! means of titles and of texts are taken away, and each main direction is divided by the fourth root of its spread.

use std::error::Error;

use half::f16;
use ndarray::{Array1, Axis};
use xiaoxiang_matching::meaning::{READING_DIMENSIONS, Side};

use crate::directions::{main_directions, read};
use crate::texts::Text;

/// So many texts tell where the vectors lie.
const TEXTS: usize = 1_000;
/// So many characters of each.
const CHARACTERS: usize = 200;

/// So much of the mean spread is added to each: along the least directions a thousand texts say little, and chance would be
/// made large.
const FLOOR_SHARE: f32 = 0.3;

pub fn make(out: &str, texts: &[Text]) -> Result<(), Box<dyn Error>> {
    let step = (texts.len() / TEXTS).max(1);
    let titles: Vec<&str> = texts.iter().step_by(step).map(|text| text.title.as_str()).collect();
    let bodies: Vec<String> = texts
        .iter()
        .step_by(step)
        .map(|text| format!("{} {}", text.title, text.text).chars().take(CHARACTERS).collect())
        .collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let (questions, mut answers) = (read(&titles, Side::Question), read(&bodies, Side::Answer));
    let mean = |vectors: &ndarray::Array2<f32>| vectors.mean_axis(Axis(0)).ok_or("there are no texts");
    let (question_mean, answer_mean) = (mean(&questions)?, mean(&answers)?);
    answers -= &answer_mean;
    let (mut directions, spreads) = main_directions(&answers, READING_DIMENSIONS);
    let floor = spreads.mean().unwrap_or_default() * FLOOR_SHARE;
    for (mut column, spread) in directions.columns_mut().into_iter().zip(&spreads) {
        column /= (spread + floor).sqrt().sqrt();
    }
    let mut file = b"XXTURN\0\x01".to_vec();
    let floats = |file: &mut Vec<u8>, mean: &Array1<f32>| {
        file.extend(mean.iter().flat_map(|value| value.to_le_bytes()))
    };
    floats(&mut file, &question_mean);
    floats(&mut file, &answer_mean);
    file.extend(directions.iter().flat_map(|value| f16::from_f32(*value).to_le_bytes()));
    println!("{} texts, {} bytes", titles.len(), file.len());
    Ok(std::fs::write(out, file)?)
}
