using System.Globalization;

namespace Parallax.Host.Distributed;

/// <summary>Which process of a run this one is, as whoever started it says in environment variables.</summary>
/// <param name="Rank">Which of all processes, from 0.</param>
/// <param name="Count">Number of processes.</param>
/// <param name="LocalRank">Which of those on this machine, from 0: its GPU.</param>
/// <param name="LocalCount">Processes that share the cores of this machine, as far as that is known.</param>
/// <param name="Rendezvous">Where they meet; null for one process.</param>
/// <remarks>
/// Understood are torchrun, PyTorchJob and everything else that sets RANK and WORLD_SIZE; indexed Jobs of Kubernetes (JOB_COMPLETION_INDEX and WORLD_SIZE); and Slurm's srun.
/// The first of these that is there counts: torchrun may itself run under Slurm.
/// </remarks>
internal sealed record ProcessEnvironment(int Rank, int Count, int LocalRank, int LocalCount, Rendezvous? Rendezvous)
{
    /// <summary>Path of the file where processes meet that <c>--nproc</c> started.</summary>
    public const string StoreFile = "PARALLAX_STORE_FILE";

    // Set by srun only. A script of sbatch has SLURM_PROCID and SLURM_NTASKS too, but is one process.
    private const string SlurmTasks = "SLURM_STEP_NUM_TASKS";
    private const int MostProcesses = 1 << 20, HighestPort = 65535;

    /// <summary>Not started by any of them: one process.</summary>
    public static ProcessEnvironment Alone { get; } = new(0, 1, 0, 1, null);

    /// <summary>Whether something started this process as one of several.</summary>
    public bool IsRank => Count > 1;

    /// <summary>Whether <c>--nproc</c> started it: then that process says what happened to the others, and passes signals on.</summary>
    public bool IsLaunched => Rendezvous?.File is not null;

    /// <summary>Cores for this process, where those of the machine are shared.</summary>
    public int OwnCores => Math.Max(1, Environment.ProcessorCount / LocalCount);

