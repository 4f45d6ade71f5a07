namespace Parallax.Tests;

/// <summary>A method in a form that its default options do not give, and that several processes share in another way.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Option">The option that differs, as in recipes.</param>
/// <param name="Value">Its value, as in recipes.</param>
internal sealed record MethodVariant(string Method, string Option, string Value)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<MethodVariant> All { get; } =
    [
        new("cpc-v2", "negatives", "16"),         // drawn, instead of all patches of the batch
        new("multi-task", "targetStride", "2"),   // cells so small that motion fills some
        new("instdisc", "contrast", "info-nce"),  // no Z that processes agree on
    ];

    /// <summary>What files and tests call it.</summary>
    public string Name => $"{Method} {Option} {Value}";
}
