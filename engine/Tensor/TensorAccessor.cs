using System.Collections;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>Typed reading and writing of a tensor's elements.</summary>
/// <typeparam name="T">The element type; must match the tensor's.</typeparam>
public sealed class TensorAccessor<T> : IEnumerable<T>, IDisposable
    where T : unmanaged
{
    private readonly torch.Tensor _tensor;
    private readonly torch.Tensor _host;

    internal TensorAccessor(torch.Tensor tensor)
    {
        Require(tensor.dtype);
        _tensor = tensor;
        _host = tensor.is_cpu() && tensor.is_contiguous() ? tensor : tensor.Plain();
    }

    public long Count => _host.numel();

    /// <summary>One element by its position in each dimension, or by one row-major position.</summary>
    public T this[params long[] indices]
    {
        get => Span[Offset(indices)];
        set
        {
            if (!SharesMemory)
            {
                throw new InvalidOperationException("Elements can be written through the accessor of a contiguous CPU tensor only. Use index_put_ or copy_.");
            }

            Span[Offset(indices)] = value;
        }
    }

    private bool SharesMemory => _tensor.is_cpu() && _tensor.is_contiguous();

    private Span<T> Span => MemoryMarshal.Cast<byte, T>(_host.bytes);

    public T[] ToArray()
    {
        var result = Span.ToArray();
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>An array with as many dimensions as the tensor.</summary>
    public Array ToNDArray()
    {
        var sizes = _host.shape;
        if (sizes.Length == 0)
        {
            return ToArray();
        }

        var array = Array.CreateInstance(typeof(T), sizes);
        Span.CopyTo(MemoryMarshal.CreateSpan(ref System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)),
            array.Length));
        GC.KeepAlive(this);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        Span[checked((int)tensorIndex)..].CopyTo(array[arrayIndex..]);
        GC.KeepAlive(this);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        if (!SharesMemory)
        {
            throw new InvalidOperationException("A contiguous CPU tensor can be filled through its accessor; this one cannot. Use copy_ with a tensor made of the array.");
        }

        array[arrayIndex..].CopyTo(Span[checked((int)tensorIndex)..]);
        GC.KeepAlive(this);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Frees the copy that was made of a device or strided tensor; the tensor itself is not touched.</summary>
    public void Dispose()
    {
        if (!ReferenceEquals(_host, _tensor))
        {
            _host.Dispose();
        }
    }

    private static void Require(torch.ScalarType type)
    {
        var expected = type switch
        {
            torch.ScalarType.Byte => typeof(byte),
            torch.ScalarType.Int8 => typeof(sbyte),
            torch.ScalarType.Int16 => typeof(short),
            torch.ScalarType.Int32 => typeof(int),
            torch.ScalarType.Int64 => typeof(long),
            torch.ScalarType.Float16 => typeof(Half),
            torch.ScalarType.Float32 => typeof(float),
            torch.ScalarType.Float64 => typeof(double),
            torch.ScalarType.Bool => typeof(bool),
            torch.ScalarType.BFloat16 => typeof(ushort),
            torch.ScalarType.ComplexFloat64 => typeof(Complex),
            _ => null,
        };
        if (typeof(T) != expected)
        {
            throw new ArgumentException($"A {type} tensor is read as data<{expected?.Name ?? "no C# type; convert it first"}>(), not as {typeof(T).Name}.");
        }
    }

    private int Offset(long[] indices)
    {
        var sizes = _host.shape;
        if (indices.Length == 1)
        {
            return checked((int)indices[0]);
        }

        if (indices.Length != sizes.Length)
        {
            throw new ArgumentException($"{indices.Length} indices for {sizes.Length} dimensions.", nameof(indices));
        }

        var offset = 0L;
        for (var i = 0; i < sizes.Length; i++)
        {
            offset = indices[i] >= 0 && indices[i] < sizes[i] ? (offset * sizes[i]) + indices[i]
                : throw new ArgumentOutOfRangeException(nameof(indices), $"Index {indices[i]} of dimension {i} is not in 0..{sizes[i] - 1}.");
        }

        return checked((int)offset);
    }
}
