using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parallax.Host.Training;

/// <summary>The folder <c>black-box</c> of a run: its last steps, its recipe, and the checkpoint from which they are reached, which later checkpoints of the
/// run do not remove.</summary>
internal sealed class BlackBoxFolder(RunDirectory directory)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,   // the last loss may be no number
    };

    /// <summary>Its path.</summary>
    public string Path { get; } = System.IO.Path.Combine(directory.Path, "black-box");

    /// <summary>The recipe by which the steps were trained.</summary>
    public string RecipePath => System.IO.Path.Combine(Path, "recipe.yaml");

    private string StepsPath => System.IO.Path.Combine(Path, "steps.json");

    /// <summary>Replaces what an earlier end of the run left.</summary>
    /// <param name="record">The last steps.</param>
    /// <param name="checkpoint">The checkpoint from which they are reached; null when the run has none yet.</param>
    /// <exception cref="ConfigurationException">The disk does not take it.</exception>
    public void Write(BlackBoxRecord record, string? checkpoint)
    {
        foreach (var old in Directory.Exists(Path) ? Directory.GetFiles(Path) : [])
        {
            File.Delete(old);
        }

        RunFile.Replace(RecipePath, File.ReadAllText(directory.RecipePath));
        if (checkpoint is not null)
        {
            RunFile.Replace(System.IO.Path.Combine(Path, System.IO.Path.GetFileName(checkpoint)), stream =>
            {
                using var source = File.OpenRead(checkpoint);
                source.CopyTo(stream);
            });
        }

        RunFile.Replace(StepsPath, stream => JsonSerializer.Serialize(stream, record, Json));
    }

    /// <summary>Makes it <c>black-box-older</c>, in place of an earlier one: the run goes on, so it is no longer about its end.</summary>
    public void SetAside()
    {
        try
        {
            if (!Directory.Exists(Path))
            {
                return;
            }

            var older = Path + "-older";
            if (Directory.Exists(older))
            {
                Directory.Delete(older, recursive: true);
            }

            Directory.Move(Path, older);
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            // A training does not end for that; what stays there is of an earlier end of the run.
        }
    }

    /// <summary>What is in it; null when the run left none.</summary>
    /// <exception cref="ConfigurationException">The file is damaged.</exception>
    public BlackBoxRecord? Read()
    {
        try
        {
            return File.Exists(StepsPath) ? JsonSerializer.Deserialize<BlackBoxRecord>(File.ReadAllText(StepsPath), Json) : null;
        }
        catch (JsonException e)
        {
            throw new ConfigurationException($"'{StepsPath}' is not as it was written: {e.Message} Delete it to replay a step without comparing it.");
        }
    }
}
