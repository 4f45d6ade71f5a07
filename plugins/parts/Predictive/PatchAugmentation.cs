using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Changes every patch of an image by itself, on the device: moves it, inverts and solarizes it, changes or takes away its colours.</summary>
/// <remarks>
/// <para>Hénaff et al., "Data-Efficient Image Recognition with Contrastive Predictive Coding", ICML 2020, https://arxiv.org/abs/1905.09272, appendix: two of
/// the 14 primitives of AutoAugment for each patch, colours as Szegedy et al. in 80 %, grey in 25 %.</para>
/// <para>Here each primitive comes with its chance of 1 in 7 by itself. Of AutoAugment there are shear, translation, rotation, inversion and
/// solarization, with its ranges; brightness, contrast and saturation are among the colours. Left out: equalize, autocontrast, posterize, sharpness,
/// cutout, pairs of images, elastic deformation and changes of the histogram. Of a quarter of the patches that are not grey one channel stays; the share is
/// ours. Hue and saturation are changed in YIQ, where both are linear. Where a patch is moved, its border is repeated.</para>
/// </remarks>
/// <param name="run">Gives the numbers by which images are normalised.</param>
public sealed class PatchAugmentation(RunInfo run)
{
    private const int Draws = 21, Colours = 3;
    private const double PrimitiveShare = 1.0 / 7, ColourShare = 0.8, GreyShare = 0.25, DropShare = 0.25;
    private const double MostShear = 0.3, MostTurn = Math.PI / 6, MostShift = 2 * 150.0 / 331;   // shift: a patch is 2 wide in the coordinates of a grid
    private const double MostBrightness = 32.0 / 255, LeastFactor = 0.5, MostFactor = 1.5, MostHue = 0.2 * 2 * Math.PI;
    private static readonly double[] _toYiq = [0.299, 0.587, 0.114, 0.596, -0.274, -0.322, 0.211, -0.523, 0.312];
    private readonly PixelScale _scale = new(run.Data);

    /// <summary>Changes patches.</summary>
    /// <param name="patches">[N, P, C, p, p], normalised.</param>
    /// <param name="randoms">One sequence per image.</param>
    /// <returns>[N, P, C, p, p], normalised, values of pixels in [0, 255]; a constant.</returns>
    public Tensor Of(Tensor patches, IReadOnlyList<CounterRandom> randoms)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var draws = new PatchDraws(SampleNoise.Uniform(randoms, patches.shape[1] * Draws).view(-1, Draws).to(patches.device));
        var x = Moved(_scale.ToPixels(patches).flatten(0, 1) / 255, draws);                               // [M, C, p, p] in [0, 1], M = N P
        x = where(draws.Happens(PrimitiveShare), 1 - x, x);
        x = where(draws.Happens(PrimitiveShare).logical_and(x.ge(draws.Between(0, 1))), 1 - x, x);        // [M, C, p, p]
        x = Coloured(x, draws).clamp(0, 1);                                                               // [M, C, p, p]

        return _scale.Normalise((x * 255).view(patches.shape)).MoveToOuterDisposeScope();                 // [N, P, C, p, p]
    }

    /// <summary>Rotation, shear and translation in one step.</summary>
    private static Tensor Moved(Tensor x, PatchDraws draws)
    {
        var (turn, shearX, shearY) = (Primitive(MostTurn), Primitive(MostShear), Primitive(MostShear));   // [M] each
        var (shiftX, shiftY) = (Primitive(MostShift), Primitive(MostShift));
        var rows = stack([turn.cos(), shearX - turn.sin(), shiftX, shearY + turn.sin(), turn.cos(), shiftY], 1).view(-1, 2, 3);   // [M, 2, 3]

        return F.grid_sample(
            x, F.affine_grid(rows, x.shape, align_corners: false), GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);

        Tensor Primitive(double most) => (draws.Happens(PrimitiveShare).to(float32) * draws.Between(-most, most)).flatten();
    }

    /// <summary>Contrast, saturation, hue and brightness; then grey, or one channel only.</summary>
    private static Tensor Coloured(Tensor x, PatchDraws draws)
    {
        var changes = draws.Happens(ColourShare).to(float32);                                             // [M, 1, 1, 1]
        var (contrast, saturation) = (Change(1, LeastFactor, MostFactor), Change(1, LeastFactor, MostFactor));
        var (hue, brightness) = (Change(0, -MostHue, MostHue), Change(0, -MostBrightness, MostBrightness));
        var mean = x.mean([2, 3], keepdim: true);                                                         // [M, C, 1, 1]
        x = ((x - mean) * contrast) + mean + brightness;
        if (x.shape[1] != Colours)
        {
            return x;
        }

        x = ColourMatrix(saturation.flatten(), hue.flatten()).bmm(x.flatten(2)).view(x.shape);            // [M, 3, p, p]
        var (isGrey, isDropped) = (draws.Happens(GreyShare), draws.Happens(DropShare));                   // [M, 1, 1, 1] each
        var kept = F.one_hot((draws.Next() * Colours).to(int64).flatten(), Colours).to_type(ScalarType.Bool).unsqueeze(2).unsqueeze(3);   // [M, 3, 1, 1]
        x = x.masked_fill(isDropped.logical_and(kept.logical_not()), 0.5);

        return where(isGrey, x.mean([1], keepdim: true), x);                                              // [M, 3, p, p]

        Tensor Change(double unchanged, double low, double high) => unchanged + (changes * (draws.Between(low, high) - unchanged));   // [M, 1, 1, 1]
    }

    /// <summary>RGB to RGB: in YIQ, chroma times the saturation, turned by the hue. [M, 3, 3]</summary>
    private static Tensor ColourMatrix(Tensor saturation, Tensor hue)
    {
        var toYiq = tensor(_toYiq, dtype: float32, device: hue.device).view(Colours, Colours);            // [3, 3]
        var (zero, one) = (zeros_like(hue), ones_like(hue));                                              // [M]
        var (cos, sin) = (saturation * hue.cos(), saturation * hue.sin());                                // [M]
        var turned = stack([one, zero, zero, zero, cos, -sin, zero, sin, cos], 1).view(-1, Colours, Colours);

        return linalg.inv(toYiq).matmul(turned).matmul(toYiq);                                              // [M, 3, 3]
    }
}

/// <summary>Uniform numbers of each patch, used one after the other.</summary>
/// <param name="values">[M, draws] in [0, 1).</param>
internal sealed class PatchDraws(Tensor values)
{
    private int _next;

    /// <summary>The next number, [M, 1, 1, 1].</summary>
    public Tensor Next() => values.select(1, _next++).view(-1, 1, 1, 1);

    /// <summary>The next number in an interval, [M, 1, 1, 1].</summary>
    public Tensor Between(double low, double high) => low + ((high - low) * Next());

    /// <summary>Whether something happens, [M, 1, 1, 1].</summary>
    /// <param name="share">How often, a fraction in [0, 1].</param>
    public Tensor Happens(double share) => Next().lt(share);
}
