using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class MaskedTargetGoldens
{
    [Golden("loss.simmim")]
    public static GoldenResult SimMIM(GoldenCase golden) =>
        new(("loss", SimMIMLoss.Compute(golden.Input("x_rec"), golden.Input("images"), golden.Input("mask"))));

    [Golden("loss.beit")]
    public static GoldenResult BEiT(GoldenCase golden)
    {
        var hidden = golden.Input("mask").flatten().nonzero().squeeze(1);   // [M]
        return new(("loss", BEiTLoss.Compute(
            golden.Input("logits").flatten(0, 1).index_select(0, hidden), golden.Input("token_ids").flatten().index_select(0, hidden))));
    }
}
