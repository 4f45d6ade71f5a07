"""Runs steps of several programs in turn, each in a process of its own, and prints medians and the medians of the ratios of neighbours.

    OMP_NUM_THREADS=1 python3 benchmarks/peers/compare.py ours-fp32 plain python [--what moco-v2|simclr|byol|swav|dino|block-TOKENS] [--rounds 3] [--steps 5] [--base DLL]

What: moco-v2; simclr, byol, swav and dino (steps.py); block-197, forward and backward of a block of a ViT-S over 197 tokens (attention.py).
Beside python there is python-bf16 for all but moco-v2, beside plain plain-bf16 for a block; -kept leaves a plain side the allocator of ours.
Sides: ours-fp32, ours-bf16 (the trainer's step with its defaults), plain (TorchSharp alone, benchmarks/PlainMoCoV2.cs), python (moco_v2_step.py, PyTorch with its defaults),
python-tuned (moco-v2 only: channels_last and glibc told to keep memory), base-fp32 and base-bf16 (ours of another revision: --base names its Parallax.Benchmarks.dll, which must know
'step', and '--what' for everything but moco-v2).
The first side is the numerator of all ratios. Wall time is the median step; processor time is user and system time of all timed steps, per step; memory is the peak of the process.
Build first: ./parallax bench --list flat. PYTHON names the interpreter with PyTorch, /usr/bin/python3 by default.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "artifacts/bin/Parallax.Benchmarks/release/Parallax.Benchmarks.dll"
PYTHON = os.environ.get("PYTHON", "/usr/bin/python3")
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str((1 << 31) - 1), "MALLOC_TOP_PAD_": str(64 << 20)}


def sides_of(what):
    """The sides that there are of what is timed."""
    block = re.fullmatch("block-[1-9][0-9]*", what) is not None
    if not block and what not in ("moco-v2", "simclr", "byol", "dino", "swav"):
        return []
    sides = ["ours-fp32", "ours-bf16", "base-fp32", "base-bf16", "plain", "plain-kept", "python"]
    sides += ["plain-bf16", "plain-bf16-kept"] if block else []
    sides += ["python-tuned"] if what == "moco-v2" else ["python-bf16"]
    return sides


def require(options, arguments):
    """Ends with exit code 2 where something else than what is asked for would be timed."""
    known = sides_of(options.what)
    if not known:
        arguments.error(f"--what is '{options.what}'; expected moco-v2, simclr, byol, dino, swav, or block-TOKENS such as block-197")
    for side in options.sides:
        if side not in known:
            arguments.error(f"there is no side '{side}' of {options.what}; there are {', '.join(known)}")
    if any(side.startswith("base") for side in options.sides) and options.base is None:
        arguments.error("base sides need --base, the Parallax.Benchmarks.dll of another revision")
    if options.rounds < 1 or options.steps < 1:
        arguments.error(f"--rounds is {options.rounds} and --steps is {options.steps}; expected at least 1")


def run(side, options):
    environment = dict(os.environ)
    steps = ["--steps", str(options.steps)]
    if side.startswith("python") and options.what.startswith("block-"):
        command = [PYTHON, str(ROOT / "benchmarks/peers/attention.py"), "--json", "--tokens", options.what[len("block-"):], *steps]
        command += ["--bf16"] if side.endswith("bf16") else []
    elif side.startswith("python") and options.what != "moco-v2":
        command = [PYTHON, str(ROOT / "benchmarks/peers/steps.py"), options.what, "--json", *steps]
        command += ["--bf16"] if side.endswith("bf16") else []
    elif side.startswith("python"):
        command = [PYTHON, str(ROOT / "benchmarks/peers/moco_v2_step.py"), "--json", "--threads", environment.get("OMP_NUM_THREADS", "1"), *steps]
        if side == "python-tuned":
            command.append("--channels-last")
            environment.update(KEEP_MEMORY)
    elif side.startswith("base"):
        command = ["dotnet", options.base, "step", side.replace("base", "ours"), "--what", options.what, *steps]
    else:
        command = ["dotnet", str(BENCHMARKS), "step", side.removesuffix("-kept"), "--what", options.what, *steps]
        if side.startswith("plain") and not side.endswith("-kept"):
            environment["PARALLAX_ALLOCATOR"] = "system"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("sides", nargs="+")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--steps", type=int, default=5)
    arguments.add_argument("--base")
    arguments.add_argument("--what", default="moco-v2")
    options = arguments.parse_args()
    require(options, arguments)

    found = {side: [] for side in options.sides}
    for turn in range(options.rounds):
        for side in options.sides if turn % 2 == 0 else reversed(options.sides):
            found[side].append(run(side, options))
            print(turn + 1, side, json.dumps(found[side][-1]), flush=True)

    first = options.sides[0]
    for side, runs in found.items():
        middle = {key: statistics.median(r[key] for r in runs) for key in ("median_ms", "processor_ms", "peak_mb")}
        ratio = {key: statistics.median(a[key] / b[key] for a, b in zip(found[first], runs)) for key in ("median_ms", "processor_ms", "peak_mb")}
        print(
            f"{side}: wall {middle['median_ms']:.0f} ms, processor {middle['processor_ms']:.0f} ms, peak {middle['peak_mb']:.0f} MB; "
            f"{first} takes {ratio['median_ms']:.3f} of its wall time, {ratio['processor_ms']:.3f} of its processor time, {ratio['peak_mb']:.3f} of its memory")


if __name__ == "__main__":
    main()
