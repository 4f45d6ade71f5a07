using System.Globalization;

namespace Parallax.Host.Distributed;

/// <summary>Which process of a run this one is, as whoever started it says in environment variables.</summary>
/// <param name="Rank">Which of all processes, from 0.</param>
/// <param name="Count">Number of processes.</param>
/// <param name="LocalRank">Which of those on this machine, from 0: its GPU.</param>
/// <param name="LocalCount">Processes that share the cores of this machine, as far as that is known.</param>
/// <remarks>
/// Understood are Open MPI's mpirun, by hand or in an MPIJob of Kubernetes, and Slurm's <c>srun --mpi=pmix</c>. mpirun may itself run under Slurm: it counts
/// first.
/// </remarks>
internal sealed record ProcessEnvironment(int Rank, int Count, int LocalRank, int LocalCount)
{
    /// <summary>Set for processes that <c>--nproc</c> started; <see cref="Terminal"/> where the output of rank 0 goes to a terminal.</summary>
    public const string Launcher = "PARALLAX_LAUNCHER";

    /// <inheritdoc cref="Launcher"/>
    public const string Terminal = "terminal";

    // Set by srun only. A script of sbatch has SLURM_PROCID and SLURM_NTASKS too, but is one process.
    private const string SlurmTasks = "SLURM_STEP_NUM_TASKS";
    private const string MpiRank =
        "OMPI_COMM_WORLD_RANK", MpiSize = "OMPI_COMM_WORLD_SIZE", MpiLocalRank = "OMPI_COMM_WORLD_LOCAL_RANK", MpiLocalSize = "OMPI_COMM_WORLD_LOCAL_SIZE";
    private const int MostProcesses = 1 << 20;

    /// <summary>Not started by any of them: one process.</summary>
    public static ProcessEnvironment Alone { get; } = new(0, 1, 0, 1);

    /// <summary>Whether something started this process as one of several.</summary>
    public bool IsRank => Count > 1;

    /// <summary>Whether <c>--nproc</c> started it: then that process says what happened to the others, and passes signals on.</summary>
    public bool IsLaunched { get; init; }

    /// <summary>Whether <c>--nproc</c> was typed in a terminal.</summary>
    public bool IsOnTerminal { get; init; }

    /// <summary>Cores for this process, where those of the machine are shared.</summary>
    public int OwnCores => Math.Max(1, Environment.ProcessorCount / LocalCount);

    /// <summary>Whether some processes have other cores than these, on other machines as a rule.</summary>
    public bool HasOtherMachines => LocalCount < Count;

    /// <summary>Reads the variables of this process.</summary>
    /// <inheritdoc cref="From"/>
    public static ProcessEnvironment Read() =>
        From(Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string)v.Value!));

    /// <summary>Understands a set of variables.</summary>
    /// <param name="variables">Values by name.</param>
    /// <exception cref="ConfigurationException">The set is incomplete, or its members contradict each other: all faults, each with name, value and what is
    /// expected.</exception>
    public static ProcessEnvironment From(IReadOnlyDictionary<string, string> variables)
    {
        var reader = new VariableReader(variables);
        var environment = reader.Has(MpiRank) || reader.Has(MpiSize) ? FromMpirun(reader)
            : reader.Has("SLURM_PROCID") && reader.Has(SlurmTasks) ? FromSlurm(reader)
            : WithoutMpi(reader);

        return reader.Faults.Count == 0 ? environment : throw new ConfigurationException(reader.Faults);
    }

    private static ProcessEnvironment FromMpirun(VariableReader reader)
    {
        var count = reader.Number(MpiSize, 1, MostProcesses);
        var rank = reader.Number(MpiRank, 0, count - 1);
        var localCount = reader.Number(MpiLocalSize, 1, count);
        var localRank = reader.Number(MpiLocalRank, 0, localCount - 1);
        if (count == 1)
        {
            return Alone;
        }

        return new(rank, count, localRank, localCount)
        {
            IsLaunched = reader.Has(Launcher), IsOnTerminal = reader.Has(Launcher) && reader.Text(Launcher) == Terminal,
        };
    }

    private static ProcessEnvironment FromSlurm(VariableReader reader)
    {
        var count = reader.Number(SlurmTasks, 1, MostProcesses);
        if (count == 1)
        {
            return Alone;
        }

        var rank = reader.Number("SLURM_PROCID", 0, count - 1);
        var localRank = reader.Number("SLURM_LOCALID", 0, rank);
        if (!reader.Has("PMIX_RANK"))
        {
            reader.Fault($"PMIX_RANK is not set, but srun started {count} processes ({SlurmTasks}): they cannot find each other. Start them with srun "
                + "--mpi=pmix.");
        }

        return new(rank, count, localRank, reader.Has("SLURM_CPUS_PER_TASK") ? 1 : reader.Number("SLURM_NTASKS_PER_NODE", 1, count, otherwise: 1));
    }

    // Several processes that know nothing of each other would each train alone, into the same folder.
    private static ProcessEnvironment WithoutMpi(VariableReader reader)
    {
        foreach (var name in new[] { "WORLD_SIZE", "PMI_SIZE" }.Where(reader.Has))
        {
            if (reader.Number(name, 1, MostProcesses) is > 1 and var count)
            {
                reader.Fault($"{name} is {count}, but Open MPI's mpirun did not start this process: {MpiRank} is not set. Start the processes with "
                    + $"--nproc, mpirun or srun --mpi=pmix, or unset {name}.");
            }
        }

        return Alone;
    }

    /// <summary>Reads variables and collects what is wrong with them.</summary>
    private sealed class VariableReader(IReadOnlyDictionary<string, string> variables)
    {
        public List<string> Faults { get; } = [];

        public bool Has(string name) => variables.TryGetValue(name, out var value) && value.Length > 0;

        public string Text(string name) => variables[name];

        public void Fault(string fault) => Faults.Add(fault);

        public int Number(string name, int least, int most, int? otherwise = null)
        {
            if (!Has(name))
            {
                if (otherwise is null)
                {
                    Fault($"{name} is not set; expected a number from {least}, because the process is one of several.");
                }

                return otherwise ?? least;
            }

            if (int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= Math.Max(least, most))
            {
                return number;
            }

            Fault($"{name} is '{Text(name)}'; expected a number from {least} to {Math.Max(least, most)}.");

            return least;
        }
    }
}
