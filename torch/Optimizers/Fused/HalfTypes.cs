using System.Numerics;
using System.Runtime.CompilerServices;

namespace Parallax.Torch;

/// <summary>Conversion between a 16-bit type in memory and float32 in a scratch tile.</summary>
internal unsafe interface IHalfType
{
    static abstract void Widen(void* source, float* target, nint count);

    static abstract void Narrow(float* source, void* target, nint count);
}

/// <summary>The upper half of a float32, rounded to nearest even.</summary>
internal readonly unsafe struct BFloat16Type : IHalfType
{
    public static void Widen(void* source, float* target, nint count)
    {
        var from = (ushort*)source;
        nint i = 0;
        for (; i + Vector<ushort>.Count <= count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(from + i), out var low, out var high);
            Vector.Store(Vector.AsVectorSingle(Vector.ShiftLeft(low, 16)), target + i);
            Vector.Store(Vector.AsVectorSingle(Vector.ShiftLeft(high, 16)), target + i + Vector<uint>.Count);
        }

        for (; i < count; i++)
        {
            target[i] = BitConverter.UInt32BitsToSingle((uint)from[i] << 16);
        }
    }

    public static void Narrow(float* source, void* target, nint count)
    {
        var to = (ushort*)target;
        nint i = 0;
        for (; i + Vector<ushort>.Count <= count; i += Vector<ushort>.Count)
        {
            Vector.Store(Vector.Narrow(Round(Vector.Load(source + i)), Round(Vector.Load(source + i + Vector<uint>.Count))), to + i);
        }

        for (; i < count; i++)
        {
            to[i] = (ushort)Round(new Vector<float>(source[i]))[0];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Round(Vector<float> value)
    {
        var bits = Vector.AsVectorUInt32(value);
        var odd = Vector.ShiftRightLogical(bits, 16) & Vector<uint>.One;
        var rounded = Vector.ShiftRightLogical(bits + odd + new Vector<uint>(0x7FFF), 16);
        return Vector.ConditionalSelect(Vector.AsVectorUInt32(Vector.Equals(value, value)), rounded, new Vector<uint>(0x7FC0));   // NaN stays NaN
    }
}

/// <summary>IEEE 754 binary16.</summary>
internal readonly unsafe struct Float16Type : IHalfType
{
    public static void Widen(void* source, float* target, nint count)
    {
        var from = (Half*)source;
        for (nint i = 0; i < count; i++)
        {
            target[i] = (float)from[i];
        }
    }

    public static void Narrow(float* source, void* target, nint count)
    {
        var to = (Half*)target;
        for (nint i = 0; i < count; i++)
        {
            to[i] = (Half)source[i];
        }
    }
}