    /// <summary>Reads the variables of this process.</summary>
    /// <inheritdoc cref="From"/>
    public static ProcessEnvironment Read() => From(Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string)v.Value!));

    /// <summary>Understands a set of variables.</summary>
    /// <param name="variables">Values by name.</param>
    /// <exception cref="ConfigurationException">The set is incomplete, or its members contradict each other: all faults, each with name, value and what is expected.</exception>
    public static ProcessEnvironment From(IReadOnlyDictionary<string, string> variables)
    {
        var reader = new VariableReader(variables);
        var environment = reader.Has("RANK") ? FromRank(reader, "RANK")
            : reader.Has("WORLD_SIZE") && reader.Has("JOB_COMPLETION_INDEX") ? FromRank(reader, "JOB_COMPLETION_INDEX")
            : reader.Has("WORLD_SIZE") ? WithoutRank(reader)
            : reader.Has("SLURM_PROCID") && reader.Has(SlurmTasks) ? FromSlurm(reader)
            : Alone;

        return reader.Faults.Count == 0 ? environment : throw new ConfigurationException(reader.Faults);
    }

    private static ProcessEnvironment WithoutRank(VariableReader reader)
    {
        if (reader.Number("WORLD_SIZE", 1, MostProcesses) > 1)
        {
            reader.Fault($"RANK is not set, but WORLD_SIZE is {reader.Text("WORLD_SIZE")}: expected both or neither. Start the processes with torchrun or --nproc, or unset WORLD_SIZE.");
        }

        return Alone;
    }

    private static ProcessEnvironment FromRank(VariableReader reader, string rankName)
    {
        var count = reader.Number("WORLD_SIZE", 1, MostProcesses);
        var rank = reader.Number(rankName, 0, count - 1);
        var localCount = reader.Number("LOCAL_WORLD_SIZE", 1, count, otherwise: 1);
        var localRank = reader.Number("LOCAL_RANK", 0, reader.Has("LOCAL_WORLD_SIZE") ? localCount - 1 : rank, otherwise: 0);

        return count == 1 ? Alone : new(rank, count, localRank, localCount, Meeting(reader));
    }

    private static ProcessEnvironment FromSlurm(VariableReader reader)
    {
        var count = reader.Number(SlurmTasks, 1, MostProcesses);
        var rank = reader.Number("SLURM_PROCID", 0, count - 1);
        var localRank = reader.Number("SLURM_LOCALID", 0, rank, otherwise: count == 1 ? 0 : null);
        if (count == 1)
        {
            return Alone;
        }

        var address = reader.Has("MASTER_ADDR") ? reader.Text("MASTER_ADDR")
            : reader.Has("SLURM_NODELIST") ? SlurmNodeList.First(reader.Text("SLURM_NODELIST"))
            : reader.Missing("MASTER_ADDR", "the host of task 0; Slurm usually sets SLURM_NODELIST, from which it follows");
        const int firstPort = 20_000, ports = 10_000;   // jobs that share a machine take different ones
        var port = reader.Number("MASTER_PORT", 1, HighestPort, otherwise: firstPort + (reader.Number("SLURM_JOB_ID", 0, int.MaxValue, otherwise: 0) % ports));
        var ownsItsCores = reader.Has("SLURM_CPUS_PER_TASK");

        return new(rank, count, localRank, ownsItsCores ? 1 : reader.Number("SLURM_NTASKS_PER_NODE", 1, count, otherwise: 1), new(address, port, null));
    }

    private static Rendezvous Meeting(VariableReader reader)
    {
        if (reader.Has(StoreFile))
        {
            return new(null, 0, reader.Text(StoreFile));
        }

        var address = reader.Has("MASTER_ADDR") ? reader.Text("MASTER_ADDR") : reader.Missing("MASTER_ADDR", "the host of rank 0");

        // Where torchrun keeps a store of its own on that port, in the protocol of its version, the processes meet one port above.
        var isTaken = reader.Has("TORCHELASTIC_USE_AGENT_STORE") && reader.Text("TORCHELASTIC_USE_AGENT_STORE") == bool.TrueString;
        var port = reader.Number("MASTER_PORT", 1, HighestPort - (isTaken ? 1 : 0));

        return new(address, isTaken ? port + 1 : port, null);
    }

    /// <summary>Reads variables and collects what is wrong with them.</summary>
    private sealed class VariableReader(IReadOnlyDictionary<string, string> variables)
    {
        public List<string> Faults { get; } = [];

        public bool Has(string name) => variables.TryGetValue(name, out var value) && value.Length > 0;

        public string Text(string name) => variables[name];

        public void Fault(string fault) => Faults.Add(fault);

        public string Missing(string name, string expected)
        {
            Fault($"{name} is not set; expected {expected}, because the process is one of several.");

            return "";
        }

        public int Number(string name, int least, int most, int? otherwise = null)
        {
            if (!Has(name))
            {
                if (otherwise is null)
                {
                    Missing(name, $"a number from {least}");
                }

                return otherwise ?? least;
            }

            if (int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= Math.Max(least, most))
            {
                return number;
            }

            Fault($"{name} is '{Text(name)}'; expected a number from {least} to {Math.Max(least, most)}{Companion(name)}.");

            return least;
        }

        // What the limit of a rank comes from.
        private string Companion(string name) => name switch
        {
            "RANK" or "JOB_COMPLETION_INDEX" => $", below WORLD_SIZE ({variables.GetValueOrDefault("WORLD_SIZE", "not set")})",
            "SLURM_PROCID" => $", below {SlurmTasks} ({variables.GetValueOrDefault(SlurmTasks, "not set")})",
            "LOCAL_RANK" or "SLURM_LOCALID" => ", at most the rank and below the number of processes on the machine",
            "LOCAL_WORLD_SIZE" or "SLURM_NTASKS_PER_NODE" => ", at most the number of all processes",
            _ => "",
        };
    }
}
