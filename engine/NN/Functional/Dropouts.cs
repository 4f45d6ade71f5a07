namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>In training, sets elements to zero with probability p and divides the rest by 1 - p.</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? Ops.dropout_(input, p, training).Twin() : Ops.dropout(input, p, training);

            /// <summary>In training, drops whole channels of [N, C, L] or [C, L].</summary>
            public static Tensor dropout1d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                DropChannels(input, p, training, inplace, unbatchedRank: 2);

            /// <summary>In training, drops whole channels of [N, C, H, W].</summary>
            public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                DropChannels(input, p, training, inplace, unbatchedRank: 0);

            /// <summary>In training, drops whole channels of [N, C, D, H, W] or [C, D, H, W].</summary>
            public static Tensor dropout3d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                DropChannels(input, p, training, inplace, unbatchedRank: 4);

            private static Tensor DropChannels(Tensor input, double p, bool training, bool inplace, int unbatchedRank)
            {
                if (input.dim() == unbatchedRank)
                {
                    using var batched = input.unsqueeze(0);   // the operator takes the second dimension for channels
                    using var dropped = DropChannels(batched, p, training, inplace, unbatchedRank);
                    return dropped.squeeze(0);
                }

                return inplace ? Ops.feature_dropout_(input, p, training).Twin() : Ops.feature_dropout(input, p, training);
            }
        }
    }
}
