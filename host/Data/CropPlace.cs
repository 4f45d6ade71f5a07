using Parallax.Host.Configuration;

namespace Parallax.Host.Data;

/// <summary>Where one crop of an evaluation lies in a resized image.</summary>
/// <param name="Places">The rule.</param>
/// <param name="Crop">Which crop, 0 to <paramref name="Crops"/> - 1.</param>
/// <param name="Crops">Number of crops of an image.</param>
internal readonly record struct CropPlace(TestCropPlaces Places, int Crop, int Crops)
{
    private const int CornersAndMiddle = 5;

    /// <summary>The crop from the middle.</summary>
    public static CropPlace Middle { get; } = new(TestCropPlaces.Spread, 0, 1);

    /// <summary>Whether left and right change places.</summary>
    public bool IsMirrored => Places == TestCropPlaces.Corners && Crop >= CornersAndMiddle;

    /// <summary>Its first row and column.</summary>
    /// <param name="down">Rows of the image less those of the crop.</param>
    /// <param name="across">The same of columns.</param>
    /// <remarks>Several crops along the longer side are SlowFast's: halves of pixels are rounded up. A middle crop is torchvision's CenterCrop: halves are
    /// rounded to the even pixel. Corners are torchvision's TenCrop: upper left, upper right, lower left, lower right, middle.</remarks>
    public (int Top, int Left) Offsets(int down, int across) => (Places, Crops) switch
    {
        (TestCropPlaces.Corners, _) when Crop % CornersAndMiddle is var corner and < CornersAndMiddle - 1 =>
            (corner < 2 ? 0 : down, corner % 2 == 0 ? 0 : across),
        (TestCropPlaces.Corners, _) or (_, 1) => (Half(down), Half(across)),
        _ when down > across => (Along(down, Crop, Crops - 1), Along(across, 1, 2)),
        _ => (Along(down, 1, 2), Along(across, Crop, Crops - 1)),
    };

    private static int Half(int pixels) => (int)Math.Round(pixels * 0.5);

    private static int Along(int pixels, int part, int parts) => ((pixels * part) + parts - 1) / parts;
}
