namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Drops elements in training.</summary>
        public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

        /// <summary>Drops channels of [N, C, L] in training.</summary>
        public static Dropout1d Dropout1d(double p = 0.5, bool inplace = false) => new(p, inplace);

        /// <summary>Drops channels of [N, C, H, W] in training.</summary>
        public static Dropout2d Dropout2d(double p = 0.5, bool inplace = false) => new(p, inplace);

        /// <summary>Drops channels of [N, C, D, H, W] in training.</summary>
        public static Dropout3d Dropout3d(double p = 0.5, bool inplace = false) => new(p, inplace);
    }
}
