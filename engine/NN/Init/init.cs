namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Fills tensors with first values, in place and outside of autograd; every method returns the tensor it got.</summary>
        public static partial class init
        {
            /// <summary>Zeros.</summary>
            public static Tensor zeros_(Tensor tensor) => Fill(tensor, t => t.zero_());

            /// <summary>Ones.</summary>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1.0);

            /// <summary>One value everywhere.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val) => Fill(tensor, t => t.fill_(val));

            /// <summary>Uniform between two bounds.</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null) =>
                Fill(tensor, t => Ops.uniform_(t, low, high, generator));

            /// <summary>Normal distribution.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null) =>
                Fill(tensor, t => Ops.normal_(t, mean, std, generator));

            /// <summary>Normal distribution cut off at <paramref name="a"/> and <paramref name="b"/>.</summary>
            /// <remarks>Inverse distribution function of a uniform draw, as PyTorch does, so equal seeds give equal values.</remarks>
            public static Tensor trunc_normal_(
                Tensor tensor, double mean = 0.0, double std = 1.0, double a = -2.0, double b = 2.0, Generator? generator = null)
            {
                var low = NormalDistribution((a - mean) / std);
                var high = NormalDistribution((b - mean) / std);
                return Fill(tensor, t =>
                {
                    Ops.uniform_(t, (2 * low) - 1, (2 * high) - 1, generator);
                    Ops.erfinv_(t);
                    Ops.mul__Scalar(t, std * Math.Sqrt(2));
                    Ops.add__Scalar(t, mean);
                    Ops.clamp_(t, a, b);
                });
            }

            /// <summary>Rows or columns of length <paramref name="gain"/> at right angles.</summary>
            /// <remarks>Saxe, McClelland and Ganguli, ICLR 2014, https://arxiv.org/abs/1312.6120.</remarks>
            public static Tensor orthogonal_(Tensor tensor, double gain = 1.0)
            {
                RequireRank(tensor, 2);
                var rows = tensor.size(0);
                var columns = tensor.numel() / rows;
                return Fill(tensor, t =>
                {
                    using var scope = NewDisposeScope();
                    var random = empty([rows, columns], t.dtype, t.device);
                    Ops.normal_(random, 0, 1, null);
                    var (q, r) = Ops.linalg_qr(rows < columns ? random.t() : random);
                    var signed = q.mul(r.diag().sign());   // makes the decomposition unique, hence uniform
                    t.copy_((rows < columns ? signed.t() : signed).reshape(t.shape)).mul_(gain);
                });
            }

            /// <summary>The identity matrix.</summary>
            public static Tensor eye_(Tensor tensor)
            {
                RequireRank(tensor, 2);
                return Fill(tensor, t =>
                {
                    using var identity = eye(t.size(0), t.size(1), t.dtype, t.device);
                    t.copy_(identity);
                });
            }

            /// <summary>Uniform with the variance 2 / (fan in + fan out).</summary>
            /// <remarks>Glorot and Bengio, AISTATS 2010.</remarks>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                var bound = Math.Sqrt(3.0) * GlorotDeviation(tensor, gain);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Normal with the variance 2 / (fan in + fan out).</summary>
            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0) => normal_(tensor, 0, GlorotDeviation(tensor, gain));

            /// <summary>Another name of <see cref="xavier_uniform_"/>.</summary>
            public static Tensor glorot_uniform_(Tensor tensor, double gain = 1.0) => xavier_uniform_(tensor, gain);

            /// <summary>Another name of <see cref="xavier_normal_"/>.</summary>
            public static Tensor glorot_normal_(Tensor tensor, double gain = 1.0) => xavier_normal_(tensor, gain);

            /// <summary>Uniform with the variance gain^2 / fan.</summary>
            /// <param name="tensor">The weight.</param>
            /// <param name="a">Slope below zero, for LeakyReLU.</param>
            /// <param name="mode">Which side keeps its variance.</param>
            /// <param name="nonlinearity">What follows the layer.</param>
            /// <remarks>He et al., ICCV 2015, https://arxiv.org/abs/1502.01852.</remarks>
            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var bound = Math.Sqrt(3.0) * HeDeviation(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Normal with the variance gain^2 / fan.</summary>
            /// <inheritdoc cref="kaiming_uniform_"/>
            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, HeDeviation(tensor, a, mode, nonlinearity));
        }
    }
}
