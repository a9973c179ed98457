"""A DataLoader with worker processes: every sample once, in order, through shared memory."""
import multiprocessing

from torchup_checks.reporting import check, expect

SAMPLES, WORKERS = 101, 2


class Squares:
    """A data set; workers that are not forks import this module."""

    def __len__(self):
        return SAMPLES

    def __getitem__(self, index):
        import torch
        return torch.full((64,), index * index)


def load_all(torch, start):
    loader = torch.utils.data.DataLoader(Squares(), batch_size=8, num_workers=WORKERS, multiprocessing_context=start, timeout=60)
    squares = torch.cat(list(loader))
    expected = (torch.arange(SAMPLES) ** 2).unsqueeze(1).expand(SAMPLES, 64)
    expect(torch.equal(squares, expected), f"{WORKERS} workers gave other samples than the data set has")
    return f"run: {SAMPLES} samples in order through {WORKERS} workers"


def run(torch):
    import torch.utils.data
    for start in ("fork", "spawn"):
        if start in multiprocessing.get_all_start_methods():
            check(f"dataloader-{start}", "features", lambda start=start: load_all(torch, start))
