namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor neg() => Ops.neg(this);

        public Tensor neg_() => Ops.neg_(this);

        public Tensor abs() => Ops.abs(this);

        public Tensor abs_() => Ops.abs_(this);

        public Tensor sign() => Ops.sign(this);

        public Tensor sign_() => Ops.sign_(this);

        public Tensor exp() => Ops.exp(this);

        public Tensor exp_() => Ops.exp_(this);

        public Tensor log() => Ops.log(this);

        public Tensor log_() => Ops.log_(this);

        public Tensor sqrt() => Ops.sqrt(this);

        public Tensor sqrt_() => Ops.sqrt_(this);

        public Tensor rsqrt() => Ops.rsqrt(this);

        public Tensor rsqrt_() => Ops.rsqrt_(this);

        public Tensor square() => Ops.square(this);

        public Tensor square_() => Ops.square_(this);

        public Tensor reciprocal() => Ops.reciprocal(this);

        public Tensor reciprocal_() => Ops.reciprocal_(this);

        public Tensor sin() => Ops.sin(this);

        public Tensor sin_() => Ops.sin_(this);

        public Tensor cos() => Ops.cos(this);

        public Tensor cos_() => Ops.cos_(this);

        public Tensor tanh() => Ops.tanh(this);

        public Tensor tanh_() => Ops.tanh_(this);

        public Tensor erf() => Ops.erf(this);

        public Tensor erf_() => Ops.erf_(this);

        public Tensor erfinv() => Ops.erfinv(this);

        public Tensor erfinv_() => Ops.erfinv_(this);

        public Tensor floor() => Ops.floor(this);

        public Tensor floor_() => Ops.floor_(this);

        public Tensor ceil() => Ops.ceil(this);

        public Tensor ceil_() => Ops.ceil_(this);

        public Tensor trunc() => Ops.trunc(this);

        public Tensor trunc_() => Ops.trunc_(this);

        public Tensor sigmoid() => Ops.sigmoid(this);

        public Tensor sigmoid_() => Ops.sigmoid_(this);

        public Tensor relu() => Ops.relu(this);

        public Tensor relu_() => Ops.relu_(this);

        public Tensor silu() => Ops.silu(this);

        public Tensor silu_() => Ops.silu_(this);

        public Tensor exp2() => Ops.exp2(this);

        public Tensor expm1() => Ops.expm1(this);

        public Tensor log2() => Ops.log2(this);

        public Tensor log10() => Ops.log10(this);

        public Tensor log1p() => Ops.log1p(this);

        public Tensor tan() => Ops.tan(this);

        public Tensor asin() => Ops.asin(this);

        public Tensor acos() => Ops.acos(this);

        public Tensor atan() => Ops.atan(this);

        public Tensor sinh() => Ops.sinh(this);

        public Tensor cosh() => Ops.cosh(this);

        public Tensor erfc() => Ops.erfc(this);

        public Tensor frac() => Ops.frac(this);

        public Tensor lgamma() => Ops.lgamma(this);

        public Tensor digamma() => Ops.digamma(this);

        public Tensor selu() => Ops.selu(this);

        public Tensor mish() => Ops.mish(this);

        public Tensor hardswish() => Ops.hardswish(this);

        public Tensor relu6() => Ops.relu6(this);

        public Tensor logical_not() => Ops.logical_not(this);

        public Tensor bitwise_not() => Ops.bitwise_not(this);

        public Tensor isnan() => Ops.isnan(this);

        public Tensor isfinite() => Ops.isfinite(this);

        public Tensor isinf() => Ops.isinf(this);

        public Tensor absolute() => Ops.abs(this);

        public Tensor negative() => Ops.neg(this);

        public Tensor round(long decimals = 0) =>
            decimals == 0 ? Ops.round(this) : Ops.div_Scalar(Ops.round(Ops.mul_Scalar(this, Math.Pow(10, decimals))), Math.Pow(10, decimals));

        public Tensor round_() => Ops.round_(this);

        public Tensor gelu() => Ops.gelu(this);

        public Tensor leaky_relu(Scalar negative_slope) => Ops.leaky_relu(this, negative_slope);

        public Tensor elu(Scalar alpha) => Ops.elu(this, alpha);

        public Tensor softplus(Scalar beta, Scalar threshold) => Ops.softplus(this, beta, threshold);

        public Tensor hardtanh(Scalar min, Scalar max) => Ops.hardtanh(this, min, max);

        public Tensor logit(double? eps = null) => Ops.logit(this, eps);

        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) => Ops.nan_to_num(this, nan, posinf, neginf);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Ops.softmax_int(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Ops.log_softmax_int(this, dim, dtype);

        public Tensor logsumexp(long dim, bool keepdim = false) => Ops.logsumexp(this, [dim], keepdim);
    }
}
