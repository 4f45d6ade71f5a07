using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>How much each pixel of a clip's middle frame moves by itself: other than the camera, or the background, does.</summary>
/// <remarks>
/// <para>Stands for uNLC, the motion segmentation of Pathak et al., "Learning Features by Watching Objects Move", CVPR 2017,
/// https://arxiv.org/abs/1612.06370, which combines optical flow, superpixels of many frames and a CRF and is not reproduced. Ours: block matching between the
/// middle frame and each other. The dominant motion is the whole shift that explains most of the frame; the saliency of a pixel is the part of the mismatch
/// under it that a shift of its own takes away, (c_dominant - c_least) / (c_dominant + noise).</para>
/// <para>A mismatch counts only what no interpolation by half a pixel in either frame explains, as in Birchfield and Tomasi (PAMI 1998), so that slow drifts
/// between whole pixels are none. A pixel must move against frames before and after it: what an object hides or uncovers is seen on one side. Small holes
/// are closed, as morphology does. Turns and zooms of the camera are not removed, and the wide even inside of an object has no motion to see.</para>
/// </remarks>
/// <param name="radius">Largest shift between two frames that is looked for, in pixels, at least 1.</param>
public sealed class MotionSaliency(int radius)
{
    private const int Window = 3;                // side of a block in pixels
    private const int Closing = 5;               // holes in a moving region up to this side are filled
    private const double Noise = 0.005;          // mismatch of grey values that tells nothing
    private const double MostMismatch = 0.1;     // a pixel under another motion counts no more than this when the dominant one is chosen
    private const double Shortness = 1e-5;       // for each pixel of length: of equally good motions the shortest

    /// <summary>Fewest frames: one before and one after the middle.</summary>
    public const int FewestFrames = 3;

    // Shortest first.
    private readonly (int Right, int Down)[] _shifts =
    [
        .. from down in Enumerable.Range(-radius, (2 * radius) + 1)
           from right in Enumerable.Range(-radius, (2 * radius) + 1)
           orderby (right * right) + (down * down)
           select (right, down),
    ];

    /// <summary>What is wrong with clips of a run: too few frames to see motion.</summary>
    /// <param name="run">Gives the clip.</param>
    public static IEnumerable<string> Faults(RunInfo run) => run.Clip is { Frames: < FewestFrames } clip
        ? [$"clips.frames is {clip.Frames}, but motion is seen against a frame before and one after. Raise it to {FewestFrames} or more."]
        : [];

    /// <summary>The frame that the saliency is of.</summary>
    /// <param name="clips">[N, C, T, H, W].</param>
    /// <returns>Frame T / 2, [N, C, H, W].</returns>
    public static Tensor Middle(Tensor clips) => clips.select(2, clips.shape[2] / 2);

    /// <summary>Grey values of normalised clips, small enough to look for motion.</summary>
    /// <param name="clips">Normalised, [N, C, T, H, W].</param>
    /// <param name="data">Gives the numbers of the normalisation.</param>
    /// <param name="side">Largest side in pixels.</param>
    /// <returns>[N, T, h, w] float32 in about [0, 1], without gradients.</returns>
    public static Tensor Grey(Tensor clips, DatasetInfo data, int side)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var channels = Enumerable.Range(0, data.Channels).Select(c => (clips.select(1, c).to(float32) * data.Std[c]) + data.Mean[c]);
        var grey = channels.Aggregate((sum, channel) => sum + channel) / data.Channels;                   // [N, T, H, W]
        long[] size = [Math.Min(side, grey.shape[2]), Math.Min(side, grey.shape[3])];

