using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>The processes that train together, and the exchanges between them: CPU tensors travel through MPI, CUDA tensors through NCCL.</summary>
/// <remarks>
/// All processes call the same collectives in the same order with tensors of the same shape and type; each call returns when its values are there
/// (on CUDA: in the order of the current stream). A group is used by one thread at a time.
/// A process that fails just ends, without <see cref="Leave"/>: whoever started the processes then ends the others.
/// </remarks>
public sealed unsafe partial class ProcessGroup
{
    private static ProcessGroup? _current;

    private readonly nint _communicator;
    private readonly TimeSpan _timeout;
    private readonly State _state;
    private readonly long* _agreement = (long*)NativeMemory.Alloc(2 * sizeof(long));   // for the whole process: MPI may still write into it
    private Nccl? _nccl;

    private ProcessGroup(nint communicator, TimeSpan timeout, State state)
    {
        (_communicator, _timeout, _state) = (communicator, timeout, state);
        int rank, size;
        _ = Mpi.MPI_Comm_rank(communicator, &rank);
        _ = Mpi.MPI_Comm_size(communicator, &size);
        (Rank, Size, Aside) = (rank, size, this);
    }

    /// <summary>Number of this process, in [0, <see cref="Size"/>).</summary>
    public int Rank { get; }

    /// <summary>Number of processes.</summary>
    public int Size { get; }

    /// <summary>Whether Open MPI is on this machine; several processes need it.</summary>
    public static bool IsAvailable => Mpi.IsInstalled;

    /// <summary>Whether NCCL is on this machine; several processes on GPUs need it.</summary>
    public static bool IsAvailableOnCuda => Nccl.IsInstalled;

    /// <summary>The same processes once more: its exchanges have an order of their own, so that a second thread may use it where
    /// <see cref="AllowsThreads"/>. A failure closes both.</summary>
    internal ProcessGroup Aside { get; private set; }

    /// <summary>Whether a thread may use <see cref="Aside"/> while another one uses this.</summary>
    internal static bool AllowsThreads => Mpi.AllowsThreads;

    /// <summary>Joins the processes that <c>mpirun</c> or <c>srun --mpi=pmix</c> started with this one; returns when all have; again the same group.</summary>
    /// <param name="timeout">How long one exchange may wait for the others; null is 30 minutes, as in PyTorch.</param>
    /// <exception cref="ProcessGroupException">Open MPI is not installed, or does not start.</exception>
    public static ProcessGroup Join(TimeSpan? timeout = null)
    {
        if (_current is null)
        {
            Mpi.Start();
            var group = new ProcessGroup(Mpi.World, timeout ?? TimeSpan.FromMinutes(30), new());
            if (group.Size > 1)
            {
                nint duplicate;
                group.Require(Mpi.MPI_Comm_dup(Mpi.World, &duplicate), Call.Barrier, null);
                group.Aside = new(duplicate, group._timeout, group._state);
            }

            _current = group;
        }

        return _current;
    }

    /// <summary>Replaces the tensor by its sum over all processes. Half precision is summed in float32 on the CPU.</summary>
    /// <exception cref="ArgumentException">There is no sum of this element type.</exception>
    /// <exception cref="ProcessGroupException">Another process ended, did not take part in time, or runs something else.</exception>
    public void AllReduce(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var type = SumType(tensor.dtype, tensor.device);
        if (type == tensor.dtype && tensor.is_contiguous())
        {
            AllReduceInPlace(tensor);
            MarkChanged(tensor);
            return;
        }

        var sum = tensor.to(type).contiguous();
        AllReduceInPlace(sum);
        tensor.copy_(sum);
    }

    /// <summary>The rows of all processes in the order of their ranks, without gradient.</summary>
    /// <param name="rows">[N, ...] of any type, the same shape on all processes.</param>
    /// <returns>[N * Size, ...], equal on all processes.</returns>
    /// <exception cref="ProcessGroupException">Another process ended, did not take part in time, or runs something else.</exception>
    public Tensor AllGather(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.dim() == 0)
        {
            throw new ArgumentException("AllGather joins rows, [N, ...]; a scalar has none. Give it one dimension: unsqueeze(0).", nameof(rows));
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Agree(Call.AllGather, rows);
        var own = rows.detach().contiguous();
        var shape = own.shape;
        shape[0] *= Size;
        var all = empty(shape, own.dtype, own.device);   // [N * Size, ...]
        if (own.numel() > 0 && own.is_cuda)
        {
            OnCuda(own.device).AllGather(all, own);
        }
        else if (own.numel() > 0)
        {
            var (type, count) = Unit(own);
            var (send, receive) = ((nint)TensorMemory.Address(own), (nint)TensorMemory.Address(all));
            Require(Mpi.MPI_Allgather(send, count, type, receive, count, type, _communicator), Call.AllGather, own);
        }

        return all.MoveToOuterDisposeScope();
    }

