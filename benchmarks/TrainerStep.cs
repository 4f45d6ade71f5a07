using Parallax.Host.Data;
using Parallax.Host.Training;

namespace Parallax.Benchmarks;

/// <summary>The trainer's own step of a recipe on a batch that is ready.</summary>
internal sealed class TrainerStep : IStep
{
    private readonly TrainingSession _session;
    private readonly Trainer _trainer;
    private readonly IEnumerator<HostBatch> _batches;
    private readonly List<Tensor> _views;

    /// <param name="recipe">YAML.</param>
    /// <param name="batchSize">Images.</param>
    /// <param name="sides">Height and width of each view, in pixels.</param>
    public TrainerStep(string recipe, int batchSize, params IReadOnlyList<int> sides)
    {
        _session = BenchmarkHost.Session(recipe);
        _session.Experiment.Module.train();
        _trainer = new Trainer(_session, new(_ => { }, _ => { }, _ => { }), TimeProvider.System);
        _batches = BenchmarkHost.Noise(batchSize, [.. sides.Select(side => new ViewShape(3, side, side))]);
        _views = [.. sides.Select(side => rand(batchSize, 3, side, side).ToChannelsLast())];
    }

    public double Step()
    {
        using var result = _trainer.TrainStep(_batches);

        return result.ReadLoss();
    }

    /// <summary>Forward and backward of the backbone on as many images, and nothing else.</summary>
    public void BackboneAlone()
    {
        var backbone = (Module<Tensor, Tensor>)_session.Experiment.Method.Backbone;
        foreach (var view in _views)
        {
            using var scope = NewDisposeScope();
            backbone.call(view).sum().backward();
        }

        foreach (var parameter in backbone.parameters())
        {
            parameter.grad = null;
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _views.ForEach(view => view.Dispose());
    }
}
