using Parallax.Contracts;
using Parallax.Plugins.Backbones;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>What methods on tokens are made of: the small backbones of <see cref="Transformers"/> and DINO's heads, step by step, in float64 behind the
/// networks.</summary>
internal sealed class TokenEquations(Networks networks)
{
    /// <summary>Features of views and normalised tokens of their L patches, hidden ones in place of the mask token; places of the last map of a residual
    /// network.</summary>
    /// <param name="backbone">Name of the backbone.</param>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="hidden">[N, L], 1 is hidden; null: none.</param>
    public (Tensor Views, Tensor Patches) Encode(string backbone, Tensor images, Tensor? hidden = null)
    {
        if (networks.Part(backbone) is ResNet convolutions)
        {
            var map = convolutions.Maps(images)[^1];                                           // [N, F, h, w]

            return (map.mean([2, 3]), map.flatten(2).transpose(1, 2));
        }

        var network = (ITokenBackbone)networks.Part(backbone);
        var patches = network.EmbedPatches(images);                                            // [N, h, w, D]
        var tokens = network.Normalise(network.Encode(hidden is null ? patches : Hide(patches, hidden)));

        return network.HasClassToken ? (tokens.select(1, 0), tokens.narrow(1, 1, tokens.shape[1] - 1)) : (tokens.mean([1]), tokens);
    }

    /// <summary>Embedding before the last layer of a head, rows of length one.</summary>
    public Tensor Embed(string head, Tensor h) => Equations.Unit(networks.Run(h.reshape(-1, h.shape[^1]), head + ".mlp"));

    /// <summary>Outputs of a head, [..., K].</summary>
    public Tensor Head(string head, Tensor h)
    {
        var outputs = networks.Run(Embed(head, h).to(float32), head + ".last_layer").to(float64);

        return outputs.reshape([.. h.shape[..^1], outputs.shape[1]]);
    }

    /// <summary>Mean over the hidden patches of an image, then over the images.</summary>
    /// <param name="losses">[N, L].</param>
    /// <param name="hidden">[N, L].</param>
    public static Tensor MeanOfHidden(Tensor losses, Tensor hidden) => ((losses * hidden).sum(1) / hidden.sum(1).clamp_min(1)).mean();

    /// <summary>-sum over j of target_j log softmax(logits)_j, in the last dimension.</summary>
    public static Tensor CrossEntropies(Tensor targets, Tensor logits) => -(targets * logits.log_softmax(-1)).sum(-1);

    /// <summary>DINO's loss: pairs of a teacher's and another view.</summary>
    public static Tensor OfPairs(Tensor[] targets, Tensor[] students, double temperature)
    {
        List<Tensor> losses = [];
        for (var t = 0; t < targets.Length; t++)
        {
            losses.AddRange(students.Where((_, v) => v != t).Select(s => CrossEntropies(targets[t], s / temperature).mean()));
        }

        return stack([.. losses]).mean();
    }

    // All s x s patches of a hidden token of a square grid.
    private Tensor Hide(Tensor patches, Tensor hidden)
    {
        var tokens = (long)Math.Sqrt(hidden.shape[1]);
        var s = patches.shape[1] / tokens;
        var places = hidden.reshape(-1, tokens, 1, tokens, 1).expand(-1, tokens, s, tokens, s).reshape([.. patches.shape[..3], 1]);

        return where(places.eq(1), networks.State("mask_token"), patches);
    }
}
