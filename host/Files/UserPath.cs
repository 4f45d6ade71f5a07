using System.Text.RegularExpressions;

namespace Parallax.Host.Files;

/// <summary>Paths as users write them where no shell has looked at them: in a recipe, after the <c>=</c> of an option, in an environment variable.</summary>
public static partial class UserPath
{
    private const string Home = "~";

    /// <summary>Whether it begins with the home folder.</summary>
    public static bool IsInHome(string path) => path == Home || path.StartsWith("~/", StringComparison.Ordinal);

    /// <summary>
    /// Puts the home folder in place of a leading <c>~</c>, and values of environment variables in place of <c>$NAME</c> and <c>${NAME}</c>;
    /// a path with <c>$</c> that exists as it is written stays.
    /// </summary>
    /// <param name="path">What the user wrote.</param>
    /// <param name="source">Key or option that it was written for.</param>
    /// <exception cref="ConfigurationException">It is in the home of somebody else, or a variable is not set.</exception>
    public static string Expand(string path, string source)
    {
        if (path.Length > 0 && path[0] == Home[0])
        {
            path = IsInHome(path) ? HomeFolder(path, source) + path[1..]
                : Path.Exists(path) ? path
                : throw new ConfigurationException(
                    $"{source} is '{path}'; '~' and '~/...' are your own home folder, homes of others are not looked up. Write the whole path, "
                    + $"or './{path}' for a name that begins so.");
        }

        return Path.Exists(path) ? path : Variable().Replace(path, match =>
        {
            var name = match.Groups[1].Value + match.Groups[2].Value;

            return Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
                ? value
                : throw new ConfigurationException(
                    $"{source} is '{path}', but the environment variable {name} is not set here. Set it (export {name}=...), or write the whole path.");
        });
    }

    private static string HomeFolder(string path, string source) => Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home
        ? home.TrimEnd('/')
        : throw new ConfigurationException($"{source} is '{path}', but there is no home folder here: the environment variable HOME is not set. "
            + "Write the whole path.");

    [GeneratedRegex(@"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")]
    private static partial Regex Variable();
}
