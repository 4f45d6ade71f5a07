using Parallax.Host.Tracking;

namespace Parallax.Host.Watching;

/// <summary>The tracking store, one reader at a time. It is opened anew after a failure: a server may come back, and a file may be made later.</summary>
/// <param name="open">Opens it.</param>
internal sealed class RunSource(Func<RunReader> open) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private RunReader? _reader;

    /// <summary>Reads something.</summary>
    /// <exception cref="ConfigurationException">The store cannot be read now.</exception>
    public async Task<T> ReadAsync<T>(Func<RunReader, Task<T>> read, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return await read(_reader ??= open());
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Close();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _gate.Dispose();
    }

    private void Close()
    {
        _reader?.Dispose();
        _reader = null;
    }
}
