namespace Parallax.Host.Reports;

/// <summary>What a report is made of.</summary>
/// <param name="Runs">Folder of the runs.</param>
/// <param name="Images">Held-out images whose features are looked at.</param>
/// <param name="Overrides">Keys of the runs' recipes that are others now, for example where the data are.</param>
internal sealed record ReportRequest(string Runs, int Images, IReadOnlyList<string> Overrides);
