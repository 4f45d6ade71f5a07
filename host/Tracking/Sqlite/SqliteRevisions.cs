namespace Parallax.Host.Tracking;

/// <summary>Which MLflow a tracking file is of. MLflow names the generations of its tables by identifiers that have no order of their own.</summary>
internal static class SqliteRevisions
{
    private static readonly string[] Before20 =
    [
        "451aebb31d03", "90e64c465722", "181f10493468", "df50e92ffc5e", "7ac759974ad8", "89d4b8295536", "2b4d017a5e9b", "cfd24bdc0731", "0a8213491aaa",
        "728d730b5ebd", "27a6a02d2cf1", "84291f40a231", "a8c4a736bde6", "39d1c3be5f05", "c48cb773bb87", "bd07f7e963c5", "0c779009ac13", "cc1f77228345",
    ];

    // Newest revision of each release, oldest first.
    private static readonly (string Revision, string Versions)[] Releases =
    [
        ("97727af70f4d", "2.0 to 2.2"), ("3500859a5d39", "2.3"), ("7f2a7d5fae7d", "2.4 to 2.7"), (SqliteSchema.Revision, "2.8 to 2.12"),
        ("867495a8f9d4", "2.13"), ("5b0e9adcef9c", "2.14"), ("4465047574b1", "2.15 to 2.16"), ("f5a4f2784254", "2.17"), ("0584bdc529eb", "2.18 to 2.22"),
        ("6953534de441", "3.0 to 3.1"), ("770bee3ae1dd", "3.2"), ("1a0cddfcaa16", "3.3"), ("71994744cf8e", "3.4"), ("bf29a5ff90ea", "3.5 to 3.7"),
        ("1bd49d398cd23", "3.8"), ("2c33131f4dae", "3.9"), ("76601a5f987d", "3.10"), ("ae8bbe7743c9", "3.11"), ("7d34483879f0", "3.12"),
    ];

    private static readonly int Written = Array.FindIndex(Releases, r => r.Revision == SqliteSchema.Revision);

    /// <summary>True for what this program was tested with: the schema it writes itself, and those after it.</summary>
    public static bool IsTested(string revision) => IndexOf(revision) >= Written;

    /// <summary>True for a revision from before the schema that this program writes.</summary>
    public static bool IsOlder(string revision) => Before20.Contains(revision) || (IndexOf(revision) is >= 0 and var index && index < Written);

    /// <summary>For a sentence: which MLflow the revision is of, as far as it is known.</summary>
    public static string Describe(string revision) => IndexOf(revision) switch
    {
        >= 0 and var index => $"of MLflow {Releases[index].Versions} (revision {revision})",
        _ when Before20.Contains(revision) => $"of an MLflow before 2.0 (revision {revision})",
        _ => $"of an MLflow that is not known here (revision {revision}; the newest known one is {Releases[^1].Revision} of MLflow {Releases[^1].Versions})",
    };

    private static int IndexOf(string revision) => Array.FindIndex(Releases, r => r.Revision == revision);
}
