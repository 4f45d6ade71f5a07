using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Parallax.Host.Data;

namespace Parallax.Host.Training;

/// <summary>Checksums by which a repeated step is compared with the step of the run: 16 hexadecimal digits each.</summary>
internal static class Checksums
{
    /// <summary>Pixels of an image that count: one kilobyte in its middle, so that the cost per image does not grow with the image.</summary>
    private const int Pixels = 256;

    /// <summary>Which images a batch has, in which order, with which labels, and the middle of each of their views.</summary>
    public static string Of(HostBatch batch)
    {
        var hash = new XxHash3();
        hash.Append(MemoryMarshal.AsBytes(batch.Indices));
        hash.Append(MemoryMarshal.AsBytes(batch.Labels));
        foreach (var view in batch.Views)
        {
            var length = view.Shape.Length;
            var taken = Math.Min(Pixels, length);
            for (var image = 0; image < batch.Size; image++)
            {
                hash.Append(MemoryMarshal.AsBytes(view.Image(image).Slice((length - taken) / 2, taken)));
            }
        }

        return hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>The parameters that are trained; not what the forward pass writes (running statistics, queues).</summary>
    public static string OfParameters(Module module) => TensorHash.Join(module.named_parameters().Where(entry => entry.parameter.requires_grad)
        .DistinctBy(entry => entry.name).Select(entry => KeyValuePair.Create(entry.name, TensorHash.Of(entry.parameter))));
}
