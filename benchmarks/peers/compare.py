"""Runs one of our benchmarks and its Python peer in turn, A B A B, and prints medians, minima and the median of the ratios of neighbours.

    python3 benchmarks/peers/compare.py operators
    python3 benchmarks/peers/compare.py step --threads 4 [--ours Fp32ChannelsLast] [--rounds 3] [--steps 5] [--channels-last] [--bf16] [--malloc]

For steps it also prints the processor time of both whole processes, start included, over the same number of steps: on a busy machine with
one thread that is the steadier number. --channels-last, --bf16 and --malloc (glibc keeps freed memory) are settings of the peer; --ours names a method of TrainStep.
Build first: ./parallax bench --list flat. PYTHON names the interpreter with PyTorch, /usr/bin/python3 by default.
"""
import argparse
import glob
import json
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "artifacts/bin/Parallax.Benchmarks/release/Parallax.Benchmarks.dll"
PYTHON = os.environ.get("PYTHON", "/usr/bin/python3")
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str((1 << 31) - 1), "MALLOC_TOP_PAD_": str(64 << 20)}
OPERATORS = {"Add": "add 8", "Mul": "mul scalar 8", "Mm": "mm 64x64", "LayerNorm": "layer_norm 32x128", "Item": "item", "Shape": "shape"}


def ours(filters, threads, *options):
    """Median and minimum, in nanoseconds, of each benchmark method."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["dotnet", str(BENCHMARKS), "--filter", *filters, "--exporters", "json", "--artifacts", folder, *options]
        done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": str(threads)}, capture_output=True, text=True)
        reports = glob.glob(f"{folder}/results/*-report-full-compressed.json")
        if done.returncode != 0 or not reports:
            raise SystemExit(f"The benchmark failed: {' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        with open(reports[0]) as report:
            return {b["Method"]: (b["Statistics"]["Median"], b["Statistics"]["Min"]) for b in json.load(report)["Benchmarks"]}


def peer(script, threads, options=(), environment=None):
    command = [PYTHON, str(ROOT / "benchmarks/peers" / script), *options]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), **(environment or {})}
    return json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def processor_time(call):
    """What a call returns, and the user and system seconds of the processes it ran."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = call()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return result, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def operators(options):
    a, b = [], []
    for _ in range(options.rounds):
        measured = ours([f"*OperatorOverhead.{name}" for name in OPERATORS], 1, "--iterationTime", "100", "--iterationCount", "9", "--warmupCount", "3")
        a.append({case: measured[name] for name, case in OPERATORS.items()})
        b.append({case: (times["median_ns"], times["min_ns"]) for case, times in peer("operator_overhead.py", 1).items()})
    for case in OPERATORS.values():
        report(case, [run[case] for run in a], [run[case] for run in b], "ns")


def step(options):
    # the warm-up is three steps for ours and two for the peer
    script_options = ["--json", "--threads", str(options.threads), "--steps", str(options.steps + 1)]
    script_options += [f"--{name}" for name in ("channels-last", "bf16") if vars(options)[name.replace("-", "_")]]
    a, b, seconds = [], [], []
    for _ in range(options.rounds):
        measured, own = processor_time(lambda: ours([f"*TrainStep.{options.ours}"], options.threads, "--iterationCount", str(options.steps)))
        found, others = processor_time(lambda: peer("moco_v2_step.py", options.threads, script_options, KEEP_MEMORY if options.malloc else None))
        a.append(tuple(nanoseconds / 1e6 for nanoseconds in measured[options.ours]))
        b.append((found["median_ms"], found["min_ms"]))
        seconds.append((own, others))
    report(f"{options.ours} against {' '.join(script_options[1:])}{' malloc' if options.malloc else ''}", a, b, "ms")
    report(f"  processor time of {options.steps + 3} steps", [(x, x) for x, _ in seconds], [(y, y) for _, y in seconds], "s")


def report(name, a, b, unit):
    """a and b: (median, minimum) of each round."""
    ratios = [x[0] / y[0] for x, y in zip(a, b)]
    middle, least = (lambda runs: statistics.median(run[0] for run in runs)), (lambda runs: min(run[1] for run in runs))
    print(
        f"{name}: ours {middle(a):.0f} {unit} (minimum {least(a):.0f}), Python {middle(b):.0f} {unit} (minimum {least(b):.0f}), "
        f"ratio {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}, {len(a)} pairs), of minima {least(a) / least(b):.3f}", flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("what", choices=["operators", "step"])
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--steps", type=int, default=5)
    arguments.add_argument("--ours", default="Fp32ChannelsLast")
    arguments.add_argument("--channels-last", action="store_true")
    arguments.add_argument("--bf16", action="store_true")
    arguments.add_argument("--malloc", action="store_true")
    options = arguments.parse_args()
    {"operators": operators, "step": step}[options.what](options)


if __name__ == "__main__":
    main()
