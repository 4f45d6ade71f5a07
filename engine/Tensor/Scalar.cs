using System.Globalization;

namespace Parallax.Torch;

/// <summary>A number as an operator's argument: integer, floating point or truth value. A plain value; nothing is allocated.</summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    private readonly double _real;
    private readonly long _integer;
    private readonly byte _kind;

    private Scalar(double real, long integer, byte kind)
    {
        _real = real;
        _integer = integer;
        _kind = kind;
    }

    internal bool IsFloatingPoint => _kind == 1;

    internal bool IsBoolean => _kind == 2;

    internal double Real => _kind == 1 ? _real : _integer;

    internal long Integer => _kind == 1 ? (long)_real : _integer;

    /// <summary>The element type a tensor of this number alone has.</summary>
    public torch.ScalarType Type => _kind switch { 1 => torch.ScalarType.Float64, 2 => torch.ScalarType.Bool, _ => torch.ScalarType.Int64 };

    public static implicit operator Scalar(byte value) => new(0, value, 0);

    public static implicit operator Scalar(sbyte value) => new(0, value, 0);

    public static implicit operator Scalar(short value) => new(0, value, 0);

    public static implicit operator Scalar(int value) => new(0, value, 0);

    public static implicit operator Scalar(long value) => new(0, value, 0);

    public static implicit operator Scalar(float value) => new(value, 0, 1);

    public static implicit operator Scalar(double value) => new(value, 0, 1);

    public static implicit operator Scalar(Half value) => new((double)value, 0, 1);

    public static implicit operator Scalar(bool value) => new(0, value ? 1 : 0, 2);

    public static bool operator ==(Scalar left, Scalar right) => left.Equals(right);

    public static bool operator !=(Scalar left, Scalar right) => !left.Equals(right);

    public bool Equals(Scalar other) => _kind == other._kind && _integer == other._integer && _real.Equals(other._real);

    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_kind, _integer, _real);

    public override string ToString() => _kind switch
    {
        1 => _real.ToString(CultureInfo.InvariantCulture),
        2 => _integer != 0 ? "True" : "False",
        _ => _integer.ToString(CultureInfo.InvariantCulture),
    };
}
