namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Cosine of the angle between vectors along a dimension.</summary>
            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) => Ops.cosine_similarity(x1, x2, dim, eps);

            /// <summary>p-norm of the difference of vectors along the last dimension.</summary>
            public static Tensor pairwise_distance(Tensor input1, Tensor input2, double p = 2.0, double eps = 1e-6, bool keepdim = false) =>
                Ops.pairwise_distance(input1, input2, p, eps, keepdim);

            /// <summary>Class numbers as vectors with a single 1, int64.</summary>
            /// <param name="x">Class numbers, int64.</param>
            /// <param name="num_classes">Width; -1 is the largest number plus one.</param>
            public static Tensor one_hot(Tensor x, long num_classes = -1) => Ops.one_hot(x, num_classes);
        }
    }
}
