namespace Parallax.Benchmarks.Gate;

/// <summary>Where things are, seen from the built program: artifacts/bin/Parallax.Benchmarks/release.</summary>
internal static class Repository
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));

    /// <summary>The committed baseline.</summary>
    public static string UsualBaseline => Path.Combine(Root, "benchmarks", "baseline.json");

    /// <summary>Where other revisions are built.</summary>
    public static string Revisions => Path.Combine(Root, "artifacts", "against");
}
