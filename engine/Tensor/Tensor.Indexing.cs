using System.Runtime.CompilerServices;

namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => Put(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => Ops.index_Tensor(this, indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index(Array.ConvertAll(indices, i => (TensorIndex)i));
            set => Put(value, Array.ConvertAll(indices, i => (TensorIndex)i));
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => Ops.select_int(this, 0, i1);
            set => Put(value, [i1]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(new TensorIndex[] { i1, i2 });
            set => Put(value, [i1, i2]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => index(new TensorIndex[] { i1, i2, i3 });
            set => Put(value, [i1, i2, i3]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(new TensorIndex[] { i1, i2, i3, i4 });
            set => Put(value, [i1, i2, i3, i4]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5]
        {
            get => index(new TensorIndex[] { i1, i2, i3, i4, i5 });
            set => Put(value, [i1, i2, i3, i4, i5]);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
        {
            get => index(new TensorIndex[] { i1, i2, i3, i4, i5, i6 });
            set => Put(value, [i1, i2, i3, i4, i5, i6]);
        }

        /// <summary>The elements the expression names; numbers and slices alone give a view, tensors a copy.</summary>
        public Tensor index(params TensorIndex[] indices)
        {
            var (view, advanced) = IndexPlan.Apply(this, indices);
            return advanced is null ? view : Ops.index_Tensor(view, advanced);
        }

        public Tensor index(params Tensor[] indices) => Ops.index_Tensor(this, indices);

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            Put(value, indices);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => Ops.index_put_(this, indices, value);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            Put(Ops.scalar_tensor(value, dtype, device: device), indices);
            return this;
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) => Ops.index_put_(this, indices, Ops.scalar_tensor(value, dtype, device: device));

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            Put(value, indices, accumulate);
            return this;
        }

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) => Ops.index_put_(this, indices, value, accumulate);

        public Tensor index_select(long dim, Tensor index) => Ops.index_select(this, dim, index);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Ops.index_add(this, dim, index, source, alpha);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => Ops.index_add_(this, dim, index, source, alpha);

        public Tensor index_copy(long dim, Tensor index, Tensor source) => Ops.index_copy(this, dim, index, source);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Ops.index_copy_(this, dim, index, source);

        public Tensor index_fill(long dim, Tensor index, Scalar value) => Ops.index_fill_int_Scalar(this, dim, index, value);

        public Tensor index_fill_(long dim, Tensor index, Scalar value) => Ops.index_fill__int_Scalar(this, dim, index, value);

        public Tensor gather(long dim, Tensor index) => Ops.gather(this, dim, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Ops.scatter_src(this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => Ops.scatter__src(this, dim, index, src);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Ops.scatter_add(this, dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Ops.scatter_add_(this, dim, index, src);

        public Tensor take(Tensor index) => Ops.take(this, index);

        public Tensor take_along_dim(Tensor indices) => Ops.take_along_dim(this, indices);

        public Tensor take_along_dim(Tensor indices, long dim) => Ops.take_along_dim(this, indices, dim);

        public Tensor where(Tensor condition, Tensor y) => Ops.where_self(condition, this, y);

        public Tensor masked_fill(Tensor mask, Scalar value) => Ops.masked_fill_Scalar(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Ops.masked_fill__Scalar(this, mask, value);

        public Tensor masked_scatter(Tensor mask, Tensor value) => Ops.masked_scatter(this, mask, value);

        public Tensor masked_scatter_(Tensor mask, Tensor value) => Ops.masked_scatter_(this, mask, value);

        public Tensor masked_select(Tensor mask) => Ops.masked_select(this, mask);

        public Tensor nonzero() => Ops.nonzero(this);

        private void Put(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            ArgumentNullException.ThrowIfNull(value);
            var (view, advanced) = IndexPlan.Apply(this, indices);
            if (advanced is not null)
            {
                Ops.index_put_(view, advanced, value, accumulate);
            }
            else if (accumulate)
            {
                Ops.add__Tensor(view, value);
            }
            else
            {
                Ops.copy_(view, value);
            }

            if (!ReferenceEquals(view, this))
            {
                view.Dispose();
            }
        }
    }
}
