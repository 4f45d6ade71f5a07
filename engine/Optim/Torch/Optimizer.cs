using Parallax.Torch.Modules;

namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>Optimizers and learning-rate schedulers.</summary>
    public static partial class optim
    {
        /// <summary>Moves parameters along their gradients.</summary>
        public abstract partial class Optimizer : IDisposable
        {
            /// <summary>The parameter groups, as a scheduler sees them.</summary>
            public abstract IEnumerable<ILearningRateController> ParamGroups { get; }

            /// <summary>All parameters, group by group.</summary>
            public abstract IEnumerable<Parameter> parameters();

            /// <summary>Moves every parameter that has a gradient.</summary>
            /// <param name="closure">Computes the loss again, with gradients; optional.</param>
            /// <returns>What the closure returned, or null.</returns>
            public abstract Tensor? step(Func<Tensor>? closure = null);

            /// <summary>Fills all gradients with zeros. Parameters keep moving by momentum and weight decay; <see cref="nn.Module.zero_grad"/> removes gradients instead.</summary>
            public abstract void zero_grad();

            /// <summary>Adds a group of parameters.</summary>
            public abstract void add_param_group(ParamGroup param_group);

            /// <inheritdoc/>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Frees the buffers.</summary>
            protected virtual void Dispose(bool disposing)
            {
            }
        }

        /// <summary>What a scheduler reads and sets.</summary>
        public interface ILearningRateController
        {
            /// <summary>The rate of the next step.</summary>
            double LearningRate { get; set; }

            /// <summary>The rate at the start, to which schedules refer.</summary>
            double InitialLearningRate { get; set; }
        }

        /// <summary>An optimizer or group with momentum.</summary>
        public interface IMomentum
        {
            /// <summary>Share of the buffer kept at each step.</summary>
            double Momentum { get; set; }
        }

        /// <summary>An optimizer or group with two decay rates instead of one momentum.</summary>
        public interface IBetas
        {
            /// <summary>Decay rates of the running mean and the running mean square.</summary>
            (double, double) Betas { get; set; }
        }
    }
}