        return F.adaptive_avg_pool2d(grey, size).MoveToOuterDisposeScope();                               // [N, T, h, w]
    }

    /// <summary>Computes the saliency of the middle frame.</summary>
    /// <param name="grey">Grey values in [0, 1], [N, T, H, W], T at least <see cref="FewestFrames"/>.</param>
    /// <returns>[N, H, W] float32 in [0, 1), without gradients; 0 where nothing moves by itself.</returns>
    /// <exception cref="ArgumentException">The tensor has another shape, or too few frames.</exception>
    public Tensor Of(Tensor grey)
    {
        if (grey.shape is not [_, >= FewestFrames, _, _])
        {
            throw new ArgumentException($"'{nameof(grey)}' has the shape [{string.Join(", ", grey.shape)}]; expected grey clips, [N, T, H, W], of "
                + $"{FewestFrames} frames at least.", nameof(grey));
        }

        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var middle = (int)(grey.shape[1] / 2);
        var frames = Enumerable.Range(0, (int)grey.shape[1]).Select(t => grey.narrow(1, t, 1).to(float32)).ToList();   // each [N, 1, H, W]
        var before = Largest(frames.Take(middle).Select(frame => Against(frames[middle], frame)));
        var after = Largest(frames.Skip(middle + 1).Select(frame => Against(frames[middle], frame)));

        return Closed(minimum(before, after)).squeeze(1).MoveToOuterDisposeScope();                                    // [N, H, W]
    }

    /// <summary>The saliency of normalised clips, in cells: looked for on twice as many pixels, and averaged.</summary>
    /// <param name="clips">Normalised, [N, C, T, H, W], T at least <see cref="FewestFrames"/>.</param>
    /// <param name="data">Gives the numbers of the normalisation.</param>
    /// <param name="side">Cells m per side.</param>
    /// <returns>[N, m, m] float32 in [0, 1), without gradients.</returns>
    public Tensor OfClips(Tensor clips, DatasetInfo data, int side)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        return F.adaptive_avg_pool2d(Of(Grey(clips, data, 2 * side)), [side, side]).MoveToOuterDisposeScope();         // [N, m, m]
    }

    private static Tensor Largest(IEnumerable<Tensor> maps) => maps.Aggregate(maximum);

    private static Tensor Closed(Tensor map) => -Dilated(-Dilated(map));

    private static Tensor Dilated(Tensor map) => F.max_pool2d(map, Closing, stride: 1, padding: Closing / 2);

    /// <summary>The saliency against one other frame.</summary>
    private Tensor Against(Tensor frame, Tensor other)
    {
        using var scope = NewDisposeScope();
        var (ownRange, range) = (HalfPixelRange(frame), HalfPixelRange(other).Select(Padded).ToArray());                // low and high, each [N, 1, H, W]
        var padded = Padded(other);
        var (least, dominant) = (full_like(frame, double.PositiveInfinity), zeros_like(frame));                         // [N, 1, H, W] each
        var best = least.narrow(2, 0, 1).narrow(3, 0, 1).clone();                                                      // [N, 1, 1, 1]
        foreach (var shift in _shifts)
        {
            using var inner = NewDisposeScope();
            var mismatch = minimum(                                                                                    // [N, 1, H, W]
                Outside(frame, Moved(range[0], shift), Moved(range[1], shift)), Outside(Moved(padded, shift), ownRange[0], ownRange[1]));
            var ofBlocks = F.avg_pool2d(mismatch, [Window, Window], [1, 1], [Window / 2, Window / 2], count_include_pad: false);
            var length = Math.Sqrt((shift.Right * shift.Right) + (shift.Down * shift.Down));
            var score = mismatch.clamp_max(MostMismatch).mean([1, 2, 3], keepdim: true) + (Shortness * length);        // [N, 1, 1, 1]
            dominant.copy_(where(score.lt(best), ofBlocks, dominant));
            best.copy_(minimum(best, score));
            least.copy_(minimum(least, ofBlocks));
        }

        return ((dominant - least) / (dominant + Noise)).MoveToOuterDisposeScope();                                 // [N, 1, H, W]
    }

    /// <summary>Least and largest value within half a pixel.</summary>
    private static Tensor[] HalfPixelRange(Tensor frame) =>
        [(frame - F.max_pool2d(-frame, 3, stride: 1, padding: 1)) / 2, (frame + F.max_pool2d(frame, 3, stride: 1, padding: 1)) / 2];

    /// <summary>How far values lie outside of a range.</summary>
    private static Tensor Outside(Tensor values, Tensor low, Tensor high) => (values - high).relu_() + (low - values).relu_();

    private Tensor Padded(Tensor frame) => F.pad(frame, [radius, radius, radius, radius], PaddingModes.Replicate);

    // What lies by the shift further right and down.
    private Tensor Moved(Tensor padded, (int Right, int Down) shift) => padded
        .narrow(2, radius + shift.Down, padded.shape[2] - (2 * radius)).narrow(3, radius + shift.Right, padded.shape[3] - (2 * radius));
}
