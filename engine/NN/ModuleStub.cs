namespace Parallax.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public interface IModule<T, TResult>
            {
                TResult call(T input);
            }

            public partial class Module : IDisposable
            {
                public void Dispose() => GC.SuppressFinalize(this);
            }

            public abstract partial class Module<T, TResult> : Module, IModule<T, TResult>
            {
                protected Module(string name) => _ = name;

                public abstract TResult forward(T input);

                public TResult call(T input) => forward(input);
            }

            public static partial class functional
            {
            }
        }
    }
}

namespace Parallax.Torch.Modules
{
    public class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true)
            : base(data.detach().DecoupleFromNativeHandle())
        {
            DetachFromDisposeScope();
            this.requires_grad = requires_grad;
        }
    }
}
