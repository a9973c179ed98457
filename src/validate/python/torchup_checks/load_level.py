"""Level load: what is installed imports."""
import importlib
import importlib.util

from torchup_checks.reporting import check, fact

try:
    from importlib import metadata
except ImportError:  # Python 3.7
    metadata = None

COMPANIONS = ("torchvision", "torchaudio", "torchtext", "torchdata", "triton", "numpy")


def is_installed(distribution):
    if metadata is None:
        return importlib.util.find_spec(distribution) is not None
    try:
        metadata.distribution(distribution)
        return True
    except metadata.PackageNotFoundError:
        return False


def import_named(module):
    found = importlib.import_module(module)
    version = getattr(found, "__version__", None)
    place = getattr(found, "__file__", None) or "no file"
    return f"{module} {version}" if version else f"{module} from {place}"


def importable_names():
    """Top-level modules of every distribution, as their files tell."""
    names = set()
    for distribution in metadata.distributions() if metadata else []:
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


def run(has_torch):
    """Whether torch is there and imports."""
    loaded = not has_torch or check("import-torch", "load", import_torch)
    for module in [name for name in COMPANIONS if is_installed(name)] if has_torch else importable_names():
        check(f"import-{module}", "load", lambda module=module: import_named(module))
    return loaded and has_torch
