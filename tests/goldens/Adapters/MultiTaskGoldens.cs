using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

/// <summary>What tasks read of a shared trunk.</summary>
internal static class MultiTaskGoldens
{
    [Golden("layer.multitask_lasso")]
    public static GoldenResult Lasso(GoldenCase golden)
    {
        var representation = TaskLasso.Combined(golden.Input("units"), golden.Input("alpha"));
        var penalty = TaskLasso.Penalty(golden.Input("alpha"), golden.Double("lambda_"));
        return new(("representation", representation), ("penalty", penalty), ("loss", (representation * golden.Input("probe")).sum() + penalty));
    }
}
