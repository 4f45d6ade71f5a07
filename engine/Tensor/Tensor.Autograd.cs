namespace Parallax.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public unsafe bool is_leaf
        {
            get
            {
                int leaf;
                Native.Check(Native.px_is_leaf(Live, &leaf), "is_leaf");
                GC.KeepAlive(this);
                return leaf != 0;
            }
        }

        public unsafe bool requires_grad
        {
            get
            {
                int value;
                Native.Check(Native.px_requires_grad(Live, &value), "requires_grad");
                GC.KeepAlive(this);
                return value != 0;
            }

            set
            {
                Native.Check(Native.px_set_requires_grad(Live, value ? 1 : 0), $"requires_grad of {Native.Describe(Live)}");
                GC.KeepAlive(this);
            }
        }

        /// <summary>The accumulated gradient, a new object each time; null when there is none.</summary>
        public unsafe Tensor? grad
        {
            get
            {
                nint result;
                Native.Check(Native.px_grad(Live, &result), "grad");
                GC.KeepAlive(this);
                return result == 0 ? null : new Tensor(result);
            }

            set
            {
                Native.Check(Native.px_set_grad(Live, value?.Live ?? 0), $"grad of {Native.Describe(Live)}");
                GC.KeepAlive(this);
                GC.KeepAlive(value);
            }
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad()
        {
            Native.Check(Native.px_retain_grad(Live), "retain_grad()");
            GC.KeepAlive(this);
        }

        public void backward() => autograd.Run([this], null, null, false, null);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.Run([this], grad_tensors, retain_graph || create_graph, create_graph, inputs);
    }
}
