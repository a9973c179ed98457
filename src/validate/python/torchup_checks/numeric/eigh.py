"""Hermitian eigenproblems, on both sides of the sizes at which libraries change their algorithm, alone and in a batch."""
import math

from torchup_checks import devices
from torchup_checks.numeric.numbers import ROUNDOFF, random_tensor
from torchup_checks.reporting import Judged, Skipped

SIZES = (31, 32, 33, 64)
BATCH = 3
MEASURE = "max of |A - VWV'| / (|A| n ulp), |I - V'V| / (n ulp), |tr A - sum w| / (n |A| ulp)"
REAL_PART = {"float32": "float32", "float64": "float64", "complex64": "float32", "complex128": "float64"}


def hermitian(torch, name, batch, n):
    a = random_tensor(torch, (batch, n, n), n)
    if name.startswith("complex"):
        a = torch.complex(a, random_tensor(torch, (batch, n, n), n + 1000))
    a = (a + a.transpose(-2, -1).conj()) / 2
    return a.to(getattr(torch, name))


def norm(torch, matrices):
    """The 1-norm of each: the largest sum of a column's magnitudes."""
    return matrices.abs().sum(-2).max(-1)[0]


def figures(torch, a, w, v, ulp):
    n = a.shape[-1]
    adjoint = v.transpose(-2, -1).conj()
    size = norm(torch, a)
    one = torch.eye(n, dtype=a.dtype)
    residual = norm(torch, a - (v * w.unsqueeze(-2)) @ adjoint) / (size * n * ulp)
    orthogonal = norm(torch, adjoint @ v - one) / (n * ulp)
    trace = (torch.diagonal(a, dim1=-2, dim2=-1).real.sum(-1) - w.real.sum(-1)).abs() / (size * n * ulp)
    ascends = bool((w.real[..., 1:] >= w.real[..., :-1]).all())
    return residual, orthogonal, trace, ascends


def diagnosis(torch, v, residual, orthogonal, trace, ascends, limit):
    if torch.equal(v, torch.eye(v.shape[-1], dtype=v.dtype).expand_as(v)):
        return "the eigenvectors are the identity matrix"
    if not bool((orthogonal < limit).all()):
        return "the eigenvectors are not orthonormal"
    if not ascends or not bool((trace < limit).all()):
        return "the eigenvalues are wrong or out of order"
    return "the eigenvectors do not belong to the matrix" if not bool((residual < limit).all()) else ""


def solve(torch, a, device):
    try:
        w, v = torch.linalg.eigh(a.to(device))
    except (RuntimeError, NotImplementedError) as error:
        if devices.lacks(error):
            raise Skipped(f"this torch has no eigh of {str(a.dtype).split('.')[-1]} on {device}")
        raise
    return w.cpu(), v.cpu()


def judge(torch, name, device):
    ulp = 2 * ROUNDOFF[REAL_PART[name]]
    judged = Judged(0.0, 10.0 if device == "cpu" else 30.0, MEASURE)
    steady = True
    for n in SIZES:
        batched = hermitian(torch, name, BATCH, n)
        for a in (batched, batched[0]):
            w, v = solve(torch, a, device)
            again = solve(torch, a, device)
            steady = steady and torch.equal(w, again[0]) and torch.equal(v, again[1])
            wide = torch.complex128
            residual, orthogonal, trace, ascends = figures(torch, a.to(wide), w.to(wide), v.to(wide), ulp)
            error = max(float(each.max()) if bool(each.isfinite().all()) else math.inf for each in (residual, orthogonal, trace))
            judged.error = max(judged.error, error if ascends else math.inf)
            found = diagnosis(torch, v, residual, orthogonal, trace, ascends, judged.limit)
            if found and not judged.note:
                judged.note = f"n = {n}, {'a batch' if a.dim() == 3 else 'one matrix'}: {found}"
    if judged.holds():
        judged.note = "" if steady else "other bits the second time"
    return judged


def checks(torch, device):
    if getattr(torch, "linalg", None) is None or not hasattr(torch.linalg, "eigh"):
        return
    for name in ("float32", "float64", "complex64", "complex128"):
        if device == "mps" and name != "float32":
            continue
        yield f"eigh-{name}", lambda name=name: judge(torch, name, device)
