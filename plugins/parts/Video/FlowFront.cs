namespace Parallax.Plugins.Parts;

/// <summary>A front end that shows a network the optical flow of clips instead of their colours, as the images of <see cref="FlowImages"/>.</summary>
/// <remarks>
/// Computed of the finished view, without gradients: flow shares crop, flip and colours with its clip, and a mirrored clip moves the other way. Its images are
/// normalised as those of the data.
/// </remarks>
/// <param name="rgb">Undoes and does the normalisation of views.</param>
internal sealed class FlowFront(RgbViews rgb) : Module<Tensor, Tensor>(nameof(FlowFront))
{
    /// <summary>The flow from each frame to the next.</summary>
    /// <param name="clips">[N, 3, T, H, W], normalised, T at least 2.</param>
    /// <returns>[N, 3, T, H, W], normalised, float32: displacement to the right, downwards, and a constant; the last frame repeats the one before.</returns>
    public override Tensor forward(Tensor clips)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        return rgb.Normalised(MotionClips.Of(rgb.Of(clips), MotionInput.Flow)).MoveToOuterDisposeScope();
    }
}
