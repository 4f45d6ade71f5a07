namespace Parallax.Host.Training;

/// <summary>What one optimizer step left behind, summed over its micro-batches.</summary>
internal sealed class StepResult : IDisposable
{
    private readonly List<Tensor> _losses = [];
    private readonly Dictionary<string, List<Tensor>> _diagnostics = [];
    private readonly List<QueueUpdate> _updates = [];

    /// <summary>The mean loss once it has been read back, else null.</summary>
    public double? Loss { get; private set; }

    /// <summary>Norm of the gradient before clipping, where it was computed.</summary>
    public Tensor? GradientNorm { get; set; }

    public void Add(StepOutput output)
    {
        _losses.Add(output.Loss.detach());
        foreach (var (name, value) in output.Diagnostics)
        {
            if (!_diagnostics.TryGetValue(name, out var values))
            {
                _diagnostics[name] = values = [];
            }

            values.Add(value.detach());
        }

        _updates.AddRange(output.Enqueue);
    }

    /// <summary>Reads the mean loss back from the device.</summary>
    public double ReadLoss() => Loss ??= Mean(_losses);

    /// <summary>Reads the mean diagnostics back from the device.</summary>
    public IReadOnlyList<(string Name, double Value)> ReadDiagnostics()
    {
        var values = _diagnostics.Select(d => (d.Key, Mean(d.Value))).ToList();
        if (GradientNorm is { } norm)
        {
            values.Add(("gradient_norm", Mean([norm])));
        }

        return values;
    }

    /// <summary>Puts the keys of all micro-batches into their queues, in order, as one batch per queue.</summary>
    public void EnqueueAll()
    {
        using var noGrad = torch.no_grad();
        foreach (var updates in _updates.GroupBy(u => u.Queue))
        {
            var parts = updates.ToList();
            var keys = parts.Count == 1 ? parts[0].Keys : torch.cat(parts.Select(u => u.Keys).ToArray());
            var labels = parts[0].Labels is null ? null : parts.Count == 1 ? parts[0].Labels : torch.cat(parts.Select(u => u.Labels!).ToArray());
            updates.Key.Enqueue(keys, labels);
        }

        _updates.Clear();
    }

    /// <summary>Takes what may still be read out of the step's scope, so that the activations can go now.</summary>
    public StepResult KeepBeyond(DisposeScope scope)
    {
        foreach (var tensor in Tensors)
        {
            scope.Detach(tensor);
        }

        return this;
    }

    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
    }

    // Values are read after the step's scope is closed: the copies in float32 need one of their own.
    private static double Mean(List<Tensor> scalars)
    {
        using var scope = torch.NewDisposeScope();

        return scalars.Average(scalar => (double)scalar.to(torch.float32).item<float>());
    }

    private IEnumerable<Tensor> Tensors => _losses.Concat(_diagnostics.Values.SelectMany(v => v)).Concat(GradientNorm is null ? [] : [GradientNorm]);
}
