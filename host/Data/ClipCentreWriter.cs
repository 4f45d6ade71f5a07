namespace Parallax.Host.Data;

/// <summary>Makes the views of an evaluation of videos: clips over the video, of each as many crops as are asked for.</summary>
/// <param name="reader">Reads samples of a data set of videos.</param>
/// <param name="crop">Resizes, crops and normalises.</param>
/// <param name="views">Which clips and crops.</param>
/// <param name="unreadable">What stands for a sample that cannot be read.</param>
internal sealed class ClipCentreWriter(SampleReader reader, CentreCrop crop, EvaluationViews views, UnreadableSamples unreadable) : ISampleWriter
{
    private readonly ClipFrames _frames = new(new([views.Clip!], new EvaluationClips(views)), views.Clips, seed: 0);

    public void Write(long sample, long epoch, HostBatch batch, int position)
    {
        var index = sample;
        if (unreadable == UnreadableSamples.Replaced)
        {
            index = reader.ReadFrames(sample, _frames, crop.SmallestSide, out _);
        }
        else if (!reader.TryReadFrames(sample, _frames, crop.SmallestSide))
        {
            batch.LeaveOut(position);
            return;
        }

        batch.ContentBuffer[position] = 0;
        for (var frame = 0; frame < _frames.Decoded.Frames; frame++)
        {
            batch.ContentBuffer[position] = ContentHash.Of(_frames.Decoded[frame], before: batch.ContentBuffer[position]);
            crop.Resize(_frames.Decoded[frame]);
        }

        var there = views.StartsIn(((IVideoDataset)reader.Dataset).Video(index)).Length * views.Crops;
        for (var view = 0; view < views.Count; view++)
        {
            Write(view, isThere: view < there, batch.Views[view].Image(position));
        }

        batch.IndexBuffer[position] = index;
        batch.LabelBuffer[position] = reader.Dataset.Label(index);
        batch.SeenBuffer[position] = there;
    }

    private void Write(int view, bool isThere, Span<float> target)
    {
        if (!isThere)
        {
            target.Clear();
            return;
        }

        var places = _frames.Places(view / views.Crops);
        for (var t = 0; t < places.Length; t++)
        {
            crop.Crop(_frames.Decoded[places[t]], target, views.PlaceOf(view % views.Crops), t, places.Length);
        }
    }
}
