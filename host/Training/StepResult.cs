using Parallax.Host.Distributed;

namespace Parallax.Host.Training;

/// <summary>What one optimizer step left behind, over its micro-batches and all processes.</summary>
internal sealed class StepResult(World world) : IDisposable
{
    /// <summary>The diagnostic that is the norm of the gradient.</summary>
    public const string GradientNormName = "gradient_norm";

    private readonly List<Tensor> _losses = [];
    private readonly Dictionary<string, List<Tensor>> _diagnostics = [];
    private readonly List<MemoryUpdate> _updates = [];
    private (Tensor? Embedding, Tensor? Positive, Tensor? Targets) _shown;   // of the last micro-batch

    /// <summary>The mean loss once it has been read back, else null.</summary>
    public double? Loss { get; private set; }

    /// <summary>Norm of the gradient before clipping, where it was computed.</summary>
    public Tensor? GradientNorm { get; set; }

    /// <summary>Whether the method asked to leave the weights as they are.</summary>
    public bool SkipsUpdate { get; private set; }

    public void Add(StepOutput output)
    {
        SkipsUpdate |= output.SkipsUpdate;
        _shown = (output.Embedding?.detach(), output.Positive?.detach(), output.Targets?.detach());
        _losses.Add(output.Loss.detach());
        foreach (var (name, value) in output.Diagnostics)
        {
            if (!_diagnostics.TryGetValue(name, out var values))
            {
                _diagnostics[name] = values = [];
            }

            values.Add(value.detach());
        }

        _updates.AddRange(output.Remember);
    }

    /// <summary>Reads the mean loss back from the device. It is the same on all processes, so they decide alike.</summary>
    public double ReadLoss() => Loss ??= world.Mean([Mean(_losses)])[0];

    /// <summary>Reads the mean diagnostics back from the device.</summary>
    public IReadOnlyList<(string Name, double Value)> ReadDiagnostics()
    {
        var means = world.Mean([.. _diagnostics.Values.Select(Mean)]);
        var values = _diagnostics.Keys.Zip(means).ToList();
        if (GradientNorm is { } norm)
        {
            values.Add((GradientNormName, Mean([norm])));
        }

        return values;
    }

    /// <summary>Reads how the embeddings spread; null when the method shows none.</summary>
    public EmbeddingHealth? ReadHealth() => EmbeddingHealth.Of(_shown.Embedding, _shown.Positive, _shown.Targets);

    /// <summary>Gives every memory the rows of all micro-batches and processes at once.</summary>
    public void Remember()
    {
        using var noGrad = torch.no_grad();
        foreach (var updates in _updates.GroupBy(u => u.Memory))
        {
            var parts = updates.ToList();
            updates.Key.Remember(Join([.. parts.Select(u => u.Rows)], parts[0].Joining), parts[0].Tags is null ? null
                : Join([.. parts.Select(u => u.Tags!)], RowJoining.Concatenated));
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

    // A micro-batch is spread over the processes, so its rows come together first: that is the order of the whole batch.
    private Tensor Join(Tensor[] parts, RowJoining joining) => joining == RowJoining.Averaged
        ? world.Mean(parts.Length == 1 ? parts[0] : torch.stack(parts).mean([0]))
        : parts.Length == 1 ? world.Gather(parts[0])
        : torch.cat([.. parts.Select(world.Gather)]);

    // Values are read after the step's scope is closed: the copies in float32 need one of their own.
    private static double Mean(List<Tensor> scalars)
    {
        using var scope = torch.NewDisposeScope();

        return scalars.Average(scalar => (double)scalar.to(torch.float32).item<float>());
    }

    private IEnumerable<Tensor> Tensors =>
        _losses.Concat(_diagnostics.Values.SelectMany(v => v))
            .Concat(new[] { GradientNorm, _shown.Embedding, _shown.Positive, _shown.Targets }.OfType<Tensor>());
}
