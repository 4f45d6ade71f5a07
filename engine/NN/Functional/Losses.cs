namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Negative log-likelihood of softmax.</summary>
            /// <param name="input">Logits, [N, C, ...].</param>
            /// <param name="target">Class numbers [N, ...] int64, or probabilities of the shape of the input.</param>
            /// <param name="weight">Weight of each class, [C].</param>
            /// <param name="ignore_index">Class number without loss.</param>
            /// <param name="reduction">Mean, sum, or one value per sample.</param>
            /// <param name="label_smoothing">Share of the uniform distribution in the target, a fraction in [0, 1].</param>
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean,
                double label_smoothing = 0.0) =>
                Ops.cross_entropy_loss(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary>Negative of the target's log-probability.</summary>
            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Ops.nll_loss_nd(input, target, weight, (long)reduction);

            /// <summary>Cross entropy of probabilities of one class.</summary>
            public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Ops.binary_cross_entropy(input, target, weight, (long)reduction);

            /// <summary>Cross entropy of logits of one class.</summary>
            public static Tensor binary_cross_entropy_with_logits(
                Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                Ops.binary_cross_entropy_with_logits(input, target, weight, pos_weights, (long)reduction);

            /// <summary>Kullback-Leibler divergence; the input is in log space, and by default the target too (PyTorch's default differs).</summary>
            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) =>
                Ops.kl_div(input, target, (long)reduction, log_target);

            /// <summary>Squared difference.</summary>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Ops.mse_loss(input, target, (long)reduction);

            /// <summary>Absolute difference.</summary>
            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Ops.l1_loss(input, target, (long)reduction);

            /// <summary>Squared below <paramref name="beta"/>, absolute above.</summary>
            public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1.0) =>
                beta == 0 ? l1_loss(input, target, reduction) : Ops.smooth_l1_loss(input, target, (long)reduction, beta);

            /// <summary>Squared below <paramref name="delta"/>, absolute times delta above.</summary>
            public static Tensor huber_loss(Tensor input, Tensor target, double delta = 1.0, Reduction reduction = Reduction.Mean) =>
                Ops.huber_loss(input, target, (long)reduction, delta);

            /// <summary>1 - cosine for target 1, cosine above the margin for target -1.</summary>
            public static Tensor cosine_embedding_loss(
                Tensor input1, Tensor input2, Tensor target, double margin = 0.0, Reduction reduction = Reduction.Mean) =>
                Ops.cosine_embedding_loss(input1, input2, target, margin, (long)reduction);

            /// <summary>The input for target 1, what is missing to the margin for target -1.</summary>
            public static Tensor hinge_embedding_loss(Tensor input, Tensor target, double margin = 0.0, Reduction reduction = Reduction.Mean) =>
                Ops.hinge_embedding_loss(input, target, margin, (long)reduction);

            /// <summary>max(0, -target (input1 - input2) + margin).</summary>
            public static Tensor margin_ranking_loss(
                Tensor input1, Tensor input2, Tensor target, double margin = 0.0, Reduction reduction = Reduction.Mean) =>
                Ops.margin_ranking_loss(input1, input2, target, margin, (long)reduction);

            /// <summary>log(1 + exp(-target input)).</summary>
            public static Tensor soft_margin_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Ops.soft_margin_loss(input, target, (long)reduction);

            /// <summary>max(0, distance to the positive - distance to the negative + margin).</summary>
            public static Tensor triplet_margin_loss(
                Tensor anchor, Tensor positive, Tensor negative, double margin = 1.0, long p = 2, double eps = 1e-06, bool swap = false,
                Reduction reduction = Reduction.Mean) =>
                Ops.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, (long)reduction);
        }
    }
}
