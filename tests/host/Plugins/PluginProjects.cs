namespace Parallax.Host.Tests.Plugins;

/// <summary>Copies of the built test plugins, in a folder that is deleted afterwards.</summary>
internal sealed class PluginProjects : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("parallax-plugins-");

    public string Root => _root.FullName;

    /// <summary>Copies a built project into a plugin folder of its own.</summary>
    public string Add(string project, string? folder = null)
    {
        var target = Directory.CreateDirectory(Path.Combine(Root, folder ?? project)).FullName;
        foreach (var file in Directory.EnumerateFiles(Built(project)))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return target;
    }

    public void Dispose() => _root.Delete(recursive: true);

    /// <summary>Output of a project, which lies beside the output of this test.</summary>
    private static string Built(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name);
    }
}
