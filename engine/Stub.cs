// Stand-in so that contracts compile while the engine is being written; removed by the engine itself.
#pragma warning disable
namespace Parallax.Torch
{
    public static partial class torch
    {
        public partial class Tensor : IDisposable
        {
            public long[] shape => throw null!;
            public void Dispose() { }
        }
        public partial class Generator { }
        public static partial class nn
        {
            public interface IModule<T, TResult> { TResult call(T input); }
            public partial class Module : IDisposable { public void Dispose() { } }
            public abstract partial class Module<T, TResult> : Module, IModule<T, TResult> { protected Module(string name) { } public abstract TResult forward(T input); public TResult call(T input) => forward(input); }
            public static partial class functional { }
        }
    }
}
namespace Parallax.Torch.Modules { public class Parameter { } }
namespace Parallax.Engine { public static class Autocast { public static IDisposable Disabled() => throw null!; } }
