namespace Parallax.Plugins.Tests;

/// <summary>Tests that make whole networks, each of which is disposed at the test's end: TorchSharp frees the weights of a module that is only collected
/// late or never, and those of its normalisations too early for who still looks at them.</summary>
public abstract class ModuleTests : IDisposable
{
    private readonly List<IDisposable> _made = [];

    public void Dispose()
    {
        _made.ForEach(module => module.Dispose());
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes a module when the test has ended.</summary>
    protected T Kept<T>(T module)
        where T : class
    {
        _made.Add((IDisposable)module);

        return module;
    }
}
