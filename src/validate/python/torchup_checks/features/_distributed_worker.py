"""One of the processes that torchrun starts for distributed.py: `_distributed_worker.py TASK`."""
import ctypes
import datetime
import signal
import sys

import torch
import torch.distributed as distributed

SECONDS = 60


def end_with_parent():
    """torchrun gives its processes a session of their own, so that the end of its group does not reach them."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG, which Linux alone has
    except (OSError, AttributeError):
        pass


def all_reduce(device):
    rank = distributed.get_rank()
    values = torch.arange(5000, dtype=torch.float32, device=device) + rank
    distributed.all_reduce(values)
    if values.cpu().tolist() != [2.0 * i + 1 for i in range(5000)]:
        raise ValueError("the sum of two processes is wrong")


def data_parallel():
    from torch.nn.parallel import DistributedDataParallel
    torch.manual_seed(3)
    network = torch.nn.Linear(8, 3).double()
    whole = torch.linspace(-1, 1, 12 * 8, dtype=torch.float64).reshape(12, 8)
    expected = torch.autograd.grad((network(whole) ** 2).mean(), list(network.parameters()))
    replica = DistributedDataParallel(network)
    half = whole[distributed.get_rank() * 6:][:6]
    (replica(half) ** 2).mean().backward()
    for parameter, gradient in zip(network.parameters(), expected):
        if not torch.allclose(parameter.grad, gradient, rtol=1e-10, atol=1e-12):
            raise ValueError("the gradients of two processes are not those of the whole batch")


def main(task):
    end_with_parent()
    backend = "nccl" if task == "all-reduce-nccl" else "gloo"
    distributed.init_process_group(backend, timeout=datetime.timedelta(seconds=SECONDS))
    if backend == "nccl":
        torch.cuda.set_device(distributed.get_rank())
    if task == "data-parallel":
        data_parallel()
    else:
        all_reduce("cuda" if backend == "nccl" else "cpu")
    distributed.barrier()
    distributed.destroy_process_group()


main(sys.argv[1])
