using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parallax.Plugins.Augmentations;

/// <summary>Changes values, all channels alike.</summary>
internal interface IValueKernel
{
    Vector<float> Apply(Vector<float> value);
}

/// <summary>Changes colours.</summary>
internal interface IColorKernel
{
    void Apply(ref Vector<float> red, ref Vector<float> green, ref Vector<float> blue);
}

/// <summary>Walks an image a vector at a time; kernels are structs, so the loop is compiled for each of them.</summary>
internal static class Pixels
{
    /// <summary>torchvision's weights of red, green and blue in a grey value; they sum to 0.9999.</summary>
    public const float RedWeight = 0.2989f, GreenWeight = 0.587f, BlueWeight = 0.114f;

    public static void ForEachValue<TKernel>(Span<float> values, TKernel kernel)
        where TKernel : struct, IValueKernel
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (ref var vector in vectors)
        {
            vector = kernel.Apply(vector);
        }

        var rest = values[(vectors.Length * Vector<float>.Count)..];
        if (rest.Length > 0)
        {
            Store(kernel.Apply(Load(rest)), rest);
        }
    }

    public static void ForEachColor<TKernel>(ImageBuffer image, TKernel kernel)
        where TKernel : struct, IColorKernel
    {
        var red = image.Plane(0);
        var green = image.Plane(1);
        var blue = image.Plane(2);
        var reds = MemoryMarshal.Cast<float, Vector<float>>(red);
        var greens = MemoryMarshal.Cast<float, Vector<float>>(green);
        var blues = MemoryMarshal.Cast<float, Vector<float>>(blue);
        for (var i = 0; i < reds.Length; i++)
        {
            var (r, g, b) = (reds[i], greens[i], blues[i]);
            kernel.Apply(ref r, ref g, ref b);
            (reds[i], greens[i], blues[i]) = (r, g, b);
        }

        var done = reds.Length * Vector<float>.Count;
        if (done < red.Length)
        {
            var (r, g, b) = (Load(red[done..]), Load(green[done..]), Load(blue[done..]));
            kernel.Apply(ref r, ref g, ref b);
            Store(r, red[done..]);
            Store(g, green[done..]);
            Store(b, blue[done..]);
        }
    }

    /// <summary>Mean grey value; rows are summed apart so that float32 does not lose digits on large images.</summary>
    public static float MeanGrey(ImageBuffer image)
    {
        var sum = 0.0;
        for (var row = 0; row < image.Height; row++)
        {
            var (start, length) = (row * image.Width, image.Width);
            sum += image.Channels == 1
                ? Sum(image.Plane(0).Slice(start, length))
                : (RedWeight * Sum(image.Plane(0).Slice(start, length)))
                    + (GreenWeight * Sum(image.Plane(1).Slice(start, length)))
                    + (BlueWeight * Sum(image.Plane(2).Slice(start, length)));
        }

        return (float)(sum / ((long)image.Height * image.Width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Grey(Vector<float> red, Vector<float> green, Vector<float> blue) =>
        (RedWeight * red) + (GreenWeight * green) + (BlueWeight * blue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Clip(Vector<float> value) => Vector.Min(Vector.Max(value, Vector<float>.Zero), Vector<float>.One);

    private static double Sum(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sums = Vector<float>.Zero;
        foreach (var vector in vectors)
        {
            sums += vector;
        }

        double sum = Vector.Sum(sums);
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            sum += value;
        }

        return sum;
    }

    private static Vector<float> Load(ReadOnlySpan<float> rest)
    {
        Span<float> padded = stackalloc float[Vector<float>.Count];
        padded.Clear();
        rest.CopyTo(padded);

        return new(padded);
    }

    private static void Store(Vector<float> vector, Span<float> rest)
    {
        Span<float> padded = stackalloc float[Vector<float>.Count];
        vector.CopyTo(padded);
        padded[..rest.Length].CopyTo(rest);
    }
}
