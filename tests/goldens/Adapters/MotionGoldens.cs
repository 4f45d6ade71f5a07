using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class MotionGoldens
{
    [Golden("loss.motion_mask")]
    public static GoldenResult Mask(GoldenCase golden)
    {
        var target = MotionMask.Trimap(golden.Input("soft_mask"), golden.Double("low"), golden.Double("high"));

        return new(("loss", MotionMaskLoss.Compute(golden.Input("logits"), target, MotionMaskLoss.Counting(target).sum())), ("target", target));
    }
}
