//! What was done so far.

use std::ops::{AddAssign, ControlFlow};

macro_rules! counts {
    ($($(#[$about:meta])* $name:ident)*) => {
        /// Rows so far, and what became of them.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counts {
            $($(#[$about])* pub $name: u64,)*
        }

        impl Counts {
            /// Name and value of each count.
            pub fn each(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name)),*].into_iter()
            }
        }

        impl AddAssign for Counts {
            fn add_assign(&mut self, other: Self) {
                $(self.$name += other.$name;)*
            }
        }
    };
}

counts! {
    /// Rows of the input.
    rows_read
    /// Of these, rows with as many gold answers as responses, and more than one: each gold is taken as an
    /// alternative for all of them.
    golds_paired
    /// Rows of the output: rollouts.
    rows
    /// Rows without a gold answer: they have no verdict.
    no_gold
    /// Rows whose gold answer cannot be compared with anything.
    gold_unread
    /// Rows whose response is null.
    no_response
    /// Rows with the verdict `equal`.
    correct
    /// Rows with the verdict `undecided`.
    undecided
    /// Responses whose thought ends.
    think_closed
    /// Responses that end within a thought.
    think_open
    /// Responses with an answer.
    answered
    /// Responses with an answer in a box.
    boxed
    /// Rollouts that fell into a loop.
    looped
    /// Bytes of the responses.
    text_bytes
    /// Bytes of the input file that are done.
    file_bytes
}

/// Is told, from any thread, what was done since it was last called; says whether to go on.
pub type Meter<'m> = dyn Fn(&Counts) -> ControlFlow<()> + Sync + 'm;
