using Parallax.Host.Distributed;

namespace Parallax.Host.Tests.Distributed;

public sealed class ProcessEnvironmentTests
{
    [Theory]
    [InlineData("")]
    [InlineData("SLURM_JOB_ID=7 SLURM_NTASKS=4 SLURM_NODELIST=a1")]             // a shell of salloc, not a task
    [InlineData("MASTER_ADDR=here MASTER_PORT=1")]
    [InlineData("RANK=0 WORLD_SIZE=1")]
    [InlineData("WORLD_SIZE=1")]
    [InlineData("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 SLURM_LOCALID=0")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=4 SLURM_LOCALID=0 SLURM_NODELIST=a1")]   // the script of sbatch, which starts --nproc or srun itself
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=4 SLURM_STEP_NUM_TASKS=1")]       // srun -n1 within a larger job
    public void From_NothingOrOneProcess_IsAlone(string variables) => Assert.Same(ProcessEnvironment.Alone, From(variables));

    [Fact]
    public void From_Torchrun_TakesRanksAndMeetsAbovePortOfItsStore()
    {
        var environment = From("RANK=5 WORLD_SIZE=8 LOCAL_RANK=1 LOCAL_WORLD_SIZE=4 MASTER_ADDR=node0 MASTER_PORT=29500 TORCHELASTIC_USE_AGENT_STORE=True");

        Assert.Equal(new(5, 8, 1, 4, new("node0", 29501, null)), environment);
    }

    [Fact]
    public void From_PyTorchJob_NeedsNoLocalRank()
    {
        var environment = From("RANK=1 WORLD_SIZE=2 MASTER_ADDR=job-master-0 MASTER_PORT=23456");

        Assert.Equal(new(1, 2, 0, 1, new("job-master-0", 23456, null)), environment);
    }

    [Fact]
    public void From_IndexedJob_TakesTheIndexAsRank()
    {
        var environment = From("JOB_COMPLETION_INDEX=3 WORLD_SIZE=4 MASTER_ADDR=train-0.train MASTER_PORT=29500");

        Assert.Equal(new(3, 4, 0, 1, new("train-0.train", 29500, null)), environment);
    }

    [Fact]
    public void From_Slurm_MeetsAtTheFirstHostAndAPortOfTheJob()
    {
        var environment = From("SLURM_PROCID=5 SLURM_STEP_NUM_TASKS=8 SLURM_LOCALID=1 SLURM_NTASKS_PER_NODE=4 SLURM_NODELIST=gpu[07-08] SLURM_JOB_ID=1234567");

        Assert.Equal(new(5, 8, 1, 4, new("gpu07", 24567, null)), environment);
    }

    [Fact]
    public void From_SlurmWithAddressAndOwnCores_PrefersWhatIsSet()
    {
        var environment = From("SLURM_PROCID=1 SLURM_NTASKS=9 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=1 SLURM_NTASKS_PER_NODE=2 SLURM_CPUS_PER_TASK=4 MASTER_ADDR=10.0.0.1 MASTER_PORT=4000");

        Assert.Equal(new(1, 2, 1, 1, new("10.0.0.1", 4000, null)), environment);
    }

    [Fact]
    public void From_TorchrunUnderSlurm_BelievesTorchrun()
    {
        var environment = From("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=2 SLURM_NODELIST=a RANK=3 WORLD_SIZE=4 LOCAL_RANK=1 MASTER_ADDR=a MASTER_PORT=9");

        Assert.Equal((3, 4), (environment.Rank, environment.Count));
    }

    [Fact]
    public void From_StoreFile_MeetsThere()
    {
        var environment = From("RANK=1 WORLD_SIZE=2 LOCAL_RANK=1 LOCAL_WORLD_SIZE=2 PARALLAX_STORE_FILE=/tmp/x/store");

        Assert.Equal(new(null, 0, "/tmp/x/store"), environment.Rendezvous);
        Assert.True(environment.IsLaunched);
    }

    [Theory]
    [InlineData("RANK=0", "WORLD_SIZE is not set; expected a number from 1")]
    [InlineData("WORLD_SIZE=4", "RANK is not set, but WORLD_SIZE is 4: expected both or neither")]
    [InlineData("RANK=4 WORLD_SIZE=4 MASTER_ADDR=a MASTER_PORT=1", "RANK is '4'; expected a number from 0 to 3, below WORLD_SIZE (4)")]
    [InlineData("RANK=-1 WORLD_SIZE=4 MASTER_ADDR=a MASTER_PORT=1", "RANK is '-1'; expected a number from 0 to 3")]
    [InlineData("RANK=1 WORLD_SIZE=two MASTER_ADDR=a MASTER_PORT=1", "WORLD_SIZE is 'two'; expected a number from 1")]
    [InlineData("RANK=1 WORLD_SIZE=2 MASTER_PORT=1", "MASTER_ADDR is not set; expected the host of rank 0")]
    [InlineData("RANK=1 WORLD_SIZE=2 MASTER_ADDR=a", "MASTER_PORT is not set; expected a number from 1")]
    [InlineData("RANK=1 WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=70000", "MASTER_PORT is '70000'; expected a number from 1 to 65535")]
    [InlineData("RANK=1 WORLD_SIZE=2 LOCAL_RANK=2 MASTER_ADDR=a MASTER_PORT=1", "LOCAL_RANK is '2'; expected a number from 0 to 1, at most the rank")]
    [InlineData("RANK=3 WORLD_SIZE=4 LOCAL_RANK=2 LOCAL_WORLD_SIZE=2 MASTER_ADDR=a MASTER_PORT=1", "LOCAL_RANK is '2'; expected a number from 0 to 1")]
    [InlineData("RANK=1 WORLD_SIZE=2 LOCAL_WORLD_SIZE=3 MASTER_ADDR=a MASTER_PORT=1", "LOCAL_WORLD_SIZE is '3'; expected a number from 1 to 2")]
    [InlineData("SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=0 SLURM_NODELIST=a", "SLURM_PROCID is '2'; expected a number from 0 to 1")]
    [InlineData("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 SLURM_NODELIST=a", "SLURM_LOCALID is not set; expected a number from 0")]
    [InlineData("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=1", "MASTER_ADDR is not set; expected the host of task 0")]
    [InlineData("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 SLURM_LOCALID=1 SLURM_NODELIST=a[1", "SLURM_NODELIST is 'a[1'; expected host names such as")]
    public void From_IncompleteOrContradictory_NamesVariableValueAndWhatIsExpected(string variables, string expected)
    {
        var fault = Assert.Throws<ConfigurationException>(() => From(variables));

        Assert.StartsWith(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void From_SeveralFaults_TellsAllAtOnce()
    {
        var fault = Assert.Throws<ConfigurationException>(() => From("RANK=7 WORLD_SIZE=2 LOCAL_RANK=x"));

        Assert.Equal(["RANK", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"], fault.Faults.Select(f => f.Split(' ')[0]));
    }

    private static ProcessEnvironment From(string variables) => ProcessEnvironment.From(
        variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]));
}
