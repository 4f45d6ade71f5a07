using System.Runtime.CompilerServices;

namespace Parallax.Torch;

/// <summary>Owns every tensor made on its thread while it is the innermost scope, and frees them when it is disposed.</summary>
/// <remarks>Scopes belong to the thread that opened them and close in reverse order. Dispose of a tensor inside is O(1).</remarks>
public sealed class DisposeScope : IDisposable
{
    private const int Batch = 256;

    [ThreadStatic]
    private static DisposeScope? t_current;

    private readonly DisposeScope? _outer;
    private readonly int _thread;
    private torch.Tensor?[] _tensors = new torch.Tensor?[16];
    private int _count;
    private bool _closed;

    private DisposeScope(DisposeScope? outer)
    {
        _outer = outer;
        _thread = Environment.CurrentManagedThreadId;
    }

    /// <summary>A scope that nobody closed still frees what it owns.</summary>
    ~DisposeScope() => Release();

    internal static DisposeScope? Current => t_current;

    /// <summary>Tensors it owns now.</summary>
    public int DisposablesCount => _count;

    /// <summary>The scope around this one.</summary>
    internal DisposeScope? Outer => _outer;

    /// <summary>Opens a scope; dispose it on the same thread.</summary>
    internal static DisposeScope Open() => t_current = new DisposeScope(t_current);

    /// <summary>Takes tensors of inner scopes, or without scope, into this one.</summary>
    public torch.Tensor Include(torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.MoveTo(this);
        return tensor;
    }

    /// <summary>Makes the tensor independent of this scope: it lives until it is disposed or collected.</summary>
    public void Detach(params IEnumerable<torch.Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        foreach (var tensor in tensors)
        {
            tensor.DetachFromDisposeScope();
        }
    }

    /// <summary>Hands the tensor to the scope around this one; without such a scope it lives until it is disposed or collected.</summary>
    public T MoveToOuter<T>(T tensor)
        where T : torch.Tensor
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.MoveTo(_outer);
        return tensor;
    }

    /// <summary>Frees everything it owns so far and stays open.</summary>
    public void DisposeEverything() => Release();

    /// <summary>Frees everything it owns but these.</summary>
    public void DisposeEverythingBut(params IEnumerable<torch.Tensor> keep)
    {
        var kept = keep.Where(tensor => tensor.Scope == this).ToList();
        foreach (var tensor in kept)
        {
            tensor.MoveTo(null);
        }

        Release();
        foreach (var tensor in kept)
        {
            tensor.MoveTo(this);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        if (t_current != this)
        {
            if (Environment.CurrentManagedThreadId != _thread)
            {
                throw new InvalidOperationException("A dispose scope was closed on another thread than the one that opened it. Open and dispose it on the same thread, without await in between.");
            }

            CloseInner();
        }

        _closed = true;
        t_current = _outer;
        Release();
        GC.SuppressFinalize(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Add(torch.Tensor tensor)
    {
        var slot = _count;
        if (slot == _tensors.Length)
        {
            Array.Resize(ref _tensors, slot * 2);
        }

        _tensors[slot] = tensor;
        _count = slot + 1;
        return slot;
    }

    /// <summary>Forgets a tensor; the last one takes its slot. On another thread the entry stays and is found dead later.</summary>
    internal void Remove(int slot)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            return;
        }

        var last = --_count;
        var moved = _tensors[last]!;
        _tensors[last] = null;
        if (slot != last)
        {
            _tensors[slot] = moved;
            moved.Slot = slot;
        }
    }

    /// <summary>Inner scopes that an exception or a forgotten using left open end with this one.</summary>
    private void CloseInner()
    {
        for (var scope = t_current; scope is not null && scope != this; scope = t_current)
        {
            scope.Dispose();
        }
    }

    private unsafe void Release()
    {
        var handles = stackalloc nint[Batch];
        var filled = 0;
        var freed = 0;
        for (var i = 0; i < _count; i++)
        {
            var handle = _tensors[i]!.Surrender(this);
            _tensors[i] = null;
            if (handle != 0)
            {
                handles[filled++] = handle;
                freed++;
            }

            if (filled == Batch)
            {
                Native.px_release_all(handles, filled);
                filled = 0;
            }
        }

        _count = 0;
        if (filled > 0)
        {
            Native.px_release_all(handles, filled);
        }

        if (freed > 0)
        {
            torch.Tensor.Count(-freed);
        }
    }
}
