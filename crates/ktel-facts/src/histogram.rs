//! Histograms: how many measurements were at most so large, for a few sizes.

/// The buckets of one or more histograms, added up, in the order of their bounds. Counts include those of smaller buckets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Histogram(Vec<Bucket>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Bucket {
    bound: f64,
    count: f64,
}

impl Histogram {
    /// Adds measurements to the bucket of this bound. What is not a number is passed over.
    pub(crate) fn add(&mut self, bound: f64, count: f64) {
        if bound.is_nan() || !count.is_finite() {
            return;
        }
        match self.0.binary_search_by(|bucket| bucket.bound.total_cmp(&bound)) {
            Ok(place) => self.0[place].count += count,
            Err(place) => self.0.insert(place, Bucket { bound, count }),
        }
    }

    /// Adds another one.
    pub(crate) fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|bucket| self.add(bucket.bound, bucket.count));
    }

    /// What was measured since an earlier state of the same histogram; all of it if that has more, since it was reset then.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let before = |bound: f64| {
            earlier.0.iter().find(|bucket| bucket.bound.total_cmp(&bound).is_eq()).map_or(0.0, |bucket| bucket.count)
        };
        if self.0.iter().any(|bucket| bucket.count < before(bucket.bound)) {
            return self.clone();
        }
        let rest = |bucket: &Bucket| Bucket { count: bucket.count - before(bucket.bound), ..*bucket };
        Self(self.0.iter().map(rest).collect())
    }

    /// The size that this part of all measurements did not exceed, as Prometheus estimates it: within a bucket they are taken
    /// to be spread evenly. Beyond the last bound it is that bound. `None` if nothing was measured.
    pub(crate) fn quantile(&self, part: f64) -> Option<f64> {
        let total = self.0.last()?.count;
        if total <= 0.0 {
            return None;
        }
        let rank = part * total;
        let place = self.0.iter().position(|bucket| bucket.count >= rank)?;
        let below = place.checked_sub(1).and_then(|below| self.0.get(below));
        let (start, before) = below.map_or((0.0, 0.0), |bucket| (bucket.bound, bucket.count));
        let bucket = self.0[place];
        if bucket.bound.is_infinite() {
            return Some(start);
        }
        let inside = bucket.count - before;
        let share = if inside > 0.0 { (rank - before) / inside } else { 1.0 };
        Some(start + (bucket.bound - start) * share)
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "of numbers that binary fractions can tell")]
mod tests {
    use super::Histogram;

    fn histogram(buckets: &[(f64, f64)]) -> Histogram {
        let mut histogram = Histogram::default();
        for (bound, count) in buckets {
            histogram.add(*bound, *count);
        }
        histogram
    }

    #[test]
    fn quantiles_lie_within_their_bucket() {
        let all = histogram(&[(f64::INFINITY, 10.0), (1.0, 4.0), (2.0, 8.0)]);
        assert_eq!(all.quantile(0.4), Some(1.0));
        assert_eq!(all.quantile(0.5), Some(1.25));
        assert_eq!(all.quantile(0.2), Some(0.5));
        assert_eq!(all.quantile(0.99), Some(2.0), "no more than the last bound is known");
    }

    #[test]
    fn without_measurements_there_is_no_quantile() {
        assert_eq!(histogram(&[]).quantile(0.5), None);
        assert_eq!(histogram(&[(1.0, 0.0), (f64::INFINITY, 0.0)]).quantile(0.5), None);
        assert_eq!(histogram(&[(f64::NAN, 1.0), (1.0, f64::NAN)]).quantile(0.5), None);
    }

    #[test]
    fn a_difference_is_never_negative() {
        let early = histogram(&[(1.0, 4.0), (f64::INFINITY, 5.0)]);
        let late = histogram(&[(1.0, 4.0), (f64::INFINITY, 9.0)]);
        assert_eq!(late.since(&early), histogram(&[(1.0, 0.0), (f64::INFINITY, 4.0)]));
        assert_eq!(early.since(&late), early, "it was reset in between");
    }
}
