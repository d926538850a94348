use std::net::IpAddr;
use std::pin::Pin;

use futures_util::FutureExt as _;

use super::*;

fn queue(concurrency: usize) -> Queue {
    Queue::new(NonZeroUsize::new(concurrency))
}

fn address(last: u8) -> AddressGroup {
    IpAddr::from([192, 0, 2, last]).into()
}

type Acquiring<'a> = Pin<Box<dyn Future<Output = Result<Slot, Failure>> + 'a>>;

/// A call of an address that waits for its slot.
fn waiting(queue: &Queue, from: u8) -> Acquiring<'_> {
    let mut call: Acquiring<'_> = Box::pin(queue.acquire(address(from)));
    assert!(call.as_mut().now_or_never().is_none(), "{from} waits");
    call
}

/// The addresses in the order in which one slot serves their calls.
fn served(running: Slot, mut calls: Vec<(u8, Acquiring<'_>)>) -> Vec<u8> {
    let mut order = Vec::new();
    drop(running);
    loop {
        let ready = |(_, call): &mut (u8, Acquiring<'_>)| call.as_mut().now_or_never();
        let next = calls.iter_mut().enumerate().find_map(|(at, call)| Some((at, ready(call)?)));
        let Some((at, slot)) = next else { return order };
        order.push(calls.remove(at).0);
        drop(slot);
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_refuses_at_once_and_a_slow_one_after_its_timeout() {
    let queue = queue(1);
    let _running = queue.acquire(address(1)).await.unwrap();
    let begin = tokio::time::Instant::now();
    let (first, second) = tokio::join!(queue.acquire(address(1)), async {
        let refused = queue.acquire(address(2)).await;
        assert_eq!(begin.elapsed(), Duration::ZERO);
        refused
    });
    assert_eq!(first.unwrap_err(), Failure::QueueFull);
    assert_eq!(second.unwrap_err(), Failure::QueueFull);
    assert_eq!(begin.elapsed(), QUEUE_TIMEOUT);
}

#[tokio::test]
async fn addresses_take_turns_whoever_came_first() {
    for (came, turns) in [
        (&[1, 1, 1, 1, 2, 3, 3][..], &[1, 2, 3, 1, 3, 1, 1][..]),
        (&[1, 1, 1, 2], &[1, 2, 1, 1]),
        (&[2, 2], &[2, 2]),
    ] {
        let queue = queue(came.len());
        let mut running = Vec::new();
        for _ in came {
            running.push(queue.acquire(address(9)).await.unwrap());
        }
        let calls = came.iter().map(|from| (*from, waiting(&queue, *from))).collect();
        assert_eq!(served(running.remove(0), calls), turns);
    }
}

#[tokio::test]
async fn in_a_full_queue_the_busiest_address_gives_way_to_others() {
    let queue = queue(4);
    let mut running = Vec::new();
    for _ in 0..4 {
        running.push(queue.acquire(address(1)).await.unwrap());
    }
    let mut flood: Vec<_> = (0..4).map(|_| waiting(&queue, 1)).collect();
    let refused = queue.acquire(address(1)).await;
    assert_eq!(refused.unwrap_err(), Failure::QueueFull, "its own calls give it no more room");
    let other = waiting(&queue, 2);
    let pushed_out = flood.pop().unwrap().now_or_never().unwrap();
    assert_eq!(pushed_out.unwrap_err(), Failure::QueueFull, "the last to come");
    let third = waiting(&queue, 3);
    flood.pop();
    let refused = queue.acquire(address(2)).await;
    assert_eq!(refused.unwrap_err(), Failure::QueueFull, "all have about as many");
    let calls = flood.into_iter().map(|call| (1, call)).chain([(2, other), (3, third)]).collect();
    assert_eq!(served(running.remove(0), calls), [1, 2, 3, 1]);
}

#[tokio::test]
async fn a_cancelled_call_waits_no_longer_and_takes_no_slot() {
    let queue = queue(1);
    let running = queue.acquire(address(1)).await.unwrap();
    for from in 0..3 {
        drop(waiting(&queue, from));
    }
    let last = waiting(&queue, 7);
    assert_eq!(served(running, vec![(7, last)]), [7]);
    assert!(queue.acquire(address(1)).await.is_ok(), "the slot is free again");
}

#[tokio::test]
async fn without_a_limit_all_go_through() {
    let queue = Queue::new(None);
    for _ in 0..1000 {
        assert!(queue.acquire(address(1)).await.is_ok());
    }
}
