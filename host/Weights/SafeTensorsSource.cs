namespace Parallax.Host.Weights;

/// <summary>A tensor to be written: its values need not be in memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Write">Writes its values, little-endian and row by row.</param>
internal sealed record SafeTensorsSource(string Name, ScalarType Type, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    private const int Chunk = 1 << 24;

    /// <summary>A tensor in memory, on any device and in any layout.</summary>
    public static SafeTensorsSource Of(string name, Tensor tensor) => new(name, tensor.dtype, tensor.shape, stream => WriteValues(stream, tensor));

    private static unsafe void WriteValues(Stream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var values = tensor.detach().cpu().contiguous();
        var start = (byte*)TensorMemory.Address(values);
        var bytes = values.numel() * values.element_size();
        for (var done = 0L; done < bytes; done += Chunk)
        {
            stream.Write(new ReadOnlySpan<byte>(start + done, (int)Math.Min(Chunk, bytes - done)));
        }
    }
}
