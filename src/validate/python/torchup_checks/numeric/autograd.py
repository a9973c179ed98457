"""Derivatives: one that is known, and those of the operators against differences of their values, in float64."""
from torchup_checks.numeric import attention
from torchup_checks.numeric.numbers import random_tensor
from torchup_checks.reporting import expect


def polynomial(torch, device):
    x = torch.tensor(2.0, requires_grad=True, device=device)
    (x**3 + 2 * x).backward()
    expect(x.grad.item() == 14.0, f"the derivative of x^3 + 2x at 2 came out as {x.grad.item()}, not 14")
    return "the derivative of x^3 + 2x at 2 is 14"


def compare(torch, function, inputs, device):
    """gradcheck compares with central differences; what it raises says which derivative is off."""
    places = [each.to(device).requires_grad_() for each in inputs]
    try:
        torch.autograd.gradcheck(function, places)
    except RuntimeError as error:
        if "Jacobian mismatch" not in str(error):
            raise
        raise AssertionError("the derivative is not what differences of the values give")
    return "the derivatives are what differences of the values give"


def of_matmul(torch, device):
    return compare(torch, torch.matmul, [random_tensor(torch, (2, 4, 3), 1), random_tensor(torch, (2, 3, 5), 2)], device)


def of_eigh(torch, device):
    """Eigenvectors have a sign of their own; their outer products have not."""

    def function(a):
        w, v = torch.linalg.eigh(a + a.transpose(-2, -1))
        return w, v[:, :1] @ v[:, :1].transpose(-2, -1)

    return compare(torch, function, [random_tensor(torch, (5, 5), 3)], device)


def of_attention(torch, device):
    inputs = [random_tensor(torch, (1, 2, 5, 4), seed) for seed in (4, 5, 6)]
    return compare(torch, lambda q, k, v: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True), inputs, device)


def checks(torch, device):
    yield "autograd", lambda: polynomial(torch, device)
    if device == "mps":  # it has no float64
        return
    yield "autograd-matmul", lambda: of_matmul(torch, device)
    yield "autograd-eigh", lambda: of_eigh(torch, device)
    if attention.is_there(torch):
        yield "autograd-attention", lambda: of_attention(torch, device)
