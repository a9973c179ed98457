"""One module a feature, each with `run(torch)`, which calls `check` for what it tries."""
