//! Whole numbers in JSON, where `3.0` is as whole as `3`: to JSON Schema, and to protobuf's JSON.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};

/// A whole number of up to 32 bits.
pub(crate) fn whole<'de, D, N>(deserializer: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: TryFrom<i64>,
{
    deserializer.deserialize_any(Whole(PhantomData))
}

/// A whole number that may be missing.
pub(crate) fn optional_whole<'de, D, N>(deserializer: D) -> Result<Option<N>, D::Error>
where
    D: Deserializer<'de>,
    N: TryFrom<i64>,
{
    whole(deserializer).map(Some)
}

struct Whole<N>(PhantomData<N>);

impl<N: TryFrom<i64>> Visitor<'_> for Whole<N> {
    type Value = N;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of 32 bits")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<N, E> {
        N::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<N, E> {
        let signed = i64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))?;
        self.visit_i64(signed)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<N, E> {
        let is_whole = number.fract() == 0.0 && number.abs() <= f64::from(u32::MAX);
        if !is_whole {
            return Err(E::invalid_value(Unexpected::Float(number), &self));
        }
        #[allow(clippy::cast_possible_truncation, reason = "whole, and of no more than 32 bits")]
        self.visit_i64(number as i64)
    }
}

/// Several whole numbers.
#[allow(dead_code, reason = "used by generated code once the standard has such a list")]
pub(crate) fn wholes<'de, D, N>(deserializer: D) -> Result<Vec<N>, D::Error>
where
    D: Deserializer<'de>,
    N: TryFrom<i64>,
{
    struct Item<N>(N);
    impl<'de, N: TryFrom<i64>> Deserialize<'de> for Item<N> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            whole(deserializer).map(Item)
        }
    }
    Ok(Vec::<Item<N>>::deserialize(deserializer)?.into_iter().map(|item| item.0).collect())
}
