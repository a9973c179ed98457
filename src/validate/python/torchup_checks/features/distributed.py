"""Several processes: a sum over all of them with gloo and with NCCL, and gradients of DistributedDataParallel, under torchrun."""
import os

from torchup_checks.reporting import Skipped, check
from torchup_checks.tools import run_script, version_of

SECONDS = 120


def torchrun(torch, task, processes):
    """Over the loopback interface alone."""
    os.environ.update({"GLOO_SOCKET_IFNAME": "lo", "NCCL_SOCKET_IFNAME": "lo", "TP_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": "1"})
    worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_distributed_worker.py")
    dashes = "-" if version_of(torch) >= (2, 0) else "_"
    launch = ["-m", "torch.distributed.run", f"--nproc{dashes}per{dashes}node={processes}", f"--rdzv{dashes}backend=c10d",
              f"--rdzv{dashes}endpoint=127.0.0.1:0", f"--max{dashes}restarts=0"]
    if version_of(torch) >= (2, 0):
        launch.append("--local-addr=127.0.0.1")
    run_script(launch + [worker, task], SECONDS)


def need(torch, backend):
    if not torch.distributed.is_available():
        raise Skipped("this build of torch has no torch.distributed")
    if backend == "gloo" and not getattr(torch.distributed, "is_gloo_available", lambda: True)():
        raise Skipped("this build of torch has no gloo")
    if backend == "nccl":
        if not torch.distributed.is_nccl_available():
            raise Skipped("this build of torch has no NCCL")
        if torch.cuda.device_count() < 2:
            raise Skipped(f"NCCL needs two GPUs, torch sees {torch.cuda.device_count()}")


def all_reduce(torch, backend):
    need(torch, backend)
    torchrun(torch, f"all-reduce-{backend}", 2)
    return f"run: two processes of torchrun summed through {backend}"


def data_parallel(torch):
    need(torch, "gloo")
    torchrun(torch, "data-parallel", 2)
    return "run: gradients of two processes are those of the whole batch in one"


def threads_parallel(torch):
    if torch.cuda.device_count() < 2:
        raise Skipped(f"DataParallel needs two GPUs, torch sees {torch.cuda.device_count()}; DistributedDataParallel is the faster one")
    network = torch.nn.Linear(8, 3).cuda()
    inputs = torch.linspace(-1, 1, 12 * 8, device="cuda").reshape(12, 8)
    if not torch.allclose(torch.nn.DataParallel(network)(inputs), network(inputs), rtol=1e-4, atol=1e-5):
        raise AssertionError("DataParallel gives other numbers than one GPU")
    return f"run on {torch.cuda.device_count()} GPUs, the same numbers as one; DistributedDataParallel is the faster one"


def run(torch):
    check("all-reduce-gloo", "features", lambda: all_reduce(torch, "gloo"))
    check("all-reduce-nccl", "features", lambda: all_reduce(torch, "nccl"))
    check("data-parallel-distributed", "features", lambda: data_parallel(torch))
    check("data-parallel-threads", "features", lambda: threads_parallel(torch))
