using System.Text.RegularExpressions;

namespace Parallax.Engine;

/// <summary>The processes that train together, and the exchanges between them.</summary>
/// <remarks>
/// All processes call the same collectives in the same order with tensors of the same shape and type; each call blocks until it is done.
/// A group is used by one thread at a time. Once a collective has failed the group is closed, so that the other processes fail too instead of waiting.
/// </remarks>
public sealed partial class ProcessGroup : IDisposable
{
    private readonly ProcessGroupOptions _options;
    private readonly ProcessGroupHandle _handle;
    private string? _failure;

    private ProcessGroup(ProcessGroupOptions options, nint group)
    {
        _options = options;
        _handle = new ProcessGroupHandle(group);
    }

    /// <summary>Number of this process, in [0, <see cref="Size"/>).</summary>
    public int Rank => _options.Rank;

    /// <summary>Number of processes.</summary>
    public int Size => _options.Size;

    /// <summary>Was the engine built with this backend?</summary>
    public static bool IsAvailable(CollectiveBackend backend) => Native.px_group_available((int)backend) != 0;

    /// <summary>Joins the group; returns when all processes have.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="NotSupportedException">The engine was built without the backend.</exception>
    /// <exception cref="ProcessGroupException">The others did not arrive in time, the meeting point cannot be reached, or the rank is taken.</exception>
    public static unsafe ProcessGroup Connect(ProcessGroupOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (!IsAvailable(options.Backend))
        {
            throw new NotSupportedException(options.Backend == CollectiveBackend.Gloo
                ? "The engine was built without Gloo, which carries CPU tensors between processes. Install its headers (Debian: apt-get install libgloo-dev) and build again."
                : "The engine was built without NCCL, which carries CUDA tensors between processes. Set LIBTORCH to a CUDA libtorch, install nccl.h and CUDA's headers, and build again.");
        }

        nint group;
        var address = NetworkAddress.Listening(options);
        var code = Native.px_group_connect(
            (int)options.Backend, options.Rank, options.Size, options.StoreFile, options.MasterAddress, options.MasterPort, address,
            (long)options.Timeout.TotalMilliseconds, (long)options.ConnectTimeout.TotalMilliseconds, &group);
        return code == 0 ? new ProcessGroup(options, group) : throw new ProcessGroupException(
            $"Rank {options.Rank} of {options.Size} could not join its process group through {options.MeetingPoint}, listening at {address}: {Reason(Native.LastError())}. "
            + (options.StoreFile is null
                ? "Check that every process runs and has the same master address and port, that the port is free on the machine of rank 0, and that no firewall lies between."
                : "Check that every process runs and has the same store file, a new one for each run."));
    }

    /// <summary>Replaces the tensor by its sum over all processes. Half precision is summed in float32 where the backend cannot.</summary>
    /// <exception cref="ProcessGroupException">Another process ended, or did not take part in time.</exception>
    public void AllReduce(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var type = SumType(tensor.dtype);
        if (type == tensor.dtype && tensor.is_contiguous())
        {
            Finish(StartAllReduce(tensor));
            return;
        }

        var sum = tensor.to(type).contiguous();
        Finish(StartAllReduce(sum));
        tensor.copy_(sum);
    }

