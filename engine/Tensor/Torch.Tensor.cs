namespace Parallax.Torch;

public static partial class torch
{
    public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData.Copy<bool>([scalar], [], ScalarType.Bool, dtype, Place(device), requires_grad);

    public static Tensor tensor(byte scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData.Copy<byte>([scalar], [], ScalarType.Byte, dtype, Place(device), requires_grad);

    public static Tensor tensor(sbyte scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData.Copy<sbyte>([scalar], [], ScalarType.Int8, dtype, Place(device), requires_grad);

    public static Tensor tensor(short scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData.Copy<short>([scalar], [], ScalarType.Int16, dtype, Place(device), requires_grad);

    public static Tensor tensor(int scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData.Copy<int>([scalar], [], ScalarType.Int32, dtype, Place(device), requires_grad);

    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData.Copy<long>([scalar], [], ScalarType.Int64, dtype, Place(device), requires_grad);

    public static Tensor tensor(Half scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData.Copy<Half>([scalar], [], ScalarType.Float16, dtype, Place(device), requires_grad);

    public static Tensor tensor(float scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData.Copy<float>([scalar], [], ScalarType.Float32, dtype, Place(device), requires_grad);

    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromData.Copy<double>([scalar], [], ScalarType.Float64, dtype, Place(device), requires_grad);

    public static Tensor tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<bool>(rawArray, [rawArray.Length], ScalarType.Bool, dtype, Place(device), requires_grad));

    public static Tensor tensor(
        bool[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<bool>(rawArray, dimensions, ScalarType.Bool, dtype, Place(device), requires_grad));

    public static Tensor tensor(IList<bool> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        tensor(rawArray.ToArray(), dtype, device, requires_grad, names);

    public static Tensor tensor(
        IList<bool> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        tensor(rawArray.ToArray(), dimensions, dtype, device, requires_grad, names);

    public static Tensor tensor(bool[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<bool>(FromData.Flat<bool>(rawArray), FromData.Lengths(rawArray), ScalarType.Bool, dtype, Place(device), requires_grad));

    public static Tensor tensor(bool[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<bool>(FromData.Flat<bool>(rawArray), FromData.Lengths(rawArray), ScalarType.Bool, dtype, Place(device), requires_grad));

    public static Tensor tensor(bool[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<bool>(FromData.Flat<bool>(rawArray), FromData.Lengths(rawArray), ScalarType.Bool, dtype, Place(device), requires_grad));

    public static Tensor tensor(byte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<byte>(rawArray, [rawArray.Length], ScalarType.Byte, dtype, Place(device), requires_grad));

    public static Tensor tensor(
        byte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<byte>(rawArray, dimensions, ScalarType.Byte, dtype, Place(device), requires_grad));

    public static Tensor tensor(IList<byte> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        tensor(rawArray.ToArray(), dtype, device, requires_grad, names);

    public static Tensor tensor(
        IList<byte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        tensor(rawArray.ToArray(), dimensions, dtype, device, requires_grad, names);

    public static Tensor tensor(byte[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<byte>(FromData.Flat<byte>(rawArray), FromData.Lengths(rawArray), ScalarType.Byte, dtype, Place(device), requires_grad));

    public static Tensor tensor(byte[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<byte>(FromData.Flat<byte>(rawArray), FromData.Lengths(rawArray), ScalarType.Byte, dtype, Place(device), requires_grad));

    public static Tensor tensor(byte[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<byte>(FromData.Flat<byte>(rawArray), FromData.Lengths(rawArray), ScalarType.Byte, dtype, Place(device), requires_grad));

    public static Tensor tensor(sbyte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<sbyte>(rawArray, [rawArray.Length], ScalarType.Int8, dtype, Place(device), requires_grad));

    public static Tensor tensor(
        sbyte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<sbyte>(rawArray, dimensions, ScalarType.Int8, dtype, Place(device), requires_grad));

    public static Tensor tensor(IList<sbyte> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        tensor(rawArray.ToArray(), dtype, device, requires_grad, names);

    public static Tensor tensor(
        IList<sbyte> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        tensor(rawArray.ToArray(), dimensions, dtype, device, requires_grad, names);

    public static Tensor tensor(sbyte[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<sbyte>(FromData.Flat<sbyte>(rawArray), FromData.Lengths(rawArray), ScalarType.Int8, dtype, Place(device), requires_grad));

    public static Tensor tensor(sbyte[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<sbyte>(FromData.Flat<sbyte>(rawArray), FromData.Lengths(rawArray), ScalarType.Int8, dtype, Place(device), requires_grad));

    public static Tensor tensor(sbyte[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<sbyte>(FromData.Flat<sbyte>(rawArray), FromData.Lengths(rawArray), ScalarType.Int8, dtype, Place(device), requires_grad));

    public static Tensor tensor(short[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<short>(rawArray, [rawArray.Length], ScalarType.Int16, dtype, Place(device), requires_grad));

    public static Tensor tensor(
        short[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<short>(rawArray, dimensions, ScalarType.Int16, dtype, Place(device), requires_grad));

    public static Tensor tensor(IList<short> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        tensor(rawArray.ToArray(), dtype, device, requires_grad, names);

    public static Tensor tensor(
        IList<short> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        tensor(rawArray.ToArray(), dimensions, dtype, device, requires_grad, names);

    public static Tensor tensor(short[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<short>(FromData.Flat<short>(rawArray), FromData.Lengths(rawArray), ScalarType.Int16, dtype, Place(device), requires_grad));

    public static Tensor tensor(short[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<short>(FromData.Flat<short>(rawArray), FromData.Lengths(rawArray), ScalarType.Int16, dtype, Place(device), requires_grad));

    public static Tensor tensor(short[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<short>(FromData.Flat<short>(rawArray), FromData.Lengths(rawArray), ScalarType.Int16, dtype, Place(device), requires_grad));

    public static Tensor tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<int>(rawArray, [rawArray.Length], ScalarType.Int32, dtype, Place(device), requires_grad));

    public static Tensor tensor(
        int[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<int>(rawArray, dimensions, ScalarType.Int32, dtype, Place(device), requires_grad));

    public static Tensor tensor(IList<int> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        tensor(rawArray.ToArray(), dtype, device, requires_grad, names);

    public static Tensor tensor(
        IList<int> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        tensor(rawArray.ToArray(), dimensions, dtype, device, requires_grad, names);

    public static Tensor tensor(int[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<int>(FromData.Flat<int>(rawArray), FromData.Lengths(rawArray), ScalarType.Int32, dtype, Place(device), requires_grad));

    public static Tensor tensor(int[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<int>(FromData.Flat<int>(rawArray), FromData.Lengths(rawArray), ScalarType.Int32, dtype, Place(device), requires_grad));

    public static Tensor tensor(int[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<int>(FromData.Flat<int>(rawArray), FromData.Lengths(rawArray), ScalarType.Int32, dtype, Place(device), requires_grad));

    public static Tensor tensor(long[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<long>(rawArray, [rawArray.Length], ScalarType.Int64, dtype, Place(device), requires_grad));

    public static Tensor tensor(
        long[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<long>(rawArray, dimensions, ScalarType.Int64, dtype, Place(device), requires_grad));

    public static Tensor tensor(IList<long> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        tensor(rawArray.ToArray(), dtype, device, requires_grad, names);

    public static Tensor tensor(
        IList<long> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        tensor(rawArray.ToArray(), dimensions, dtype, device, requires_grad, names);

    public static Tensor tensor(long[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<long>(FromData.Flat<long>(rawArray), FromData.Lengths(rawArray), ScalarType.Int64, dtype, Place(device), requires_grad));

    public static Tensor tensor(long[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<long>(FromData.Flat<long>(rawArray), FromData.Lengths(rawArray), ScalarType.Int64, dtype, Place(device), requires_grad));

    public static Tensor tensor(long[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<long>(FromData.Flat<long>(rawArray), FromData.Lengths(rawArray), ScalarType.Int64, dtype, Place(device), requires_grad));

    public static Tensor tensor(Half[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<Half>(rawArray, [rawArray.Length], ScalarType.Float16, dtype, Place(device), requires_grad));

    public static Tensor tensor(
        Half[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<Half>(rawArray, dimensions, ScalarType.Float16, dtype, Place(device), requires_grad));

    public static Tensor tensor(IList<Half> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        tensor(rawArray.ToArray(), dtype, device, requires_grad, names);

    public static Tensor tensor(
        IList<Half> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        tensor(rawArray.ToArray(), dimensions, dtype, device, requires_grad, names);

    public static Tensor tensor(Half[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<Half>(FromData.Flat<Half>(rawArray), FromData.Lengths(rawArray), ScalarType.Float16, dtype, Place(device), requires_grad));

    public static Tensor tensor(Half[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<Half>(FromData.Flat<Half>(rawArray), FromData.Lengths(rawArray), ScalarType.Float16, dtype, Place(device), requires_grad));

    public static Tensor tensor(Half[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<Half>(FromData.Flat<Half>(rawArray), FromData.Lengths(rawArray), ScalarType.Float16, dtype, Place(device), requires_grad));

    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<float>(rawArray, [rawArray.Length], ScalarType.Float32, dtype, Place(device), requires_grad));

    public static Tensor tensor(
        float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<float>(rawArray, dimensions, ScalarType.Float32, dtype, Place(device), requires_grad));

    public static Tensor tensor(IList<float> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        tensor(rawArray.ToArray(), dtype, device, requires_grad, names);

    public static Tensor tensor(
        IList<float> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        tensor(rawArray.ToArray(), dimensions, dtype, device, requires_grad, names);

    public static Tensor tensor(float[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<float>(FromData.Flat<float>(rawArray), FromData.Lengths(rawArray), ScalarType.Float32, dtype, Place(device),
            requires_grad));

    public static Tensor tensor(float[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<float>(FromData.Flat<float>(rawArray), FromData.Lengths(rawArray), ScalarType.Float32, dtype, Place(device),
            requires_grad));

    public static Tensor tensor(float[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<float>(FromData.Flat<float>(rawArray), FromData.Lengths(rawArray), ScalarType.Float32, dtype, Place(device),
            requires_grad));

    public static Tensor tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<double>(rawArray, [rawArray.Length], ScalarType.Float64, dtype, Place(device), requires_grad));

    public static Tensor tensor(
        double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Unnamed(names, FromData.Copy<double>(rawArray, dimensions, ScalarType.Float64, dtype, Place(device), requires_grad));

    public static Tensor tensor(IList<double> rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        tensor(rawArray.ToArray(), dtype, device, requires_grad, names);

    public static Tensor tensor(
        IList<double> rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        tensor(rawArray.ToArray(), dimensions, dtype, device, requires_grad, names);

    public static Tensor tensor(double[,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<double>(FromData.Flat<double>(rawArray), FromData.Lengths(rawArray), ScalarType.Float64, dtype, Place(device),
            requires_grad));

    public static Tensor tensor(double[,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<double>(FromData.Flat<double>(rawArray), FromData.Lengths(rawArray), ScalarType.Float64, dtype, Place(device),
            requires_grad));

    public static Tensor tensor(double[,,,] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Unnamed(names, FromData.Copy<double>(FromData.Flat<double>(rawArray), FromData.Lengths(rawArray), ScalarType.Float64, dtype, Place(device),
            requires_grad));
}
