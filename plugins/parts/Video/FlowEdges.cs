namespace Parallax.Plugins.Parts;

/// <summary>Where motion changes from one pixel to the next: the edges of an optical flow.</summary>
/// <remarks>Xiao et al., "MaCLR: Motion-aware Contrastive Learning of Representations for Videos", ECCV 2022, section 3, https://arxiv.org/abs/2106.09703, as
/// in the public re-implementation: the length of Sobel's gradients of both components, the border repeated.</remarks>
internal static class FlowEdges
{
    /// <summary>Computes them.</summary>
    /// <param name="flow">Horizontal and vertical displacement, [N, 2, T, H, W].</param>
    /// <returns>[N, T, H, W] float32, without gradients; 0 where everything moves alike.</returns>
    /// <exception cref="ArgumentException">The tensor has another number of dimensions.</exception>
    public static Tensor Of(Tensor flow)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (x, y) = SobelGradients.Of(FrameBatch.Of(flow.to(float32)), PaddingModes.Replicate);   // [N T, 2, H, W] each
        var length = (x.square() + y.square()).sum(1).sqrt();                                      // [N T, H, W]

        return length.unflatten(0, [-1, flow.shape[2]]).MoveToOuterDisposeScope();                 // [N, T, H, W]
    }
}
