using System.ComponentModel.DataAnnotations;

namespace Parallax.Host.Configuration;

/// <summary>Section <c>evaluation</c>: what is measured on the frozen features. The options of a protocol stand under its name.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Protocols measured when training ends; <c>parallax list protocols</c> shows all. Ours: none.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [];

    /// <summary>Images per batch while features are computed; of videos, clips and crops. Ours.</summary>
    [Range(1, 65_536)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Labelled training images used, chosen at random once; 0 takes all. Fewer are quicker and measure less exactly. Ours.</summary>
    [Range(0, int.MaxValue)]
    public int MaxTrainSamples { get; init; }

    /// <summary>Held-out images used, chosen at random once; 0 takes all. Ours.</summary>
    [Range(0, int.MaxValue)]
    public int MaxTestSamples { get; init; }

    /// <summary>Protocol that accompanies training, best a quick one; null measures nothing while training. Needs labels. Ours: none.</summary>
    public string? Online { get; init; }

    /// <summary>Epochs between two measurements of <c>online</c>. Ours.</summary>
    [Range(1, int.MaxValue)]
    public int OnlineEveryEpochs { get; init; } = 1;

    /// <summary>Labelled training images of the <c>online</c> measurement, and a fifth as many held-out ones; 0 takes all. Ours.</summary>
    [Range(0, int.MaxValue)]
    public int OnlineSamples { get; init; } = 5000;
}
