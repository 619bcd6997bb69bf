//! `performance`: what the controller's own pod tells where the controller does not.

use ktel_types::Absence;

use super::{own, product};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
};

impl probe::Performance for Snapshot {
    fn memory_limit_mebibytes(&self) -> Reading<f64> {
        let container = product::controller(own(self)?).ok_or(Absence::Failed)?;
        let limit = container.limit("memory").ok_or(Absence::NotApplicable)?;
        mebibytes(limit).ok_or(Absence::Failed)
    }

    fn restart_count(&self) -> Reading<u32> {
        Ok(own(self)?.restarts())
    }
}

/// Reads a quantity of bytes as Kubernetes writes it: `256Mi`, `1Gi`, `500M`, `134217728`, `1e9`.
fn mebibytes(quantity: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 13] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("m", 0.001),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("E", 1e18),
        ("", 1.0),
    ];
    let (number, factor) =
        UNITS.iter().find_map(|(unit, factor)| Some((quantity.strip_suffix(unit)?.parse::<f64>().ok()?, factor)))?;
    let mebibytes = number * factor / 1_048_576.0;
    mebibytes.is_finite().then(|| (mebibytes * 1000.0).round() / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::mebibytes;

    #[test]
    #[allow(clippy::float_cmp, reason = "rounded to thousandths")]
    fn quantities_are_read_as_kubernetes_writes_them() {
        for (quantity, expected) in [
            ("256Mi", 256.0),
            ("1Gi", 1024.0),
            ("134217728", 128.0),
            ("500M", 476.837),
            ("1e9", 953.674),
            ("512Ki", 0.5),
        ] {
            assert_eq!(mebibytes(quantity), Some(expected), "{quantity}");
        }
        for odd in ["", "much", "Mi", "1Xi", "NaNMi"] {
            assert_eq!(mebibytes(odd), None, "{odd}");
        }
    }
}
