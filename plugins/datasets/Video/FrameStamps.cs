namespace Parallax.Plugins.Datasets;

/// <summary>When the frames of a video are shown, in units of its time base; three numbers where they are evenly spaced.</summary>
internal sealed class FrameStamps
{
    private readonly long _first, _step;
    private readonly long[]? _each;

    /// <param name="stamps">One for each frame, rising.</param>
    public FrameStamps(long[] stamps)
    {
        (_first, _step) = (stamps[0], stamps.Length > 1 ? stamps[1] - stamps[0] : 0);
        _each = stamps.Where((stamp, i) => stamp != _first + (i * _step)).Any() ? stamps : null;
    }

    public long this[int frame] => _each is null ? _first + (frame * _step) : _each[frame];

    /// <summary>Whether stamps are evenly spaced, up to what rounding to whole units does to them.</summary>
    /// <param name="stamps">One for each frame, rising.</param>
    public static bool AreEven(long[] stamps)
    {
        const double part = 0.1;   // of a step; a frame that is missing or late moves others by more
        var step = StepOf(stamps);

        return !stamps.Where((stamp, i) => Math.Abs(stamp - stamps[0] - (i * step)) > Math.Min(1, part * step)).Any();
    }

    /// <summary>Mean distance of two frames; 0 for a single one.</summary>
    public static double StepOf(long[] stamps) => stamps.Length > 1 ? (double)(stamps[^1] - stamps[0]) / (stamps.Length - 1) : 0;
}
