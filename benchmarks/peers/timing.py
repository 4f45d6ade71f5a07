"""How the Python peers time a step: wall and processor time, peak memory."""
import json
import resource
import statistics
import time

import torch


def report(step, options, threads):
    """Runs options.warmup and then options.steps steps, and prints what the latter took: as JSON, or in words."""
    for _ in range(options.warmup):
        step()
    times, processor = [], time.process_time()
    for _ in range(options.steps):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1000)
    result = {
        "median_ms": statistics.median(times), "min_ms": min(times), "processor_ms": (time.process_time() - processor) * 1000 / options.steps,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "threads": threads, "torch": torch.__version__,
    }
    print(json.dumps(result) if options.json else f"{result['processor_ms']:.1f} ms processor time a step, {threads} threads, torch {torch.__version__}")
