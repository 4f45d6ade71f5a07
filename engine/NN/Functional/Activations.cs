namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>max(0, x).</summary>
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? Ops.relu_(x).Twin() : Ops.relu(x);

            /// <summary>min(max(0, x), 6).</summary>
            public static Tensor relu6(Tensor x, bool inplace = false) => hardtanh(x, 0, 6, inplace);

            /// <summary>x kept within bounds.</summary>
            public static Tensor hardtanh(Tensor x, double min_val = -1.0, double max_val = 1.0, bool inplace = false) =>
                inplace ? Ops.hardtanh_(x, min_val, max_val).Twin() : Ops.hardtanh(x, min_val, max_val);

            /// <summary>x, and a small slope below zero.</summary>
            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                inplace ? Ops.leaky_relu_(input, negative_slope).Twin() : Ops.leaky_relu(input, negative_slope);

            /// <summary>x, and given slopes below zero.</summary>
            public static Tensor prelu(Tensor input, Tensor weight) => Ops.prelu(input, weight);

            /// <summary>x, and alpha (exp(x) - 1) below zero.</summary>
            public static Tensor elu(Tensor x, double alpha, bool inplace = false) => inplace ? Ops.elu_(x, alpha).Twin() : Ops.elu(x, alpha);

            /// <summary>The exact Gaussian error linear unit.</summary>
            public static Tensor gelu(Tensor x) => Ops.gelu(x);

            /// <summary>The exact Gaussian error linear unit.</summary>
            public static Tensor gelu(Tensor x, bool inplace) => gelu(x, Modules.GELU.Approximate.none, inplace);

            /// <summary>The Gaussian error linear unit, exact or by a hyperbolic tangent.</summary>
            public static Tensor gelu(Tensor x, Modules.GELU.Approximate approximate, bool inplace = false)
            {
                var name = approximate == Modules.GELU.Approximate.tanh ? "tanh" : "none";
                return inplace ? Ops.gelu_(x, name).Twin() : Ops.gelu(x, name);
            }

            /// <summary>x times sigmoid(x).</summary>
            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? Ops.silu_(x).Twin() : Ops.silu(x);

            /// <summary>x relu6(x + 3) / 6.</summary>
            public static Tensor hardswish(Tensor input, bool inplace = false) => inplace ? Ops.hardswish_(input).Twin() : Ops.hardswish(input);

            /// <summary>relu6(x + 3) / 6.</summary>
            public static Tensor hardsigmoid(Tensor input, bool inplace = false) => inplace ? Ops.hardsigmoid_(input).Twin() : Ops.hardsigmoid(input);

            /// <summary>1 / (1 + exp(-x)).</summary>
            public static Tensor sigmoid(Tensor x) => Ops.sigmoid(x);

            /// <summary>1 / (1 + exp(-x)).</summary>
            public static Tensor sigmoid(Tensor x, bool inplace) => inplace ? Ops.sigmoid_(x).Twin() : Ops.sigmoid(x);

            /// <summary>Hyperbolic tangent.</summary>
            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? Ops.tanh_(x).Twin() : Ops.tanh(x);

            /// <summary>log(1 + exp(beta x)) / beta.</summary>
            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Ops.softplus(x, beta, threshold);

            /// <summary>Softmax along a dimension.</summary>
            /// <param name="input">Logits.</param>
            /// <param name="dim">The dimension that sums to one.</param>
            /// <param name="dtype">Type to compute in and to return.</param>
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => Ops.softmax_int(input, dim, dtype);

            /// <summary>Logarithm of softmax along a dimension.</summary>
            public static Tensor log_softmax(Tensor x, long dim) => Ops.log_softmax_int(x, dim);

            /// <summary>Logarithm of the logistic function.</summary>
            public static Tensor logsigmoid(Tensor x) => Ops.log_sigmoid(x);

            /// <summary>The first half along a dimension times the sigmoid of the second.</summary>
            public static Tensor glu(Tensor input, long dim = -1) => Ops.glu(input, dim);
        }
    }
}
