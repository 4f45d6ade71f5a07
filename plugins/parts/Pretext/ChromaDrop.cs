namespace Parallax.Plugins.Parts;

/// <summary>Leaves one colour channel of every patch and puts noise into the two others: without two channels to compare, the chromatic aberration of a lens
/// does not tell the place of a patch.</summary>
/// <remarks>
/// Doersch et al., "Unsupervised Visual Representation Learning by Context Prediction", ICCV 2015, section 4.2, https://arxiv.org/abs/1505.05192, as in the
/// authors' code; its random downsampling of patches is left out.
/// </remarks>
public static class ChromaDrop
{
    /// <summary>Subtracts the kept channel's mean, fills the others with noise, and divides the patch by the root of its mean square.</summary>
    /// <param name="patches">[M, 3, t, t], values in [0, 255].</param>
    /// <param name="kept">Channel that stays, [M] int64 on the device of the patches.</param>
    /// <param name="noise">Uniform in [0, 1), [M, 3, t, t] or what expands to it; 0.5 is subtracted.</param>
    /// <param name="scale">Root of the mean square of the result; the authors' code: 50.</param>
    /// <returns>[M, 3, t, t].</returns>
    public static Tensor Of(Tensor patches, Tensor kept, Tensor noise, double scale)
    {
        using var scope = NewDisposeScope();
        var isKept = F.one_hot(kept, patches.shape[1]).to_type(ScalarType.Bool).unsqueeze(2).unsqueeze(3);     // [M, 3, 1, 1]
        var centred = patches - patches.mean([2, 3], keepdim: true);                                           // [M, 3, t, t]
        var mixed = where(isKept, centred, noise - 0.5f);                                                      // [M, 3, t, t]
        var size = mixed.square().mean([1, 2, 3], keepdim: true).sqrt();                                       // [M, 1, 1, 1]

        return (mixed / size * scale).MoveToOuterDisposeScope();   // [M, 3, t, t]
    }
}
