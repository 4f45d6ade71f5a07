using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Parallax.Torch.torch;

namespace Parallax.Torch;

/// <summary>Tensors from managed memory: copied, or shared while it stays pinned.</summary>
internal static unsafe class FromData
{
    internal static Tensor Copy<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> sizes, ScalarType type, ScalarType? wanted, Device device, bool requiresGrad)
        where T : unmanaged
    {
        var count = 1L;
        foreach (var length in sizes)
        {
            count *= length;
        }

        if (count != values.Length)
        {
            throw new ArgumentException($"A tensor of shape [{string.Join(", ", sizes.ToArray())}] has {count} elements; the array has {values.Length}.");
        }

        var host = Ops.empty_memory_format(sizes.IsEmpty ? (ReadOnlySpan<long>)Array.Empty<long>() : sizes, type);
        values.CopyTo(new Span<T>((void*)host.DataPointer(), values.Length));
        if ((wanted is null || wanted == type) && device.type == DeviceType.CPU)
        {
            return host.Record(requiresGrad);
        }

        using (host)
        {
            return Ops.to_device(host, device, wanted ?? type).Record(requiresGrad);
        }
    }

    internal static T[] Flat<T>(Array array)
        where T : unmanaged => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length).ToArray();

    internal static long[] Lengths(Array array) => Enumerable.Range(0, array.Rank).Select(array.GetLongLength).ToArray();

    /// <summary>A tensor over an array; <paramref name="type"/> null takes the array's own type and shape.</summary>
    internal static Tensor Share(Array array, ScalarType? type, long offset, long count)
    {
        ArgumentNullException.ThrowIfNull(array);
        var own = TypeOf(array.GetType().GetElementType()!);
        var bytes = Buffer.ByteLength(array);
        var size = SizeOf(type ?? own);
        var length = count >= 0 ? count : (bytes - offset) / size;
        if (offset < 0 || offset + (length * size) > bytes)
        {
            throw new ArgumentException($"{length} elements of {size} bytes from byte {offset} do not fit the array's {bytes} bytes.", nameof(array));
        }

        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        var sizes = type is null ? Lengths(array) : [length];
        nint result;
        fixed (long* data = sizes)
        {
            var code = Native.px_from_blob(pin.AddrOfPinnedObject() + (nint)offset, data, sizes.Length, (int)(type ?? own), &Unpin,
                GCHandle.ToIntPtr(pin), &result);
            if (code != 0)
            {
                pin.Free();
                throw TorchException.FromNative(code, "from_array");
            }
        }

        return new Tensor(result);
    }

    internal static long SizeOf(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new NotSupportedException($"Elements of type {type} have no plain memory form."),
    };

    private static ScalarType TypeOf(Type element) => Type.GetTypeCode(element) switch
    {
        TypeCode.Boolean => ScalarType.Bool,
        TypeCode.Byte => ScalarType.Byte,
        TypeCode.SByte => ScalarType.Int8,
        TypeCode.Int16 => ScalarType.Int16,
        TypeCode.Int32 => ScalarType.Int32,
        TypeCode.Int64 => ScalarType.Int64,
        TypeCode.Single => ScalarType.Float32,
        TypeCode.Double => ScalarType.Float64,
        _ when element == typeof(Half) => ScalarType.Float16,
        _ => throw new ArgumentException($"An array of {element.Name} cannot become a tensor. Use bool, byte, sbyte, short, int, long, Half, float or double."),
    };

    [UnmanagedCallersOnly]
    private static void Unpin(nint context) => GCHandle.FromIntPtr(context).Free();
}
