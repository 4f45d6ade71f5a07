namespace Parallax.Plugins.Backbones;

/// <summary>How the tokens of an image become its features.</summary>
public enum ViTPooling
{
    /// <summary>The class token behind the final normalisation <c>norm</c>.</summary>
    Token,

    /// <summary>The mean of the patch tokens, then the normalisation <c>fc_norm</c>; there is no <c>norm</c>. As in timm and in MAE's fine-tuning.</summary>
    Average,
}
