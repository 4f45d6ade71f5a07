namespace Parallax.Torch;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What forward leaves for backward.</summary>
        public class AutogradContext
        {
            private readonly Dictionary<string, object> _data;
            private readonly nint _node;
            private readonly int _savedCount;

            internal AutogradContext() => _data = [];

            /// <summary>The context as backward sees it: the saved tensors are asked of the running node.</summary>
            private AutogradContext(AutogradContext forward, nint node)
            {
                _data = forward._data;
                _node = node;
                _savedCount = forward._savedCount;
                MaterializeGrads = forward.MaterializeGrads;
            }

            private AutogradContext(AutogradContext forward)
            {
                _data = forward._data;
                _savedCount = forward.Saved.Count;
                MaterializeGrads = forward.MaterializeGrads;
            }

            public bool MaterializeGrads { get; private set; } = true;

            internal IReadOnlyList<Tensor?> Saved { get; private set; } = [];

            internal IReadOnlyList<Tensor> Dirty { get; private set; } = [];

            internal IReadOnlyList<Tensor> NonDifferentiable { get; private set; } = [];

            /// <summary>Keeps inputs, outputs or intermediate tensors for backward; call it once, in forward.</summary>
            public void save_for_backward(List<Tensor> tensors) => Saved = tensors.ToArray();

            /// <summary>Keeps anything but a tensor.</summary>
            /// <exception cref="ArgumentException">The value is a tensor: it would not be checked for changes, nor freed with the graph.</exception>
            public void save_data(string key, object value) =>
                _data[key] = value is Tensor ? throw new ArgumentException("Tensors are saved with save_for_backward(), not save_data().", nameof(value)) : value;

            public object? get_data(string key) => _data.GetValueOrDefault(key);

            /// <summary>Says which inputs forward changed in place; it must also return them.</summary>
            public void mark_dirty(List<Tensor> tensors) => Dirty = tensors.ToArray();

            public void mark_non_differentiable(List<Tensor> tensors) => NonDifferentiable = tensors.ToArray();

            /// <summary>When false, backward gets null instead of zeros for outputs that nothing depends on.</summary>
            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            /// <summary>The saved tensors, checked for in-place changes since.</summary>
            public unsafe List<Tensor> get_saved_variables()
            {
                if (_node == 0)
                {
                    throw new InvalidOperationException("Saved tensors can be read in backward only.");
                }

                var handles = stackalloc nint[_savedCount];
                Native.Check(Native.px_function_saved(_node, handles, _savedCount), "get_saved_variables()");
                var tensors = new List<Tensor>(_savedCount);
                for (var i = 0; i < _savedCount; i++)
                {
                    tensors.Add(handles[i] == 0 ? null! : new Tensor(handles[i]));
                }

                return tensors;
            }

            /// <summary>What stays with the node: no tensor objects, so that nothing keeps the graph alive.</summary>
            internal AutogradContext Detached() => new(this);

            internal AutogradContext For(nint node) => new(this, node);
        }
    }
}
