namespace Parallax.Plugins.Datasets;

/// <summary>Draws the frames of videos when they are read.</summary>
internal sealed class MovingObjectDataset(DatasetInfo info, MovingObjectsOptions options) : IVideoDataset
{
    private const double FramesPerSecond = 12;
    private const int Samples = 2;           // per pixel and direction: smooth edges
    private const float Noise = 0.02f;       // of the camera, another in each frame

    /// <summary>Names of the directions, in the order of their numbers.</summary>
    public static IReadOnlyList<string> Directions { get; } = ["right", "left", "down", "up"];

    public DatasetInfo Info => info;

    public VideoInfo Video(long index) => new(options.Frames, options.Frames / FramesPerSecond, info.Size!.Value);

    public int Label(long index) => options.Label == VideoLabel.Shape ? Shape(index) : Direction(index);

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => Draw(Scene(index), index, options.Frames / 2, image);

    public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null)
    {
        var scene = Scene(index);
        clip.Resize(frames.Length);
        for (var i = 0; i < frames.Length; i++)
        {
            Draw(scene, index, frames[i], clip[i]);
        }
    }

    /// <summary>Which pixels of a frame are the object's: those whose middle lies on it.</summary>
    /// <param name="index">Video.</param>
    /// <param name="frame">Frame, from 0.</param>
    /// <returns>One for each pixel, row by row.</returns>
    internal bool[] Mask(long index, int frame)
    {
        var (scene, side) = (Scene(index), options.Size);

        return [.. Enumerable.Range(0, side * side).Select(i => scene.IsObject(Place(i % side, 0.5f), Place(i / side, 0.5f), frame))];
    }

    public void Dispose()
    {
    }

    private int Shape(long index) => (int)(index % options.Classes);

    /// <summary>Every object moves in all directions equally often.</summary>
    private int Direction(long index) => (int)(index / options.Classes % Directions.Count);

    private MovingObjectScene Scene(long index)
    {
        var random = Random(index, part: 0);

        return MovingObjectScene.Draw(Shape(index), Direction(index), ref random);
    }

    private CounterRandom Random(long index, int part) => new(options.Seed, epoch: (long)info.Split, sample: index, RandomPurpose.Drawing, part);

    private void Draw(MovingObjectScene scene, long index, int frame, ImageBuffer image)
    {
        var side = options.Size;
        image.Resize(info.Channels, side, side);
        var random = Random(index, part: 1 + frame);
        var red = image.Plane(0);
        var green = image.Plane(1);
        var blue = image.Plane(2);
        for (var i = 0; i < red.Length; i++)
        {
            var colour = Average(scene, i % side, i / side, frame) + (new ShapeColour(1, 1, 1) * (Noise * ShapeDataset.Triangular(random.NextUInt32())));
            red[i] = Math.Clamp(colour.Red, 0, 1);
            green[i] = Math.Clamp(colour.Green, 0, 1);
            blue[i] = Math.Clamp(colour.Blue, 0, 1);
        }
    }

    private ShapeColour Average(MovingObjectScene scene, int column, int row, int frame)
    {
        const float step = 1f / Samples;
        var sum = default(ShapeColour);
        for (var sample = 0; sample < Samples * Samples; sample++)
        {
            sum += scene.At(Place(column, ((sample % Samples) + 0.5f) * step), Place(row, ((sample / Samples) + 0.5f) * step), frame);
        }

        return sum * (step * step);
    }

    // From -0.5 to 0.5.
    private float Place(int pixel, float within) => ((pixel + within) / options.Size) - 0.5f;
}
