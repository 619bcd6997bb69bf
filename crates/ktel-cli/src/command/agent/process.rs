//! What Linux tells of this process. Elsewhere nothing is told.

use std::fs;

/// How many ticks of a clock the kernel counts a second for whoever reads `/proc`: the same on all machines that Rust runs on.
const TICKS: f64 = 100.0;

/// What a process uses, as far as that is known.
#[derive(Debug, PartialEq)]
pub(super) struct Process {
    pub(super) resident_bytes: Option<u64>,
    pub(super) cpu_seconds: Option<f64>,
}

impl Process {
    /// This process, now.
    pub(super) fn read() -> Self {
        let read = |name: &str| fs::read_to_string(name).unwrap_or_default();
        Self::parse(&read("/proc/self/status"), &read("/proc/self/stat"))
    }

    fn parse(status: &str, stat: &str) -> Self {
        let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        // The name of the program stands in parentheses, and may have any characters, those included.
        let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_ascii_whitespace());
        let ticks = fields.and_then(|mut fields| {
            let user: u32 = fields.nth(11)?.parse().ok()?;
            let system: u32 = fields.next()?.parse().ok()?;
            Some(f64::from(user) + f64::from(system))
        });
        Self {
            resident_bytes: kibibytes.and_then(|number| number.parse::<u64>().ok()).map(|number| number * 1024),
            cpu_seconds: ticks.map(|ticks| ticks / TICKS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Process;

    #[test]
    fn what_the_kernel_tells_is_read() {
        let status = "Name:\tktel\nVmPeak:\t   99999 kB\nVmRSS:\t    6372 kB\nThreads:\t1\n";
        let stat =
            "7 (k) t (el) S 1 7 7 0 -1 4194304 873 0 0 0 250 75 0 0 20 0 1 0 1234 9000000 1593 18446744073709551615";
        let read = Process { resident_bytes: Some(6372 * 1024), cpu_seconds: Some(3.25) };
        assert_eq!(Process::parse(status, stat), read);
        let nothing = Process { resident_bytes: None, cpu_seconds: None };
        assert_eq!(Process::parse("", ""), nothing);
        assert_eq!(Process::parse("VmRSS:\tmuch kB", "7 (ktel) S 1"), nothing);
    }
}
