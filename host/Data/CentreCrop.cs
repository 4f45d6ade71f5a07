namespace Parallax.Host.Data;

/// <summary>Brings an image to the form of evaluations: shorter side resized, a square cropped, or all of it squashed into one, channels normalised.</summary>
/// <param name="info">Gives the constants of the normalisation.</param>
/// <param name="side">Height and width of the result.</param>
/// <param name="shorterSide">Shorter side before the crop, at least <paramref name="side"/>.</param>
/// <param name="fit">How an image becomes a square.</param>
internal sealed class CentreCrop(DatasetInfo info, int side, int shorterSide, ImageFit fit = ImageFit.Crop)
{
    /// <summary>How small an image may be decoded.</summary>
    public SmallestSide SmallestSide { get; } = _ => (fit == ImageFit.Squash ? side : shorterSide) * SmallerDecoding.Gap;

    /// <summary>Resizes an image in place.</summary>
    public void Resize(ImageBuffer image)
    {
        if (fit != ImageFit.Squash)
        {
            TriangleResize.Apply(image, Resized(image.FullSize));
        }

        if (fit != ImageFit.Crop)
        {
            TriangleResize.Apply(image, new(side, side));
        }
    }

    /// <summary>Crops and normalises a resized image.</summary>
    /// <param name="image">Stays as it is.</param>
    /// <param name="target">Receives [C, side, side], or one frame of a clip [C, T, side, side].</param>
    /// <param name="place">Where the crop lies.</param>
    /// <param name="frame">Which frame of the clip.</param>
    /// <param name="frames">T; 1 for an image.</param>
    public void Crop(ImageBuffer image, Span<float> target, CropPlace place, int frame = 0, int frames = 1)
    {
        var (top, left) = place.Offsets(image.Height - side, image.Width - side);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var plane = image.Plane(channel);
            var (mean, std) = ((float)info.Mean[channel], (float)info.Std[channel]);
            for (var row = 0; row < side; row++)
            {
                var source = plane.Slice(((top + row) * image.Width) + left, side);
                var result = target.Slice(((((channel * frames) + frame) * side) + row) * side, side);
                for (var x = 0; x < side; x++)
                {
                    result[x] = (source[x] - mean) / std;
                }

                if (place.IsMirrored)
                {
                    result.Reverse();
                }
            }
        }
    }

    /// <summary>The longer side is cut off to whole pixels, as torchvision's Resize does.</summary>
    private ImageSize Resized(ImageSize size) => size.Height < size.Width
        ? new(shorterSide, (int)((long)shorterSide * size.Width / size.Height))
        : new((int)((long)shorterSide * size.Height / size.Width), shorterSide);
}
