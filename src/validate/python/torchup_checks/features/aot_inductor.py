"""AOTInductor: a network compiled ahead into a package, loaded and run."""
import os
import tempfile

from torchup_checks.reporting import check
from torchup_checks.tools import close, fastest_device, need_compiler, need_version, small_network


def round_trip(torch):
    need_version(torch, 2, 6, "packages of AOTInductor")
    need_compiler()
    import torch._inductor
    device = fastest_device(torch)
    network = small_network(torch).to(device)
    inputs = torch.linspace(-1, 1, 3 * 16, device=device).reshape(3, 16)
    path = os.path.join(tempfile.mkdtemp(), "network.pt2")
    with torch.no_grad():
        exported = torch.export.export(network, (inputs,))
        package = torch._inductor.aoti_compile_and_package(exported, package_path=path)
        close(torch, torch._inductor.aoti_load_package(package)(inputs), network(inputs),
              "the compiled package gives other numbers than the network")
    return f"run on {device}: compiled into a package, loaded and run"


def run(torch):
    check("aot-inductor", "features", lambda: round_trip(torch))
