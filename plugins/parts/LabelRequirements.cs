using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>What a method that learns classes needs of the data.</summary>
public static class LabelRequirements
{
    /// <summary>What is wrong with the classes of the data: nothing, that they are fewer than two, or that images show several of them.</summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="run">The run.</param>
    public static IEnumerable<string> Faults(string method, RunInfo run) => run.Data.Classes.Count switch
    {
        0 => [$"Method '{method}' learns from labels, but the data set '{run.Data.Name}' has none. Take a data set with classes."],
        1 => [$"Method '{method}' tells classes apart, but the data set '{run.Data.Name}' has one, '{run.Data.Classes[0]}'. Take a data set with "
            + "two classes or more."],
        _ => OneClassEach(method, run),
    };

    /// <summary>That images show several classes, where that is wrong.</summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="run">The run.</param>
    public static IEnumerable<string> OneClassEach(string method, RunInfo run) => !run.Data.IsMultiLabel ? []
        : [$"Method '{method}' learns one class of each image, but those of '{run.Data.Name}' show several. Take data with class folders."];
}
