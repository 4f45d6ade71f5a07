"""Runs one of our benchmarks and its Python peer in turn, A B A B, and prints medians and the median of the ratios of neighbours.

    python3 benchmarks/peers/compare.py operators
    python3 benchmarks/peers/compare.py step --threads 4 [--ours Fp32ChannelsLast] [--rounds 3] [--steps 5] [--channels-last] [--bf16] [--malloc]

--channels-last, --bf16 and --malloc (glibc keeps freed memory) are settings of the peer; --ours names a method of TrainStep.
Build first: ./parallax bench --list flat. PYTHON names the interpreter with PyTorch, /usr/bin/python3 by default.
"""
import argparse
import glob
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "artifacts/bin/Parallax.Benchmarks/release/Parallax.Benchmarks.dll"
PYTHON = os.environ.get("PYTHON", "/usr/bin/python3")
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str((1 << 31) - 1), "MALLOC_TOP_PAD_": str(64 << 20)}
OPERATORS = {"Add": "add 8", "Mul": "mul scalar 8", "Mm": "mm 64x64", "LayerNorm": "layer_norm 32x128", "Item": "item", "Shape": "shape"}


def ours(filters, threads, *options):
    """Median nanoseconds of each benchmark method."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["dotnet", str(BENCHMARKS), "--filter", *filters, "--exporters", "json", "--artifacts", folder, *options]
        done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": str(threads)}, capture_output=True, text=True)
        reports = glob.glob(f"{folder}/results/*-report-full-compressed.json")
        if done.returncode != 0 or not reports:
            raise SystemExit(f"The benchmark failed: {' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        with open(reports[0]) as report:
            return {b["Method"]: b["Statistics"]["Median"] for b in json.load(report)["Benchmarks"]}


def peer(script, threads, options=(), environment=None):
    command = [PYTHON, str(ROOT / "benchmarks/peers" / script), *options]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), **(environment or {})}
    return json.loads(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def operators(options):
    a, b = [], []
    for _ in range(options.rounds):
        measured = ours([f"*OperatorOverhead.{name}" for name in OPERATORS], 1, "--iterationTime", "100", "--iterationCount", "9", "--warmupCount", "3")
        a.append({case: measured[name] for name, case in OPERATORS.items()})
        b.append({case: times["median_ns"] for case, times in peer("operator_overhead.py", 1).items()})
    for case in OPERATORS.values():
        report(case, [run[case] for run in a], [run[case] for run in b], "ns")


def step(options):
    script_options = ["--json", "--threads", str(options.threads), "--steps", str(options.steps)]
    script_options += [f"--{name}" for name in ("channels-last", "bf16") if vars(options)[name.replace("-", "_")]]
    a, b = [], []
    for _ in range(options.rounds):
        measured = ours([f"*TrainStep.{options.ours}"], options.threads, "--iterationCount", str(options.steps))
        a.append(measured[options.ours] / 1e6)
        b.append(peer("moco_v2_step.py", options.threads, script_options, KEEP_MEMORY if options.malloc else None)["median_ms"])
    report(f"{options.ours} against {' '.join(script_options[1:])}{' malloc' if options.malloc else ''}", a, b, "ms")


def report(name, a, b, unit):
    ratios = [x / y for x, y in zip(a, b)]
    print(
        f"{name}: ours {statistics.median(a):.0f} {unit}, Python {statistics.median(b):.0f} {unit}, "
        f"ratio {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f}, {len(a)} pairs)")


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
