using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Parallax.Host.Data;
using Parallax.Host.Training;

namespace Parallax.Benchmarks;

/// <summary>How long does a whole MoCo v2 step take, in which precision and memory layout? The trainer's own step on a batch that is ready.</summary>
/// <remarks>
/// ResNet-18 with the stem for small images, 256 images of 32 x 32, 4096 keys: momentum update, both encoders, loss, backward, SGD, queue.
/// Threads: <c>OMP_NUM_THREADS</c>, otherwise every core. The same work in Python: <c>benchmarks/peers/moco_v2_step.py</c>.
/// </remarks>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 2, iterationCount: 10)]
public class TrainStep
{
    private const int BatchSize = 256, Side = 32;

    private TrainingSession _session = null!;
    private Trainer _trainer = null!;
    private IEnumerator<HostBatch> _batches = null!;

    [GlobalSetup(Target = nameof(Fp32))]
    public void SetupFp32() => Setup("fp32", channelsLast: false);

    [GlobalSetup(Target = nameof(Fp32ChannelsLast))]
    public void SetupFp32ChannelsLast() => Setup("fp32", channelsLast: true);

    [GlobalSetup(Target = nameof(Bf16))]
    public void SetupBf16() => Setup("bf16", channelsLast: false);

    [GlobalSetup(Target = nameof(Bf16ChannelsLast))]
    public void SetupBf16ChannelsLast() => Setup("bf16", channelsLast: true);

    [GlobalCleanup]
    public void Cleanup() => _session.Dispose();

    /// <summary>The plain formulation: PyTorch's default memory layout and precision.</summary>
    [Benchmark(Baseline = true)]
    public double Fp32() => Step();

    /// <summary>The trainer's defaults.</summary>
    [Benchmark]
    public double Fp32ChannelsLast() => Step();

    [Benchmark]
    public double Bf16() => Step();

    [Benchmark]
    public double Bf16ChannelsLast() => Step();

    private void Setup(string precision, bool channelsLast)
    {
        _session = BenchmarkHost.Session(
            $$"""
            data: {name: shapes, count: 1024, testCount: 32, size: {{Side}}}
            method: {name: moco-v2, queueSize: 4096}
            backbone: {name: resnet18, stem: cifar}
            optimizer: {name: sgd, baseLearningRate: 0.03}
            trainer: {batchSize: {{BatchSize}}, threads: {{torch.get_num_threads()}}, workers: 1, device: cpu, precision: {{precision}}, channelsLast: {{(channelsLast ? "true" : "false")}}}
            """);
        _session.Module.train();
        _trainer = new Trainer(_session, new(_ => { }, _ => { }, _ => { }), TimeProvider.System);
        var view = new ViewShape(3, Side, Side);
        _batches = BenchmarkHost.Noise(BatchSize, view, view);
    }

    private double Step()
    {
        using var result = _trainer.TrainStep(_batches);

        return result.ReadLoss();
    }
}
