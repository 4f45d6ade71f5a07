using Parallax.Host.Data;
using Parallax.Host.Training;

namespace Parallax.Benchmarks;

/// <summary>The trainer's own step of a recipe on a batch that is ready.</summary>
internal class MethodStep : IStep
{
    private readonly TrainingSession _session;
    private readonly Trainer _trainer;
    private readonly IEnumerator<HostBatch> _batches;

    /// <param name="parts">Sections method, backbone and optimizer of the recipe.</param>
    /// <param name="precision">fp32 or bf16.</param>
    /// <param name="channelsLast">The memory layout.</param>
    /// <param name="batchSize">Images.</param>
    /// <param name="side">Pixels of a side.</param>
    public MethodStep(string parts, string precision, bool channelsLast, int batchSize, int side)
    {
        _session = BenchmarkHost.Session(
            $$"""
            data: {name: shapes, count: 1024, testCount: 32, size: {{side}}}
            {{parts}}
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
