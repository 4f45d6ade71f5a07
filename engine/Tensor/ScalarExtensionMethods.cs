namespace Parallax.Torch;

/// <summary>Numbers out of and into <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    public static float ToSingle(this Scalar value) => (float)value.Real;

    public static double ToDouble(this Scalar value) => value.Real;

    public static byte ToByte(this Scalar value) => checked((byte)value.Integer);

    public static int ToInt32(this Scalar value) => checked((int)value.Integer);

    public static long ToInt64(this Scalar value) => value.Integer;

    public static bool ToBoolean(this Scalar value) => value.Real != 0;

    public static Scalar ToScalar(this int value) => value;

    public static Scalar ToScalar(this long value) => value;

    public static Scalar ToScalar(this float value) => value;

    public static Scalar ToScalar(this double value) => value;

    public static Scalar ToScalar(this bool value) => value;
}
