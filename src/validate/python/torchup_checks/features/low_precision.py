"""Types of 8 and 4 bits, the MX formats among them: which exist, convert right, and can be multiplied."""
from torchup_checks import devices
from torchup_checks.reporting import Skipped, check, expect

# Numbers that each type holds exactly.
EXACT = {
    "float8_e4m3fn": [0.0, 1.0, -1.5, 0.015625, 448.0],
    "float8_e5m2": [0.0, 1.0, -1.5, 0.0625, 57344.0],
    "float8_e8m0fnu": [0.5, 1.0, 2.0, 2.0**-100, 2.0**100],
}


def convert(torch, name):
    if not hasattr(torch, name):
        raise Skipped("this torch does not have the type")
    kind, exact = getattr(torch, name), EXACT[name]
    back = torch.tensor(exact).to(kind).to(torch.float32).tolist()
    expect(back == exact, f"{exact} came back as {back}")
    return "present: numbers go in and come back"


def packed(torch):
    if not hasattr(torch, "float4_e2m1fn_x2"):
        raise Skipped("this torch does not have the type")
    two = torch.zeros(4, dtype=torch.uint8).view(torch.float4_e2m1fn_x2)
    expect(two.numel() == 4 and two.element_size() == 1, "two numbers of 4 bits do not lie in one byte")
    return "present: two numbers in a byte"


def scaled_product(torch):
    """Whole numbers that float8 holds: their products are exact in float32."""
    if not hasattr(torch, "_scaled_mm") or not hasattr(torch, "float8_e4m3fn"):
        raise Skipped("this torch has no product of scaled 8-bit numbers")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    numbers = (torch.arange(32 * 64).reshape(32, 64) % 9 - 4).float()
    others = (torch.arange(48 * 64).reshape(48, 64) % 7 - 3).float()
    a, b = numbers.to(torch.float8_e4m3fn).to(device), others.to(torch.float8_e4m3fn).to(device)
    two, half = torch.tensor(2.0, device=device), torch.tensor(0.5, device=device)
    try:
        product = torch._scaled_mm(a, b.t(), scale_a=two, scale_b=half, out_dtype=torch.float32)
    except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
        text = str(error).strip().split("\n")[0]
        if devices.lacks(error) or "only supported" in text or "Could not run" in text or isinstance(error, TypeError):
            raise Skipped(f"not on {device}: {text}")
        raise
    product = product[0] if isinstance(product, tuple) else product
    expect(torch.equal(product.float().cpu(), numbers @ others.t()), "a product of scaled whole numbers came out wrong")
    return f"run on {device}: a product of scaled 8-bit whole numbers is exact"


def block_scaled_product(torch):
    """MXFP8: one scale of float8_e8m0fnu for each 32 numbers of a row."""
    if not hasattr(torch.nn.functional, "scaled_mm") or not hasattr(torch, "float8_e8m0fnu"):
        raise Skipped("this torch has no product of MX numbers")
    if not torch.cuda.is_available() or torch.cuda.get_device_capability() < (10, 0):
        raise Skipped("present; products of MX numbers need a GPU of compute capability 10.0")
    raise Skipped("present; this GPU multiplies them, but no product of theirs is tried yet")


def run(torch):
    for name in EXACT:
        check(name.replace("_", "-"), "features", lambda name=name: convert(torch, name))
    check("float4-e2m1fn-x2", "features", lambda: packed(torch))
    check("scaled-mm", "features", lambda: scaled_product(torch))
    check("scaled-mm-mx", "features", lambda: block_scaled_product(torch))
