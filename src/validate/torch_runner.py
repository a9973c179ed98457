"""Runs in the environment's own interpreter, isolated: imports what is installed and lets torch compute.

Arguments: the levels, joined by commas. Every finding is one line of JSON on descriptor 3.
"""
import importlib
import importlib.metadata
import json
import os
import sys
import time
import warnings

COMPANIONS = ("torchvision", "torchaudio", "torchtext", "torchdata", "triton", "numpy")
report = os.fdopen(3, "w", encoding="utf-8")


def say(**item):
    report.write(json.dumps(item) + "\n")
    report.flush()


def fact(name, value):
    say(item="fact", name=name, value=str(value))


class Skipped(Exception):
    pass


def first_line(error):
    text = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {text}"


def check(identity, level, run):
    """Runs one check; what it returns is its detail, what it raises is its failure."""
    say(item="begins", id=identity, level=level)
    start = time.perf_counter()
    outcome, value = "pass", None
    try:
        value = run()
        detail = value if isinstance(value, str) else ""
    except Skipped as reason:
        outcome, detail = "skip", str(reason)
    except BaseException as error:  # an import may even call sys.exit
        if isinstance(error, KeyboardInterrupt):
            raise
        outcome, detail = "fail", first_line(error)
    say(item="check", id=identity, level=level, engine="torch-python", outcome=outcome, detail=detail,
        seconds=time.perf_counter() - start)
    return outcome == "pass"


def expect(holds, sentence):
    if not holds:
        raise AssertionError(sentence)


def is_installed(distribution):
    try:
        importlib.metadata.distribution(distribution)
        return True
    except importlib.metadata.PackageNotFoundError:
        return False


def import_named(module):
    found = importlib.import_module(module)
    version = getattr(found, "__version__", None)
    place = getattr(found, "__file__", None) or "no file"
    return f"{module} {version}" if version else f"{module} from {place}"


def importable_names():
    """Top-level modules of every distribution, as their files tell."""
    names = set()
    for distribution in importlib.metadata.distributions():
        for path in distribution.files or []:
            top = path.parts[0]
            if len(path.parts) == 2 and path.parts[1] == "__init__.py":
                names.add(top)
            elif len(path.parts) == 1 and path.suffix == ".py":
                names.add(path.stem)
    return sorted(name for name in names if name.isidentifier() and not name.startswith("_"))


def import_torch():
    import torch
    fact("torch_version", torch.__version__)
    cuda, hip = torch.version.cuda, getattr(torch.version, "hip", None)
    built = f"built for CUDA {cuda}" if cuda else f"built for ROCm {hip}" if hip else "built for CPU"
    return f"torch {torch.__version__}, {built}"


def why_no_cuda(torch):
    if not torch.version.cuda and not getattr(torch.version, "hip", None):
        return "this build of torch is for CPU"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if torch.cuda.is_available():
            return ""
        try:
            torch.cuda.init()
        except Exception as error:
            return " ".join(str(error).split())
    if caught:
        return " ".join(str(caught[0].message).split())
    return "torch sees no device and does not say why"


def accelerator():
    import torch
    reason = why_no_cuda(torch)
    fact("cuda_available", "false" if reason else "true")
    fact("cuda_reason", reason)
    if reason:
        raise Skipped(reason)
    names = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    numbers = torch.arange(64 * 64, dtype=torch.float32).reshape(64, 64) % 17 - 8
    expect(torch.equal((numbers.cuda() @ numbers.cuda()).cpu(), numbers @ numbers),
           "a product of whole numbers on the device differs from the CPU's")
    return ", ".join(names)


def autograd():
    import torch
    x = torch.tensor(2.0, requires_grad=True)
    (x**3 + 2 * x).backward()
    expect(x.grad.item() == 14.0, f"the derivative of x^3 + 2x at 2 came out as {x.grad.item()}, not 14")
    return "the derivative of x^3 + 2x at 2 is 14"


def exact_product():
    """Whole numbers below 2^24 are exact in float32, so the product has one right answer, which Python knows."""
    import torch
    n = 48
    a = [[(7 * i + 3 * k) % 17 - 8 for k in range(n)] for i in range(n)]
    b = [[(5 * k + 11 * j) % 19 - 9 for j in range(n)] for k in range(n)]
    columns = list(zip(*b))
    expected = [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]
    product = (torch.tensor(a, dtype=torch.float32) @ torch.tensor(b, dtype=torch.float32)).tolist()
    expect(product == expected, "a product of whole numbers came out wrong")
    return f"a {n}x{n} product of whole numbers is exact, {torch.get_num_threads()} threads"


def vision_operator():
    if not is_installed("torchvision"):
        raise Skipped("torchvision is not installed")
    import torch
    from torchvision.ops import nms
    boxes = torch.tensor([[0.0, 0.0, 10.0, 10.0], [1.0, 1.0, 11.0, 11.0], [20.0, 20.0, 30.0, 30.0]])
    kept = nms(boxes, torch.tensor([0.8, 0.9, 0.7]), 0.5).tolist()
    expect(kept == [1, 2], f"of three boxes nms kept {kept}, not [1, 2]")
    return "torchvision's nms keeps the right boxes"


def check_load(has_torch):
    loaded = not has_torch or check("import-torch", "load", import_torch)
    for module in [name for name in COMPANIONS if is_installed(name)] if has_torch else importable_names():
        check(f"import-{module}", "load", lambda module=module: import_named(module))
    return loaded


def check_numeric():
    check("autograd", "numeric", autograd)
    check("matmul-exact", "numeric", exact_product)
    check("nms", "numeric", vision_operator)
    check("accelerator", "numeric", accelerator)


def main():
    levels = sys.argv[1].split(",")
    has_torch = is_installed("torch")
    loaded = check_load(has_torch) if "load" in levels else check("import-torch", levels[0], import_torch)
    if "numeric" in levels and loaded:
        check_numeric()
    say(item="ends")


main()
