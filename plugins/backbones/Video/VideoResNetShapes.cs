namespace Parallax.Plugins.Backbones;

/// <summary>The published residual networks for clips.</summary>
internal static class VideoResNetShapes
{
    private const int TorchvisionStemMiddle = 45;

    private static readonly Extent _halvedSide = new(1, 2);
    private static readonly IReadOnlyList<IReadOnlyList<long>> _cubes = [[3, 3], [3, 3], [3, 3], [3, 3]];
    private static readonly IReadOnlyList<IReadOnlyList<long>> _slow = [[1, 1], [1, 1], [3, 1], [3, 1]];
    private static readonly IReadOnlyList<IReadOnlyList<long>> _slowBottlenecks = [[1, 1, 1], [1, 1, 1], [3, 1, 1], [3, 1, 1]];

    /// <summary>R3D of basic blocks.</summary>
    public static VideoResNetShape R3D(R3DForm form, IReadOnlyList<int> depths) => form switch
    {
        R3DForm.Slow => new(depths, new(1, 7), _halvedSide, _slow) { PoolsStem = true },
        _ => new(depths, new(form == R3DForm.Hara ? 7 : 3, 7), _halvedSide, _cubes)
        {
            StridesTime = true, IsTorchvisions = form == R3DForm.Torchvision && IsEighteen(depths),
        },
    };

    /// <summary>R3D-50.</summary>
    public static VideoResNetShape R3D50(R3D50Form form) => form switch
    {
        R3D50Form.Cvrl => new([3, 4, 6, 3], new(5, 7), new(2, 2), _slowBottlenecks) { PoolsStem = true },
        _ => new([3, 4, 6, 3], new(1, 7), _halvedSide, _slowBottlenecks) { PoolsStem = true },
    };

    /// <summary>R(2+1)D.</summary>
    public static VideoResNetShape R2Plus1D(R2Plus1DForm form, IReadOnlyList<int> depths) => new(depths, new(3, 7), _halvedSide, _cubes)
    {
        StridesTime = true,
        Form = form == R2Plus1DForm.Cstp ? ConvolutionForm.FactoredEach : ConvolutionForm.FactoredByBlock,
        IsTorchvisions = form == R2Plus1DForm.Torchvision && IsEighteen(depths),
        StemMiddle = form == R2Plus1DForm.Cstp ? 0 : TorchvisionStemMiddle,
    };

    private static bool IsEighteen(IReadOnlyList<int> depths) => depths.All(depth => depth == 2);
}
