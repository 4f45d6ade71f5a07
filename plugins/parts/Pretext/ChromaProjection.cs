namespace Parallax.Plugins.Parts;

/// <summary>Takes the green-magenta direction from colours: lenses shift it against the other colours, the more the further from the middle of a photograph,
/// and a network would read the place of a tile from it.</summary>
/// <remarks>
/// Doersch et al., "Unsupervised Visual Representation Learning by Context Prediction", ICCV 2015, section 4.2, https://arxiv.org/abs/1505.05192: colours are
/// multiplied by I - aᵀa / (a aᵀ), a = (-1, 2, -1).
/// </remarks>
public static class ChromaProjection
{
    /// <summary>Projects the colour of every pixel.</summary>
    /// <param name="images">[M, 3, H, W], red, green, blue, on any scale that all channels share.</param>
    /// <returns>[M, 3, H, W]; -red + 2 green - blue is 0 everywhere.</returns>
    public static Tensor Of(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var matrix = Matrix().to(images.device);   // [3, 3]

        return einsum("ij,mjhw->mihw", matrix, images).MoveToOuterDisposeScope();   // [M, 3, H, W]
    }

    /// <summary>The projection, [3, 3] float32.</summary>
    internal static Tensor Matrix()
    {
        using var scope = NewDisposeScope();
        var a = tensor([-1f, 2f, -1f]);   // [3]

        return (eye(3) - (outer(a, a) / a.dot(a))).MoveToOuterDisposeScope();
    }
}
