//! Numbers are read as everybody reads them: to the last digit, and no nearer to a bound than they are.

use ktel_types::{
    Described as _, Rule, Valid, check,
    report::{Cluster, Performance},
};

/// Numbers that are spread over a range, the same ones each time.
fn spread(range: f64) -> impl Iterator<Item = f64> {
    let golden = (5_f64.sqrt() - 1.0) / 2.0;
    (1..20_000).map(move |step| (f64::from(step) * golden).fract() * range)
}

#[test]
fn a_number_is_read_to_its_last_digit() {
    for number in spread(86400.0) {
        let read = Valid::<Performance>::parse(&format!(r#"{{"config_push_p50_seconds": {number}}}"#)).unwrap();
        assert_eq!(read.config_push_p50_seconds, Some(number));
    }
}

#[test]
fn a_hair_more_than_whole_is_not_whole() {
    for number in spread(10_000_000.0).map(|number| number.ceil().next_up()) {
        let violations = check(Cluster::message(), &format!(r#"{{"pod_count": {number}}}"#)).unwrap();
        assert!(matches!(violations[..], [ref violation] if matches!(violation.rule, Rule::Type(_))), "{number}");
    }
}
