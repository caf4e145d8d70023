//! A server that speaks S3, on a port of its own.

use std::{
    fs,
    path::PathBuf,
    thread::{self, JoinHandle},
};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder as Connections,
};
use s3s::{auth::SimpleAuth, service::S3Service, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Builder, sync::oneshot};

use crate::BucketSettings;

/// The name of its one bucket.
const BUCKET: &str = "berkas";
const ACCESS_KEY: &str = "uji";
const SECRET_KEY: &str = "rahasia-uji";

/// A running server with one empty bucket, until it is dropped.
#[derive(Debug)]
pub struct S3Server {
    address: String,
    folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl S3Server {
    /// Starts it.
    ///
    /// # Panics
    /// Where the machine has no port or folder to give.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
        let files = FileSystem::new(folder.path()).expect("a store");
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let (service, (stop, stopped)) = (service.build(), oneshot::channel());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let thread = thread::spawn(move || serve(listener, service, stopped));
        Self { address, folder, stop: Some(stop), thread: Some(thread) }
    }

    /// How its bucket is reached.
    pub fn settings(&self) -> BucketSettings {
        BucketSettings {
            bucket: BUCKET.to_owned(),
            endpoint: Some(format!("http://{}", self.address)),
            region: "us-east-1".to_owned(),
            access_key: ACCESS_KEY.to_owned(),
            secret_key: SECRET_KEY.to_owned(),
        }
    }

    /// Where the server keeps the bucket's objects.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }

    /// Ends it: whoever asks from now on gets no answer.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(listener: std::net::TcpListener, service: S3Service, stopped: oneshot::Receiver<()>) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async move {
        listener.set_nonblocking(true).expect("a listener that does not block");
        let listener = TcpListener::from_std(listener).expect("a listener");
        let accept = async {
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let connections = Connections::new(TokioExecutor::new());
                    // The client's end of it may be gone.
                    let _ = connections.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        };
        tokio::select! {
            () = accept => {}
            _ = stopped => {}
        }
    });
}
