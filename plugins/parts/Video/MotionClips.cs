namespace Parallax.Plugins.Parts;

/// <summary>What a network for motion sees.</summary>
public enum MotionInput
{
    /// <summary>Where the optical flow changes from one pixel to the next.</summary>
    FlowEdge,

    /// <summary>How much each pixel changes to the next frame.</summary>
    FrameDifference,

    /// <summary>The optical flow.</summary>
    Flow,
}

/// <summary>Clips of motion, made of RGB clips on their device.</summary>
public static class MotionClips
{
    private const double EdgeScale = 32;   // a jump by 4 pixels of both components is about 1

    private static readonly OpticalFlow _flow = new();

    /// <summary>The motion from each frame to the next, in three channels; the last is repeated, so that a clip keeps its length.</summary>
    /// <param name="rgb">In [0, 1], [N, 3, T, H, W], T at least 2.</param>
    /// <param name="input">What is wanted.</param>
    /// <returns>[N, 3, T, H, W] float32 without gradients, most of it in [0, 1].</returns>
    public static Tensor Of(Tensor rgb, MotionInput input)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var frames = rgb * 255;                                                                                   // [N, 3, T, H, W]
        var motion = input switch                                                                                 // [N, 3, T - 1, H, W]
        {
            MotionInput.FrameDifference => FrameDifferences.Absolute(frames),
            MotionInput.Flow => FlowImages.Of(Flow()) / 255,
            _ => (FlowEdges.Of(Flow()) / EdgeScale).unsqueeze(1).repeat(1, 3, 1, 1, 1),
        };

        return cat([motion, motion.narrow(2, -1, 1)], 2).MoveToOuterDisposeScope();                               // [N, 3, T, H, W]

        Tensor Flow() => _flow.Of(FrameDifferences.Grey(frames).squeeze(1));                                      // [N, 2, T - 1, H, W]
    }
}
