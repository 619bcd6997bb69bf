//! Numbers within bounds, in the ways in which JSON can write them.

use fastrand::Rng;

/// A whole number: one of the bounds, beside one of them, or of any size in between.
pub(super) fn whole(min: i64, max: i64, dice: &mut Rng) -> String {
    let number = match dice.u8(..8) {
        0 => min,
        1 => max,
        2 => (min + 1).min(max),
        3 => (max - 1).max(min),
        4 => dice.i64(min..=max),
        // As many digits as not.
        _ => min + dice.i64(0..=max - min) / 10_i64.pow(dice.u32(..10)),
    };
    match dice.u8(..16) {
        0 => format!("{number}.0"),
        1 => format!("{number}.000"),
        2 => format!("{number}e0"),
        3 => format!("{number}E+00"),
        4 if number % 10 == 0 => format!("{}e1", number / 10),
        5 if number != 0 => format!("{number}0e-1"),
        6 if number == 0 => "-0".to_owned(),
        7 if number == 0 => "-0.0".to_owned(),
        8 if number == 0 => "0e-400".to_owned(),
        _ => number.to_string(),
    }
}

/// Any number: one of the bounds, or of any size in between.
pub(super) fn any(min: f64, max: f64, dice: &mut Rng) -> String {
    let number = match dice.u8(..8) {
        0 => min,
        1 => max,
        2 => min.midpoint(max).floor(),
        3 => min + (max - min) * dice.f64(),
        _ => min + (max - min) * dice.f64() / 10_f64.powi(dice.i32(0..16)),
    };
    let number = number.clamp(min, max);
    match dice.u8(..4) {
        0 => format!("{number:e}"),
        1 => format!("{number:E}"),
        _ => number.to_string(),
    }
}
