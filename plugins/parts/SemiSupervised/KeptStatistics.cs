using TorchSharp.Modules;

namespace Parallax.Plugins.Parts;

/// <summary>While it lives, batch normalisation, whole or in groups, takes the statistics of its batch as ever, but keeps its running ones.</summary>
public sealed class KeptStatistics : IDisposable
{
    private readonly IReadOnlyList<(BatchNorm Norm, double? Momentum)> _whole;
    private readonly IReadOnlyList<(SplitBatchNorm2d Norm, double Momentum)> _split;

    /// <summary>Begins.</summary>
    /// <param name="module">The module whose normalisations are meant.</param>
    public KeptStatistics(Module module)
    {
        _whole = [.. module.modules().OfType<BatchNorm>().Select(norm => (norm, norm.momentum))];
        _split = [.. module.modules().OfType<SplitBatchNorm2d>().Select(norm => (norm, norm.Momentum))];
        Set(_whole.Select(entry => (entry.Norm, (double?)0)), _split.Select(entry => (entry.Norm, 0.0)));
    }

    /// <summary>Ends.</summary>
    public void Dispose() => Set(_whole, _split);

    private static void Set(IEnumerable<(BatchNorm Norm, double? Momentum)> whole, IEnumerable<(SplitBatchNorm2d Norm, double Momentum)> split)
    {
        foreach (var (norm, momentum) in whole)
        {
            norm.momentum = momentum;
        }

        foreach (var (norm, momentum) in split)
        {
            norm.Momentum = momentum;
        }
    }
}
