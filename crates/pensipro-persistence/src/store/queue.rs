//! A fair queue for one thing that only one may hold: SQLite's writer.
//!
//! `busy_timeout` is no queue: who asks again at the right moment wins, and a bulk job always does.
//! Here the thing goes to whoever has waited longest, and a bulk job that gives it back after each
//! chunk stands at the end again.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::waits::{WaitCounters, Waits};

/// Hands one value to one holder at a time, in the order of asking.
pub(crate) struct FairQueue<T> {
    state: Mutex<State<T>>,
    waits: WaitCounters,
}

struct State<T> {
    free: Option<T>,
    waiting: VecDeque<Arc<Seat<T>>>,
}

struct Seat<T> {
    slot: Mutex<Option<T>>,
    called: Condvar,
}

impl<T> FairQueue<T> {
    pub(crate) fn new(value: T) -> Self {
        let state = Mutex::new(State { free: Some(value), waiting: VecDeque::new() });
        Self { state, waits: WaitCounters::default() }
    }

    /// Waits for the turn, at most so long.
    pub(crate) fn take(&self, timeout: Duration) -> Option<T> {
        let seat = {
            let mut state = lock(&self.state);
            if state.waiting.is_empty()
                && let Some(value) = state.free.take()
            {
                return Some(value);
            }
            let seat = Arc::new(Seat { slot: Mutex::new(None), called: Condvar::new() });
            state.waiting.push_back(Arc::clone(&seat));
            seat
        };
        let asked = Instant::now();
        let taken = seat.wait(timeout).or_else(|| self.leave(&seat));
        self.waits.add(asked.elapsed(), taken.is_some());
        taken
    }

    /// Gives the value to the one who has waited longest.
    pub(crate) fn give_back(&self, value: T) {
        let mut state = lock(&self.state);
        match state.waiting.pop_front() {
            Some(seat) => {
                *lock(&seat.slot) = Some(value);
                seat.called.notify_one();
            }
            None => state.free = Some(value),
        }
    }

    /// Who waited so far.
    pub(crate) fn waits(&self) -> Waits {
        self.waits.snapshot()
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.state).waiting.len()
    }

    /// Leaves the queue after the time-out; the value may have come in the same moment.
    fn leave(&self, seat: &Arc<Seat<T>>) -> Option<T> {
        let mut state = lock(&self.state);
        state.waiting.retain(|other| !Arc::ptr_eq(other, seat));
        lock(&seat.slot).take()
    }
}

impl<T> Seat<T> {
    fn wait(&self, timeout: Duration) -> Option<T> {
        let end = Instant::now().checked_add(timeout)?;
        let mut slot = lock(&self.slot);
        while slot.is_none() {
            let left = end.checked_duration_since(Instant::now())?;
            let waited = self.called.wait_timeout(slot, left);
            slot = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        slot.take()
    }
}

/// A poisoned lock here holds whole values still: nothing panics between two changes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn until_waiting(queue: &FairQueue<()>, count: usize) {
        while queue.waiting() != count {
            thread::yield_now();
        }
    }

    #[test]
    fn served_in_the_order_of_asking() {
        let queue = &FairQueue::new(());
        let (done, order) = mpsc::channel();
        queue.take(LONG).unwrap();
        thread::scope(|scope| {
            for number in 0..5 {
                let done = done.clone();
                scope.spawn(move || {
                    queue.take(LONG).unwrap();
                    done.send(number).unwrap();
                    queue.give_back(());
                });
                until_waiting(queue, number + 1);
            }
            queue.give_back(());
        });
        drop(done);
        assert_eq!(order.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn who_gives_back_stands_behind_who_waits() {
        let queue = &FairQueue::new(());
        let (done, order) = mpsc::channel();
        thread::scope(|scope| {
            let small = done.clone();
            queue.take(LONG).unwrap();
            scope.spawn(move || {
                queue.take(LONG).unwrap();
                small.send("small write").unwrap();
                queue.give_back(());
            });
            until_waiting(queue, 1);
            done.send("chunk 1").unwrap();
            queue.give_back(());
            queue.take(LONG).unwrap();
            done.send("chunk 2").unwrap();
            queue.give_back(());
        });
        drop(done);
        assert_eq!(order.iter().collect::<Vec<_>>(), ["chunk 1", "small write", "chunk 2"]);
    }

    #[test]
    fn who_gives_up_leaves_the_queue() {
        let queue = FairQueue::new(());
        queue.take(LONG).unwrap();
        assert_eq!(queue.take(Duration::ZERO), None);
        assert_eq!(queue.waiting(), 0);
        queue.give_back(());
        assert_eq!(queue.take(Duration::ZERO), Some(()));
    }
}
