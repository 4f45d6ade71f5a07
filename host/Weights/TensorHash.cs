using System.IO.Hashing;
using System.Text;

namespace Parallax.Host.Weights;

/// <summary>Hashes of tensors: equal for the same type, shape and bits, and for others only by a chance of one in 2^64.</summary>
internal static class TensorHash
{
    private const int Chunk = 1 << 30;

    /// <summary>The hash of one tensor, on any device.</summary>
    public static unsafe ulong Of(Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        var values = tensor.detach().cpu().contiguous();
        var hash = new XxHash3();
        hash.Append(Encoding.UTF8.GetBytes($"{values.dtype} {string.Join(' ', values.shape)}"));
        if (values.numel() > 0)
        {
            var start = (byte*)TensorMemory.Address(values);
            var bytes = values.numel() * values.element_size();
            for (var done = 0L; done < bytes; done += Chunk)
            {
                hash.Append(new ReadOnlySpan<byte>(start + done, (int)Math.Min(Chunk, bytes - done)));
            }
        }

        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>One hash of many, whatever their order.</summary>
    /// <param name="hashes">The hash of each, by name.</param>
    /// <returns>16 hexadecimal digits.</returns>
    public static string Join(IEnumerable<KeyValuePair<string, ulong>> hashes)
    {
        var hash = new XxHash3();
        foreach (var (name, value) in hashes.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.Append(Encoding.UTF8.GetBytes(name));
            hash.Append(BitConverter.GetBytes(value));
        }

        return hash.GetCurrentHashAsUInt64().ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }
}
