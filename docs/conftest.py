"""Which of the documentation's files pytest reads as tests: the pages themselves, whose code is doctests."""

collect_ignore = ["_build", "_ext", "api", "auto_examples"]
collect_ignore_glob = ["*.py"]
