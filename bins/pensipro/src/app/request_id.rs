//! The id of the request that a line of the log belongs to: it goes along with the request's task, and
//! into the thread on which its use case blocks.

use std::{cell::RefCell, future::Future, sync::Arc};

tokio::task_local! {
    static OF_TASK: Arc<str>;
}

thread_local! {
    static OF_THREAD: RefCell<Option<Arc<str>>> = const { RefCell::new(None) };
}

/// The id, if it is a request that is worked on.
pub(crate) fn current() -> Option<Arc<str>> {
    let of_task = OF_TASK.try_with(Arc::clone).ok();
    of_task.or_else(|| OF_THREAD.with_borrow(Clone::clone))
}

/// Works on a request.
pub(crate) async fn during<F: Future>(id: Arc<str>, work: F) -> F::Output {
    OF_TASK.scope(id, work).await
}

/// Goes on with a request's work on this thread, which nothing else uses meanwhile.
pub(crate) fn within<T>(id: Option<Arc<str>>, work: impl FnOnce() -> T) -> T {
    struct Forget;
    impl Drop for Forget {
        fn drop(&mut self) {
            OF_THREAD.set(None);
        }
    }
    OF_THREAD.set(id);
    let _forget = Forget;
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_goes_with_its_work_and_no_further() {
        let id: Arc<str> = Arc::from("r-1");
        assert_eq!(within(Some(Arc::clone(&id)), current).as_deref(), Some("r-1"));
        assert_eq!(current(), None);
        let panicked = std::panic::catch_unwind(|| within(Some(Arc::from("r-2")), || panic!("x")));
        assert!(panicked.is_err());
        assert_eq!(current(), None);
        actix_web::rt::System::new().block_on(async {
            assert_eq!(during(id, async { current() }).await.as_deref(), Some("r-1"));
            assert_eq!(current(), None);
        });
    }
}
