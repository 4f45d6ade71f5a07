namespace Parallax.Host.Data;

/// <summary>Decodes the frames that the clips of a sample need, each once, and makes all its views. What is drawn for a clip is drawn once for all its
/// frames.</summary>
/// <param name="reader">Reads samples of a data set of videos.</param>
/// <param name="clips">The clip of each view, and where they begin.</param>
/// <param name="views">The augmentations of each view, in order.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="decodeSmaller">Decode no more pixels than the views need.</param>
internal sealed class ClipWriter(
    SampleReader reader, ClipPlan clips, IReadOnlyList<IReadOnlyList<IAugmentation>> views, long seed, bool decodeSmaller) : IViewWriter
{
    private readonly ImageBuffer _working = new();
    private readonly SmallerDecoding? _smaller = decodeSmaller ? SmallerDecoding.For(views, seed) : null;
    private readonly ViewSteps[] _views = [.. views.Select(view => new ViewSteps(view))];
    private readonly ClipFrames _frames = new(clips, views.Count, seed);

    /// <inheritdoc/>
    public IReadOnlyList<ViewShape> Probe()
    {
        reader.ReadFrames(sample: 0, _frames.At(sample: 0, epoch: 0), _smaller?.Of(sample: 0, epoch: 0), out _);

        return [.. views.Select((_, view) => Make(view, sample: 0, epoch: 0, target: []))];
    }

    /// <inheritdoc/>
    public void Write(long sample, long epoch, HostBatch batch, int position)
    {
        var (image, frames) = (EpochOrder.ImageOf(sample), _frames.At(sample, epoch));
        var index = reader.ReadFrames(image, frames, _smaller?.Of(sample, epoch), out batch.CaptionBuffer[position]);
        for (var view = 0; view < views.Count; view++)
        {
            var target = batch.Views[view];
            ViewFaults.RequireShape(view, index, Make(view, sample, epoch, target.Image(position)), target.Shape);
            _frames.Window(view).CopyTo(batch.WindowBuffer.AsSpan(((position * views.Count) + view) * HostBatch.WindowNumbers));
        }

        batch.IndexBuffer[position] = index;
        batch.LabelBuffer[position] = reader.Dataset.Label(index);
    }

    // Into [C, T, H, W]; nothing is written where the target has another length.
    private ViewShape Make(int view, long sample, long epoch, Span<float> target)
    {
        var places = _frames.Places(view);
        for (var t = 0; t < places.Length; t++)
        {
            _working.CopyFrom(_frames.Decoded[places[t]]);
            if (t == 0)
            {
                _views[view].Draw(_working, new(seed, epoch, sample, view));
            }
            else
            {
                _views[view].Apply(_working);
            }

            FramePlanes.Write(_working, target, t, places.Length);
        }

        return new(_working.Channels, _working.Height, _working.Width) { Frames = places.Length };
    }
}
