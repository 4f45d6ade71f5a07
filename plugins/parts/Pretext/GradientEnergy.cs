namespace Parallax.Plugins.Parts;

/// <summary>How much there is to see in an image: the mean squared difference of neighbouring pixels.</summary>
public static class GradientEnergy
{
    /// <summary>The energy of each image.</summary>
    /// <param name="images">[N, C, H, W], two pixels wide and high at least.</param>
    /// <returns>[N, 1] float32, not negative; 0 for an image of one colour.</returns>
    public static Tensor Of(Tensor images)
    {
        using var scope = NewDisposeScope();
        var pixels = images.to(float32);
        var (height, width) = (pixels.shape[2], pixels.shape[3]);
        var down = pixels.narrow(2, 1, height - 1) - pixels.narrow(2, 0, height - 1);     // [N, C, H - 1, W]
        var right = pixels.narrow(3, 1, width - 1) - pixels.narrow(3, 0, width - 1);      // [N, C, H, W - 1]

        return (down.square().mean([1, 2, 3]) + right.square().mean([1, 2, 3])).unsqueeze(1).MoveToOuterDisposeScope();   // [N, 1]
    }
}
