using Parallax.Host.Data;
using Parallax.Host.Training;

namespace Parallax.Benchmarks;

/// <summary>The trainer's own step of MoCo v2 on a batch that is ready: ResNet-18 with the stem for small images, 4096 keys.</summary>
internal sealed class MoCoStep : IStep
{
    private readonly TrainingSession _session;
    private readonly Trainer _trainer;
    private readonly IEnumerator<HostBatch> _batches;

    public MoCoStep(string precision, bool channelsLast, int batchSize, int side)
    {
        _session = BenchmarkHost.Session(
            $$"""
            data: {name: shapes, count: 1024, testCount: 32, size: {{side}}}
            method: {name: moco-v2, queueSize: 4096}
            backbone: {name: resnet18, stem: cifar}
            optimizer: {name: sgd, baseLearningRate: 0.03}
            trainer: {batchSize: {{batchSize}}, threads: {{torch.get_num_threads()}}, workers: 1, device: cpu, precision: {{precision}},
              channelsLast: {{(channelsLast ? "true" : "false")}}}
            """);
        _session.Experiment.Module.train();
        _trainer = new Trainer(_session, new(_ => { }, _ => { }, _ => { }), TimeProvider.System);
        var view = new ViewShape(3, side, side);
        _batches = BenchmarkHost.Noise(batchSize, view, view);
    }

    public double Step()
    {
        using var result = _trainer.TrainStep(_batches);

        return result.ReadLoss();
    }

    public void Dispose() => _session.Dispose();
}
