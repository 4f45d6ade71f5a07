using Parallax.Torch.Modules;

namespace Parallax.Torch;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Adam with decoupled weight decay. Its default here is 0, as in TorchSharp.</summary>
        /// <param name="parameters">Parameters or groups.</param>
        /// <param name="lr">Learning rate, at least 0.</param>
        /// <param name="beta1">Decay rate of the running mean of the gradient, in [0, 1).</param>
        /// <param name="beta2">Decay rate of the running mean of the squared gradient, in [0, 1).</param>
        /// <param name="eps">Added to the root mean square.</param>
        /// <param name="weight_decay">Weight decay.</param>
        /// <param name="amsgrad">Whether the largest mean square so far divides the step.</param>
        /// <param name="maximize">Whether to climb instead of descend.</param>
        public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
            new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

        /// <inheritdoc cref="AdamW(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
        public static AdamW AdamW(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
            new(parameters.Select(named => named.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

        /// <inheritdoc cref="AdamW(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
        public static AdamW AdamW(IEnumerable<AdamW.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
            new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
    }
}
