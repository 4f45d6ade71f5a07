namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => Ops.add_Tensor(left, right);

        public static Tensor operator +(Tensor left, Scalar right) => Ops.add_Scalar(left, right);

        public static Tensor operator +(Scalar left, Tensor right) => Ops.add_Scalar(right, left);

        public static Tensor operator +(Tensor left, int right) => Ops.add_Scalar(left, right);

        public static Tensor operator +(int left, Tensor right) => Ops.add_Scalar(right, left);

        public static Tensor operator +(Tensor left, long right) => Ops.add_Scalar(left, right);

        public static Tensor operator +(long left, Tensor right) => Ops.add_Scalar(right, left);

        public static Tensor operator +(Tensor left, float right) => Ops.add_Scalar(left, right);

        public static Tensor operator +(float left, Tensor right) => Ops.add_Scalar(right, left);

        public static Tensor operator +(Tensor left, double right) => Ops.add_Scalar(left, right);

        public static Tensor operator +(double left, Tensor right) => Ops.add_Scalar(right, left);

        public static Tensor operator -(Tensor left, Tensor right) => Ops.sub_Tensor(left, right);

        public static Tensor operator -(Tensor left, Scalar right) => Ops.sub_Scalar(left, right);

        public static Tensor operator -(Scalar left, Tensor right) => Ops.rsub_Scalar(right, left);

        public static Tensor operator -(Tensor left, int right) => Ops.sub_Scalar(left, right);

        public static Tensor operator -(int left, Tensor right) => Ops.rsub_Scalar(right, left);

        public static Tensor operator -(Tensor left, long right) => Ops.sub_Scalar(left, right);

        public static Tensor operator -(long left, Tensor right) => Ops.rsub_Scalar(right, left);

        public static Tensor operator -(Tensor left, float right) => Ops.sub_Scalar(left, right);

        public static Tensor operator -(float left, Tensor right) => Ops.rsub_Scalar(right, left);

        public static Tensor operator -(Tensor left, double right) => Ops.sub_Scalar(left, right);

        public static Tensor operator -(double left, Tensor right) => Ops.rsub_Scalar(right, left);

        public static Tensor operator *(Tensor left, Tensor right) => Ops.mul_Tensor(left, right);

        public static Tensor operator *(Tensor left, Scalar right) => Ops.mul_Scalar(left, right);

        public static Tensor operator *(Scalar left, Tensor right) => Ops.mul_Scalar(right, left);

        public static Tensor operator *(Tensor left, int right) => Ops.mul_Scalar(left, right);

        public static Tensor operator *(int left, Tensor right) => Ops.mul_Scalar(right, left);

        public static Tensor operator *(Tensor left, long right) => Ops.mul_Scalar(left, right);

        public static Tensor operator *(long left, Tensor right) => Ops.mul_Scalar(right, left);

        public static Tensor operator *(Tensor left, float right) => Ops.mul_Scalar(left, right);

        public static Tensor operator *(float left, Tensor right) => Ops.mul_Scalar(right, left);

        public static Tensor operator *(Tensor left, double right) => Ops.mul_Scalar(left, right);

        public static Tensor operator *(double left, Tensor right) => Ops.mul_Scalar(right, left);

        public static Tensor operator /(Tensor left, Tensor right) => Ops.div_Tensor(left, right);

        public static Tensor operator /(Tensor left, Scalar right) => Ops.div_Scalar(left, right);

        public static Tensor operator /(Scalar left, Tensor right) => Divide(left, right);

        public static Tensor operator /(Tensor left, int right) => Ops.div_Scalar(left, right);

        public static Tensor operator /(int left, Tensor right) => Divide(left, right);

        public static Tensor operator /(Tensor left, long right) => Ops.div_Scalar(left, right);

        public static Tensor operator /(long left, Tensor right) => Divide(left, right);

        public static Tensor operator /(Tensor left, float right) => Ops.div_Scalar(left, right);

        public static Tensor operator /(float left, Tensor right) => Divide(left, right);

        public static Tensor operator /(Tensor left, double right) => Ops.div_Scalar(left, right);

        public static Tensor operator /(double left, Tensor right) => Divide(left, right);

        public static Tensor operator %(Tensor left, Tensor right) => Ops.remainder_Tensor(left, right);

        public static Tensor operator %(Tensor left, Scalar right) => Ops.remainder_Scalar(left, right);

        public static Tensor operator %(Scalar left, Tensor right) => Ops.remainder_Scalar_Tensor(left, right);

        public static Tensor operator %(Tensor left, int right) => Ops.remainder_Scalar(left, right);

        public static Tensor operator %(int left, Tensor right) => Ops.remainder_Scalar_Tensor(left, right);

        public static Tensor operator %(Tensor left, long right) => Ops.remainder_Scalar(left, right);

        public static Tensor operator %(long left, Tensor right) => Ops.remainder_Scalar_Tensor(left, right);

        public static Tensor operator %(Tensor left, float right) => Ops.remainder_Scalar(left, right);

        public static Tensor operator %(float left, Tensor right) => Ops.remainder_Scalar_Tensor(left, right);

        public static Tensor operator %(Tensor left, double right) => Ops.remainder_Scalar(left, right);

        public static Tensor operator %(double left, Tensor right) => Ops.remainder_Scalar_Tensor(left, right);

        public static Tensor operator ==(Tensor left, Tensor right) => Ops.eq_Tensor(left, right);

        public static Tensor operator ==(Tensor left, Scalar right) => Ops.eq_Scalar(left, right);

        public static Tensor operator ==(Scalar left, Tensor right) => Ops.eq_Scalar(right, left);

        public static Tensor operator !=(Tensor left, Tensor right) => Ops.ne_Tensor(left, right);

        public static Tensor operator !=(Tensor left, Scalar right) => Ops.ne_Scalar(left, right);

        public static Tensor operator !=(Scalar left, Tensor right) => Ops.ne_Scalar(right, left);

        public static Tensor operator <(Tensor left, Tensor right) => Ops.lt_Tensor(left, right);

        public static Tensor operator <(Tensor left, Scalar right) => Ops.lt_Scalar(left, right);

        public static Tensor operator <(Scalar left, Tensor right) => Ops.gt_Scalar(right, left);

        public static Tensor operator <=(Tensor left, Tensor right) => Ops.le_Tensor(left, right);

        public static Tensor operator <=(Tensor left, Scalar right) => Ops.le_Scalar(left, right);

        public static Tensor operator <=(Scalar left, Tensor right) => Ops.ge_Scalar(right, left);

        public static Tensor operator >(Tensor left, Tensor right) => Ops.gt_Tensor(left, right);

        public static Tensor operator >(Tensor left, Scalar right) => Ops.gt_Scalar(left, right);

        public static Tensor operator >(Scalar left, Tensor right) => Ops.lt_Scalar(right, left);

        public static Tensor operator >=(Tensor left, Tensor right) => Ops.ge_Tensor(left, right);

        public static Tensor operator >=(Tensor left, Scalar right) => Ops.ge_Scalar(left, right);

        public static Tensor operator >=(Scalar left, Tensor right) => Ops.le_Scalar(right, left);

        public static Tensor operator &(Tensor left, Tensor right) => Ops.bitwise_and_Tensor(left, right);

        public static Tensor operator &(Tensor left, Scalar right) => Ops.bitwise_and_Scalar(left, right);

        public static Tensor operator |(Tensor left, Tensor right) => Ops.bitwise_or_Tensor(left, right);

        public static Tensor operator |(Tensor left, Scalar right) => Ops.bitwise_or_Scalar(left, right);

        public static Tensor operator ^(Tensor left, Tensor right) => Ops.bitwise_xor_Tensor(left, right);

        public static Tensor operator ^(Tensor left, Scalar right) => Ops.bitwise_xor_Scalar(left, right);

        public static Tensor operator ~(Tensor operand) => Ops.bitwise_not(operand);

        public static Tensor operator -(Tensor operand) => Ops.neg(operand);

        public static implicit operator Tensor(byte value) => tensor(value);

        public static implicit operator Tensor(sbyte value) => tensor(value);

        public static implicit operator Tensor(short value) => tensor(value);

        public static implicit operator Tensor(int value) => tensor(value);

        public static implicit operator Tensor(long value) => tensor(value);

        public static implicit operator Tensor(float value) => tensor(value);

        public static implicit operator Tensor(double value) => tensor(value);

        public static implicit operator Tensor(bool value) => tensor(value);

        public static implicit operator Tensor(byte[] values) => tensor(values);

        public static implicit operator Tensor(sbyte[] values) => tensor(values);

        public static implicit operator Tensor(short[] values) => tensor(values);

        public static implicit operator Tensor(int[] values) => tensor(values);

        public static implicit operator Tensor(long[] values) => tensor(values);

        public static implicit operator Tensor(float[] values) => tensor(values);

        public static implicit operator Tensor(double[] values) => tensor(values);

        public static implicit operator Tensor(bool[] values) => tensor(values);

        public static explicit operator float(Tensor value) => (float)value.ToScalar().Real;

        public static explicit operator double(Tensor value) => value.ToScalar().Real;

        public static explicit operator sbyte(Tensor value) => checked((sbyte)value.ToScalar().Integer);

        public static explicit operator byte(Tensor value) => checked((byte)value.ToScalar().Integer);

        public static explicit operator short(Tensor value) => checked((short)value.ToScalar().Integer);

        public static explicit operator int(Tensor value) => checked((int)value.ToScalar().Integer);

        public static explicit operator long(Tensor value) => checked((long)value.ToScalar().Integer);

        public static explicit operator bool(Tensor value) => value.ToScalar().ToBoolean();

        /// <summary>Also what makes a number prefer the Scalar overload of a method over the Tensor one.</summary>
        public static implicit operator Tensor(Scalar value) => Ops.scalar_tensor(value, OfValue(value));

        private static Tensor Divide(Scalar left, Tensor right)
        {
            using var inverse = Ops.reciprocal(right);
            return Ops.mul_Scalar(inverse, left);
        }
    }
}
