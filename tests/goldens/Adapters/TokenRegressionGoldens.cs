using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class TokenRegressionGoldens
{
    [Golden("loss.ijepa")]
    public static GoldenResult IJEPA(GoldenCase golden) =>
        new(("loss", TokenRegressionLoss.Mean(golden.Input("pred"), TokenTargets.Normalised(golden.Input("target")))));

    [Golden("loss.data2vec")]
    public static GoldenResult Data2Vec(GoldenCase golden)
    {
        var hidden = HiddenPatches.Of(golden.Input("mask"), torch.CPU);
        var targets = hidden.Take(TokenTargets.MeanOfLast([.. golden.Input("layers").unbind(0)], (int)golden.Long("average_top_k_layers")));
        return new(("targets", targets), ("loss", TokenRegressionLoss.OfTokens(
            hidden.Take(golden.Input("pred")), targets, golden.Double("loss_beta")).mean()));
    }
}
