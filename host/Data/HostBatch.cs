using System.Runtime.InteropServices;

namespace Parallax.Host.Data;

/// <summary>One view of all images of a batch in host memory, [N, C, H, W] float32 without gaps; [N, C, T, H, W] for clips.</summary>
/// <remarks>
/// The pixels begin at a multiple of 64 bytes, as libtorch's own tensors do: matrix products round differently at other addresses, and a resumed run would
/// not equal an uninterrupted one.
/// </remarks>
public sealed class HostView
{
    private const int Alignment = 64;
    private readonly int _length;

    internal HostView(int capacity, ViewShape shape)
    {
        (Shape, _length) = (shape, checked(capacity * shape.Length));
        Memory = GC.AllocateUninitializedArray<float>(checked(_length + (Alignment / sizeof(float))), pinned: true);
        Start = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(Memory, 0) & (Alignment - 1)) / sizeof(float);
    }

    /// <summary>Channels, height and width.</summary>
    public ViewShape Shape { get; }

    /// <summary>Pixels of a full batch; the first N * C * H * W are the batch.</summary>
    public Span<float> Pixels => Memory.AsSpan(Start, _length);

    /// <summary>The array that holds the pixels, from <see cref="Start"/> on. It never moves, so its address stays valid while the loader lives.</summary>
    internal float[] Memory { get; }

    /// <summary>Where in <see cref="Memory"/> the pixels begin.</summary>
    internal int Start { get; }

    internal Span<float> Image(int position) => Pixels.Slice(position * Shape.Length, Shape.Length);
}

/// <summary>Shape of one image or clip of a view.</summary>
/// <param name="Channels">C.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
public readonly record struct ViewShape(int Channels, int Height, int Width)
{
    /// <summary>Frames T of a clip; 0 for an image.</summary>
    public int Frames { get; init; }

    /// <summary>C * H * W, times T for a clip.</summary>
    public int Length => checked(Channels * Math.Max(1, Frames) * Height * Width);

    /// <summary>Its dimensions, as people write them.</summary>
    public override string ToString() => Frames == 0 ? $"{Channels}x{Height}x{Width}" : $"{Channels}x{Frames}x{Height}x{Width}";
}

/// <summary>A batch in host memory. The loader owns it and reuses it: copy what shall outlive the iteration.</summary>
public sealed class HostBatch
{
    /// <summary>Index and label of an image that could not be read; its pixels are zero.</summary>
    public const long NoSample = -1;

    internal HostBatch(int capacity, IReadOnlyList<ViewShape> shapes)
    {
        Views = [.. shapes.Select(shape => new HostView(capacity, shape))];
        IndexBuffer = new long[capacity];
        LabelBuffer = new long[capacity];
        RepetitionBuffer = new long[capacity];
        CaptionBuffer = new string?[capacity];
        ContentBuffer = new ulong[capacity];
        SeenBuffer = [.. Enumerable.Repeat(shapes.Count, capacity)];
        WindowBuffer = new float[capacity * shapes.Count * WindowNumbers];
    }

    /// <summary>One entry per view of the plan.</summary>
    public IReadOnlyList<HostView> Views { get; }

    /// <summary>Number of images N; smaller than the batch size only in the last batch of an epoch.</summary>
    public int Size { get; internal set; }

    /// <summary>Epoch, from 0.</summary>
    public long Epoch { get; internal set; }

    /// <summary>Index of each image in the data set, [N]; <see cref="NoSample"/> in an evaluation for one that could not be read.</summary>
    public ReadOnlySpan<long> Indices => IndexBuffer.AsSpan(0, Size);

    /// <summary>Class of each image, [N]; -1 without labels.</summary>
    public ReadOnlySpan<long> Labels => LabelBuffer.AsSpan(0, Size);

    /// <summary>Text that describes each image, N of them; null without captions. A copy: it outlives the iteration.</summary>
    public IReadOnlyList<string>? Captions =>
        Size == 0 || CaptionBuffer[0] is null ? null : [.. CaptionBuffer.Take(Size).Select(caption => caption ?? "")];

    /// <summary>Memory of <see cref="Captions"/> for a full batch; null entries without captions.</summary>
    internal string?[] CaptionBuffer { get; }

    /// <summary>In an evaluation, <see cref="ContentHash"/> of each image of a full batch.</summary>
    internal ulong[] ContentBuffer { get; }

    /// <summary>In an evaluation, how many views each sample of a full batch has, from the first on; the others are zero.</summary>
    internal int[] SeenBuffer { get; }

    /// <summary>Marks a place whose image cannot be read.</summary>
    internal void LeaveOut(int position)
    {
        foreach (var view in Views)
        {
            view.Image(position).Clear();
        }

        (IndexBuffer[position], LabelBuffer[position], SeenBuffer[position]) = (NoSample, NoSample, Views.Count);
    }

    /// <summary>Memory of <see cref="Indices"/> for a full batch.</summary>
    public long[] IndexBuffer { get; }

    /// <summary>Memory of <see cref="Labels"/> for a full batch.</summary>
    public long[] LabelBuffer { get; }

    /// <summary>In training, how often each image of a full batch stood before in the order of the epoch.</summary>
    internal long[] RepetitionBuffer { get; }

    /// <summary>Whether an image of this batch stood before.</summary>
    internal bool HasRepetitions => RepetitionBuffer.AsSpan(0, Size).ContainsAnyExcept(0);

    /// <summary>Begin, length and frames of the video for each clip of a full batch, [N, V, 3].</summary>
    internal float[] WindowBuffer { get; }

    /// <summary>Numbers of a clip in <see cref="WindowBuffer"/>.</summary>
    internal const int WindowNumbers = 3;

    /// <summary>Shape of a view as tensors take it: N, C, H, W, or N, C, T, H, W for clips.</summary>
    /// <param name="view">0 to the number of views - 1.</param>
    public long[] Shape(int view)
    {
        var shape = Views[view].Shape;

        return shape.Frames == 0 ? [Size, shape.Channels, shape.Height, shape.Width] : [Size, shape.Channels, shape.Frames, shape.Height, shape.Width];
    }
}
