using Parallax.Torch.Modules;

namespace Parallax.Torch;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Stochastic gradient descent with momentum.</summary>
        /// <param name="parameters">Parameters or groups.</param>
        /// <param name="learningRate">Learning rate, at least 0.</param>
        /// <param name="momentum">Share of the buffer kept at each step; 0 means no buffer.</param>
        /// <param name="dampening">Share of the gradient that does not enter the buffer.</param>
        /// <param name="weight_decay">Share of the parameter added to the gradient.</param>
        /// <param name="nesterov">Whether the step looks ahead along the momentum.</param>
        /// <param name="maximize">Whether to climb instead of descend.</param>
        public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
            new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

        /// <inheritdoc cref="SGD(IEnumerable{Parameter}, double, double, double, double, bool, bool)"/>
        public static SGD SGD(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
            new(parameters.Select(named => named.parameter), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

        /// <inheritdoc cref="SGD(IEnumerable{Parameter}, double, double, double, double, bool, bool)"/>
        public static SGD SGD(IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
            new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
    }
}