    /// <summary>Replaces the tensors by their sums over all processes, in one exchange for each element type and device.</summary>
    /// <exception cref="ProcessGroupException">Another process ended, or did not take part in time.</exception>
    public void AllReduce(IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var alike in tensors.GroupBy(tensor => (SumType(tensor.dtype), tensor.device.ToString())))
        {
            var members = alike.ToList();
            var buffer = new FlatBuffer(members, alike.Key.Item1);
            for (var i = 0; i < members.Count; i++)
            {
                buffer.Parts[i].copy_(members[i]);
            }

            Finish(StartAllReduce(buffer.Whole));
            for (var i = 0; i < members.Count; i++)
            {
                members[i].copy_(buffer.Parts[i]);
            }
        }
    }

    /// <summary>The rows of all processes in the order of their ranks, without gradient.</summary>
    /// <param name="rows">[N, ...] of any type, the same shape on all processes.</param>
    /// <returns>[N * Size, ...], equal on all processes.</returns>
    /// <exception cref="ProcessGroupException">Another process ended, or did not take part in time.</exception>
    public Tensor AllGather(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.dim() == 0)
        {
            throw new ArgumentException("AllGather joins rows, [N, ...]; a scalar has none. Give it one dimension: unsqueeze(0).", nameof(rows));
        }

        using var noGradient = no_grad();
        Agree(Call.AllGather, rows);
        return Gathered(rows);
    }

    /// <summary>Replaces the tensor of every process by that of one of them.</summary>
    /// <param name="tensor">Any type, the same shape on all processes.</param>
    /// <param name="root">Rank whose values all get.</param>
    /// <exception cref="ProcessGroupException">Another process ended, or did not take part in time.</exception>
    public unsafe void Broadcast(Tensor tensor, int root)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(root);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(root, Size);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Agree(Call.Broadcast, tensor);
        if (tensor.numel() == 0)
        {
            return;
        }

        var values = tensor.detach().contiguous();
        nint work;
        Native.Check(Native.px_group_broadcast(Open(), values.Live, root, &work), $"Broadcast of {Native.Describe(values.Live)}");
        Finish(new CollectiveWork(this, work, $"Broadcast of {Native.Describe(values.Live)} from rank {root}"));
        if (!tensor.is_contiguous())
        {
            tensor.copy_(values);
        }

        GC.KeepAlive(values);
    }

    /// <summary>Returns when all processes have called it.</summary>
    /// <exception cref="ProcessGroupException">Another process ended, or did not take part in time.</exception>
    public unsafe void Barrier()
    {
        nint work;
        Native.Check(Native.px_group_barrier(Open(), &work), "Barrier");
        Finish(new CollectiveWork(this, work, "Barrier"));
    }

    /// <summary>Leaves the group; collectives of the others that still need this process fail.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>The type in which a sum over processes is computed.</summary>
    internal ScalarType SumType(ScalarType type) => type switch
    {
        ScalarType.Float16 or ScalarType.BFloat16 when _options.Backend == CollectiveBackend.Gloo => ScalarType.Float32,
        ScalarType.Int16 => ScalarType.Int32,
        ScalarType.Bool => throw new ArgumentException("Truth values have no sum over processes. Convert them to a number type first."),
        _ => type,
    };

    /// <summary>Starts the sum of a contiguous tensor of a <see cref="SumType"/>, in place; several may be under way.</summary>
    internal unsafe CollectiveWork StartAllReduce(Tensor tensor)
    {
        Agree(Call.AllReduce, tensor);
        nint work = 0;
        if (tensor.numel() > 0)
        {
            Native.Check(Native.px_group_all_reduce(Open(), tensor.Live, &work), $"AllReduce of {Native.Describe(tensor.Live)}");
        }

        return new CollectiveWork(this, work, $"AllReduce of {Native.Describe(tensor.Live)}");
    }

    /// <summary>Closes the group after a failure, so that the other processes notice; the exception to throw.</summary>
    internal ProcessGroupException Break(string operation, string error)
    {
        var advice = error.Contains("timed out", StringComparison.OrdinalIgnoreCase) || error.Contains("timeout", StringComparison.OrdinalIgnoreCase)
            ? $"It was not complete within {_options.Timeout}: another process is stuck, or runs other collectives than this one."
            : "Another process of the group has probably ended; look at its messages first.";
        _failure ??= $"{operation} failed on rank {Rank} of {Size}: {Reason(error)}. {advice}";
        _handle.Dispose();
        return new ProcessGroupException(_failure);
    }

    private unsafe Tensor Gathered(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var own = rows.detach().contiguous();
        var all = empty([own.size(0) * Size, .. own.shape[1..]], own.dtype, own.device);
        if (own.numel() > 0)
        {
            var operation = $"AllGather of {Native.Describe(own.Live)}";
            nint work;
            Native.Check(Native.px_group_all_gather(Open(), all.Live, own.Live, &work), operation);
            Finish(new CollectiveWork(this, work, operation));
            GC.KeepAlive(own);
        }

        return scope.MoveToOuter(all);
    }

    private nint Open()
    {
        if (_failure is not null)
        {
            throw new ProcessGroupException($"The process group is closed since a collective failed. {_failure}");
        }

        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return _handle.DangerousGetHandle();
    }

    private static void Finish(CollectiveWork work)
    {
        using (work)
        {
            work.Wait();
        }
    }

    /// <summary>The native text without the place in the source that Gloo puts before it.</summary>
    private static string Reason(string error) => SourcePlace().Replace(error, "").Trim().TrimEnd('.');

    [GeneratedRegex(@"^\[\S+:\d+\]\s*")]
    private static partial Regex SourcePlace();
}
