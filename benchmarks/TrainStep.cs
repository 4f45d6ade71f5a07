using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace Parallax.Benchmarks;

/// <summary>How long does a whole MoCo v2 step take, in which precision and memory layout? The trainer's own step on a batch that is ready.</summary>
/// <remarks>
/// ResNet-18 with the stem for small images, 256 images of 32 x 32, 4096 keys: momentum update, both encoders, loss, backward, SGD, queue.
/// Threads: <c>OMP_NUM_THREADS</c>, otherwise every core. The same work in Python: <c>benchmarks/peers/moco_v2_step.py</c>.
/// </remarks>
[MemoryDiagnoser]
#pragma warning disable CA1001 // GlobalCleanup disposes it
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 2, iterationCount: 10)]
public class TrainStep
#pragma warning restore CA1001
{
    private const int BatchSize = 256, Side = 32;

    private MoCoStep? _step;

    [GlobalSetup(Target = nameof(Fp32))]
    public void SetupFp32() => _step = new("fp32", channelsLast: false, BatchSize, Side);

    [GlobalSetup(Target = nameof(Fp32ChannelsLast))]
    public void SetupFp32ChannelsLast() => _step = new("fp32", channelsLast: true, BatchSize, Side);

    [GlobalSetup(Target = nameof(Bf16))]
    public void SetupBf16() => _step = new("bf16", channelsLast: false, BatchSize, Side);

    [GlobalSetup(Target = nameof(Bf16ChannelsLast))]
    public void SetupBf16ChannelsLast() => _step = new("bf16", channelsLast: true, BatchSize, Side);

    [GlobalCleanup]
    public void Cleanup() => _step?.Dispose();

    /// <summary>The plain formulation: PyTorch's default memory layout and precision.</summary>
    [Benchmark(Baseline = true)]
    public double Fp32() => _step!.Step();

    /// <summary>The trainer's defaults.</summary>
    [Benchmark]
    public double Fp32ChannelsLast() => _step!.Step();

    [Benchmark]
    public double Bf16() => _step!.Step();

    [Benchmark]
    public double Bf16ChannelsLast() => _step!.Step();
}
