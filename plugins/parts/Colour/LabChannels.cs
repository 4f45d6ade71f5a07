using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>A fixed front end of a network: some of the channels of <see cref="Lab.ScaledFromRgb"/>. It has no weights.</summary>
public sealed class LabChannels : Module<Tensor, Tensor>
{
    private readonly RgbViews _rgb;
    private readonly int _first, _count;

    private LabChannels(DatasetInfo data, int first, int count)
        : base(nameof(LabChannels)) => (_rgb, _first, _count) = (new(data), first, count);

    /// <summary>Lightness alone, one channel.</summary>
    /// <param name="data">Gives the numbers by which views are normalised.</param>
    public static LabChannels Lightness(DatasetInfo data) => new(data, first: 0, count: 1);

    /// <summary>Colour without lightness: a and b, two channels.</summary>
    /// <param name="data">Gives the numbers by which views are normalised.</param>
    public static LabChannels Colours(DatasetInfo data) => new(data, first: 1, count: 2);

    /// <summary>The channels.</summary>
    /// <param name="input">RGB, normalised as views are, [N, 3, H, W].</param>
    /// <returns>[N, 1 or 2, H, W] float32.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Lab.ScaledFromRgb(_rgb.Of(input)).narrow(1, _first, _count).contiguous().MoveToOuterDisposeScope();
    }
}
