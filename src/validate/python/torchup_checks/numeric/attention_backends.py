"""Every implementation of attention that torch has, by itself: whether it runs, is right, and how much memory it takes."""
import warnings

from torchup_checks.numeric import attention
from torchup_checks.reporting import Judged, Skipped

BACKENDS = (("math", "MATH"), ("flash", "FLASH_ATTENTION"), ("mem-efficient", "EFFICIENT_ATTENTION"), ("cudnn", "CUDNN_ATTENTION"))
LONG = (1, 8, 2048, 64)  # its scores are 128 MiB of float32, which only the plain formula keeps
MOST_READ = 1 << 16


def only(torch, member):
    """A context in which torch may use nothing else."""
    try:
        from torch.nn.attention import SDPBackend, sdpa_kernel
    except ImportError:
        raise Skipped("choosing an implementation came with torch 2.3")
    if not hasattr(SDPBackend, member):
        raise Skipped("this torch does not know it")
    return sdpa_kernel([getattr(SDPBackend, member)])


def chosen(torch, device):
    """What torch takes by itself."""
    if not hasattr(torch, "_fused_sdp_choice"):
        return ""
    query = torch.zeros(1, 2, 64, 64, device=device, dtype=torch.float32 if device == "cpu" else torch.float16)
    number = int(torch._fused_sdp_choice(query, query, query))
    return BACKENDS[number][0] if 0 <= number < len(BACKENDS) else ""


def resident(field):
    """Kibibytes that Linux counts for this process, or None."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            for line in file.read(MOST_READ).split("\n"):
                if line.startswith(field):
                    return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return None


def peak_on_processor(run):
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")  # forget the peak
    except OSError:
        return "peak memory cannot be measured here"
    before = resident("VmRSS:")
    run()
    after = resident("VmHWM:")
    if before is None or after is None:
        return "peak memory cannot be measured here"
    return f"{max(0, after - before) / 1024:.0f} MiB at its peak"


def peak(torch, device, run):
    if device == "cpu":
        return peak_on_processor(run)
    if not device.startswith("cuda"):
        return "peak memory is not measured on this device"
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    run()
    torch.cuda.synchronize(device)
    return f"{(torch.cuda.max_memory_allocated(device) - before) / 2**20:.0f} MiB at its peak"


def try_types(torch, member, device):
    """Every kind in every type that this implementation takes: (judged, "type kind") of each, and its last refusal."""
    done, refusal = [], "it takes none of the types"
    for name in ("float32", "bfloat16", "float16"):
        for kind in attention.kinds_here(torch):
            try:
                with only(torch, member), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    done.append((attention.judge_kind(torch, kind, name, device), name))
            except (RuntimeError, NotImplementedError) as error:
                refusal = str(error).strip().split("\n")[0].split(". ")[0]
    return done, refusal


def judge(torch, label, member, device):
    done, refusal = try_types(torch, member, device)
    if not done:
        raise Skipped(f"not on {device}: {refusal}")
    judged, name = max(done, key=lambda each: each[0].error / each[0].limit if each[0].error == each[0].error else float("inf"))
    if not judged.holds():
        judged.note = f"{name}, {judged.note}"
        return judged
    types = [each for each in ("float32", "bfloat16", "float16") if any(name == each for _, name in done)]
    runnable = types[0] if device == "cpu" else types[-1]
    query = torch.rand(*LONG).to(getattr(torch, runnable)).to(device)

    def run():
        with only(torch, member):
            torch.nn.functional.scaled_dot_product_attention(query, query, query)

    memory = peak(torch, device, run)
    default = "; torch's own choice" if chosen(torch, device) == label else ""
    judged.note = f"{', '.join(types)}; {memory}{default}"
    return judged


def checks(torch, device):
    if not attention.is_there(torch):
        return
    for label, member in BACKENDS:
        yield f"attention-{label}", lambda label=label, member=member: judge(torch, label, member, device)
