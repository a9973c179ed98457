"""Recorded work: CUDA graphs, and the Graph that torch.accelerator has for any kind of accelerator."""
from torchup_checks.reporting import Skipped, check, expect


def record_and_replay(torch, graph, recording, device):
    inputs = torch.arange(64.0, device=device)
    (inputs * 3 + 1).sum()  # what is recorded has run once
    with recording:
        result = (inputs * 3 + 1).sum()
    inputs.fill_(2.0)
    graph.replay()
    torch.cuda.synchronize()
    expect(result.item() == 64 * 7.0, "a replayed graph did not see its new inputs")


def cuda_graph(torch):
    if not torch.cuda.is_available():
        raise Skipped("torch sees no CUDA device")
    if not hasattr(torch.cuda, "CUDAGraph"):
        raise Skipped("this torch has no CUDA graphs")
    graph = torch.cuda.CUDAGraph()
    record_and_replay(torch, graph, torch.cuda.graph(graph), "cuda")
    return "run: recorded, and replayed with other inputs"


def accelerator(torch):
    module = getattr(torch, "accelerator", None)
    if module is None:
        raise Skipped("torch.accelerator came with torch 2.6")
    if not module.is_available():
        raise Skipped("present; torch sees no accelerator")
    kind = module.current_accelerator()
    module.synchronize()
    return f"run: {kind}, {module.device_count()} of them"


def accelerator_graph(torch):
    module = getattr(torch, "accelerator", None)
    if module is None or not hasattr(module, "Graph"):
        raise Skipped("this torch has no torch.accelerator.Graph")
    if not module.is_available():
        raise Skipped("present; torch sees no accelerator")
    device = str(module.current_accelerator())
    graph = module.Graph()
    inputs = torch.arange(64.0, device=device)
    (inputs * 3 + 1).sum()
    with graph:
        result = (inputs * 3 + 1).sum()
    inputs.fill_(2.0)
    graph.replay()
    module.synchronize()
    expect(result.item() == 64 * 7.0, "a replayed graph did not see its new inputs")
    return f"run on {device}: recorded, and replayed with other inputs"


def run(torch):
    check("cuda-graph", "features", lambda: cuda_graph(torch))
    check("accelerator-api", "features", lambda: accelerator(torch))
    check("accelerator-graph", "features", lambda: accelerator_graph(torch))
