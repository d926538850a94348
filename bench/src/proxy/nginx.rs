//! Plain nginx as the floor: the same bytes over the same number of sockets, and none of the work.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cores::Core;
use crate::error::{Attempt, BenchResult};
use crate::process::ServerProcess;

/// Programs to try; Debian's lies where only root looks.
const PROGRAMS: [&str; 2] = ["nginx", "/usr/sbin/nginx"];
/// The time that it has until it accepts connections.
const START: Duration = Duration::from_secs(10);

/// Returns the program; `None` where it is not installed.
pub(super) fn program() -> Option<&'static str> {
    let runs = |program: &&&str| {
        let mut command = Command::new(program);
        command.arg("-v").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    PROGRAMS.iter().find(runs).copied()
}

/// Starts it with one process, its files in `folder`.
pub(super) fn start(program: &str, folder: &Path, upstream: &str) -> BenchResult<ServerProcess> {
    let address = free_address()?;
    let file = folder.join("nginx.conf");
    fs::write(&file, config(folder, &address, upstream)).attempt("write nginx's configuration")?;
    let mut command = Core::Server.command(program);
    command.arg("-p").arg(folder).arg("-c").arg(&file);
    let server = ServerProcess::start_at(command, &address, &folder.join("nginx.log"))?;
    let deadline = Instant::now() + START;
    while TcpStream::connect(&address).is_err() {
        if Instant::now() > deadline {
            return Err("nginx does not accept connections".into());
        }
        // nginx tells nobody when it listens.
        sleep(Duration::from_millis(10));
    }
    Ok(server)
}

/// Returns an address with a port that is free: nginx takes none that it would have to tell.
fn free_address() -> BenchResult<String> {
    let listener = TcpListener::bind("127.0.0.1:0").attempt("find a free port")?;
    Ok(listener.local_addr().attempt("find a free port")?.to_string())
}

/// The configuration, with twice the connections that it needs: with few to spare nginx closes those that are idle.
///
/// Otherwise as README has it for a proxy in front of ours, and connections stay open on both sides.
fn config(folder: &Path, address: &str, upstream: &str) -> String {
    let folder = folder.display();
    format!(
        "daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 20000;
pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 40000; }}
http {{
    access_log off; tcp_nodelay on; keepalive_requests 1000000000;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    upstream workflow {{ server {upstream}; keepalive 256; keepalive_requests 1000000000; }}
    server {{
        listen {address} backlog=4096;
        location / {{
            proxy_pass http://workflow; proxy_http_version 1.1; proxy_set_header Connection \"\";
            proxy_buffering off; proxy_read_timeout 310s;
        }}
    }}
}}
"
    )
}
