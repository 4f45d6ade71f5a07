namespace Parallax.Plugins.Datasets;

/// <summary>Draws images when they are first read and keeps them as bytes.</summary>
internal sealed class ShapeDataset(DatasetInfo info, long seed) : IImageDataset, ICaptionedImages
{
    private const int Samples = 2;        // per pixel and direction: smooth edges
    private readonly byte[]?[] _drawn = new byte[info.Count][];

    private readonly string[] _captions = [.. info.Classes.Select(name => $"a drawing of a {name}")];

    public DatasetInfo Info => info;

    /// <summary>Name of a class: its pattern and its outline.</summary>
    public static string ClassName(int label) => $"{ShapeTexture.Names[Texture(label)]} {ShapeOutline.Names[Outline(label)]}";

    /// <summary>Outline of a class.</summary>
    public static int Outline(int label) => label % ShapeOutline.Names.Length;

    /// <summary>Pattern of a class. Shifted at each round of the outlines, so that no pair comes twice.</summary>
    public static int Texture(int label) => (label + (label / ShapeOutline.Names.Length)) % ShapeTexture.Names.Length;

    /// <summary>From 32 random bits to (-1, 1), most often near 0: the cheap half-brother of a normal number.</summary>
    public static float Triangular(uint bits) => ((bits & 0xFFFF) - (float)(bits >> 16)) / 65536f;

    public int Label(long index) => (int)(index % info.Classes.Count);

    public string Caption(long index) => _captions[Label(index)];

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        var size = info.Size!.Value;
        var bytes = Volatile.Read(ref _drawn[index]);
        if (bytes is null)
        {
            bytes = Draw(index, size.Height);
            Volatile.Write(ref _drawn[index], bytes);
        }

        image.Resize(info.Channels, size.Height, size.Width);
        image.ReadBytes(bytes);
    }

    public void Dispose()
    {
    }

    private byte[] Draw(long index, int side)
    {
        var random = new CounterRandom(seed, epoch: (long)info.Split, sample: index, RandomPurpose.Drawing);
        var label = Label(index);
        var scene = ShapeScene.Draw(Outline(label), Texture(label), ref random);
        const float noise = 0.07f;   // the same in all images: its strength would be one more thing to tell them apart by
        var plane = side * side;
        var bytes = new byte[3 * plane];
        for (var i = 0; i < plane; i++)
        {
            var colour = Average(scene, i % side, i / side, side) + (new ShapeColour(1, 1, 1) * (noise * Triangular(random.NextUInt32())));
            bytes[i] = BytePixels.FromFloat(colour.Red);
            bytes[plane + i] = BytePixels.FromFloat(colour.Green);
            bytes[(2 * plane) + i] = BytePixels.FromFloat(colour.Blue);
        }

        return bytes;
    }

    private static ShapeColour Average(in ShapeScene scene, int column, int row, int side)
    {
        const float step = 1f / Samples;
        var sum = default(ShapeColour);
        for (var sample = 0; sample < Samples * Samples; sample++)
        {
            var x = (column + (((sample % Samples) + 0.5f) * step)) / side;
            var y = (row + (((sample / Samples) + 0.5f) * step)) / side;
            sum += scene.At(x - 0.5f, y - 0.5f);
        }

        return sum * (step * step);
    }
}
