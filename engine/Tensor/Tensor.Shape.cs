namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor T => Ops.numpy_T(this);

        public Tensor mT => Ops.mT(this);

        public Tensor H => Ops.matrix_H(this);

        public Tensor real => Ops.real(this);

        public Tensor imag => Ops.imag(this);

        public Tensor view(params long[] shape) => Ops.view(this, shape);

        public Tensor view(ScalarType dtype) => Ops.view_dtype(this, dtype);

        public Tensor reshape(params long[] shape) => Ops.reshape(this, shape);

        public Tensor view_as(Tensor other) => Ops.view(this, other.shape);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Ops.flatten_using_ints(this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes) => Ops.unflatten_int(this, dim, sizes);

        public Tensor permute(params long[] permutation) => Ops.permute(this, permutation);

        public Tensor permute(IEnumerable<long> permutation) => Ops.permute(this, permutation.ToArray());

        public Tensor transpose(long dim0, long dim1) => Ops.transpose_int(this, dim0, dim1);

        public Tensor transpose_(long dim0, long dim1) => Ops.transpose_(this, dim0, dim1);

        public Tensor swapaxes(long dim0, long dim1) => Ops.transpose_int(this, dim0, dim1);

        public Tensor t() => Ops.t(this);

        public Tensor squeeze(long? dim = null) => dim is { } given ? Ops.squeeze_dim(this, given) : Ops.squeeze(this);

        public Tensor squeeze_(long? dim = null)
        {
            if (dim is { } given)
            {
                throw new NotSupportedException($"squeeze_ removes every dimension of length 1; use squeeze({given}) for one of them.");
            }

            return Ops.squeeze_(this);
        }

        public Tensor unsqueeze(long dim) => Ops.unsqueeze(this, dim);

        public Tensor unsqueeze_(long dim) => Ops.unsqueeze_(this, dim);

        public Tensor movedim(long[] source, long[] destination) => Ops.movedim_intlist(this, source, destination);

        public Tensor moveaxis(long[] source, long[] destination) => Ops.movedim_intlist(this, source, destination);

        public Tensor expand(params long[] sizes) => Ops.expand(this, sizes);

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => Ops.expand(this, sizes, isImplicit);

        public Tensor expand(long[] sizes, bool isImplicit = false) => Ops.expand(this, sizes, isImplicit);

        public Tensor expand(Size sizes, bool isImplicit = false) => Ops.expand(this, sizes.Shape, isImplicit);

        public Tensor expand_as(Tensor other) => Ops.expand(this, other.shape);

        public Tensor broadcast_to(params long[] shape) => Ops.expand(this, shape);

        public Tensor repeat(params long[] sizes) => Ops.repeat(this, sizes);

        public Tensor tile(long[] reps) => Ops.tile(this, reps);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Ops.repeat_interleave_self_int(this, repeats, dim, output_size: output_size);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            Ops.repeat_interleave_self_Tensor(this, repeats, dim, output_size: output_size);

        public Tensor contiguous() => Ops.contiguous(this);

        public Tensor clone() => Ops.clone(this);

        public Tensor alias() => Ops.alias(this);

        public Tensor detach() => Ops.detach(this);

        public Tensor detach_() => Ops.detach_(this);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) => Ops.as_strided(this, size, strides, storageOffset);

        public Tensor flip(params long[] dims) => Ops.flip(this, dims);

        public Tensor fliplr() => Ops.flip(this, [1]);

        public Tensor flipud() => Ops.flip(this, [0]);

        public Tensor roll(long shifts, long? dims = null) => dims is { } dim ? Ops.roll(this, [shifts], [dim]) : Ops.roll(this, [shifts]);

        public Tensor roll(long[] shifts, long[] dims) => Ops.roll(this, shifts, dims);

        public Tensor rot90(long k = 1, (long, long)? dims = null) => Ops.rot90(this, k, dims is { } given ? [given.Item1, given.Item2] : [0, 1]);

        public Tensor narrow(long dim, long start, long length) => Ops.narrow(this, dim, start, length);

        public Tensor select(long dim, long index) => Ops.select_int(this, dim, index);

        public Tensor slice(long dim, long start, long finish, long step) => Ops.slice_Tensor(this, dim, start, finish, step);

        public Tensor unfold(long dimension, long size, long step) => Ops.unfold(this, dimension, size, step);

        public Tensor[] split(long size, int dim = 0) => Ops.split_Tensor(this, size, dim);

        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => Ops.split_with_sizes(this, sizes, dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Ops.split_with_sizes(this, sizes, dim);

        public Tensor[] split(params long[] sizes) => Ops.split_with_sizes(this, sizes, 0);

        public Tensor[] chunk(long chunks, long dim = 0) => Ops.chunk(this, chunks, dim);

        public Tensor[] unbind(long dimension = 0) => Ops.unbind_int(this, dimension);

        public Tensor[] tensor_split(long indices_or_sections, long dim = 0) => Ops.tensor_split_sections(this, indices_or_sections, dim);

        public Tensor[] tensor_split(long[] indices_or_sections, long dim = 0) => Ops.tensor_split_indices(this, indices_or_sections, dim);

        public Tensor triu(long diagonal = 0) => Ops.triu(this, diagonal);

        public Tensor tril(long diagonal = 0) => Ops.tril(this, diagonal);

        public Tensor diag(long diagonal = 0) => Ops.diag(this, diagonal);

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Ops.diagonal(this, offset, dim1, dim2);

        public Tensor diag_embed(long offset = 0, long dim1 = -2, long dim2 = -1) => Ops.diag_embed(this, offset, dim1, dim2);

        public Tensor atleast_1d() => Ops.atleast_1d(this);

        public Tensor resize_(params long[] shape) => Ops.resize_(this, shape);

        public Tensor view_as_complex() => Ops.view_as_complex(this);

        public Tensor view_as_real() => Ops.view_as_real(this);
    }
}
