namespace Parallax.Engine;

/// <summary>Multi-tensor operators: one call, on CUDA one kernel, for a whole list.</summary>
internal static class Foreach
{
    /// <summary>a + scale * b, element by element.</summary>
    public static Tensor[] Add(Tensor[] a, Tensor[] b, double scale = 1) => Ops._foreach_add_List(a, b, scale);

    public static void AddInPlace(Tensor[] a, Tensor[] b, double scale = 1) => Ops._foreach_add__List(a, b, scale);

    public static void AddInPlace(Tensor[] a, double value) => Ops._foreach_add__Scalar(a, value);

    public static void MultiplyInPlace(Tensor[] a, double factor) => Ops._foreach_mul__Scalar(a, factor);

    public static void DivideInPlace(Tensor[] a, double divisor) => Ops._foreach_div__Scalar(a, divisor);

    public static Tensor[] Divide(Tensor[] a, Tensor[] b) => Ops._foreach_div_List(a, b);

    /// <summary>a += scale * b * c.</summary>
    public static void AddProductInPlace(Tensor[] a, Tensor[] b, Tensor[] c, double scale) => Ops._foreach_addcmul__Scalar(a, b, c, scale);

    /// <summary>a += scale * b / c.</summary>
    public static void AddQuotientInPlace(Tensor[] a, Tensor[] b, Tensor[] c, double scale) => Ops._foreach_addcdiv__Scalar(a, b, c, scale);

    public static Tensor[] SquareRoot(Tensor[] a) => Ops._foreach_sqrt(a);

    public static Tensor[] Negate(Tensor[] a) => Ops._foreach_neg(a);

    public static Tensor[] Maximum(Tensor[] a, Tensor[] b) => Ops._foreach_maximum_List(a, b);

    /// <summary>Euclidean norm of each tensor, [] each.</summary>
    public static Tensor[] Norm(Tensor[] a) => Ops._foreach_norm_Scalar(a);

    /// <summary>Every tensor, of one type, times one scalar tensor, [].</summary>
    public static Tensor[] Multiply(Tensor[] a, Tensor factor)
    {
        var there = factor.to(a[0].dtype, a[0].device);   // of another type, it would change the type of parameters that are scalars themselves
        return Array.ConvertAll(a, tensor => tensor * there);
    }

    /// <summary>Tensor i times scalar tensor i.</summary>
    public static Tensor[] MultiplyEach(Tensor[] a, Tensor[] factors) => [.. a.Zip(factors, (tensor, factor) => tensor * factor)];

    public static void Copy(Tensor[] sources, Tensor[] targets)
    {
        for (var i = 0; i < sources.Length; i++)
        {
            targets[i].copy_(sources[i]);
        }
    }
}
