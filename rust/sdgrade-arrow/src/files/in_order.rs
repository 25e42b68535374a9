//! Work on several threads whose results are taken in the order of the items.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Applies `work` to each item on `threads` threads and `sink` to the results, in order, on this
/// thread. `state` makes what each thread keeps from item to item.
///
/// Item n goes to thread n modulo the number of threads, and a thread holds at most two finished
/// results, so what is in memory does not depend on how many items there are.
///
/// # Errors
/// The first error of `work` or `sink`, by the order of the items.
pub(crate) fn in_order<Item: Send, Out: Send, State, E: Send>(
    threads: usize,
    items: impl Iterator<Item = Item> + Send,
    state: impl Fn() -> State + Sync,
    work: impl Fn(&mut State, Item) -> Result<Out, E> + Sync,
    mut sink: impl FnMut(Out) -> Result<(), E>,
) -> Result<(), E> {
    if threads <= 1 {
        let mut state = state();
        for item in items {
            sink(work(&mut state, item)?)?;
        }
        return Ok(());
    }
    std::thread::scope(|scope| {
        let mut inboxes: Vec<SyncSender<Item>> = Vec::new();
        let mut outboxes: Vec<Receiver<Result<Out, E>>> = Vec::new();
        for _ in 0..threads {
            let (inbox, todo) = sync_channel::<Item>(1);
            let (done, outbox) = sync_channel(1);
            let (state, work) = (&state, &work);
            scope.spawn(move || {
                let mut own = state();
                for item in todo {
                    // Nobody listens once an earlier item has failed.
                    if done.send(work(&mut own, item)).is_err() {
                        break;
                    }
                }
            });
            inboxes.push(inbox);
            outboxes.push(outbox);
        }
        scope.spawn(move || {
            for (item, inbox) in items.zip((0..threads).cycle()) {
                if inboxes[inbox].send(item).is_err() {
                    break;
                }
            }
        });
        for outbox in (0..threads).cycle() {
            match outboxes[outbox].recv() {
                Ok(result) => sink(result?)?,
                Err(_) => break,
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(threads: usize, items: u64, fail: u64) -> Result<Vec<u64>, String> {
        let mut results = Vec::new();
        let work = |(): &mut (), item| {
            // Later items are quicker, so their results are ready first.
            std::thread::sleep(std::time::Duration::from_micros(items - item));
            if item == fail { Err(format!("item {item}")) } else { Ok(item * 2) }
        };
        in_order(
            threads,
            0..items,
            || (),
            work,
            |result| {
                results.push(result);
                Ok(())
            },
        )?;
        Ok(results)
    }

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for threads in [1, 2, 3, 7] {
            for items in [0, 1, 2, 50] {
                assert_eq!(
                    run(threads, items, u64::MAX),
                    Ok((0..items).map(|item| item * 2).collect())
                );
            }
        }
    }

    #[test]
    fn the_first_error_ends_it() {
        for threads in [1, 2, 5] {
            assert_eq!(run(threads, 50, 17), Err("item 17".into()));
        }
    }
}
