"""torch.export: a network as a graph, written to a file and read back."""
import os
import tempfile

from torchup_checks.reporting import check
from torchup_checks.tools import close, need_version, small_network


def round_trip(torch):
    need_version(torch, 2, 1, "torch.export")
    network = small_network(torch)
    inputs = torch.linspace(-1, 1, 3 * 16).reshape(3, 16)
    path = os.path.join(tempfile.mkdtemp(), "network.pt2")
    torch.export.save(torch.export.export(network, (inputs,)), path)
    read = torch.export.load(path)
    close(torch, read.module()(inputs), network(inputs), "the exported network gives other numbers than the network")
    return f"run: exported, {os.path.getsize(path)} bytes written, read and run"


def run(torch):
    check("export", "features", lambda: round_trip(torch))
