namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>What the paper says a step gives, computed by the test; all of it is compared, so what is left out must be absent.</summary>
internal sealed record ExpectedStep(Tensor Loss)
{
    public Tensor? Embedding { get; init; }

    public Tensor? Positive { get; init; }

    public Tensor? Targets { get; init; }

    public (string Name, Tensor Value)[] Reports { get; init; } = [];

    /// <summary>Memories by their name in checkpoints, and the rows and tags that they get, in order.</summary>
    public (string Memory, Tensor Rows, Tensor? Tags)[] Remembered { get; init; } = [];

    /// <summary>Beginnings of the names of parameters that get no gradient. All others get the gradient of <see cref="Loss"/>.</summary>
    public string[] Constants { get; init; } = [];
}
