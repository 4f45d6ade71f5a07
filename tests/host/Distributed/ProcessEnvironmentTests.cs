using Parallax.Host.Distributed;

namespace Parallax.Host.Tests.Distributed;

public sealed class ProcessEnvironmentTests
{
    [Theory]
    [InlineData("")]
    [InlineData("SLURM_JOB_ID=7 SLURM_NTASKS=4 SLURM_NODELIST=a1")]             // a shell of salloc, not a task
    [InlineData("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_LOCAL_RANK=0 OMPI_COMM_WORLD_LOCAL_SIZE=1")]
    [InlineData("WORLD_SIZE=1")]
    [InlineData("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 SLURM_LOCALID=0")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=4 SLURM_LOCALID=0 SLURM_NODELIST=a1")]   // the script of sbatch, which starts --nproc or srun itself
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=4 SLURM_STEP_NUM_TASKS=1")]       // srun -n1 within a larger job
    public void From_NothingOrOneProcess_IsAlone(string variables) => Assert.Same(ProcessEnvironment.Alone, From(variables));

    [Fact]
    public void From_Mpirun_TakesItsRanks()
    {
        var environment = From("OMPI_COMM_WORLD_RANK=5 OMPI_COMM_WORLD_SIZE=8 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=4");

        Assert.Equal(new(5, 8, 1, 4), environment);
        Assert.True(environment.HasOtherMachines);
    }

    [Fact]
    public void From_MpirunOnOneMachine_HasNoOther() =>
        Assert.False(From("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2").HasOtherMachines);

    [Fact]
    public void From_Slurm_TakesTheNumbersOfTheStep()
    {
        var environment = From("SLURM_PROCID=5 SLURM_STEP_NUM_TASKS=8 SLURM_NTASKS=9 SLURM_LOCALID=1 SLURM_NTASKS_PER_NODE=4 PMIX_RANK=5");

        Assert.Equal(new(5, 8, 1, 4), environment);
    }

    [Fact]
    public void From_SlurmThatGivesEachTaskItsCores_SharesNone()
    {
        var environment = From("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=1 SLURM_NTASKS_PER_NODE=2 SLURM_CPUS_PER_TASK=4 PMIX_RANK=1");

        Assert.Equal(new(1, 2, 1, 1), environment);
    }

    [Fact]
    public void From_MpirunUnderSlurm_BelievesMpirun()
    {
        var environment = From("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=2 OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1 "
            + "OMPI_COMM_WORLD_LOCAL_SIZE=2");

        Assert.Equal((3, 4), (environment.Rank, environment.Count));
    }

    [Theory]
    [InlineData("", false, false)]
    [InlineData(" PARALLAX_LAUNCHER=pipe", true, false)]
    [InlineData(" PARALLAX_LAUNCHER=terminal", true, true)]
    public void From_Launcher_SaysWhoStartedItAndWhere(string launcher, bool isLaunched, bool isOnTerminal)
    {
        var environment = From("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2" + launcher);

        Assert.Equal((isLaunched, isOnTerminal), (environment.IsLaunched, environment.IsOnTerminal));
    }

    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=0", "OMPI_COMM_WORLD_SIZE is not set; expected a number from 1")]
    [InlineData("OMPI_COMM_WORLD_RANK=4 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=0 OMPI_COMM_WORLD_LOCAL_SIZE=1",
        "OMPI_COMM_WORLD_RANK is '4'; expected a number from 0 to 3")]
    [InlineData("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=two OMPI_COMM_WORLD_LOCAL_RANK=0 OMPI_COMM_WORLD_LOCAL_SIZE=1",
        "OMPI_COMM_WORLD_SIZE is 'two'; expected a number from 1")]
    [InlineData("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=2 OMPI_COMM_WORLD_LOCAL_SIZE=2",
        "OMPI_COMM_WORLD_LOCAL_RANK is '2'; expected a number from 0 to 1")]
    [InlineData("SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=0 PMIX_RANK=2", "SLURM_PROCID is '2'; expected a number from 0 to 1")]
    [InlineData("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 PMIX_RANK=1", "SLURM_LOCALID is not set; expected a number from 0")]
    [InlineData("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=1", "PMIX_RANK is not set, but srun started 2 processes")]
    // torchrun
    [InlineData("RANK=1 WORLD_SIZE=2 LOCAL_RANK=1 MASTER_ADDR=here MASTER_PORT=1", "WORLD_SIZE is 2, but Open MPI's mpirun did not start this process")]
    [InlineData("PMI_RANK=1 PMI_SIZE=2", "PMI_SIZE is 2, but Open MPI's mpirun did not start this process")]   // another MPI
    public void From_IncompleteOrContradictory_NamesVariableValueAndWhatIsExpected(string variables, string expected)
    {
        var fault = Assert.Throws<ConfigurationException>(() => From(variables));

        Assert.StartsWith(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_SeveralFaults_TellsAllAtOnce()
    {
        var fault = Assert.Throws<ConfigurationException>(() => From("OMPI_COMM_WORLD_RANK=7 OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_LOCAL_RANK=x"));

        Assert.Equal(["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"], fault.Faults.Select(f => f.Split(' ')[0]));
    }

    private static ProcessEnvironment From(string variables) => ProcessEnvironment.From(
        variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]));
}
