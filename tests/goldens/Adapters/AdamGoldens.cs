using Parallax.Engine;

namespace Parallax.Goldens;

internal static class AdamGoldens
{
    [Golden("optim.adamw")]
    public static GoldenResult AdamW(GoldenCase golden)
    {
        var (w, b) = (golden.Parameter("w"), golden.Parameter("b"));
        using var optimizer = torch.optim.AdamW(
            [Group(w, golden.Double("weight_decay_w")), Group(b, golden.Double("weight_decay_b"))],
            golden.Double("lr"),
            golden.Double("beta1"),
            golden.Double("beta2"),
            golden.Double("eps"),
            amsgrad: golden.Bool("amsgrad", false));
        var result = golden.StepThrough(optimizer, w, b, golden.HasInput("lr_steps") ? golden.Values("lr_steps") : null, "w_steps", "b_steps");
        var state = optimizer.state_dict().State;
        return new(new Dictionary<string, Tensor>(result.Outputs)
        {
            ["exp_avg_w"] = state[0].Tensors[0]!.clone(),
            ["exp_avg_sq_w"] = state[0].Tensors[1]!.clone(),
            ["exp_avg_b"] = state[1].Tensors[0]!.clone(),
            ["exp_avg_sq_b"] = state[1].Tensors[1]!.clone(),
        });
    }

    [Golden("optim.lamb")]
    public static GoldenResult Lamb(GoldenCase golden)
    {
        var (w, b) = (golden.Parameter("w"), golden.Parameter("b"));
        var defaults = new LambOptions
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
                new ParamGroup<LambOptions>([w], new() { WeightDecay = golden.Double("weight_decay_w") }),
                new ParamGroup<LambOptions>([b], new() { WeightDecay = golden.Double("weight_decay_b") }),
            ],
            defaults,
            golden.Double("max_grad_norm", 1));
        return golden.StepThrough(optimizer, w, b, golden.HasInput("lr_steps") ? golden.Values("lr_steps") : null, "w_steps", "b_steps");
    }

    private static AdamW.ParamGroup Group(Parameter parameter, double decay) => new([parameter], new AdamW.Options { weight_decay = decay });
}
