using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What a masked autoencoder of pixels takes.</summary>
public abstract record MaskedAutoencoderOptions : IValidatableObject
{
    /// <summary>Share of the patches that are hidden, a fraction in (0, 1). MAE, section 4.1: 0.75.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public virtual double MaskRatio { get; init; } = 0.75;

    /// <summary>Whether the pixels of each patch are predicted with mean 0 and deviation 1. MAE, section 4.1, and all released models: true.</summary>
    public bool NormalisePixels { get; init; } = true;

    /// <summary>Width of the decoder, a multiple of 4 and of its heads. MAE, section 4.1: 512.</summary>
    [Range(4, 65536)]
    public int DecoderWidth { get; init; } = 512;

    /// <summary>Blocks of the decoder.</summary>
    public abstract int DecoderDepth { get; init; }

    /// <summary>Heads of each attention in the decoder. MAE's code: 16.</summary>
    [Range(1, 256)]
    public int DecoderHeads { get; init; } = 16;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => MaskedDecoderFaults.Of(DecoderWidth, DecoderHeads);
}
