"""Level numeric: operators under Python, on every device that torch sees."""
from torchup_checks import devices
from torchup_checks.load_level import is_installed
from torchup_checks.numeric import attention, attention_backends, autograd, eigh, exact, matmul
from torchup_checks.reporting import Skipped, check, expect, fact


def accelerator():
    import torch
    reason = devices.why_no_cuda(torch)
    fact("cuda_available", "false" if reason else "true")
    fact("cuda_reason", reason)
    if reason:
        raise Skipped(reason)
    return ", ".join(torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count()))


def vision_operator():
    if not is_installed("torchvision"):
        raise Skipped("torchvision is not installed")
    import torch
    from torchvision.ops import nms
    boxes = torch.tensor([[0.0, 0.0, 10.0, 10.0], [1.0, 1.0, 11.0, 11.0], [20.0, 20.0, 30.0, 30.0]])
    kept = nms(boxes, torch.tensor([0.8, 0.9, 0.7]), 0.5).tolist()
    expect(kept == [1, 2], f"of three boxes nms kept {kept}, not [1, 2]")
    return "torchvision's nms keeps the right boxes"


def run():
    import torch
    check("accelerator", "numeric", accelerator)
    check("nms", "numeric", vision_operator)
    for device in devices.names(torch):
        for module in (exact, matmul, eigh, attention, attention_backends, autograd):
            for name, judge in module.checks(torch, device):
                check(f"{name}-{device}", "numeric", judge)
