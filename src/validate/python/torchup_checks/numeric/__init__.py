"""Operators judged under Python: one module an operator, each with `checks(torch, device)`."""
