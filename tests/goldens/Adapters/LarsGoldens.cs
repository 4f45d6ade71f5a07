namespace Parallax.Goldens;

internal static class LarsGoldens
{
    [Golden("optim.lars")]
    public static GoldenResult Run(GoldenCase golden)
    {
        var options = new LarsOptions
        {
            LearningRate = 0,
            Momentum = golden.Double("momentum"),
            WeightDecay = golden.Double("weight_decay"),
            TrustCoefficient = golden.Double("eta"),
            ExcludeVectors = golden.Bool("exclude_1d"),
            ClipLearningRate = golden.Bool("clip_lr", false),
            Variant = golden.Text("variant") switch
            {
                "norm_of_decayed_grad" => LarsVariant.NormOfDecayedGrad,
                "classic_momentum" => LarsVariant.ClassicMomentum,
                "sum_of_norms" => LarsVariant.SumOfNorms,
                "larc" => LarsVariant.Larc,
                var other => throw new InvalidDataException($"Unknown LARS variant '{other}'."),
            },
        };
        var (w, b) = (golden.Parameter("w"), golden.Parameter("b"));
        using var optimizer = new Lars([w, b], options);
        return golden.StepThrough(optimizer, w, b, golden.Values("lr"), "w_after", "b_after");
    }
}
