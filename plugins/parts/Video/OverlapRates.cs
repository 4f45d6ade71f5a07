namespace Parallax.Plugins.Parts;

/// <summary>The classes of the overlap prediction: how much of one clip the other one shows.</summary>
/// <remarks>Zhang et al., "Contrastive Spatio-Temporal Pretext Learning for Self-supervised Video Representation", AAAI 2022,
/// https://arxiv.org/abs/2112.08913, and the authors' code.</remarks>
public static class OverlapRates
{
    private static readonly double[] _rates = [1.0, 0.8, 0.6, 0.4, 0.2];

    /// <summary>How many classes there are.</summary>
    public static int Count => _rates.Length;

    /// <summary>The rate of a class, a fraction in (0, 1].</summary>
    /// <param name="overlapClass">From 0, the whole clip, to <see cref="Count"/> - 1.</param>
    public static double Of(int overlapClass) => _rates[overlapClass];

    /// <summary>The class whose rate is nearest; the lower one of two that are equally near.</summary>
    /// <param name="rate">A fraction in [0, 1].</param>
    public static int ClassOf(double rate) => Enumerable.Range(0, Count).MinBy(one => Math.Abs(_rates[one] - rate));

    /// <summary>Where a second clip begins that overlaps the first by the rate of a class.</summary>
    /// <param name="start">First frame of the first clip.</param>
    /// <param name="span">Frames from the first to the last frame of a clip: (T - 1) times the pace.</param>
    /// <param name="overlapClass">Class of the overlap.</param>
    /// <param name="behind">Whether the second clip begins later, not earlier.</param>
    /// <returns>Its first frame, which may lie outside of the video.</returns>
    /// <remarks>The shift is floor((1 - rate) span) in double precision, as in the authors' code: (1 - 0.8) 15 gives 2.</remarks>
    public static int SecondStart(int start, int span, int overlapClass, bool behind)
    {
        var shift = (int)Math.Floor((1 - Of(overlapClass)) * span);

        return behind ? start + shift : start - shift;
    }
}
