namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class init
        {
            /// <summary>Factor that keeps the variance through a nonlinearity.</summary>
            /// <param name="nonlinearity">What follows the layer.</param>
            /// <param name="param">Slope below zero, for LeakyReLU.</param>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3,
                NonlinearityType.ReLU => Math.Sqrt(2.0),
                NonlinearityType.LeakyReLU => Math.Sqrt(2.0 / (1 + (param * param))),
                _ => 1,
            };

            /// <summary>Inputs and outputs per value of a weight [out, in, kernel...].</summary>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                RequireRank(tensor, 2);
                var shape = tensor.shape;
                var field = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
                return (shape[1] * field, shape[0] * field);
            }

            /// <summary>PyTorch's first values of linear and convolution layers: uniform within 1 / sqrt(fan in), bias likewise.</summary>
            internal static void FanInUniform(Tensor weight, Tensor? bias)
            {
                kaiming_uniform_(weight, a: Math.Sqrt(5));
                var fanIn = CalculateFanInAndFanOut(weight).fanIn;
                if (bias is not null && fanIn > 0)
                {
                    var bound = 1 / Math.Sqrt(fanIn);
                    uniform_(bias, -bound, bound);
                }
            }

            private static double HeDeviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                var fan = mode == FanInOut.FanIn ? fanIn : fanOut;
                return fan == 0 ? 0 : calculate_gain(nonlinearity, a) / Math.Sqrt(fan);
            }

            private static double GlorotDeviation(Tensor tensor, double gain)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return gain * Math.Sqrt(2.0 / (fanIn + fanOut));
            }

            /// <summary>Distribution function of the standard normal distribution.</summary>
            private static double NormalDistribution(double x)
            {
                using var argument = tensor(x / Math.Sqrt(2), ScalarType.Float64);
                using var erf = argument.erf();
                return (1 + erf.item<double>()) / 2;
            }

            private static Tensor Fill(Tensor tensor, Action<Tensor> fill)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                using var noGradient = no_grad();
                fill(tensor);
                return tensor;
            }

            private static void RequireRank(Tensor tensor, int least)
            {
                if (tensor.dim() < least)
                {
                    throw new ArgumentException(
                        $"This initialisation needs a tensor of at least {least} dimensions, got [{string.Join(", ", tensor.shape)}].", nameof(tensor));
                }
            }
        }
    }
}
