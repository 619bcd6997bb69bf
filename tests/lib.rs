//! The README, so that its examples are compiled.

#![doc = include_str!("../README.md")]
