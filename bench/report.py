"""What was measured, as a Markdown table: medians, how far the runs lie apart, and how many times longer the peers took."""

import os
import platform
import statistics


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, Linux {platform.release()}"


def seconds_text(value):
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def median(values):
    return statistics.median(values) if values else None


def time_cell(runs):
    if not runs:
        return "-"
    seconds = [run.seconds for run in runs]
    spread = f" ({seconds_text(min(seconds))} to {seconds_text(max(seconds))})" if len(seconds) > 1 else ""
    return f"**{seconds_text(median(seconds))}**{spread}"


def ratio_cell(ours, theirs):
    if not ours or not theirs:
        return "-"
    return f"{median([run.seconds for run in theirs]) / median([run.seconds for run in ours]):.2f}"


def requests_cell(results):
    counted = [[run.requests for run in runs if run.requests is not None] for runs in results]
    return " / ".join(f"{median(counts):.0f}" if counts else "-" for counts in counted) if any(counted) else "-"


def processor_cell(results):
    return " / ".join(f"{median([run.cpu_seconds for run in runs]) * 1000:.0f}" if runs else "-" for runs in results)


def memory_cell(results):
    return " / ".join(f"{median([run.peak_bytes for run in runs]) / 2**20:.0f}" if runs else "-" for runs in results)


def table(rows, tools):
    """`rows` are (case, {tool: [Measured]}, {tool: packages}); gives the lines of the table."""
    peers = tools[1:]
    names = " / ".join(tools)
    head = ["case", "runs", *tools, *[f"{peer} / torchup" for peer in peers], f"processor ms {names}", f"requests {names}",
            f"peak MiB {names}", "packages"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for case, results, packages in rows:
        runs = [results.get(tool, []) for tool in tools]
        counts = " / ".join(str(packages[tool]) for tool in tools if tool in packages)
        cells = [case, " / ".join(str(len(run)) for run in runs), *map(time_cell, runs), *[ratio_cell(runs[0], theirs) for theirs in runs[1:]],
                 processor_cell(runs), requests_cell(runs), memory_cell(runs), counts or "-"]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def stages(rows):
    """How long torchup's own stages took in each cold install, medians over its runs, from what it says with --json."""
    lines = ["| torchup's stages | resolve | fetch, verify, unpack | install | downloaded | installed |", "|---|---|---|---|---|---|"]
    for case, documents in rows:
        if not documents:
            continue
        seconds = {name: median([document["seconds"][name] for document in documents]) for name in ("resolve", "fetch", "install")}
        sizes = {name: median([document["bytes"][name] for document in documents]) for name in ("downloaded", "installed")}
        cells = [case, *[seconds_text(value) for value in seconds.values()], *[f"{value / 1e6:.0f} MB" for value in sizes.values()]]
        lines.append("| " + " | ".join(cells) + " |")
    return lines if len(lines) > 2 else []


def whole(versions, rows, stage_rows, skipped):
    tools = list(versions)
    lines = ["# torchup beside its peers", "", f"Measured in one run, the tools taking turns, on {machine()}.", f"{', '.join(versions.values())}.", "",
             "Cold: an empty cache and no environment. Warm: a full cache, no environment. Offline: the same, and the index may not be asked;",
             "resolved anew: without what torchup keeps of former resolutions. Requests are those to a copy of the index on loopback.",
             "No-op: everything is there already. Medians,",
             "with the fastest and the slowest run. Every tool uses the same index over the same network, and none compiles bytecode.", ""]
    lines += table(rows, tools) + [""]
    lines += [*stages(stage_rows), ""] if stages(stage_rows) else []
    lines += [f"- {reason}" for reason in skipped]
    return "\n".join(lines).rstrip() + "\n"
