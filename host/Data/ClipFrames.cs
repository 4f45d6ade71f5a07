namespace Parallax.Host.Data;

/// <summary>The frames that the clips of one sample need: which, and where each stands among those that were decoded. Each worker has its own.</summary>
/// <param name="clips">The clip of each view, and where they begin.</param>
/// <param name="views">Number of views.</param>
/// <param name="seed">Seed of the run.</param>
internal sealed class ClipFrames(ClipPlan clips, int views, long seed) : IFrameChoice
{
    private readonly ClipSpec[] _clips = [.. Enumerable.Range(0, views).Select(clips.Of)];
    private readonly int[][] _places = [.. Enumerable.Range(0, views).Select(view => new int[clips.Of(view).Frames])];
    private readonly double[] _starts = new double[views];
    private readonly float[] _windows = new float[views * HostBatch.WindowNumbers];
    private readonly SortedSet<int> _needed = [];
    private int[] _sorted = [], _chosen = [.. Enumerable.Range(0, views)];
    private long _sample, _epoch;

    /// <inheritdoc/>
    public ClipBuffer Decoded { get; } = new();

    /// <summary>For the sample that is read next.</summary>
    /// <param name="sample">Key of the sample.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="chosen">The views that are made of it, from 0. Clips of the others are drawn too, so that these do not depend on them.</param>
    public ClipFrames At(long sample, long epoch, int[] chosen)
    {
        (_sample, _epoch, _chosen) = (sample, epoch, chosen);

        return this;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<int> Choose(VideoInfo video)
    {
        var random = new CounterRandom(seed, _epoch, _sample, RandomPurpose.Clips);
        var sampler = clips.Sampler ?? UniformClips.Instance;
        var taken = sampler.DrawStride(ref random, video, _clips) is { } stride ? AtStride(stride) : _clips;
        sampler.Draw(ref random, _epoch, video, taken, _starts);
        _needed.Clear();
        foreach (var view in _chosen)
        {
            taken[view].Choose(video, _starts[view], _places[view]);
            _needed.UnionWith(_places[view]);
            ReadOnlySpan<float> window = [(float)_starts[view], (float)taken[view].Covers(video), video.Frames];
            window.CopyTo(_windows.AsSpan(view * HostBatch.WindowNumbers));
        }

        Array.Resize(ref _sorted, _needed.Count);
        _needed.CopyTo(_sorted);
        foreach (var view in _chosen)
        {
            var places = _places[view];
            for (var t = 0; t < places.Length; t++)
            {
                places[t] = Array.BinarySearch(_sorted, places[t]);
            }
        }

        return _sorted;
    }

    /// <summary>Where each frame of a view stands among those of <see cref="Decoded"/>.</summary>
    public ReadOnlySpan<int> Places(int view) => _places[view];

    /// <summary>Begin, frames covered, and frames of the video.</summary>
    public ReadOnlySpan<float> Window(int view) => _windows.AsSpan(view * HostBatch.WindowNumbers, HostBatch.WindowNumbers);

    private ClipSpec[] AtStride(int stride) => Array.ConvertAll(_clips, clip => clip with { Stride = stride, Rate = null, Seconds = null });
}
