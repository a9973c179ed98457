"""Inputs that are the same on every machine, roundoffs, and the products that everything else is judged by."""
import math
import os

ROUNDOFF = {"float64": 2.0**-53, "float32": 2.0**-24, "bfloat16": 2.0**-8, "float16": 2.0**-11}


def random_tensor(torch, sizes, seed):
    """Numbers in [-1, 1) of float64."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(*sizes, generator=generator, dtype=torch.float64) * 2 - 1


def is_half(name):
    return name in ("bfloat16", "float16")


def exact_product(a, b):
    """The product of lists of floats, each element rounded once: sums of whole numbers, which Python adds exactly."""
    scale = 2**60
    whole_a = [[int(math.ldexp(x, 60)) for x in row] for row in a]
    columns = list(zip(*[[int(math.ldexp(x, 60)) for x in row] for row in b]))
    return [[sum(x * y for x, y in zip(row, column)) / (scale * scale) for column in columns] for row in whole_a]


def worst(errors):
    """The largest, or infinity where anything is no number."""
    return float(errors.max()) if bool(errors.isfinite().all()) else math.inf


def chosen_coarseness(torch):
    """What makes float32 products coarse because the user said so; empty where nothing does."""
    if os.environ.get("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE") == "1":
        return "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE is set"
    precision = getattr(torch, "get_float32_matmul_precision", lambda: "highest")()
    if precision != "highest":
        return f"torch's float32 matmul precision is {precision}"
    return ""
