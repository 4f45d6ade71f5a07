namespace Parallax.Torch;

public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Ops.cat(tensors.ToArray(), dim);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => Ops.cat(tensors, dim);

    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Ops.cat(tensors, dim);

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => Ops.cat(tensors.ToArray(), dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Ops.stack(tensors.ToArray(), dim);

    public static Tensor hstack(params Tensor[] tensors) => Ops.hstack(tensors);

    public static Tensor vstack(params Tensor[] tensors) => Ops.vstack(tensors);

    public static Tensor dstack(params Tensor[] tensors) => Ops.dstack(tensors);

    public static Tensor block_diag(params Tensor[] tensors) => Ops.block_diag(tensors);

    public static Tensor einsum(string equation, params Tensor[] tensors) => Ops.einsum(equation, tensors);

    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") => Ops.meshgrid_indexing(tensors.ToArray(), indexing);

    public static Tensor[] broadcast_tensors(params Tensor[] tensors) => Ops.broadcast_tensors(tensors);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Ops.where_self(condition, x, y);

    public static Tensor[] where(Tensor condition) => Ops.where(condition);

    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2, compute_mode compute_mode = compute_mode.use_mm_for_euclid_dist_if_necessary) =>
        Ops.cdist(x1, x2, p, (long)compute_mode);

    public static Tensor searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor? sorter = null) =>
        Ops.searchsorted_Tensor(sorted_sequence, values, out_int32, right, sorter: sorter);

    public static Tensor bucketize(Tensor input, Tensor boundaries, bool outInt32 = false, bool right = false) =>
        Ops.bucketize_Tensor(input, boundaries, outInt32, right);

    public static Tensor isin(Tensor elements, Tensor test_elements, bool assumeUnique = false, bool invert = false) =>
        Ops.isin_Tensor_Tensor(elements, test_elements, assumeUnique, invert);

    public static (Tensor values, Tensor indices) topk(Tensor tensor, int k, int dim = -1, bool largest = true, bool sorted = true) =>
        Ops.topk(tensor, k, dim, largest, sorted);

    public static (Tensor values, Tensor indices) sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) =>
        Ops.sort_stable(input, stable, dim, descending);

    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => Ops.softmax_int(input, dim, dtype);

    public static Tensor matmul(Tensor input, Tensor target) => Ops.matmul(input, target);
}
