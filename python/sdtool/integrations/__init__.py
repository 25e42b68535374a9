"""The grader in other frameworks: one module each, which imports its framework when it is used.

Training rewards use `Policy.reward()`, evaluations the default policy. `thinking` is as for `sdtool.extract`:
give True where the chat template opens `<think>`, so that a thought that was cut is paid nothing.
"""
