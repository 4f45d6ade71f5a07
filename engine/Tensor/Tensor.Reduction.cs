namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Ops.sum(this, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList(this, dim, keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList(this, dim, keepdim, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList(this, [dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => Ops.sum_dim_IntList(this, [dim0, dim1], keepdim, type);

        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) =>
            Ops.sum_dim_IntList(this, [dim0, dim1, dim2], keepdim, type);

        public Tensor nansum(long[]? dim = null, bool keepdim = false, ScalarType? type = null) => Ops.nansum(this, dim, keepdim, type);

        public Tensor mean() => Ops.mean(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Ops.mean_dim(this, dimensions, keepdim, type);

        public Tensor var(bool unbiased = true) => Ops.var(this, unbiased);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(Ops.var_dim(this, dimensions, unbiased, keepdim), type);

        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(Ops.var_dim(this, dimensions, unbiased, keepdim), type);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(Ops.var_dim(this, [dim], unbiased, keepdim), type);

        public Tensor var((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(Ops.var_dim(this, [dim.Item1, dim.Item2], unbiased, keepdim), type);

        public Tensor var((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(Ops.var_dim(this, [dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim), type);

        public Tensor std(bool unbiased = true) => Ops.std(this, unbiased);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(Ops.std_dim(this, dimensions, unbiased, keepdim), type);

        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(Ops.std_dim(this, dimensions, unbiased, keepdim), type);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(Ops.std_dim(this, [dim], unbiased, keepdim), type);

        public Tensor std((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(Ops.std_dim(this, [dim.Item1, dim.Item2], unbiased, keepdim), type);

        public Tensor std((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(Ops.std_dim(this, [dim.Item1, dim.Item2, dim.Item3], unbiased, keepdim), type);

        public (Tensor var, Tensor mean) var_mean(bool unbiased = true) => Ops.var_mean(this, unbiased);

        public (Tensor std, Tensor mean) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false) =>
            Ops.var_mean_dim(this, dimensions, unbiased, keepdim);

        public (Tensor var, Tensor mean) var_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false) =>
            Ops.var_mean_dim(this, dimensions, unbiased, keepdim);

        public (Tensor var, Tensor mean) var_mean(long dim, bool unbiased = true, bool keepdim = false) => Ops.var_mean_dim(this, [dim], unbiased, keepdim);

        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => Ops.std_mean(this, unbiased);

        public (Tensor std, Tensor mean) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false) =>
            Ops.std_mean_dim(this, dimensions, unbiased, keepdim);

        public (Tensor std, Tensor mean) std_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false) =>
            Ops.std_mean_dim(this, dimensions, unbiased, keepdim);

        public (Tensor std, Tensor mean) std_mean(long dim, bool unbiased = true, bool keepdim = false) => Ops.std_mean_dim(this, [dim], unbiased, keepdim);

        public Tensor max() => Ops.max(this);

        public Tensor max(Tensor other) => Ops.max_other(this, other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Ops.max_dim(this, dim, keepdim);

        public Tensor amax(params long[] dims) => Ops.amax(this, dims);

        public Tensor amax(long[] dims, bool keepdim = false) => Ops.amax(this, dims, keepdim);

        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false) => Ops.amax(this, dims, keepdim);

        public Tensor argmax() => Ops.argmax(this);

        public Tensor argmax(long dim, bool keepdim = false) => Ops.argmax(this, dim, keepdim);

        public Tensor min() => Ops.min(this);

        public Tensor min(Tensor other) => Ops.min_other(this, other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Ops.min_dim(this, dim, keepdim);

        public Tensor amin(params long[] dims) => Ops.amin(this, dims);

        public Tensor amin(long[] dims, bool keepdim = false) => Ops.amin(this, dims, keepdim);

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false) => Ops.amin(this, dims, keepdim);

        public Tensor argmin() => Ops.argmin(this);

        public Tensor argmin(long dim, bool keepdim = false) => Ops.argmin(this, dim, keepdim);

        public (Tensor min, Tensor max) aminmax(long? dim = null, bool keepdim = false) => Ops.aminmax(this, dim: dim, keepdim: keepdim);

        public Tensor norm(float p = 2.0f) => Ops.norm_Scalar(this, p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) => Ops.norm_ScalarOpt_dim(this, p, [dim], keepdim);

        public Tensor dist(Tensor other, float p = 2.0f) => Ops.dist(this, other, p);

        public Tensor prod(ScalarType? type = null) => Ops.prod(this, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Ops.prod_dim_int(this, dim, keepdim, type);

        public Tensor median() => Ops.median(this);

        public (Tensor values, Tensor indices) median(long dim, bool keepdim = false) => Ops.median_dim(this, dim, keepdim);

        public (Tensor values, Tensor indices) mode(long dim = -1, bool keepdim = false) => Ops.mode(this, dim, keepdim);

        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Ops.quantile(this, q, dim, keepdim);

        public Tensor cumsum(long dim, ScalarType? type = null) => Ops.cumsum(this, dim, type);

        public Tensor cumprod(long dim, ScalarType? type = null) => Ops.cumprod(this, dim, type);

        public Tensor count_nonzero(long[]? dims = null) => dims is null ? Ops.count_nonzero(this) : Ops.count_nonzero_dim_IntList(this, dims);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => Ops.topk(this, k, dim, largest, sorted);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Ops.sort_stable(this, stable, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => Ops.argsort(this, dim, descending);

        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) => Ops.kthvalue(this, k, dim ?? -1, keepdim);

        public (Tensor output, Tensor? inverse_indices, Tensor? counts) unique(bool sorted = true, bool return_inverse = false,
            bool return_counts = false, int? dim = null)
        {
            var (output, inverse, counts) = dim is { } given ? Ops.unique_dim(this, given, sorted, return_inverse, return_counts) : Ops._unique2(this,
                sorted, return_inverse, return_counts);
            return (output, return_inverse ? inverse : null, return_counts ? counts : null);
        }

        public Tensor bincount(Tensor? weights = null, long minlength = 0) => Ops.bincount(this, weights, minlength);

        public Tensor histc(long bins = 100, long min = 0, long max = 0) => Ops.histc(this, bins, min, max);

        public Tensor diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) => Ops.diff(this, n, dim, prepend, append);

        public Tensor corrcoef() => Ops.corrcoef(this);

        private static Tensor Cast(Tensor result, ScalarType? type)
        {
            if (type is not { } given || given == result.dtype)
            {
                return result;
            }

            using (result)
            {
                return result.to(given);
            }
        }
    }
}
