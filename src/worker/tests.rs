use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

fn wait<Q: Send + 'static, A: Send + 'static>(worker: &Worker<Q, A>) -> Outcome<A> {
    let start = Instant::now();
    loop {
        if let Some(outcome) = worker.poll() {
            return outcome;
        }
        assert!(start.elapsed() < PATIENCE, "the worker never answered");
        thread::sleep(Duration::from_millis(1));
    }
}

fn wait_idle<Q: Send + 'static, A: Send + 'static>(worker: &Worker<Q, A>) {
    let start = Instant::now();
    while worker.busy_for().is_some() {
        assert!(start.elapsed() < PATIENCE, "the worker never came to rest");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Spins until somebody asks to stop.
fn until_cancelled(ticket: &Ticket) -> Result<()> {
    loop {
        ticket.advance(1)?;
        thread::sleep(Duration::from_millis(1));
    }
}

/// A job that spins until it is cancelled for request 0 and answers others with themselves.
fn stubborn() -> Worker<u32, u32> {
    let job = || {
        |request: u32, ticket: &Ticket, publish: &mut dyn FnMut(u32)| {
            if request == 0 {
                until_cancelled(ticket)?;
            }
            publish(request);
            Ok(())
        }
    };
    Worker::spawn("test", job, || {}).expect("thread")
}

#[test]
fn the_newest_request_wins_and_those_between_are_skipped() {
    let worker = stubborn();
    worker.submit(0);
    thread::sleep(Duration::from_millis(20));
    for request in 1..=50 {
        worker.submit(request);
    }
    let outcome = wait(&worker);
    assert_eq!(outcome.request, worker.newest());
    assert_eq!(outcome.answer.expect("an answer"), 50);
    wait_idle(&worker);
    assert!(worker.poll().is_none(), "requests in between must not be answered");
}

#[test]
fn cancel_stops_a_running_job_without_an_outcome() {
    let worker = stubborn();
    worker.submit(0);
    assert!(worker.busy_for().is_some());
    thread::sleep(Duration::from_millis(10));
    worker.cancel();
    wait_idle(&worker);
    assert!(worker.poll().is_none());
}

#[test]
fn a_panic_becomes_an_error_and_the_worker_lives_on() {
    let job = || {
        |request: u32, _: &Ticket, publish: &mut dyn FnMut(u32)| {
            assert!(request != 13, "unlucky");
            publish(request * 2);
            Ok(())
        }
    };
    let worker = Worker::spawn("test", job, || {}).expect("thread");
    worker.submit(13);
    let error = wait(&worker).answer.expect_err("a panic is an error").to_string();
    assert!(error.contains("unlucky"), "{error}");
    worker.submit(21);
    assert_eq!(wait(&worker).answer.expect("an answer"), 42);
}

#[test]
fn several_answers_arrive_in_order() {
    let job = || {
        |request: u32, _: &Ticket, publish: &mut dyn FnMut(u32)| {
            publish(request);
            publish(request + 1);
            Ok(())
        }
    };
    let worker = Worker::spawn("test", job, || {}).expect("thread");
    worker.submit(1);
    assert_eq!(wait(&worker).answer.expect("quick"), 1);
    assert_eq!(wait(&worker).answer.expect("complete"), 2);
}

#[test]
fn a_published_job_gives_way_at_once() {
    let job = || {
        |request: u32, ticket: &Ticket, publish: &mut dyn FnMut(u32)| {
            publish(request);
            if request == 0 {
                until_cancelled(ticket)?;
            }
            Ok(())
        }
    };
    let worker = Worker::spawn("test", job, || {}).expect("thread");
    worker.submit(0);
    assert_eq!(wait(&worker).answer.expect("quick"), 0);
    let start = Instant::now();
    worker.submit(7);
    assert_eq!(wait(&worker).answer.expect("next"), 7);
    assert!(start.elapsed() < GRACE, "it had published, so it gets no grace");
}

#[test]
fn the_time_left_is_told_once_enough_is_done() {
    let second = Duration::from_secs(1);
    assert_eq!(time_left(4 * second, 0.25), Some(12 * second));
    assert_eq!(time_left(second / 10, 0.25), None, "too early");
    assert_eq!(time_left(4 * second, 0.001), None, "too little");
    assert_eq!(time_left(4 * second, 1.0), None, "what is left is not counted");
}
