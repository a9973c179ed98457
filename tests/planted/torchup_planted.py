"""Lies in the site-packages of a copy of an environment, imported at the end of torch: does what PLANTED_FAULT names wrong."""
import os
import signal
import time

import torch

FAULT = os.environ.get("PLANTED_FAULT", "")
matmul = torch.Tensor.__matmul__
eigh = torch.linalg.eigh
attend = getattr(torch.nn.functional, "scaled_dot_product_attention", None)


def coarse(values):
    return ((values.contiguous().view(torch.int32) + 0x1000) & ~0x1FFF).view(torch.float32)


def wrong_product(a, b):
    if a.dtype != torch.float32 or a.dim() != 2 or a.shape[0] != 43:
        return matmul(a, b)
    if FAULT == "py:tf32":
        return matmul(coarse(a), coarse(b))
    if FAULT == "py:dropped-k":
        return matmul(a[:, :-1], b[:-1, :])
    product = matmul(a, b)
    product[20, 20] += 0.5
    return product


def wrong_eigh(a, *rest):
    if FAULT == "py:crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if FAULT == "py:illegal":
        os.kill(os.getpid(), signal.SIGILL)
    while FAULT == "py:hang" and a.dtype == torch.complex64:
        time.sleep(1)
    if FAULT == "py:hang":
        return eigh(a, *rest)
    w, v = eigh(a, *rest)
    return w, torch.eye(a.shape[-1], dtype=a.dtype).expand_as(v).clone()


def wrong_attention(query, *rest, **options):
    return attend(query / 2 if query.dtype == torch.float32 else query, *rest, **options)


if FAULT in ("py:tf32", "py:dropped-k", "py:wrong-element"):
    torch.Tensor.__matmul__ = wrong_product
if FAULT in ("py:crash", "py:illegal", "py:hang", "py:identity"):
    torch.linalg.eigh = wrong_eigh
if FAULT == "py:scale":
    torch.nn.functional.scaled_dot_product_attention = wrong_attention
