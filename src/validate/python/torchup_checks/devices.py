"""Which devices torch can compute on, and why CUDA is not among them."""
import warnings


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


def names(torch):
    """The processor, then every accelerator by itself: "cpu", "cuda:0", "cuda:1", "xpu:0", "mps"."""
    found = ["cpu"]
    for kind in ("cuda", "xpu"):
        module = getattr(torch, kind, None)
        if module is not None and module.is_available():
            found += [f"{kind}:{index}" for index in range(module.device_count())]
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        found.append("mps")
    return found


def lacks(error):
    """Whether torch says that it has no such operator for the type or the device: a limit of it, not a fault."""
    text = str(error)
    return isinstance(error, NotImplementedError) or "not implemented for" in text or "doesn't support" in text
