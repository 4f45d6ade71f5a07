namespace Parallax.Goldens;

internal static class AdamGoldens
{
    [Golden("optim.adamw")]
    public static GoldenResult AdamW(GoldenCase golden)
    {
        var (w, b) = (golden.Parameter("w"), golden.Parameter("b"));
        var options = new AdamOptions
        {
            LearningRate = golden.Double("lr"),
            Beta1 = golden.Double("beta1"),
            Beta2 = golden.Double("beta2"),
            Epsilon = golden.Double("eps"),
            AmsGrad = golden.Bool("amsgrad", false),
        };
        using var optimizer = new FusedAdamW(
        [
            new([w], options with { WeightDecay = golden.Double("weight_decay_w") }),
            new([b], options with { WeightDecay = golden.Double("weight_decay_b") }),
        ]);
        var result = golden.StepThrough(optimizer, w, b, golden.HasInput("lr_steps") ? golden.Values("lr_steps") : null, "w_steps", "b_steps");
        var state = OptimizerCheckpoint.Save(optimizer, [("w", w), ("b", b)]);
        return new(new Dictionary<string, Tensor>(result.Outputs)
        {
            ["exp_avg_w"] = state["w/exp_avg"].clone(),
            ["exp_avg_sq_w"] = state["w/exp_avg_sq"].clone(),
            ["exp_avg_b"] = state["b/exp_avg"].clone(),
            ["exp_avg_sq_b"] = state["b/exp_avg_sq"].clone(),
        });
    }

    [Golden("optim.lamb")]
    public static GoldenResult Lamb(GoldenCase golden)
    {
        var (w, b) = (golden.Parameter("w"), golden.Parameter("b"));
        var options = new LambOptions
        {
            LearningRate = golden.Double("lr"),
            Beta1 = golden.Double("beta1"),
            Beta2 = golden.Double("beta2"),
            Epsilon = golden.Double("eps"),
            AlwaysAdapt = golden.Bool("always_adapt", false),
            TrustClip = golden.Bool("trust_clip", false),
            GradientAveraging = golden.Bool("grad_averaging", true),
            BiasCorrection = golden.Bool("bias_correction", true),
        };
        using var optimizer = new Lamb(
            [
                new([w], options with { WeightDecay = golden.Double("weight_decay_w") }),
                new([b], options with { WeightDecay = golden.Double("weight_decay_b") }),
            ],
            golden.Double("max_grad_norm", 1));
        return golden.StepThrough(optimizer, w, b, golden.HasInput("lr_steps") ? golden.Values("lr_steps") : null, "w_steps", "b_steps");
    }
}
