using Parallax.Plugins.Parts;
using Parallax.Tests;

namespace Parallax.Goldens;

internal static class MoCHiGoldens
{
    [Golden("loss.mochi")]
    public static GoldenResult Loss(GoldenCase golden) => Compute(golden, falseNegatives: null);

    [Golden("loss.mochi_class_oracle")]
    public static GoldenResult ClassOracle(GoldenCase golden) =>
        Compute(golden, golden.Input("queue_label").unsqueeze(0) == golden.Input("q_label").unsqueeze(1));   // [B, K]

    [Golden("target.mochi_hardest")]
    public static GoldenResult Hardest(GoldenCase golden)
    {
        var similarities = Rows.Unit(golden.Input("q")).matmul(golden.Input("queue").t());   // [B, K]
        return new(("hard_idx", MoCHiLogits.HardestOf(similarities, (int)golden.Long("n_hard"))));
    }

    [Golden("target.mochi_mix_nn")]
    public static GoldenResult MixNegatives(GoldenCase golden)
    {
        var hardest = golden.Input("hard_idx");
        return new(("synthetic", SyntheticNegatives.BetweenNegatives(golden.Input("queue"), hardest, Draws(golden, hardest.shape[0]))));
    }

    [Golden("target.mochi_mix_query")]
    public static GoldenResult MixQuery(GoldenCase golden)
    {
        var hardest = golden.Input("hard_idx");
        return new(("synthetic", SyntheticNegatives.WithQuery(golden.Input("q"), golden.Input("queue"), hardest, Draws(golden, hardest.shape[0]))));
    }

    private static GoldenResult Compute(GoldenCase golden, Tensor? falseNegatives)
    {
        var (q, queue) = (golden.Input("q"), golden.Input("queue"));
        var draws = Draws(golden, q.shape[0]);
        var logits = MoCHiLogits.Compute(q, golden.Input("k"), queue, golden.Double("temperature"), (int)golden.Long("n_hard"), draws, falseNegatives);
        return new(
            ("loss", InfoNCELoss.FromLogits(logits.All)),
            ("logits", logits.All),
            ("hard_idx", logits.Hardest),
            ("synthetic_nn", SyntheticNegatives.BetweenNegatives(queue, logits.Hardest, draws)),
            ("synthetic_query", SyntheticNegatives.WithQuery(q, queue, logits.Hardest, draws)));
    }

    private static MoCHiDraws Draws(GoldenCase golden, long queries) => new(
        PickI: OrNone(golden, "pick_i", queries, torch.int64),
        PickJ: OrNone(golden, "pick_j", queries, torch.int64),
        Alpha: OrNone(golden, "alpha", queries, torch.float32),
        PickQuery: OrNone(golden, "pick_q", queries, torch.int64),
        Beta: OrNone(golden, "beta", queries, torch.float32));

    private static Tensor OrNone(GoldenCase golden, string name, long queries, torch.ScalarType type) =>
        golden.HasInput(name) ? golden.Input(name) : torch.zeros([queries, 0], dtype: type);
}
