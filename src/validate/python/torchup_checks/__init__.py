"""What torchup runs in an environment's own interpreter. Works from Python 3.7 and torch 1.10 on."""
