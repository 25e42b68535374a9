//! Grades Arrow batches, and files of stored rollouts, with the grader of `sdgrade`.
