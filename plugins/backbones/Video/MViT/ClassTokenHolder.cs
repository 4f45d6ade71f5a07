using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>The class token under torchvision's name, <c>class_token</c>.</summary>
internal sealed class ClassTokenHolder : Module
{
    private readonly Parameter class_token;

    /// <param name="width">Width D of the tokens.</param>
    /// <param name="std">Deviation that it starts with.</param>
    public ClassTokenHolder(long width, double std)
        : base(nameof(ClassTokenHolder))
    {
        class_token = new Parameter(empty([width]));
        TruncatedNormal.Fill(class_token, std);
        RegisterComponents();
    }

    /// <summary>[D].</summary>
    public Tensor Token => class_token;
}
