using System.Text;

namespace Parallax.Host.Distributed;

/// <summary>All processes of a run, as the training loop sees them. Every member that communicates must be called by all of them, in the same order; one
/// process alone waits for nobody.</summary>
internal sealed class World
{
    /// <summary>A process waits this long for another one that is busy, evaluating for example. One that died is noticed at once, whatever stands
    /// here.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(2);

    private readonly Device _device;

    private World(ProcessEnvironment environment, ProcessGroup? group, Device device) => (Environment, Group, _device) = (environment, group, device);

    /// <summary>One process.</summary>
    public static World Alone { get; } = new(ProcessEnvironment.Alone, null, torch.CPU);

    /// <summary>Which of the processes this one is.</summary>
    public ProcessEnvironment Environment { get; }

    public int Rank => Environment.Rank;

    public int Count => Environment.Count;

    /// <summary>The process that writes files, tracks the run and talks to the user.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>The connection to the others; null for one process.</summary>
    public ProcessGroup? Group { get; }

    /// <summary>Meets the other processes that the environment tells of.</summary>
    /// <param name="environment">Which process this is.</param>
    /// <param name="device">Where tensors are that will be exchanged.</param>
    /// <exception cref="ConfigurationException">What the exchange needs is not there, or the processes do not know each other.</exception>
    /// <exception cref="ProcessGroupException">Open MPI is not installed, or does not start.</exception>
    public static World Join(ProcessEnvironment environment, Device device)
    {
        if (!environment.IsRank)
        {
            return Alone;
        }

        if (device.type == DeviceType.CUDA && !ProcessGroup.IsAvailableOnCuda)
        {
            throw new ConfigurationException($"{environment.Count} processes on GPUs exchange tensors through NCCL, and libnccl.so.2 is not there. Install "
                + "NVIDIA's package libnccl2, or use trainer.device: cpu.");
        }

        var group = ProcessGroup.Join(LongestWait);
        if (group.Size != environment.Count)
        {
            throw new ConfigurationException($"{environment.Count} processes were started, but MPI knows of {group.Size}. Start them with the mpirun of "
                + "the Open MPI that is installed on the machines, or with srun --mpi=pmix.");
        }

        return new(environment, group, device);
    }

    /// <summary>Whether it is true on any process.</summary>
    public bool Any(bool value) => Sum(value ? 1 : 0) > 0;

    /// <summary>The sum over all processes.</summary>
    public double Sum(double value) => Mean([value])[0] * Count;

    /// <summary>The means over all processes, number by number.</summary>
    public double[] Mean(double[] values)
    {
        if (Group is null || values.Length == 0)
        {
            return values;
        }

        using var scope = torch.NewDisposeScope();
        var sums = torch.tensor(values).to(_device);   // [n]
        Group.AllReduce(sums);

        return [.. sums.cpu().data<double>().Select(sum => sum / Count)];
    }

    /// <summary>The mean over all processes of a tensor, without gradients.</summary>
    public Tensor Mean(Tensor value)
    {
        if (Group is null)
        {
            return value;
        }

        var sum = value.detach().to(_device).clone();
        Group.AllReduce(sum);

        return sum.div_(Count).to(value.device);
    }

    /// <summary>The rows of all processes, in the order of ranks, without gradients.</summary>
    /// <param name="rows">[N, ...], N equal on all processes.</param>
    public Tensor Gather(Tensor rows) => Group is null ? rows : Group.AllGather(rows.detach().to(_device)).to(rows.device);

    /// <summary>Gives all processes the values that the first one has.</summary>
    public void ShareFirst(IEnumerable<Tensor> tensors)
    {
        if (Group is null)
        {
            return;
        }

        foreach (var tensor in tensors)
        {
            Group.Broadcast(tensor, 0);
        }
    }

    /// <summary>The text that the first process has.</summary>
    /// <param name="text">Heard on the first process only.</param>
    public string? FromFirst(string? text)
    {
        if (Group is null)
        {
            return text;
        }

        using var scope = torch.NewDisposeScope();
        var bytes = IsFirst && text is not null ? Encoding.UTF8.GetBytes(text) : [];
        var length = (int)Sum(text is not null && IsFirst ? bytes.Length + 1 : 0);   // 0: there is none
        if (length <= 1)
        {
            return length == 0 ? null : "";
        }

        var letters = (IsFirst ? torch.tensor(bytes) : torch.zeros(length - 1, dtype: torch.uint8)).to(_device);
        Group.Broadcast(letters, 0);

        return Encoding.UTF8.GetString([.. letters.cpu().data<byte>()]);
    }

    /// <summary>A part of the set-up that may find faults of the user: when one process fails, none goes on, and the first of those that failed says
    /// why.</summary>
    /// <exception cref="ConfigurationException">Here or elsewhere something cannot work; without a message where another process says it.</exception>
    public T RunOnAll<T>(Func<T> setUp)
    {
        var result = default(T);
        ConfigurationException? fault = null;
        try
        {
            result = setUp();
        }
        catch (ConfigurationException e)
        {
            fault = e;
        }

        double[] failed;
        try
        {
            failed = Gather([fault is null ? 0 : 1]);
        }
        catch (ProcessGroupException)
        {
            (result as IDisposable)?.Dispose();
            throw;
        }

        if (Array.IndexOf(failed, 1) is >= 0 and var first)
        {
            (result as IDisposable)?.Dispose();
            Leave();
            throw first == Rank ? fault! : new ConfigurationException([]);
        }

        return result!;
    }

    /// <summary>A fault that all processes find at the same moment: they leave each other, and the first one says it.</summary>
    public ConfigurationException Fault(string message)
    {
        Leave();

        return new(IsFirst ? [message] : []);
    }

    /// <summary>Ends the exchange, together with all others; each may end as a success after it. One process alone has nobody to leave. A process that fails
    /// just ends, and so do the others then.</summary>
    public void Leave() => Group?.Leave();

    private double[] Gather(double[] values)
    {
        using var scope = torch.NewDisposeScope();

        return [.. Gather(torch.tensor(values)).data<double>()];
    }
}
