namespace Parallax.Engine;

/// <summary>Which place a process has in its group, and how the members find each other.</summary>
/// <param name="Rank">Number of this process, in [0, Size).</param>
/// <param name="Size">Number of processes, at least 1.</param>
public sealed record ProcessGroupOptions(int Rank, int Size)
{
    /// <summary>Host name or address of rank 0, which serves the meeting point there.</summary>
    public string MasterAddress { get; init; } = "127.0.0.1";

    /// <summary>TCP port of the meeting point, in [1, 65535]; needed unless <see cref="StoreFile"/> is set.</summary>
    public int MasterPort { get; init; }

    /// <summary>Meet through this file instead, which all processes can reach and which does not exist yet: faster than TCP on one machine.</summary>
    public string? StoreFile { get; init; }

    /// <summary>What carries the tensors.</summary>
    public CollectiveBackend Backend { get; init; } = CollectiveBackend.Gloo;

    /// <summary>How long one collective may wait for the others; 30 minutes, as PyTorch.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long to wait for the other processes to arrive.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Host name or address of this machine that Gloo listens at. By default 127.0.0.1 with a store file,
    /// otherwise the address from which this machine reaches <see cref="MasterAddress"/>.
    /// </summary>
    public string? Interface { get; init; }

    /// <summary>
    /// Compare before each exchange what the processes are about to do, with which shape and type: what would hang or abort becomes an exception
    /// that names the difference. Costs a second, small exchange each time.
    /// </summary>
    public bool CheckCalls { get; init; }

    internal string MeetingPoint => StoreFile is null ? $"tcp://{MasterAddress}:{MasterPort}" : $"file '{StoreFile}'";

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Size, 1, nameof(Size));
        if (Rank < 0 || Rank >= Size)
        {
            throw new ArgumentOutOfRangeException(nameof(Rank), Rank, $"A group of {Size} processes has the ranks 0 to {Size - 1}.");
        }

        if (StoreFile is null && MasterPort is < 1 or > 65535)
        {
            throw new ArgumentOutOfRangeException(nameof(MasterPort), MasterPort, "The processes meet at a TCP port in [1, 65535]; give one that is free on the machine of rank 0, or a StoreFile.");
        }

        if (StoreFile is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(StoreFile))))
        {
            throw new DirectoryNotFoundException($"The processes meet in the file '{StoreFile}', but its folder does not exist. Create it, or name another.");
        }
    }
}
