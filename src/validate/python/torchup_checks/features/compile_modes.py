"""torch.compile in its modes: a whole graph, its results and its gradients beside those of plain execution."""
from torchup_checks.reporting import check, expect
from torchup_checks.tools import close, fastest_device, need_compiler, need_version, small_network

MODES = ("default", "reduce-overhead", "max-autotune")


def compare(torch, network, compiled, inputs):
    expected, actual = network(inputs), compiled(inputs)
    close(torch, actual, expected, "the compiled network gives other numbers than plain execution")
    if not inputs.requires_grad:
        return
    gradient, = torch.autograd.grad(expected.sum(), inputs)
    compiled_gradient, = torch.autograd.grad(actual.sum(), inputs)
    close(torch, compiled_gradient, gradient, "the compiled network gives other gradients than plain execution")


def compile_in(torch, mode):
    need_version(torch, 2, 0, "torch.compile")
    device = fastest_device(torch)
    compiler = need_compiler() if device == "cpu" else "Triton"
    import torch._dynamo
    network = small_network(torch).to(device)
    compiled = torch.compile(network, mode=mode, fullgraph=True)
    inputs = torch.linspace(-2, 2, 8 * 16, device=device).reshape(8, 16)
    with_gradients = mode == "default"  # a second graph to compile, which once is enough
    with torch.set_grad_enabled(with_gradients):
        for _ in range(3):  # graphs of reduce-overhead are recorded on the second run
            compare(torch, network, compiled, inputs.clone().requires_grad_(with_gradients))
    graphs = torch._dynamo.utils.counters["stats"].get("unique_graphs", 0)
    expect(graphs > 0, "nothing was compiled")
    return f"run on {device} with {compiler}: as plain execution{', gradients too' if with_gradients else ''}"


def run(torch):
    for mode in MODES:
        check(f"compile-{mode}", "features", lambda mode=mode: compile_in(torch, mode))
