//! Many measurements in a few figures.

use serde_json::{Value, json};

/// The value below which this share of all lies; `NaN` of none.
pub(super) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index into a short list"
    )]
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}

/// Median, quartiles and worst.
pub(super) fn summary(values: &[f64]) -> Value {
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    json!({
        "count": values.len(),
        "median": round(quantile(values, 0.5)),
        "quartiles": [round(quantile(values, 0.25)), round(quantile(values, 0.75))],
        "worst": round(quantile(values, 1.0)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_ends_are_found() {
        let values = [5.0, 1.0, 3.0];
        assert!((quantile(&values, 0.5) - 3.0).abs() < f64::EPSILON);
        assert!((quantile(&values, 1.0) - 5.0).abs() < f64::EPSILON);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