    /// <summary>Replaces the tensor of every process by that of one of them.</summary>
    /// <param name="tensor">Any type, the same shape on all processes.</param>
    /// <param name="root">Rank whose values all get.</param>
    /// <exception cref="ProcessGroupException">Another process ended, did not take part in time, or runs something else.</exception>
    public void Broadcast(Tensor tensor, int root)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(root);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(root, Size);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Agree(Call.Broadcast, tensor, root);
        if (tensor.numel() == 0)
        {
            return;
        }

        var isContiguous = tensor.is_contiguous();
        var values = isContiguous ? tensor : tensor.contiguous();
        if (values.is_cuda)
        {
            OnCuda(values.device).Broadcast(values, root);
        }
        else
        {
            var (type, count) = Unit(values);
            Require(Mpi.MPI_Bcast((nint)TensorMemory.Address(values), count, type, root, _communicator), Call.Broadcast, values);
        }

        if (isContiguous)
        {
            MarkChanged(tensor);
        }
        else
        {
            tensor.copy_(values);
        }
    }

    /// <summary>Returns when all processes have called it.</summary>
    /// <exception cref="ProcessGroupException">Another process ended, did not take part in time, or runs something else.</exception>
    public void Barrier() => Agree(Call.Barrier);

    /// <summary>Ends the exchange for good, together with the others: only after it a process may end as a success. A second call does nothing.</summary>
    /// <exception cref="ProcessGroupException">Another process ended, did not take part in time, or runs something else.</exception>
    public void Leave()
    {
        if (_state.HasLeft)
        {
            return;
        }

        Agree(Call.Leave);
        _nccl?.Leave();
        _state.HasLeft = true;
        Require(Mpi.MPI_Finalize(), Call.Leave, null);
    }

    /// <summary>The type in which a sum over processes is computed: MPI knows no half precision.</summary>
    internal static ScalarType SumType(ScalarType type, Device device) => type switch
    {
        ScalarType.Float16 or ScalarType.BFloat16 when device.type == DeviceType.CPU => ScalarType.Float32,
        ScalarType.Int16 => ScalarType.Int32,   // NCCL has none
        ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64
            or ScalarType.Byte or ScalarType.Int8 or ScalarType.Int32 or ScalarType.Int64 => type,
        _ => throw new ArgumentException($"{type} values have no sum over processes. Convert them to a number type first."),
    };

    /// <summary>Sums a contiguous tensor of a <see cref="SumType"/>, in place.</summary>
    internal void AllReduceInPlace(Tensor tensor)
    {
        Agree(Call.AllReduce, tensor);
        var count = tensor.numel();
        if (tensor.is_cuda && count > 0)
        {
            OnCuda(tensor.device).AllReduce(tensor);
            return;
        }

        var (address, type) = ((nint)TensorMemory.Address(tensor), Mpi.Type(tensor.dtype));
        for (long done = 0, part; done < count; done += part)
        {
            part = Math.Min(count - done, int.MaxValue);   // MPI counts in 32 bits
            Require(Mpi.MPI_Allreduce(Mpi.InPlace, address + (nint)(done * tensor.element_size()), (int)part, type, Mpi.Sum, _communicator), Call.AllReduce,
                tensor);
        }
    }

    /// <summary>Gives all processes some bytes of the first one.</summary>
    internal void ShareBytes(nint bytes, int count) => Require(Mpi.MPI_Bcast(bytes, count, Mpi.Bytes, 0, _communicator), Call.Broadcast, null);

    /// <summary>Closes the group after a failure; the exception to throw.</summary>
    internal ProcessGroupException Break(string failure) => new(Interlocked.CompareExchange(ref _state.Failure, failure, null) ?? failure);

    /// <summary>Lets autograd know that values were written past it: what saved the old ones must not be computed backwards.</summary>
    private static void MarkChanged(Tensor tensor) => tensor.as_strided([0], [1]).zero_();

    /// <summary>How a tensor's memory is counted in 32 bits.</summary>
    private static (nint Type, int Count) Unit(Tensor tensor)
    {
        var bytes = tensor.numel() * tensor.element_size();
        return (bytes % sizeof(long)) switch
        {
            0 when bytes / sizeof(long) <= int.MaxValue => (Mpi.Int64, (int)(bytes / sizeof(long))),
            _ when bytes <= int.MaxValue => (Mpi.Bytes, (int)bytes),
            _ => throw new ArgumentException($"A tensor of {bytes} bytes is too large for one exchange. Split it.", nameof(tensor)),
        };
    }

    private Nccl OnCuda(Device device) => _nccl ??= new Nccl(device, this);

    private void RequireOpen()
    {
        if (_state.Failure is { } failure)
        {
            throw new ProcessGroupException($"The process group is closed since an exchange failed. {failure}");
        }

        if (_state.HasLeft)
        {
            throw new InvalidOperationException("This process has left its process group; nothing can be exchanged any more.");
        }
    }

    private void Require(int code, Call call, Tensor? subject)
    {
        if (code != 0)
        {
            throw Break($"{Name(call, subject)} failed on rank {Rank} of {Size}: {Mpi.Text(code)}. Another process has probably ended; "
                + "look at its messages first.");
        }
    }

    [LibraryImport("libc")]
    private static partial int usleep(uint microseconds);

    private sealed class State
    {
        public string? Failure;
        public bool HasLeft;
    }
}
