using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Recipes;

/// <summary>Works on patches, for tests that look at views only.</summary>
internal sealed class PatchesBackbone : Module<Tensor, Tensor>, IBackbone
{
    public PatchesBackbone()
        : base(nameof(PatchesBackbone))
    {
    }

    public int FeatureDim => 12;

    public int PatchSize => 16;

    public override Tensor forward(Tensor input) => throw new NotSupportedException("Only its sizes are asked for.");
}
