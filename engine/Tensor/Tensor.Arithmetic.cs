namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Ops.add_Tensor(this, target);

        public Tensor add(Tensor target, Scalar alpha) => Ops.add_Tensor(this, target, alpha);

        public Tensor add(Scalar scalar) => Ops.add_Scalar(this, scalar);

        public Tensor add(Scalar scalar, Scalar alpha) => Ops.add_Scalar(this, scalar, alpha);

        public Tensor add_(Tensor target) => Ops.add__Tensor(this, target);

        public Tensor add_(Tensor target, Scalar alpha) => Ops.add__Tensor(this, target, alpha);

        public Tensor add_(Scalar scalar) => Ops.add__Scalar(this, scalar);

        public Tensor add_(Scalar scalar, Scalar alpha) => Ops.add__Scalar(this, scalar, alpha);

        public Tensor sub(Tensor target) => Ops.sub_Tensor(this, target);

        public Tensor sub(Tensor target, Scalar alpha) => Ops.sub_Tensor(this, target, alpha);

        public Tensor sub(Scalar scalar) => Ops.sub_Scalar(this, scalar);

        public Tensor sub(Scalar scalar, Scalar alpha) => Ops.sub_Scalar(this, scalar, alpha);

        public Tensor sub_(Tensor target) => Ops.sub__Tensor(this, target);

        public Tensor sub_(Tensor target, Scalar alpha) => Ops.sub__Tensor(this, target, alpha);

        public Tensor sub_(Scalar scalar) => Ops.sub__Scalar(this, scalar);

        public Tensor sub_(Scalar scalar, Scalar alpha) => Ops.sub__Scalar(this, scalar, alpha);

        public Tensor mul(Tensor target) => Ops.mul_Tensor(this, target);

        public Tensor mul(Scalar scalar) => Ops.mul_Scalar(this, scalar);

        public Tensor mul_(Tensor target) => Ops.mul__Tensor(this, target);

        public Tensor mul_(Scalar scalar) => Ops.mul__Scalar(this, scalar);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Ops.div_Tensor(this, target) : Ops.div_Tensor_mode(this, target, rounding_mode.Text());

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Ops.div_Scalar(this, target) : Ops.div_Scalar_mode(this, target, rounding_mode.Text());

        public Tensor pow(Tensor exponent) => Ops.pow_Tensor_Tensor(this, exponent);

        public Tensor pow(Scalar exponent) => Ops.pow_Tensor_Scalar(this, exponent);

        public Tensor lerp(Tensor end, Tensor weight) => Ops.lerp_Tensor(this, end, weight);

        public Tensor lerp(Tensor end, Scalar weight) => Ops.lerp_Scalar(this, end, weight);

        public Tensor remainder(Tensor divisor) => Ops.remainder_Tensor(this, divisor);

        public Tensor remainder(Scalar divisor) => Ops.remainder_Scalar(this, divisor);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcmul(this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcdiv(this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Ops.addcdiv(this, tensor1, tensor2);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Ops.clamp(this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Ops.clamp_Tensor(this, min, max);

        public Tensor clamp_min(Scalar min) => Ops.clamp_min(this, min);

        public Tensor clamp_max(Scalar max) => Ops.clamp_max(this, max);

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Ops.div__Tensor(this, target) : Ops.div__Tensor_mode(this, target, rounding_mode.Text());

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None ? Ops.div__Scalar(this, target) : Ops.div__Scalar_mode(this, target, rounding_mode.Text());

        public Tensor pow_(Tensor exponent) => Ops.pow__Tensor(this, exponent);

        public Tensor pow_(Scalar exponent) => Ops.pow__Scalar(this, exponent);

        public Tensor lerp_(Tensor end, Tensor weight) => Ops.lerp__Tensor(this, end, weight);

        public Tensor lerp_(Tensor end, Scalar weight) => Ops.lerp__Scalar(this, end, weight);

        public Tensor remainder_(Tensor divisor) => Ops.remainder__Tensor(this, divisor);

        public Tensor remainder_(Scalar divisor) => Ops.remainder__Scalar(this, divisor);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcmul_(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Ops.addcdiv_(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Ops.addcdiv_(this, tensor1, tensor2);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Ops.clamp_(this, min, max);

        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => Ops.clamp__Tensor(this, min, max);

        public Tensor clamp_min_(Scalar min) => Ops.clamp_min_(this, min);

        public Tensor clamp_max_(Scalar max) => Ops.clamp_max_(this, max);

        public Tensor maximum(Tensor other) => Ops.maximum(this, other);

        public Tensor minimum(Tensor other) => Ops.minimum(this, other);

        public Tensor fmod(Tensor target) => Ops.fmod_Tensor(this, target);

        public Tensor fmod(Scalar target) => Ops.fmod_Scalar(this, target);

        public Tensor floor_divide(Tensor other) => Ops.floor_divide(this, other);

        public Tensor floor_divide(Scalar other) => Ops.floor_divide_Scalar(this, other);

        public Tensor atan2(Tensor other) => Ops.atan2(this, other);

        public Tensor hypot(Tensor other) => Ops.hypot(this, other);

        public Tensor xlogy(Tensor y) => Ops.xlogy_Tensor(this, y);

        public Tensor fill_(Scalar value) => Ops.fill__Scalar(this, value);

        public Tensor zero_() => Ops.zero_(this);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Ops.copy_(this, source, nonBlocking);
    }
}
