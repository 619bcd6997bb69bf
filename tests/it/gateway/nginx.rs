//! An nginx with the configuration of `deploy/gateway`, on loopback.

use std::{
    env, fs,
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Once,
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{authority::Authority, support::root};

/// The name of Splunk in the configuration, which the upstream has to have a certificate for.
pub(crate) const SPLUNK: &str = "splunk.example.com";

/// What the gateway alone knows.
pub(crate) const TOKEN: &str = "0bad0bad-0bad-0bad-0bad-0bad0bad0bad";

/// How long a machine that is busy may take to start it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs nginx until it ends, or until the test does, however that ends: its end of the pipe is closed then.
const SCRIPT: &str = r#"
exec 3<&0
"$@" &
nginx=$!
{ cat <&3 >/dev/null; kill -TERM $nginx; } 2>/dev/null &
exec 3<&-
wait $nginx
"#;

/// A gateway. Stops when it is dropped.
pub(crate) struct Nginx {
    folder: TempDir,
    address: SocketAddr,
    shell: Child,
}

impl Nginx {
    /// Starts a gateway to this address, which shows a certificate of one authority and trusts another one; `None`, and
    /// a word about it, where there is no nginx.
    pub(crate) fn start(upstream: &str, own: &Authority, trusted: &Authority) -> Option<Self> {
        let program = program()?;
        // nginx cannot be asked for any free port: one is looked for, and somebody else may be faster.
        let starts = (0..10).find_map(|_| Self::start_once(&program, upstream, own, trusted));
        Some(starts.expect("nginx does not start, and wrote to standard error why"))
    }

    fn start_once(program: &Path, upstream: &str, own: &Authority, trusted: &Authority) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        write(folder.path(), address, upstream, own, trusted);
        let place = folder.path().display();
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .arg(program)
            .args(["-e", "stderr", "-p", &place.to_string(), "-c", "nginx.conf"])
            .args(["-g", &format!("daemon off; pid {place}/nginx.pid;")])
            .stdin(Stdio::piped())
            .stderr(fs::File::create(folder.path().join("log/stderr")).unwrap())
            .spawn()
            .unwrap();
        let mut nginx = Self { folder, address, shell };
        let deadline = Instant::now() + PATIENCE;
        // The port may be somebody else's by now: it is this nginx that listens when it has written its number.
        while nginx.shell.try_wait().unwrap().is_none() && Instant::now() < deadline {
            let is_up = nginx.path("nginx.pid").exists() && TcpStream::connect(nginx.address).is_ok();
            if is_up {
                // Who would write the body of a request or of an answer to the disk cannot.
                fs::remove_dir_all(nginx.path("temporary")).unwrap();
                return Some(nginx);
            }
            thread::sleep(Duration::from_millis(10));
        }
        let why = nginx.stop_and_read_logs();
        let _ = io::stderr().write_all(why.as_bytes());
        None
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// A file beside the configuration.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// All that it has logged, to the end.
    pub(crate) fn stop_and_read_logs(mut self) -> String {
        self.stop();
        let logs = fs::read_dir(self.path("log")).unwrap();
        logs.map(|log| fs::read_to_string(log.unwrap().path()).unwrap()).collect()
    }

    fn stop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Where nginx is; `None`, and a word about it, where it is not and need not be.
fn program() -> Option<PathBuf> {
    static TOLD: Once = Once::new();
    // Debian installs it where not everybody looks for programs.
    let is_there = |name: &&str| Command::new(name).arg("-v").stderr(Stdio::null()).status().is_ok();
    if let Some(name) = ["nginx", "/usr/sbin/nginx"].iter().find(|name| is_there(name)) {
        return Some(PathBuf::from(name));
    }
    let is_required = match env::var("KTEL_REQUIRE_NGINX") {
        Ok(required) => !matches!(required.as_str(), "" | "0"),
        Err(_) => env::var("CI").is_ok_and(|ci| ci == "true"),
    };
    assert!(!is_required, "nginx is not installed, and the gateway was to be tested (KTEL_REQUIRE_NGINX, CI)");
    // Not by a macro: what those print is shown of tests that fail only.
    TOLD.call_once(|| {
        let _ = io::stderr().write_all(b"\nNOT RUN: the tests of the gateway, because nginx is not installed\n");
    });
    None
}

/// Writes the configuration, as it is deployed but for what stands here.
fn write(folder: &Path, address: SocketAddr, upstream: &str, own: &Authority, trusted: &Authority) {
    let deployed = root().join("deploy/gateway");
    // The workers of root are somebody else, who has to find the kill switch.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    for name in ["ktel", "log", "temporary"] {
        fs::create_dir(folder.join(name)).unwrap();
    }
    for name in ["nginx.conf", "ktel/gateway.conf"] {
        fs::copy(deployed.join(name), folder.join(name)).unwrap();
    }
    let place = folder.display();
    let mut site = fs::read_to_string(deployed.join("ktel/site.conf")).unwrap();
    for (theirs, ours) in [
        ("server splunk.example.com:8088;", format!("server {upstream};")),
        ("/etc/ssl/certs/ca-certificates.crt", "ktel/trusted.pem".to_owned()),
        ("    listen 443 ssl;", format!("    listen {address} ssl;")),
        ("/etc/nginx/ktel/gone", format!("{place}/ktel/gone")),
        ("/var/log/nginx/ktel.log", format!("{place}/log/access")),
    ] {
        assert_eq!(site.matches(theirs).count(), 1, "{theirs}");
        site = site.replace(theirs, &ours);
    }
    // nginx makes these folders even where nothing is ever put into them.
    let temporary = ["client_body", "proxy", "fastcgi", "scgi", "uwsgi"];
    site.extend(temporary.map(|what| format!("{what}_temp_path {place}/temporary/{what};\n")));
    let token = fs::read_to_string(deployed.join("ktel/token.conf.example")).unwrap();
    let certificate = own.issue_pem("127.0.0.1");
    for (name, text) in [
        ("site.conf", site),
        ("token.conf", token.replace("00000000-0000-0000-0000-000000000000", TOKEN)),
        ("certificate.pem", certificate.clone()),
        ("key.pem", certificate),
        ("trusted.pem", trusted.pem()),
    ] {
        fs::write(folder.join("ktel").join(name), text).unwrap();
    }
}
