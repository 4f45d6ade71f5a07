using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Scores of the classes by a linear layer on a backbone.</summary>
public static class ClassScores
{
    /// <summary>The layer works in float32, so that in a run of low precision the scores of many classes do not tie.</summary>
    /// <param name="backbone">Any.</param>
    /// <param name="classifier">From features to scores.</param>
    /// <param name="images">[N, C, S, S], normalised.</param>
    /// <returns>[N, classes] float32.</returns>
    public static Tensor Of(IBackbone backbone, Module<Tensor, Tensor> classifier, Tensor images)
    {
        using var scope = NewDisposeScope();
        var h = backbone.call(images);                                                       // [N, F]
        using var precision = Precision.Float32();

        return classifier.call(h.to(float32)).MoveToOuterDisposeScope();                     // [N, classes]
    }
}
