namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>Switches of the libraries below libtorch.</summary>
    public static class backends
    {
        public static class cuda
        {
            public static class matmul
            {
                public static bool allow_tf32
                {
                    get => TorchRuntime.Get(TorchRuntime.Flag.Tf32Cublas);
                    set => TorchRuntime.Set(TorchRuntime.Flag.Tf32Cublas, value);
                }

                public static bool allow_fp16_reduced_precision_reduction
                {
                    get => TorchRuntime.Get(TorchRuntime.Flag.Fp16Reduction);
                    set => TorchRuntime.Set(TorchRuntime.Flag.Fp16Reduction, value);
                }
            }

            public static void enable_flash_sdp(bool enable) => TorchRuntime.Set(TorchRuntime.Flag.FlashAttention, enable);

            public static bool flash_sdp_enabled() => TorchRuntime.Get(TorchRuntime.Flag.FlashAttention);

            public static void enable_math_sdp(bool enable) => TorchRuntime.Set(TorchRuntime.Flag.MathAttention, enable);

            public static bool math_sdp_enabled() => TorchRuntime.Get(TorchRuntime.Flag.MathAttention);
        }

        public static class cudnn
        {
            public static bool allow_tf32
            {
                get => TorchRuntime.Get(TorchRuntime.Flag.Tf32Cudnn);
                set => TorchRuntime.Set(TorchRuntime.Flag.Tf32Cudnn, value);
            }
        }
    }
}
