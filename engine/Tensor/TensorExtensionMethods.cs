namespace Parallax.Torch;

/// <summary>Numbers out of one-element tensors.</summary>
public static class TensorExtensionMethods
{
    public static float ToSingle(this torch.Tensor value) => (float)value.ToScalar().Real;

    public static double ToDouble(this torch.Tensor value) => value.ToScalar().Real;

    public static Half ToHalf(this torch.Tensor value) => (Half)value.ToScalar().Real;

    public static byte ToByte(this torch.Tensor value) => checked((byte)value.ToScalar().Integer);

    public static short ToInt16(this torch.Tensor value) => checked((short)value.ToScalar().Integer);

    public static int ToInt32(this torch.Tensor value) => checked((int)value.ToScalar().Integer);

    public static long ToInt64(this torch.Tensor value) => value.ToScalar().Integer;

    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();
}
