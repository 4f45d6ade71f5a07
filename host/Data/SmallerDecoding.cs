namespace Parallax.Host.Data;

/// <summary>How small a sample may be decoded: as small as the crops of all its views allow. Draws them ahead, from the numbers that the views draw them from
/// again.</summary>
internal sealed class SmallerDecoding
{
    /// <summary>
    /// Pixels that a resize must still find for each one it makes, on each axis. Pillow's <c>thumbnail</c> keeps the same gap. On photographs the views then
    /// differ from those of a full-size decoding by half a level of 255 on average; without a gap by two, and by fifteen on fine patterns.
    /// </summary>
    public const int Gap = 2;

    private const int MostReduction = 8;   // of JPEG

    private readonly IShrinkingCrop[] _crops;
    private readonly float[] _parameters;
    private readonly SmallestSide _allowed;   // one delegate for all samples
    private readonly long _seed;
    private long _sample, _epoch;

    private SmallerDecoding(IShrinkingCrop[] crops, long seed)
    {
        (_crops, _seed) = (crops, seed);
        _parameters = new float[crops.Max(crop => crop.ParameterCount)];
        _allowed = AllowedBy;
    }

    /// <summary>Null when a view begins with something else, or with a crop for each frame: then images are decoded at full size.</summary>
    public static SmallerDecoding? For(IReadOnlyList<IReadOnlyList<IAugmentation>> views, long seed)
    {
        IShrinkingCrop[] crops = [.. views.SelectMany(view => view.Take(1)).OfType<IShrinkingCrop>().Where(crop => !crop.DrawsPerFrame)];

        return crops.Length == views.Count ? new(crops, seed) : null;
    }

    /// <summary>For the sample whose views are made next; valid until the next call.</summary>
    public SmallestSide Of(long sample, long epoch)
    {
        (_sample, _epoch) = (sample, epoch);

        return _allowed;
    }

    /// <summary>By how much an image was decoded smaller: 1, 2, 4 or 8.</summary>
    public static int ReductionOf(ImageBuffer image)
    {
        var reduction = 1;
        while (reduction < MostReduction && (image.FullSize.Height + reduction - 1) / reduction > image.Height)
        {
            reduction *= 2;
        }

        return reduction;
    }

    private int AllowedBy(ImageSize full)
    {
        var fewest = double.PositiveInfinity;
        for (var view = 0; view < _crops.Length; view++)
        {
            var random = new CounterRandom(_seed, _epoch, _sample, view);
            var parameters = _parameters.AsSpan(0, _crops[view].ParameterCount);
            _crops[view].Draw(ref random, full, parameters);
            fewest = Math.Min(fewest, _crops[view].PixelsPerPixel(parameters));
        }

        return fewest < 2 * Gap ? 0 : (int)Math.Ceiling(Math.Min(full.Height, full.Width) * Gap / fewest);
    }
}
