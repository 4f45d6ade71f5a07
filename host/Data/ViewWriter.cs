namespace Parallax.Host.Data;

/// <summary>Decodes the image of a sample once, and that of its positive where it has one, and makes all views.</summary>
/// <param name="reader">Reads samples.</param>
/// <param name="views">The augmentations of each view, in order.</param>
/// <param name="sources">Of which images they are made.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="decodeSmaller">Decode no more pixels than the views need.</param>
internal sealed class ViewWriter(
    SampleReader reader, IReadOnlyList<IReadOnlyList<IAugmentation>> views, ViewSources sources, long seed, bool decodeSmaller) : IViewWriter
{
    private readonly ImageBuffer _decoded = new(), _working = new();
    private readonly SmallerDecoding? _smaller = decodeSmaller ? SmallerDecoding.For(views, seed) : null;
    private readonly ViewSteps[] _views = [.. views.Select(view => new ViewSteps(view))];

    /// <inheritdoc/>
    public IReadOnlyList<ViewShape> Probe()
    {
        reader.Read(0, _decoded, _smaller?.Of(sample: 0, epoch: 0));

        return [.. views.Select((_, view) => Shape(Augment(view, sample: 0, epoch: 0, keepDecoded: true)))];
    }

    /// <inheritdoc/>
    public void Write(long sample, long epoch, HostBatch batch, int position)
    {
        var source = sources.Of(sample, epoch);
        var index = reader.Read(source.Image, _decoded, _smaller?.Of(sample, epoch), out batch.CaptionBuffer[position]);
        Write(source.Views, index, (sample, epoch), batch, position);
        if (source.PositiveViews.Length > 0)
        {
            var positive = reader.Read(source.Positive, _decoded, _smaller?.Of(sample, epoch));
            Write(source.PositiveViews, positive, (sample, epoch), batch, position);
        }

        batch.IndexBuffer[position] = index;
        batch.LabelBuffer[position] = reader.Dataset.Label(index);
        batch.RepetitionBuffer[position] = EpochOrder.RepetitionOf(sample);
    }

    // Keyed by the sample that should have been here: when another takes its place, its views differ from its own ones.
    private void Write(int[] chosen, long index, (long Sample, long Epoch) key, HostBatch batch, int position)
    {
        foreach (var view in chosen)
        {
            var image = Augment(view, key.Sample, key.Epoch, keepDecoded: view != chosen[^1]);
            var target = batch.Views[view];
            ViewFaults.RequireShape(view, index, Shape(image), target.Shape);
            image.Pixels.CopyTo(target.Image(position));
        }
    }

    private ImageBuffer Augment(int view, long sample, long epoch, bool keepDecoded)
    {
        var image = _decoded;
        if (keepDecoded)
        {
            _working.CopyFrom(_decoded);
            image = _working;
        }

        _views[view].Draw(image, new(seed, epoch, sample, view));

        return image;
    }

    private static ViewShape Shape(ImageBuffer image) => new(image.Channels, image.Height, image.Width);
}
