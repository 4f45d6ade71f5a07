namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Base of everything that owns parameters, buffers or other modules.</summary>
        /// <remarks>
        /// A subclass assigns its fields and then calls <see cref="RegisterComponents"/>: every field that holds a module, a parameter or a tensor becomes
        /// a component under the field's name, and that name is its key in <see cref="state_dict"/>.
        /// </remarks>
        public partial class Module : IDisposable
        {
            private readonly string _name;
            private readonly OrderedDictionary<string, Parameter> _parameters = [];
            private readonly OrderedDictionary<string, (Tensor Tensor, bool Persistent)> _buffers = [];
            private readonly OrderedDictionary<string, Module> _submodules = [];
            private bool _training = true;
            private bool _disposed;

            /// <summary>Starts a module without components, in training mode.</summary>
            /// <param name="name">Name of the kind of module, for messages; usually <c>nameof</c> of the class.</param>
            protected Module(string name) => _name = name;

            /// <summary>True in training mode (the start), false in evaluation mode.</summary>
            public virtual bool training => _training;

            /// <summary>Puts this module and all below it into training mode, or with false into evaluation mode.</summary>
            public virtual void train(bool train = true)
            {
                _training = train;
                foreach (var (_, child) in named_children())
                {
                    child.train(train);
                }
            }

            /// <summary>Puts this module and all below it into evaluation mode.</summary>
            public virtual void eval() => train(false);

            /// <summary>Name given to the constructor.</summary>
            public virtual string GetName() => _name;

            /// <summary>Calls a function for every module below this one, children first, then for this one.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                ArgumentNullException.ThrowIfNull(fn);
                foreach (var (_, child) in named_children())
                {
                    child.apply(fn);
                }

                fn(this);
                return this;
            }

            /// <summary>Forgets the gradients of all parameters.</summary>
            /// <param name="set_to_none">
            /// True removes them; false fills them with zeros, and optimizers with momentum or decay then still move the parameters.
            /// </param>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var (_, parameter) in named_parameters())
                {
                    if (set_to_none)
                    {
                        parameter.grad = null;
                        continue;
                    }

                    using var grad = parameter.grad;
                    grad?.zero_();
                }
            }

            /// <summary>Frees the parameters, buffers and submodules.</summary>
            public void Dispose()
            {
                if (_disposed)
                {
                    return;
                }

                _disposed = true;
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Frees what the module owns. A subclass that overrides it calls the base.</summary>
            /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                {
                    return;
                }

                foreach (var (_, child) in named_children())
                {
                    child.Dispose();
                }

                foreach (var parameter in _parameters.Values)
                {
                    parameter.Dispose();
                }

                foreach (var (tensor, _) in _buffers.Values)
                {
                    tensor.Dispose();
                }
            }
        }
    }
}
