using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>A transformer of 4 x 4 patches for images of 8 pixels, and its parts as tests of masked methods need them.</summary>
internal static class SmallTransformer
{
    public const int Patches = 16, Width = 24;

    public static ViT Create(ViTPositions positions = ViTPositions.Learned) => new(
        new() { Size = ViTSize.Tiny, Width = Width, Depth = 2, PatchSize = 2, Positions = positions, Pooling = ViTPooling.Average }, TestRuns.Of());

    /// <summary>Encoded patches without the class token, before the final normalisation.</summary>
    public static Tensor Encode(Networks networks, string name, Tensor images, Tensor? visible = null)
    {
        var backbone = (ViT)networks.Part(name);

        return backbone.Encode(backbone.EmbedPatches(images), new() { Visible = visible });   // [N, 1 + K, D]
    }

    public static Tensor Normalise(Networks networks, string name, Tensor tokens) => ((ViT)networks.Part(name)).Normalise(tokens);

    /// <summary>Patches of encoded tokens.</summary>
    public static Tensor Patch(Tensor tokens) => tokens.narrow(1, 1, tokens.shape[1] - 1);

    /// <summary>The noise that a method draws for the images of a batch: seed 1, epoch 0, an image's own index.</summary>
    public static Tensor Noise(Batch batch, int count, int part = 0) => SampleNoise.Uniform(
        [.. Tensors.Integers(batch.Indices).Select(sample => new CounterRandom(1, 0, sample, RandomPurpose.Masking, part))], count);

    /// <summary>Mean of an error per patch over the hidden ones, of normalised pixels.</summary>
    public static Tensor Reconstruction(Tensor images, Tensor predicted, Tensor hidden, Func<Tensor, Tensor> error)
    {
        var pixels = images.to(float64).reshape(images.shape[0], 3, 4, 2, 4, 2).permute(0, 2, 4, 3, 5, 1).reshape(images.shape[0], Patches, 12);
        var mean = pixels.mean([2], keepdim: true);
        var variance = (pixels - mean).square().sum([2], keepdim: true) / 11;   // unbiased
        var target = (pixels - mean) / (variance + 1e-6).sqrt();

        return (error(predicted.to(float64) - target).mean([2]) * hidden).sum() / hidden.sum();
    }
}
