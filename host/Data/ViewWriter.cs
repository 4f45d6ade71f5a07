namespace Parallax.Host.Data;

/// <summary>Decodes a sample once and makes all its views.</summary>
/// <param name="reader">Reads samples.</param>
/// <param name="views">The augmentations of each view, in order.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="decodeSmaller">Decode no more pixels than the views need.</param>
internal sealed class ViewWriter(SampleReader reader, IReadOnlyList<IReadOnlyList<IAugmentation>> views, long seed, bool decodeSmaller) : ISampleWriter
{
    private readonly ImageBuffer _decoded = new(), _working = new();
    private readonly SmallerDecoding? _smaller = decodeSmaller ? SmallerDecoding.For(views, seed) : null;
    private readonly float[] _parameters = new float[views.SelectMany(view => view).Select(a => a.ParameterCount).DefaultIfEmpty(0).Max()];

    /// <summary>Shape of every view, from one sample.</summary>
    public IReadOnlyList<ViewShape> Probe()
    {
        reader.Read(0, _decoded, _smaller?.Of(sample: 0, epoch: 0));

        return [.. views.Select((_, view) => Shape(Augment(view, sample: 0, epoch: 0, keepDecoded: true)))];
    }

    public void Write(long sample, long epoch, HostBatch batch, int position)
    {
        var index = reader.Read(EpochOrder.ImageOf(sample), _decoded, _smaller?.Of(sample, epoch), out batch.CaptionBuffer[position]);
        for (var view = 0; view < views.Count; view++)
        {
            // Keyed by the sample that should have been here: when another takes its place, its views differ from its own ones.
            var image = Augment(view, sample, epoch, keepDecoded: view < views.Count - 1);
            var target = batch.Views[view];
            if (Shape(image) != target.Shape)
            {
                throw new ConfigurationException(
                    $"View {view + 1} gives {image.Channels}x{image.Size} pixels for sample {index}, but "
                        + $"{target.Shape.Channels}x{target.Shape.Height}x{target.Shape.Width} for the first one. "
                    + "All images of a view need one size: let its augmentations begin with a crop or a resize to a fixed size.");
            }

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

        var random = new CounterRandom(seed, epoch, sample, view);
        for (var step = 0; step < views[view].Count; step++)
        {
            var augmentation = views[view][step];
            var parameters = _parameters.AsSpan(0, augmentation.ParameterCount);
            if (step == 0 && augmentation is IShrinkingCrop crop)
            {
                DrawFirst(crop, ref random, image, parameters);
            }
            else
            {
                augmentation.Draw(ref random, image.Size, parameters);
            }

            augmentation.Apply(image, parameters);
        }

        return image;
    }

    // For the size in the file, so that the seed says which part of the image is taken, however small it was decoded.
    private static void DrawFirst(IShrinkingCrop crop, ref CounterRandom random, ImageBuffer image, Span<float> parameters)
    {
        crop.Draw(ref random, image.FullSize, parameters);
        crop.Reduce(parameters, SmallerDecoding.ReductionOf(image));
    }

    private static ViewShape Shape(ImageBuffer image) => new(image.Channels, image.Height, image.Width);
}
