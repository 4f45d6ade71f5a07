namespace Parallax.Host.Tracking;

/// <summary>
/// An experiment in the place of a name: by its name, or by its number where only that is known. A journal keeps it as it is, so that a run that begins
/// without a server
/// finds its experiment later.
/// </summary>
internal static class ExperimentReference
{
    private const string ByNumber = "mlflow.experimentId:";

    /// <summary>The experiment of this number.</summary>
    public static string ById(string id) => ByNumber + id;

    /// <summary>The number in a reference; null when it is a name.</summary>
    public static string? IdOf(string reference) => reference.StartsWith(ByNumber, StringComparison.Ordinal) ? reference[ByNumber.Length..] : null;

    /// <summary>The experiment that the environment names; null when it names none.</summary>
    /// <exception cref="ConfigurationException">The number is none.</exception>
    public static string? FromEnvironment(MlflowEnvironment environment)
    {
        if (environment.Text("MLFLOW_EXPERIMENT_NAME") is { } name)
        {
            return name;
        }

        return environment.Text("MLFLOW_EXPERIMENT_ID") is not { } id ? null
            : id.All(char.IsAsciiDigit) ? ById(id)
            : throw new ConfigurationException($"MLFLOW_EXPERIMENT_ID is '{id}'; expected the number of an experiment. For a name use " +
                "MLFLOW_EXPERIMENT_NAME or tracking.experiment.");
    }
}
