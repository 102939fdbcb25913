"""The page on which units hand in and everybody reads: one process, plain forms, judging beside it."""
