"""Products in every type against exact ones; the size is odd in every direction."""
from torchup_checks import devices
from torchup_checks.numeric.numbers import ROUNDOFF, chosen_coarseness, exact_product, is_half, random_tensor, worst
from torchup_checks.reporting import Judged, Skipped
from torchup_checks.tools import version_of

ROWS, DEPTH, COLUMNS = 43, 67, 51
COARSE_LIMIT = 2e4  # beyond it terms are missing
EXACT_HALF_SUMS = (2, 1)  # torch 1.10 keeps sums in float16, 1.13 in bfloat16, 2.1 in neither
HALF_MEASURE = "max |C - C64| / (u |C64| + sqrt(k) u32 |A||B|)"
FULL_MEASURE = "max |C - C64| / (sqrt(k) u |A||B|)"


def multiply(torch, a, b, name, device):
    kind = getattr(torch, name)
    try:
        return (a.to(kind).to(device) @ b.to(kind).to(device)).to("cpu", torch.float64)
    except (RuntimeError, TypeError, NotImplementedError) as error:
        if devices.lacks(error):
            raise Skipped(f"this torch has no product of {name} on {device}")
        raise


def lacks_last_term(errors, a, b):
    missing = a[:, -1:] @ b[-1:, :]
    return float((errors + missing).square().sum()) < float(missing.square().sum()) / 16


def diagnosis(name, value, scaled, limit, errors, a, b):
    wrong = int((~(scaled < limit)).sum())
    if wrong * 100 < scaled.numel():
        return f"{wrong} of {scaled.numel()} elements are wrong"
    if lacks_last_term(errors, a, b):
        return f"the last of the {a.shape[1]} products of each sum is left out"
    if name == "float32" and 8 <= value < 1000:
        return f"as coarse as products of {'TF32 or float16' if value < 400 else 'bfloat16'} inputs"
    if name == "float64" and 1e6 <= value < 2e9:
        return "as coarse as products in float32"
    if is_half(name) and value < COARSE_LIMIT:
        return f"as coarse as sums kept in {name}"
    return "most elements are wrong"


def known_coarseness(torch, name, device):
    """Why a coarse product is no fault here; empty where it is one."""
    if name == "float32":
        return chosen_coarseness(torch)
    if is_half(name) and device == "cpu" and version_of(torch) < EXACT_HALF_SUMS:
        return "so are they in releases of this age"
    return ""


def judge(torch, name, device):
    a = random_tensor(torch, (ROWS, DEPTH), 11).to(getattr(torch, name)).double()
    b = random_tensor(torch, (DEPTH, COLUMNS), 12).to(getattr(torch, name)).double()
    product = multiply(torch, a, b, name, device)
    again = multiply(torch, a, b, name, device)
    truth = torch.tensor(exact_product(a.tolist(), b.tolist()), dtype=torch.float64)
    unit = ROUNDOFF["float32" if is_half(name) else name] * DEPTH**0.5
    allowed = unit * torch.tensor(exact_product(a.abs().tolist(), b.abs().tolist()), dtype=torch.float64)
    if is_half(name):
        allowed = allowed + ROUNDOFF[name] * truth.abs()
    errors = product - truth
    scaled = errors.abs() / allowed
    limit = 2.0 if is_half(name) else 1.0
    judged = Judged(worst(scaled), limit, HALF_MEASURE if is_half(name) else FULL_MEASURE)
    if not judged.holds():
        judged.note = diagnosis(name, judged.error, scaled, limit, errors, a, b)
        reason = known_coarseness(torch, name, device)
        if judged.note.startswith("as coarse as") and reason:
            judged.limit = COARSE_LIMIT
            judged.note += f": {reason}"
    elif not torch.equal(product, again):
        judged.note = "other bits the second time"
    return judged


def checks(torch, device):
    for name in ("float64", "float32", "bfloat16", "float16"):
        if device == "mps" and name == "float64":
            continue
        yield f"matmul-{name}", lambda name=name: judge(torch, name, device)
