using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>What masked autoencoders of pixels share: masks, the encoder's pass over what is visible, targets, pictures. It holds no weights.</summary>
/// <remarks>He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022, section 3, https://arxiv.org/abs/2111.06377, and its code.</remarks>
/// <param name="backbone">Encodes visible patches.</param>
/// <param name="options">Share of hidden patches, targets, size of the decoder.</param>
/// <param name="run">Gives seed, channels and side of the images.</param>
public sealed class MaskedAutoencoder(IPatchSequenceBackbone backbone, MaskedAutoencoderOptions options, RunInfo run)
{
    private readonly SampleRandom _random = new(run);
    private readonly ViewBuilder _view = new(run.ImageSize);
    private readonly int _side = PatchGrid.Side(backbone, run.ImageSize), _patchSize = backbone.TokenStride;

    /// <summary>One view, cropped and flipped only; small images as da Costa et al., "solo-learn", JMLR 2022.</summary>
    public ViewPlan Views => new([ViewBuilder.View(_view.Crop(_view.IsSmall ? 0.08 : 0.2, bicubic: true), ViewBuilder.Flip())]);

    /// <summary>A new decoder, from the backbone's tokens to the pixels of a patch.</summary>
    public MaskedAutoencoderDecoder Decoder() => new(
        backbone.TokenDim, backbone.PrefixTokens, _side,
        new(options.DecoderWidth, options.DecoderDepth, options.DecoderHeads, Outputs: _patchSize * _patchSize * run.Data.Channels));

    /// <summary>Masks of the images of a batch, keyed by seed, epoch and image.</summary>
    /// <param name="batch">The images, as large as those of the run.</param>
    /// <param name="context">Gives the epoch.</param>
    /// <returns>Masks on the device of the images.</returns>
    public PatchMask Mask(Batch batch, StepContext context) =>
        RandomMasking.Of(SampleNoise.Uniform(_random.Of(batch, context), (long)_side * _side), options.MaskRatio).To(batch.Views[0].device);

    /// <summary>Encodes visible patches; what is hidden costs nothing.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="visible">Which patches, [N, K] int64.</param>
    /// <returns>Normalised tokens, [N, P + K, D].</returns>
    public Tensor Encode(Tensor images, Tensor visible)
    {
        using var scope = NewDisposeScope();
        var tokens = backbone.Encode(backbone.EmbedPatches(images), new() { Visible = visible });   // [N, P + K, D]

        return backbone.Normalise(tokens).MoveToOuterDisposeScope();
    }

    /// <summary>Mean of encoded patches, without the tokens before them.</summary>
    /// <param name="tokens">What <see cref="Encode"/> gave.</param>
    /// <returns>[N, D].</returns>
    public Tensor Mean(Tensor tokens) => PatchGrid.WithoutPrefix(backbone, tokens).mean([1]);

    /// <summary>What is to be predicted of every patch.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>[N, L, p p C] float32.</returns>
    public Tensor Target(Tensor images)
    {
        using var scope = NewDisposeScope();
        var pixels = PatchPixels.Split(images, _patchSize);   // [N, L, p p C]

        return (options.NormalisePixels ? PatchPixels.NormaliseEach(pixels) : pixels).MoveToOuterDisposeScope();
    }

    /// <summary>Images, what is visible of them, and the same with predictions in place of what is hidden.</summary>
    /// <param name="batch">The images.</param>
    /// <param name="context">Gives the epoch.</param>
    /// <param name="decoder">Predicts pixels.</param>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context, MaskedAutoencoderDecoder decoder) =>
        Pictures(batch.Views[0], Mask(batch, context), decoder);

    /// <summary>The same with a mask of the method's own.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="mask">Which of their patches are hidden.</param>
    /// <param name="decoder">Predicts pixels.</param>
    public IReadOnlyList<PictureColumn> Pictures(Tensor images, PatchMask mask, MaskedAutoencoderDecoder decoder)
    {
        var predicted = decoder.call(Encode(images, mask.Visible), mask.Restore);                        // [N, L, p p C]
        var shown = options.NormalisePixels
            ? PatchPixels.Denormalise(predicted, PatchPixels.Split(images, _patchSize)) : predicted;     // [N, L, p p C]

        return HiddenPictures.Of(images, shown, mask.Hidden, _patchSize);
    }

    /// <summary>What cannot work with the backbone's patches.</summary>
    public IEnumerable<string> Faults() => [.. PatchGrid.Faults((long)_side * _side, options.MaskRatio, "method.maskRatio"), .. TargetFaults()];

    /// <summary>What cannot be predicted of the backbone's patches.</summary>
    public IEnumerable<string> TargetFaults() => !options.NormalisePixels || _patchSize * _patchSize * run.Data.Channels > 1 ? [] :
        ["method.normalisePixels is true, but a patch is a single value, which has no deviation (backbone.patchSize is 1, images have one channel). Set it to "
            + "false, or raise backbone.patchSize."];
}
