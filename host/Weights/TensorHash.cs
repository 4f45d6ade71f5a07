using System.IO.Hashing;
using System.Text;

namespace Parallax.Host.Weights;

/// <summary>A number that is the same for tensors with the same type, shape and bits, and for no others but by a chance of one in 2^64.</summary>
internal static class TensorHash
{
    private const int Chunk = 1 << 30;

    /// <param name="tensor">On any device, in any memory layout.</param>
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
}
