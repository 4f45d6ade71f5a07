using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Makes the normalisation layers of a backbone.</summary>
/// <param name="kind">Whole batch, or groups.</param>
/// <param name="splits">Groups for <see cref="NormKind.Split"/>.</param>
internal sealed class NormFactory(NormKind kind, int splits)
{
    /// <summary>A layer with scale 1 and shift 0.</summary>
    public Module<Tensor, Tensor> Create(long channels) =>
        kind == NormKind.Split ? new SplitBatchNorm2d(channels, splits) : BatchNorm2d(channels);
}
