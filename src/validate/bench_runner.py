"""Runs in the environment's own interpreter, isolated: times torch's operators as the program asks for them.

One request a line of JSON on standard input, one reply a line on descriptor 3; see worker_protocol.hpp.
"""
import ctypes
import json
import os
import resource
import sys
import time

replies = os.fdopen(3, "w", encoding="utf-8")


def say(**reply):
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


def seconds_in_queue():
    try:
        with open("/proc/thread-self/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) * 1e-9
    except (OSError, IndexError, ValueError):
        return 0.0


def read_queue():
    """Seconds waited, and the time: read again where the process was put aside between the two."""
    for _ in range(20):
        before = time.perf_counter()
        waited, at = seconds_in_queue(), time.perf_counter()
        if at - before < 200e-6:
            break
    return waited, at


def switches():
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw


def tensor_of(torch, path, sizes, element):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=getattr(torch, element)).reshape(sizes).clone()


class Refused(Exception):
    pass


def operation(torch, kernel, inputs):
    functional = torch.nn.functional
    known = {
        "matmul": lambda: torch.matmul(inputs[0], inputs[1]),
        "eigh": lambda: torch.linalg.eigh(inputs[0]),
        "attention": lambda: functional.scaled_dot_product_attention(*inputs),
        "elementwise": lambda: torch.mul(inputs[0], inputs[1]),
        "reduce": lambda: torch.sum(inputs[0]),
    }
    needs = {"attention": hasattr(functional, "scaled_dot_product_attention")}
    if kernel not in known:
        raise Refused("torch is not asked for it through Python")
    if not needs.get(kernel, True):
        raise Refused(f"this torch has no {kernel}")
    return known[kernel]


def write_outputs(result, folder):
    outputs = list(result) if isinstance(result, (tuple, list)) else [result]
    for place, output in enumerate(outputs):
        with open(f"{folder}/output_{place}", "wb") as file:
            values = output.contiguous()
            file.write(ctypes.string_at(values.data_ptr(), values.numel() * values.element_size()))


class Bench:
    def __init__(self, torch):
        self.torch, self.run_once = torch, None

    def prepare(self, request):
        folder = request["folder"]
        inputs = [tensor_of(self.torch, f"{folder}/input_{place}", sizes, request["element"]) for place, sizes in enumerate(request["inputs"])]
        self.run_once = operation(self.torch, request["kernel"], inputs)
        if request["judge"]:
            write_outputs(self.run_once(), folder)
        return {"prepared": True}

    def run(self, request):
        switched, (waited, start) = switches(), read_queue()
        for _ in range(request["runs"]):
            self.run_once()
        waited_then, end = read_queue()
        return {"seconds": end - start, "waited": waited_then - waited, "switches": switches() - switched}

    def guide(self, request):
        size, torch = request["size"], self.torch
        a, b = torch.rand(size, size), torch.rand(size, size)
        for _ in range(request["warm_ups"]):
            torch.matmul(a, b)
        start = time.perf_counter()
        for _ in range(request["runs"]):
            torch.matmul(a, b)
        return {"seconds": (time.perf_counter() - start) / request["runs"], "waited": 0, "switches": 0}


def answer(bench, line):
    try:
        request = json.loads(line)
        return getattr(bench, request["do"])(request)
    except Refused as reason:
        return {"refused": str(reason)}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {str(error).strip()}".split("\n")[0]}


def main():
    try:
        import torch
    except Exception as error:
        say(failed=f"{type(error).__name__}: {str(error).strip()}".split("\n")[0])
        return
    bench = Bench(torch)
    say(ready=True, version=str(torch.__version__), threads=torch.get_num_threads())
    for line in sys.stdin:
        say(**answer(bench, line))


main()
