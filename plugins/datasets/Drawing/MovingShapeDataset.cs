namespace Parallax.Plugins.Datasets;

/// <summary>Pictures that move along one axis, by one to three pixels a frame.</summary>
internal sealed class MovingShapeDataset(ShapeDataset pictures, DatasetInfo info, int frames, long seed) : IVideoDataset
{
    private const double FramesPerSecond = 12;
    private const int FastestPixels = 3;
    private const int SpeedOfSplit = 16;   // tells the draw of the speed from those of the picture, which have the split for an epoch

    private static readonly (int Right, int Down)[] _steps = [(1, 0), (-1, 0), (0, 1), (0, -1)];

    /// <summary>Names of the classes.</summary>
    public static IReadOnlyList<string> Directions { get; } = ["right", "left", "down", "up"];

    public DatasetInfo Info => info;

    public VideoInfo Video(long index) => new(frames, frames / FramesPerSecond, info.Size!.Value);

    public int Label(long index) => (int)(index % _steps.Length);

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        var picture = new ImageBuffer();
        pictures.Read(index, picture);
        Move(picture, image, index, frames / 2);
    }

    public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null)
    {
        var picture = new ImageBuffer();
        pictures.Read(index, picture);
        clip.Resize(frames.Length);
        for (var i = 0; i < frames.Length; i++)
        {
            Move(picture, clip[i], index, frames[i]);
        }
    }

    public void Dispose() => pictures.Dispose();

    private void Move(ImageBuffer picture, ImageBuffer image, long index, int frame)
    {
        var random = new CounterRandom(seed, epoch: SpeedOfSplit + (long)info.Split, sample: index, RandomPurpose.Drawing);
        var pixels = (1 + random.NextInt(FastestPixels)) * frame;
        var (right, down) = _steps[Label(index)];
        var (height, width) = (picture.Height, picture.Width);
        image.Resize(picture.Channels, height, width);
        for (var channel = 0; channel < picture.Channels; channel++)
        {
            var from = picture.Plane(channel);
            var to = image.Plane(channel);
            for (var row = 0; row < height; row++)
            {
                var source = from.Slice(Wrapped(row - (down * pixels), height) * width, width);
                var target = to.Slice(row * width, width);
                var shift = Wrapped(right * pixels, width);   // to the right
                source[..(width - shift)].CopyTo(target[shift..]);
                source[(width - shift)..].CopyTo(target[..shift]);
            }
        }
    }

    private static int Wrapped(int place, int length) => ((place % length) + length) % length;
}
