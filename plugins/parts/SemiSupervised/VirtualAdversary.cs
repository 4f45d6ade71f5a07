namespace Parallax.Plugins.Parts;

/// <summary>Virtual adversarial training: predictions shall stay where a small change of the image would move them most.</summary>
/// <remarks>
/// <para>Miyato et al., "Virtual Adversarial Training", TPAMI 2018, https://arxiv.org/abs/1704.03976, as Zhai et al., S4L, ICCV 2019,
/// https://arxiv.org/abs/1905.03670, and its code use it: one power iteration from a random direction; the divergence is KL(changed || clean), the clean
/// prediction a constant, where the former has them the other way round.</para>
/// <para>Differs from the code: the step of the power iteration is not 1e-6, which float32 rounds away beside pixels of about 1.</para>
/// </remarks>
public static class VirtualAdversary
{
    private const double Step = 0.1;   // length of the change that shows the direction; ours

    /// <summary>The change of each image that moves its prediction most.</summary>
    /// <param name="images">[M, C, H, W].</param>
    /// <param name="noise">A random direction for each, [M, C, H, W].</param>
    /// <param name="clean">Logits of the images, [M, classes]; constants here.</param>
    /// <param name="predict">From images [M, C, H, W] to logits [M, classes].</param>
    /// <param name="length">Euclidean length of each change, not negative.</param>
    /// <returns>[M, C, H, W] float32; carries no gradient.</returns>
    public static Tensor Change(Tensor images, Tensor noise, Tensor clean, Func<Tensor, Tensor> predict, double length)
    {
        using var scope = NewDisposeScope();
        var direction = (Unit(noise) * Step).detach().requires_grad_();                          // [M, C, H, W]
        var divergence = Divergence(predict(images.detach() + direction), clean) * images.shape[0];   // [], the sum over the images
        IList<Tensor> gradients = [];
        Backward.Run(() => gradients = autograd.grad([divergence], [direction]));

        return (Unit(gradients[0].detach()) * length).MoveToOuterDisposeScope();                 // [M, C, H, W]
    }

    /// <summary>KL(changed || clean) of the predictions, mean over the rows.</summary>
    /// <param name="changed">Logits, [M, classes].</param>
    /// <param name="clean">Logits, [M, classes]; constants.</param>
    /// <returns>Scalar, [], float32; 0 for equal predictions.</returns>
    public static Tensor Divergence(Tensor changed, Tensor clean)
    {
        Rows.RequireSame(changed, nameof(changed), clean, nameof(clean));
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var (p, q) = (F.log_softmax(changed.to(float32), dim: 1), F.log_softmax(clean.detach().to(float32), dim: 1));   // [M, classes] each

        return (p.exp() * (p - q)).sum(1).mean().MoveToOuterDisposeScope();                      // []
    }

    /// <summary>Entropy of the predictions, mean over the rows: small where they are sure.</summary>
    /// <remarks>Grandvalet and Bengio, "Semi-supervised Learning by Entropy Minimization", NeurIPS 2004.</remarks>
    /// <param name="logits">[M, classes].</param>
    /// <returns>Scalar, [], float32, in [0, ln classes].</returns>
    public static Tensor Entropy(Tensor logits)
    {
        Rows.RequireMatrix(logits, nameof(logits));
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var p = F.log_softmax(logits.to(float32), dim: 1);                                       // [M, classes]

        return (-(p.exp() * p).sum(1).mean()).MoveToOuterDisposeScope();                         // []
    }

    private static Tensor Unit(Tensor images) => F.normalize(images.to(float32).flatten(1), dim: 1).view(images.shape);
}
