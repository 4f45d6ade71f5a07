using Parallax.Torch.Modules;

namespace Parallax.Torch;

public static partial class torch
{
    public static partial class optim
    {
        public abstract partial class Optimizer
        {
            /// <summary>Settings and states of an optimizer: live objects, not copies.</summary>
            public sealed class StateDictionary
            {
                internal StateDictionary()
                {
                }

                /// <summary>Settings of each group.</summary>
                public List<OptimizerOptions> Options { get; } = [];

                /// <summary>State of each parameter, group by group.</summary>
                public List<OptimizerState> State { get; } = [];

                /// <summary>For each group, the places of its parameters in <see cref="State"/>.</summary>
                public List<List<int>> StateIndexRef { get; } = [];
            }
        }
    }
}
