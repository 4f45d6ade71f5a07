using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Parallax.Engine;

/// <summary>One argument or result of an operator as the shim sees it: a tag, a length or index, and eight bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct Value
{
    /// <summary>More tensors in one argument than this would not fit the stack.</summary>
    private const int MaxTensors = 16384;

    [FieldOffset(0)] internal Tag Kind;
    [FieldOffset(4)] internal int Length;
    [FieldOffset(8)] internal long Integer;
    [FieldOffset(8)] internal double Real;
    [FieldOffset(8)] internal nint Pointer;

    /// <summary>As <c>px_tag</c> in px.h.</summary>
    internal enum Tag
    {
        None = 0, Tensor = 1, Int = 2, Double = 3, Bool = 4, String = 5, Ints = 6, Doubles = 7, Bools = 8, Tensors = 9, Device = 10, Generator = 11, Default = 12,
    }

    private Value(Tag kind, int length, nint pointer)
    {
        Kind = kind;
        Length = length;
        Pointer = pointer;
    }

    internal static Value None => default;

    internal static Value Default => new() { Kind = Tag.Default };

    internal static Value Of(Tensor tensor) => new(Tag.Tensor, 0, (tensor ?? throw new ArgumentNullException(nameof(tensor))).Live);

    internal static Value OrNone(Tensor? tensor) => tensor is null ? None : Of(tensor);

    internal static Value OrDefault(Tensor? tensor) => OrNone(tensor);

    internal static Value Of(long value) => new() { Kind = Tag.Int, Integer = value };

    internal static Value Of(double value) => new() { Kind = Tag.Double, Real = value };

    internal static Value Of(bool value) => new() { Kind = Tag.Bool, Integer = value ? 1 : 0 };

    internal static Value Of(Scalar value) => value.IsFloatingPoint ? Of(value.Real) : value.IsBoolean ? Of(value.Integer != 0) : Of(value.Integer);

    internal static Value Of(ScalarType value) => Of((long)value);

    internal static Value Of(memory_format value) => Of((long)value);

    internal static Value Of(Device value) => new() { Kind = Tag.Device, Length = value.index, Integer = (long)value.type };

    internal static Value Of(Generator value) => new(Tag.Generator, 0, value.Handle);

    internal static Value OrNone(long? value) => value is { } given ? Of(given) : None;

    internal static Value OrNone(double? value) => value is { } given ? Of(given) : None;

    internal static Value OrNone(bool? value) => value is { } given ? Of(given) : None;

    internal static Value OrNone(Scalar? value) => value is { } given ? Of(given) : None;

    internal static Value OrNone(ScalarType? value) => value is { } given ? Of(given) : None;

    internal static Value OrNone(memory_format? value) => value is { } given ? Of(given) : None;

    internal static Value OrNone(Device? value) => value is null ? None : Of(value);

    internal static Value OrNone(Generator? value) => value is null ? None : Of(value);

    internal static Value OrDefault(long? value) => value is { } given ? Of(given) : Default;

    internal static Value OrDefault(double? value) => value is { } given ? Of(given) : Default;

    internal static Value OrDefault(bool? value) => value is { } given ? Of(given) : Default;

    internal static Value OrDefault(Scalar? value) => value is { } given ? Of(given) : Default;

    internal static Value OrDefault(ScalarType? value) => value is { } given ? Of(given) : Default;

    internal static Value OrDefault(memory_format? value) => value is { } given ? Of(given) : Default;

    internal static Value OrDefault(Device? value) => value is null ? Default : Of(value);

    internal static Value OrDefault(Generator? value) => value is null ? Default : Of(value);

    internal static Value Of(ReadOnlySpan<long> values, long* data) => new(Tag.Ints, values.Length, (nint)data);

    internal static Value Of(ReadOnlySpan<double> values, double* data) => new(Tag.Doubles, values.Length, (nint)data);

    internal static Value Of(ReadOnlySpan<bool> values, bool* data) => new(Tag.Bools, values.Length, (nint)data);

    /// <summary>A span that was never given (as against an empty list, which means something) takes the schema's default.</summary>
    internal static Value OrDefault(ReadOnlySpan<long> values, long* data) => IsAbsent(values) ? Default : Of(values, data);

    internal static Value OrDefault(ReadOnlySpan<double> values, double* data) => IsAbsent(values) ? Default : Of(values, data);

    internal static Value OrDefault(ReadOnlySpan<bool> values, bool* data) => IsAbsent(values) ? Default : Of(values, data);

    internal static Value OrNone(ReadOnlySpan<long> values, long* data) => IsAbsent(values) ? None : Of(values, data);

    internal static Value OrNone(ReadOnlySpan<double> values, double* data) => IsAbsent(values) ? None : Of(values, data);

    internal static Value Of(ReadOnlySpan<Tensor> tensors, nint* handles)
    {
        for (var i = 0; i < tensors.Length; i++)
        {
            handles[i] = (tensors[i] ?? throw new ArgumentException($"Tensor {i} of the list is null.", nameof(tensors))).Live;
        }

        return new(Tag.Tensors, tensors.Length, (nint)handles);
    }

    /// <summary>A list with holes, as advanced indexing takes it.</summary>
    internal static Value OfOptional(ReadOnlySpan<Tensor?> tensors, nint* handles)
    {
        for (var i = 0; i < tensors.Length; i++)
        {
            handles[i] = tensors[i]?.Live ?? 0;
        }

        return new(Tag.Tensors, tensors.Length, (nint)handles);
    }

    internal static byte[]? Utf8(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    internal static Value Text(byte[]? text, byte* data) => text is null ? Default : new(Tag.String, text.Length, (nint)data);

    internal static int CheckCount(int count) => count <= MaxTensors ? count
        : throw new ArgumentException($"An operator takes at most {MaxTensors} tensors in one list; {count} came. Call it on parts of the list.");

    /// <summary>Keeps the tensors of a list alive up to here; a span itself cannot be handed to the collector.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void KeepAlive(ReadOnlySpan<Tensor?> tensors)
    {
    }

    /// <summary>The result as a tensor of its own; null for an undefined one.</summary>
    internal readonly Tensor TakeTensor() => Pointer == 0 || Kind == Tag.None ? null! : new Tensor(Pointer);

    internal readonly Tensor[] TakeTensors()
    {
        var handles = new ReadOnlySpan<nint>((void*)Pointer, Length);
        var tensors = new Tensor[handles.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = handles[i] == 0 ? null! : new Tensor(handles[i]);
        }

        return tensors;
    }

    internal readonly long TakeInteger() => Integer;

    private static bool IsAbsent<T>(ReadOnlySpan<T> values) => Unsafe.IsNullRef(ref MemoryMarshal.GetReference(values));
}
