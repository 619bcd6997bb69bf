//! What the README and the guides claim.
