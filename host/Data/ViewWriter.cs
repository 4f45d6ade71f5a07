namespace Parallax.Host.Data;

/// <summary>Decodes a sample once and makes all its views.</summary>
/// <param name="reader">Reads samples.</param>
/// <param name="views">The augmentations of each view, in order.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="decodeSmaller">Decode no more pixels than the views need.</param>
internal sealed class ViewWriter(SampleReader reader, IReadOnlyList<IReadOnlyList<IAugmentation>> views, long seed, bool decodeSmaller) : IViewWriter
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
        var index = reader.Read(EpochOrder.ImageOf(sample), _decoded, _smaller?.Of(sample, epoch), out batch.CaptionBuffer[position]);
        for (var view = 0; view < views.Count; view++)
        {
            // Keyed by the sample that should have been here: when another takes its place, its views differ from its own ones.
            var image = Augment(view, sample, epoch, keepDecoded: view < views.Count - 1);
            var target = batch.Views[view];
            ViewFaults.RequireShape(view, index, Shape(image), target.Shape);
            image.Pixels.CopyTo(target.Image(position));
        }

        batch.IndexBuffer[position] = index;
        batch.LabelBuffer[position] = reader.Dataset.Label(index);
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
