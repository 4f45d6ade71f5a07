using TorchSharp.Modules;

namespace Parallax.Plugins.Parts;

/// <summary>While it lives, batch normalisation takes the statistics of its batch as ever, but keeps its running ones as they are.</summary>
public sealed class KeptStatistics : IDisposable
{
    private readonly IReadOnlyList<(BatchNorm Norm, double? Momentum)> _norms;

    /// <summary>Begins.</summary>
    /// <param name="module">The module whose normalisations are meant.</param>
    public KeptStatistics(Module module)
    {
        _norms = [.. module.modules().OfType<BatchNorm>().Select(norm => (norm, norm.momentum))];
        foreach (var (norm, _) in _norms)
        {
            norm.momentum = 0;
        }
    }

    /// <summary>Ends.</summary>
    public void Dispose()
    {
        foreach (var (norm, momentum) in _norms)
        {
            norm.momentum = momentum;
        }
    }
}
