using Parallax.Host.Data;
using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>The first micro-batch of a run, and the gradients that it gives without a step being taken.</summary>
internal sealed class FirstBatch : IDisposable
{
    private readonly TrainingSession _session;
    private readonly IEnumerator<HostBatch> _batches;

    /// <param name="session">At its start; stays the caller's.</param>
    public FirstBatch(TrainingSession session)
    {
        using var scope = torch.NewDisposeScope();
        (_session, _batches) = (session, session.Loader.Epoch(0).GetEnumerator());
        Whole = _batches.MoveNext() ? session.Experiment.ToDevice(_batches.Current) : throw new InvalidOperationException("The loader gives no batch.");
        foreach (var tensor in Tensors)
        {
            scope.Detach(tensor);
        }
    }

    /// <summary>All of its images.</summary>
    public Batch Whole { get; }

    /// <summary>Its images without the last one of an odd number: the mean of two halves is that of the whole only where both have as many.</summary>
    public Batch Even => Part(0, 2 * (Whole.Size / 2));

    /// <summary>Those images in two halves, as two micro-batches would have them.</summary>
    public IReadOnlyList<Batch> Halves => [Part(0, Whole.Size / 2), Part(Whole.Size / 2, Whole.Size / 2)];

    /// <summary>Mean loss and gradients of some micro-batches, forward and backward as in a step of training.</summary>
    /// <param name="batches">One after the other.</param>
    public BatchGradients Run(IReadOnlyList<Batch> batches)
    {
        using var scope = torch.NewDisposeScope();
        var experiment = _session.Experiment;
        _session.Optimizer.ZeroGradients();
        _session.Randomness.SeedStep();
        var loss = 0.0;
        foreach (var batch in batches)
        {
            StepOutput output;
            using (experiment.Placement.Autocast())
            {
                output = experiment.Method.Step(batch, _session.Randomness.Context(0));
            }

            _session.Optimizer.Backward(output.Loss / batches.Count);
            loss += output.Loss.to(float32).item<float>() / (double)batches.Count;
        }

        return new(loss, Gradients.Of(experiment.Module));
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }

        _batches.Dispose();
    }

    private IEnumerable<Tensor> Tensors => Whole.Views.Append(Whole.Indices).Concat(
        new[] { Whole.Labels, Whole.Repetitions, Whole.Windows, Whole.Sources }.OfType<Tensor>());

    private Batch Part(long start, long length) =>
        new([.. Whole.Views.Select(view => view.narrow(0, start, length))], Whole.Indices.narrow(0, start, length), Whole.Labels?.narrow(0, start, length))
        {
            Captions = Whole.Captions?.Skip((int)start).Take((int)length).ToList(), Windows = Whole.Windows?.narrow(0, start, length),
            Sources = Whole.Sources?.narrow(0, start, length), Repetitions = Whole.Repetitions?.narrow(0, start, length),
        };
}

/// <summary>What a forward and a backward pass gave.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Gradients">By parameter; disposed with this.</param>
internal sealed record BatchGradients(double Loss, IReadOnlyDictionary<string, Tensor> Gradients) : IDisposable
{
    public void Dispose()
    {
        foreach (var gradient in Gradients.Values)
        {
            gradient.Dispose();
        }
    }
}
