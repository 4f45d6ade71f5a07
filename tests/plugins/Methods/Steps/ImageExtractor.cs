using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Shows the images of <see cref="TestRuns.Of"/>: random ones.</summary>
internal sealed class ImageExtractor : IFeatureExtractor
{
    /// <summary>The images, [40, 3, S, S].</summary>
    public Tensor Images { get; } = Tensors.Normal(21, 40, 3, TestRuns.ImageSize, TestRuns.ImageSize).DetachFromDisposeScope();

    /// <summary>How often features were asked for.</summary>
    public int Passes { get; private set; }

    /// <summary>The features that were given last.</summary>
    public Tensor? Last { get; private set; }

    public Tensor Extract(Func<Tensor, Tensor> encode)
    {
        Passes++;
        using var noGradients = no_grad();

        return Last = encode(Images);
    }
}
