//! `cargo xtask run`: builds the site and serves it on this machine.
//!
//! In: the environment (`HADAL_*` goes to the server as it is), and words for the server. Out: a served page. Never: a long build before a port is
//! found to be taken.

use std::{env, net::TcpListener, process::Command};

use crate::{
    build::{self, Scope},
    failure::{Failure, OrFail as _, Outcome},
    project::{Care, Project},
    tools,
};

/// Builds, then serves until interrupted.
pub(crate) fn run(project: &Project, care: Care, words: &[String]) -> Outcome {
    check_port()?;
    build::build(project, care, &Scope::Site)?;
    let server = project.site().join("serve/node.js");
    if !server.is_file() {
        return Err(Failure::new("there is no server: www/src/serve/node.ts is missing"));
    }
    serve(tools::node()?.arg(server).arg(project.site()).args(words))
}

/// Becomes the server, so that a signal meant to end it does.
#[cfg(unix)]
fn serve(node: &mut Command) -> Outcome {
    Err(std::os::unix::process::CommandExt::exec(node)).or_fail("cannot start the server")
}

/// Starts the server and waits for its end.
#[cfg(not(unix))]
fn serve(node: &mut Command) -> Outcome {
    tools::run(node)
}

/// Tries the address that the server will listen on.
fn check_port() -> Outcome {
    let host = env::var("HADAL_HOST").unwrap_or_else(|_| "127.0.0.1".to_owned());
    let port = env::var("HADAL_PORT").unwrap_or_else(|_| "8787".to_owned());
    let number = port
        .parse::<u16>()
        .or_fail(format!("HADAL_PORT is `{port}`"))
        .map_err(|failure| failure.remedy("set HADAL_PORT to a number from 0 to 65535"))?;
    TcpListener::bind((host.as_str(), number))
        .map(drop)
        .or_fail(format!("cannot listen on {host}:{port}"))
        .map_err(|failure| {
            failure.remedy("end the program that listens there, or set HADAL_HOST and HADAL_PORT")
        })
}
