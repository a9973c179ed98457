"""Attention as torch chooses to run it, in every type: plain, causal, masked, and with heads that share keys."""
from torchup_checks import devices
from torchup_checks.numeric.numbers import random_tensor, worst
from torchup_checks.reporting import Judged, Skipped

HEADS, KEY_HEADS, LENGTH, DEPTH = 6, 2, 67, 40
LEAST = {"float64": 6e-14, "float32": 3e-5, "bfloat16": 3e-5, "float16": 3e-5}
KINDS = ("plain", "causal", "masked", "grouped")


def made_inputs(torch, kind, name):
    """Queries and keys reach to +-3, so that a few keys dominate each row and a wrong scale shows."""
    key_heads = KEY_HEADS if kind == "grouped" else HEADS
    sizes = (2, key_heads, LENGTH, DEPTH)
    inputs = (random_tensor(torch, (2, HEADS, LENGTH, DEPTH), 21) * 3, random_tensor(torch, sizes, 22) * 3, random_tensor(torch, sizes, 23))
    return [each.to(getattr(torch, name)) for each in inputs]


def made_mask(torch, kind):
    """True where a query sees a key."""
    if kind == "causal":
        return torch.ones(LENGTH, LENGTH, dtype=torch.bool).tril()
    if kind == "masked":
        return (random_tensor(torch, (LENGTH, LENGTH), 24) >= -0.75) | torch.eye(LENGTH, dtype=torch.bool)
    return None


def plain(torch, query, key, value, mask, factor=1.0):
    """The definition, each step in the type of the values."""
    share = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(share, 1), value.repeat_interleave(share, 1)
    scores = (query @ key.transpose(-2, -1)) * (factor / DEPTH**0.5)
    if mask is not None:
        scores = scores.masked_fill(~mask.to(scores.device), float("-inf"))
    return torch.softmax(scores, -1) @ value


def call(torch, kind, inputs, device):
    attend = torch.nn.functional.scaled_dot_product_attention
    query, key, value = [each.to(device) for each in inputs]
    if kind == "causal":
        return attend(query, key, value, is_causal=True)
    if kind == "masked":
        return attend(query, key, value, attn_mask=made_mask(torch, kind).to(device))
    if kind == "grouped":
        return attend(query, key, value, enable_gqa=True)
    return attend(query, key, value)


def diagnosis(torch, kind, out, wide, limit):
    mask = made_mask(torch, kind)
    for factor in (0.5, 2.0, DEPTH**0.5, DEPTH**-0.5):
        if worst((out - plain(torch, *wide, mask, factor)).abs()) < limit:
            return f"the scores are scaled by {factor:.3g} / sqrt(depth)"
    if mask is not None and worst((out - plain(torch, *wide, None)).abs()) < limit:
        return "the causal mask is not applied" if kind == "causal" else "the mask is not applied"
    return "the weighted sums are wrong"


def judge_kind(torch, kind, name, device):
    """At most twice the error of the definition in the same type, as blocked attention is usually judged."""
    inputs = made_inputs(torch, kind, name)
    mask = made_mask(torch, kind)
    wide = [each.double() for each in inputs]
    truth = plain(torch, *wide, mask)
    out = call(torch, kind, inputs, device).to("cpu", torch.float64)
    step_by_step = plain(torch, *[each.to(device) for each in inputs], mask).to("cpu", torch.float64)
    limit = 2 * worst((step_by_step - truth).abs()) + LEAST[name]
    judged = Judged(worst((out - truth).abs()), limit, f"max |O - O64|, limit twice plain {name} + {LEAST[name]:.0e}")
    if not judged.holds():
        judged.note = f"{kind}: {diagnosis(torch, kind, out, wide, limit)}"
    return judged


def kinds_here(torch):
    """Heads that share keys came with torch 2.5."""
    documented = torch.nn.functional.scaled_dot_product_attention.__doc__ or ""
    return KINDS if "enable_gqa" in documented else KINDS[:3]


def judge(torch, name, device):
    closest = None
    try:
        for kind in kinds_here(torch):
            judged = judge_kind(torch, kind, name, device)
            if not judged.holds():
                return judged
            if closest is None or judged.error / judged.limit > closest.error / closest.limit:
                closest = judged
    except (RuntimeError, NotImplementedError) as error:
        if devices.lacks(error):
            raise Skipped(f"this torch has no attention of {name} on {device}")
        raise
    return closest


def is_there(torch):
    return hasattr(torch.nn.functional, "scaled_dot_product_attention")


def not_there():
    raise Skipped("scaled_dot_product_attention came with torch 2.0")


def checks(torch, device):
    if not is_there(torch):
        yield "attention", not_there
        return
    for name in ("float64", "float32", "bfloat16", "float16"):
        if device == "mps" and name == "float64":
            continue
        yield f"attention-{name}", lambda name=name: judge(torch, name, device)
