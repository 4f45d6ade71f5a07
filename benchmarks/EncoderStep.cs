using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Parts;

namespace Parallax.Benchmarks;

/// <summary>Forward and backward of the encoder of a masked autoencoder, a ViT-B/16 on images of 224 pixels: over some of the 196 patches, or all.</summary>
/// <remarks>He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022, section 3, https://arxiv.org/abs/2111.06377: it sees 49.</remarks>
internal sealed class EncoderStep : IStep
{
    public const int Patches = 196;
    private const int Side = 224, PatchSize = 16;

    private readonly ViT _encoder;
    private readonly Tensor _images;
    private readonly int _visible;
    private readonly bool _bf16;

    /// <param name="bf16">Autocast to bfloat16, else float32.</param>
    /// <param name="visible">Patches that are encoded, at most 196.</param>
    /// <param name="batch">Images.</param>
    public EncoderStep(bool bf16, int visible, int batch)
    {
        torch.manual_seed(0);
        var data = new DatasetInfo("noise", DatasetSplit.Train, batch, [], 3, null, new double[3], [1, 1, 1], "00000000", "embedded");
        _encoder = new(new() { Size = ViTSize.Base, PatchSize = PatchSize, Positions = ViTPositions.SinCos, Init = ViTInit.Mae },
            new(data, Side, batch, StepsPerEpoch: 1, Epochs: 1, Seed: 0));
        (_images, _visible, _bf16) = (randn(batch, 3, Side, Side), visible, bf16);
    }

    public double Step()
    {
        using var scope = NewDisposeScope();
        var mask = RandomMasking.Of(rand(_images.shape[0], Patches), 1 - ((_visible + 0.5) / Patches));   // half a patch: what is left is cut to a whole number
        Tensor tokens;
        using (_bf16 ? Autocast.Enter(CPU, bfloat16) : Autocast.Disabled())
        {
            var patches = _encoder.EmbedPatches(_images);
            tokens = _encoder.Normalise(_visible == Patches ? _encoder.Encode(patches) : _encoder.Encode(patches, new() { Visible = mask.Visible }));
        }

        var loss = tokens.to(float32).square().mean();
        loss.backward();
        foreach (var parameter in _encoder.parameters())
        {
            parameter.grad = null;
        }

        return loss.item<float>();
    }

    public void Dispose()
    {
        _encoder.Dispose();
        _images.Dispose();
    }
}
