namespace Parallax.Host.Reports;

/// <summary>What a chart says beside its curves.</summary>
/// <param name="Id">Begins the identifiers of its elements: letters, digits and hyphens, once in a page.</param>
/// <param name="Title">What it shows, in a few words.</param>
internal sealed record ChartOptions(string Id, string Title)
{
    /// <summary>What the values are, with their unit.</summary>
    public string Unit { get; init; } = "";

    /// <summary>What is counted from left to right.</summary>
    public string XName { get; init; } = "step";

    /// <summary>Whether equal factors are equal heights; values that are not positive leave gaps.</summary>
    public bool IsLogarithmic { get; init; }
}
