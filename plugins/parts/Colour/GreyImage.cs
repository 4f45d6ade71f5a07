using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>A fixed front end of a network: the grey image, in all three channels. It has no weights.</summary>
/// <remarks>Larsson et al., "Colorization as a Proxy Task for Visual Understanding", CVPR 2017, https://arxiv.org/abs/1703.04044, as in its code: so that the
/// network may learn from colours later.</remarks>
/// <param name="data">Gives the numbers by which views are normalised.</param>
public sealed class GreyImage(DatasetInfo data) : Module<Tensor, Tensor>(nameof(GreyImage))
{
    private readonly RgbViews _rgb = new(data);

    /// <summary>The grey images.</summary>
    /// <param name="input">RGB, normalised as views are, [N, 3, H, W].</param>
    /// <returns>[N, 3, H, W] float32 in [0, 1].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return HueChroma.Grey(_rgb.Of(input)).repeat(1, 3, 1, 1).MoveToOuterDisposeScope();   // [N, 3, H, W]
    }
}
