using Parallax.Contracts;
using Parallax.Plugins.Datasets;
using SkiaSharp;

namespace Parallax.Benchmarks;

/// <summary>The files that the input pipeline is measured on, drawn once into a folder: the same for everybody, and for the peers in Python.</summary>
/// <remarks>Drawn pictures with noise, so that they compress about as photographs do: a JPEG of 500 x 375 has some 70 kB.</remarks>
internal static class InputImages
{
    private const int Side = 32, Quality = 85, Records = 1000, Batches = 5;
    private const string Complete = "complete";

    /// <summary>Makes what is missing.</summary>
    /// <param name="folder">Receives <c>jpeg</c>, <c>png</c> and <c>cifar</c>.</param>
    public static void MakeIn(string folder)
    {
        Make(folder, "jpeg", path => Draw(path, count: 256, side: 512, new ImageSize(375, 500), "jpg"));
        Make(folder, "png", path => Draw(path, count: 2048, Side, new ImageSize(Side, Side), "png"));
        Make(folder, "cifar", DrawRecords);
    }

    private static void Make(string folder, string name, Action<string> make)
    {
        var path = Path.Combine(folder, name);
        if (File.Exists(Path.Combine(path, Complete)))
        {
            return;
        }

        Console.Error.WriteLine($"Drawing {path} ...");
        Directory.CreateDirectory(path);
        make(path);
        File.WriteAllText(Path.Combine(path, Complete), "");
    }

    private static IImageDataset Shapes(int count, int side) =>
        new ShapesSource(new() { Count = count, Size = side, Mean = [0, 0, 0], Std = [1, 1, 1] }).Open(DatasetSplit.Train);

    private static void Draw(string folder, int count, int side, ImageSize size, string extension)
    {
        using var shapes = Shapes(count, side);
        for (var label = 0; label < shapes.Info.Classes.Count; label++)
        {
            Directory.CreateDirectory(Path.Combine(folder, "train", $"class{label}"));
        }

        Parallel.For(0, count, i =>
        {
            var image = new ImageBuffer();
            shapes.Read(i, image);
            var path = Path.Combine(folder, "train", $"class{shapes.Label(i)}", $"{i:D5}.{extension}");
            using var bitmap = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgb888x, SKAlphaType.Opaque));
            for (var place = 0; place < size.Height * size.Width; place++)
            {
                var (y, x) = Math.DivRem(place, size.Width);
                bitmap.SetPixel(x, y, new SKColor(Byte(image, 0, y, x), Byte(image, 1, y, x), Byte(image, 2, y, x)));
            }

            using var file = File.Create(path);
            bitmap.Encode(file, extension == "jpg" ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, Quality);
        });
    }

    /// <summary>The binary layout of CIFAR-10: a label, then the planes.</summary>
    private static void DrawRecords(string folder)
    {
        using var shapes = Shapes((Batches + 1) * Records, Side);
        var image = new ImageBuffer();
        string[] names = [.. Enumerable.Range(1, Batches).Select(batch => $"data_batch_{batch}.bin"), "test_batch.bin"];
        for (var file = 0; file < names.Length; file++)
        {
            using var records = File.Create(Path.Combine(folder, names[file]));
            for (var i = file * Records; i < (file + 1) * Records; i++)
            {
                shapes.Read(i, image);
                records.WriteByte((byte)shapes.Label(i));
                records.Write([.. image.Pixels.ToArray().Select(Byte)]);
            }
        }
    }

    private static byte Byte(ImageBuffer image, int channel, int y, int x) => Byte(image.Plane(channel)[(y * image.Width) + x]);

    private static byte Byte(float pixel) => (byte)((pixel * 255) + 0.5f);
}
