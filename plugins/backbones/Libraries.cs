namespace Parallax.Plugins.Backbones;

/// <summary>Libraries whose names backbones are known by.</summary>
internal static class Libraries
{
    public const string Torchvision = "torchvision", Timm = "timm";

    /// <summary>The layout of a library whose names are the backbone's own.</summary>
    public static WeightLayout Same(string library) => new(library, name => name);
}
