using System.ComponentModel.DataAnnotations;

namespace Parallax.Host.Configuration;

/// <summary>Section <c>backbone</c>: the network, and the weights it starts with. The options of the backbone stand in the same section. Section
/// <c>imageModel</c> has the same keys: a network for images that a method for clips learns from, which stays as it is.</summary>
public sealed record BackboneOptions
{
    /// <summary>Name of the backbone; <c>parallax list backbones</c> shows all.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>File of weights to start with (safetensors, or .pth and .pt of PyTorch), relative to the current folder, in the names of Parallax, torchvision,
    /// timm or the authors, or the folder of a run that has ended; null starts with random weights.</summary>
    public string? Weights { get; init; }

    /// <summary>Beginning of the names to take, for files that hold the backbone more than once, for example <c>teacher</c>; null takes the only one.</summary>
    public string? WeightsPrefix { get; init; }
}
