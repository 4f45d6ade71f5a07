namespace Parallax.Host.Data;

/// <summary>Decodes the frames that the clips of a sample need, each once, and those of its positive where it has one, and makes all views. What is drawn for
/// a clip is drawn once for all its frames.</summary>
/// <param name="reader">Reads samples of a data set of videos.</param>
/// <param name="clips">The clip of each view, and where they begin.</param>
/// <param name="views">The augmentations of each view, in order.</param>
/// <param name="sources">Of which videos they are made.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="decodeSmaller">Decode no more pixels than the views need.</param>
internal sealed class ClipWriter(
    SampleReader reader, ClipPlan clips, IReadOnlyList<IReadOnlyList<IAugmentation>> views, ViewSources sources, long seed, bool decodeSmaller) : IViewWriter
{
    private readonly ImageBuffer _working = new();
    private readonly SmallerDecoding? _smaller = decodeSmaller ? SmallerDecoding.For(views, seed) : null;
    private readonly ViewSteps[] _views = [.. views.Select(view => new ViewSteps(view))];
    private readonly ClipFrames _frames = new(clips, views.Count, seed);

    /// <inheritdoc/>
    public IReadOnlyList<ViewShape> Probe()
    {
        reader.ReadFrames(sample: 0, _frames.At(sample: 0, epoch: 0, sources.All), _smaller?.Of(sample: 0, epoch: 0), out _);

        return [.. views.Select((_, view) => Make(view, sample: 0, epoch: 0, target: []))];
    }

    /// <inheritdoc/>
    public void Write(long sample, long epoch, HostBatch batch, int position)
    {
        var source = sources.Of(sample, epoch);
        var index = Read(source.Image, source.Views, (sample, epoch), out batch.CaptionBuffer[position]);
        Write(source.Views, index, (sample, epoch), batch, position);
        if (source.PositiveViews.Length > 0)
        {
            var positive = Read(source.Positive, source.PositiveViews, (sample, epoch), out _);
            Write(source.PositiveViews, positive, (sample, epoch), batch, position);
        }

        batch.IndexBuffer[position] = index;
        batch.LabelBuffer[position] = reader.Dataset.Label(index);
        batch.RepetitionBuffer[position] = EpochOrder.RepetitionOf(sample);
    }

    private long Read(long video, int[] chosen, (long Sample, long Epoch) key, out string? caption) =>
        reader.ReadFrames(video, _frames.At(key.Sample, key.Epoch, chosen), _smaller?.Of(key.Sample, key.Epoch), out caption);

    private void Write(int[] chosen, long index, (long Sample, long Epoch) key, HostBatch batch, int position)
    {
        foreach (var view in chosen)
        {
            var target = batch.Views[view];
            ViewFaults.RequireShape(view, index, Make(view, key.Sample, key.Epoch, target.Image(position)), target.Shape);
            _frames.Window(view).CopyTo(batch.WindowBuffer.AsSpan(((position * views.Count) + view) * HostBatch.WindowNumbers));
        }
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
