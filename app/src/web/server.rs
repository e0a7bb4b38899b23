//! The edge of the endpoint: the port, the connections, and the clock.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{Instant, sleep};

use super::connections::{Busy, Connections, Place};
use super::endpoint::Endpoint;
use super::{Control, WebConfig, WebEvent};
use crate::access::PORT;
use crate::access::view::Status;

/// The longest a connection may take over the headers of a request, and may sit there without one.
const HEADERS_LIMIT: Duration = Duration::from_secs(5);

/// The most bytes of all headers together, the query string among them. The old app stopped at 8 KB.
const LARGEST_HEADERS: usize = 32 * 1024;

/// The most headers.
const MOST_HEADERS: usize = 64;

/// When a taken port is tried again for the first time, and at the longest.
const FIRST_RETRY: Duration = Duration::from_secs(5);
const LAST_RETRY: Duration = Duration::from_secs(600);

/// Runs the endpoint until nobody can tell it anything any more.
pub(super) fn run(config: WebConfig, controls: mpsc::Receiver<Control>) {
    let events = config.events.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
    match runtime {
        Ok(runtime) => {
            let all = LocalSet::new();
            all.block_on(&runtime, serve(config, controls));
            // Connections that are still open end here, with the set.
        }
        Err(error) => {
            tracing::error!("the web endpoint could not be started: {error}");
            let _nobody_listens = events.try_send(WebEvent::Status(Status::Failed(error.to_string())));
        }
    }
}

async fn serve(config: WebConfig, mut controls: mpsc::Receiver<Control>) {
    let started = Instant::now();
    let endpoint = Rc::new(Endpoint::new(config, Box::new(move || started.elapsed())));
    let port = spawn_local(open(Rc::clone(&endpoint)));
    while let Some(control) = controls.recv().await {
        endpoint.follow(control);
    }
    port.abort();
}

/// Opens the port, as often as it takes, and lets connections in.
async fn open(endpoint: Rc<Endpoint>) {
    let mut wait = FIRST_RETRY;
    loop {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).await {
            Ok(listener) => {
                endpoint.tell_status(Status::Listening);
                let error = accept(&endpoint, &listener).await;
                endpoint.tell_status(Status::Failed(error.to_string()));
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                endpoint.tell_status(Status::Taken { holder: endpoint.holder() });
            }
            Err(error) => endpoint.tell_status(Status::Failed(error.to_string())),
        }
        sleep(wait).await;
        wait = (wait * 2).min(LAST_RETRY);
    }
}

/// Gives the error after which no connection can be let in any more.
async fn accept(endpoint: &Rc<Endpoint>, listener: &TcpListener) -> io::Error {
    let connections = Rc::new(Connections::default());
    let mut failures = 0_u32;
    loop {
        match listener.accept().await {
            Ok((stream, _from)) => {
                failures = 0;
                // Where all are busy, closing at once is the answer.
                if let Some(place) = connections.enter() {
                    let id = place.id;
                    let task = spawn_local(connection(Rc::clone(endpoint), stream, place));
                    connections.served_by(id, task.abort_handle());
                }
            }
            Err(error) if failures > 100 => return error,
            Err(error) => {
                // Such as too many open files: it may pass, and must not spin.
                tracing::warn!("a connection could not be let in: {error}");
                failures += 1;
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn connection(endpoint: Rc<Endpoint>, stream: TcpStream, place: Place) {
    let _small_answers_at_once = stream.set_nodelay(true);
    let doing = Rc::clone(&place.doing);
    let service = service_fn(move |request| {
        let (endpoint, doing) = (Rc::clone(&endpoint), Rc::clone(&doing));
        async move {
            let busy = Busy::now(doing);
            Ok::<_, Infallible>(endpoint.handle(request, &busy).await)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_LIMIT)
        .max_buf_size(LARGEST_HEADERS)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!("a connection broke off: {error}");
    }
    drop(place);
}
