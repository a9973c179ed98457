"""Which generation of FlashAttention torch has, and whether it runs here."""
from torchup_checks.reporting import Skipped, check, expect

# The first generation of GPUs, as compute capability, that each runs on.
NEEDS = {"FA3": (9, 0), "FA4": (9, 0)}


def built_in(torch):
    """The second generation is part of CUDA builds."""
    available = getattr(torch.backends.cuda, "is_flash_attention_available", None)
    if available is None:
        raise Skipped("this torch does not tell whether it has FlashAttention")
    if not available():
        raise Skipped("this build of torch has no FlashAttention for GPUs; processors have a kernel of their own")
    if not torch.cuda.is_available():
        raise Skipped("present, the second generation; torch sees no CUDA device")
    from torch.nn.attention import SDPBackend, sdpa_kernel
    query = torch.rand(1, 4, 128, 64, dtype=torch.float16, device="cuda")
    with sdpa_kernel([SDPBackend.FLASH_ATTENTION]):
        out = torch.nn.functional.scaled_dot_product_attention(query, query, query)
    expect(bool(out.isfinite().all()), "FlashAttention gave what is no number")
    return "run: the second generation"


def registered(torch):
    """Later generations are packages that torch can be told to take."""
    try:
        import torch.nn.attention as attention
    except ImportError:
        raise Skipped("this torch cannot choose a generation")
    if not hasattr(attention, "list_flash_attention_impls"):
        raise Skipped("this torch cannot choose a generation")
    known = sorted(str(each) for each in attention.list_flash_attention_impls())
    if not torch.cuda.is_available():
        raise Skipped(f"torch knows {', '.join(known) or 'none'}; it sees no CUDA device to run them on")
    usable = []
    for name in known:
        if torch.cuda.get_device_capability() < NEEDS.get(name, (0, 0)):
            continue
        try:
            attention.activate_flash_attention_impl(name)
            attention.restore_flash_attention_impl()
            usable.append(name)
        except (ImportError, RuntimeError, ValueError):
            pass  # its package is not installed
    if not usable:
        raise Skipped(f"torch knows {', '.join(known) or 'none'}; none of them is installed and fits this GPU")
    return f"present: {', '.join(usable)}"


def run(torch):
    check("flash-attention", "features", lambda: built_in(torch))
    check("flash-attention-generations", "features", lambda: registered(torch))
