namespace Parallax.Plugins.Parts;

/// <summary>The weighted sum of S4L's mix of all models.</summary>
/// <remarks>Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, section 7, https://arxiv.org/abs/1905.03670, and its code.</remarks>
public static class MixOfAllModels
{
    /// <summary>(1 - wc - wv) rotation + wc classes + wv divergence + we entropy.</summary>
    /// <param name="rotation">Cross-entropy of the rotations, [].</param>
    /// <param name="classes">Cross-entropy of the classes, [].</param>
    /// <param name="divergence">How far an adversary moves the predictions, [].</param>
    /// <param name="entropy">Entropy of the predictions, [].</param>
    /// <param name="classWeight">wc, a fraction in [0, 1].</param>
    /// <param name="adversarialWeight">wv, a fraction in [0, 1]; both at most 1 together.</param>
    /// <param name="entropyWeight">we, not negative.</param>
    /// <returns>[].</returns>
    public static Tensor Loss(
        Tensor rotation, Tensor classes, Tensor divergence, Tensor entropy, double classWeight, double adversarialWeight, double entropyWeight) =>
        ((1 - classWeight - adversarialWeight) * rotation) + (classWeight * classes) + (adversarialWeight * divergence) + (entropyWeight * entropy);
}
