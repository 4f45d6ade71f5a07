using Parallax.Host.Distributed;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Distributed;

[Collection(GeneratorCollection.Name)]
public sealed class StepProcessesTests
{
    [Theory]
    [InlineData(ProcessExchange.Nothing)]
    [InlineData(ProcessExchange.GatheredBatch)]
    [InlineData(ProcessExchange.ReducedStatistics)]
    [InlineData(ProcessExchange.GatheredBatch | ProcessExchange.ReducedStatistics)]
    public void Members_OneProcess_AreTheIdentityWhereDeclaredAndRefusedElsewhere(ProcessExchange declared)
    {
        using var method = new Declaring(declared);
        using var rows = torch.ones(4, 2);
        var processes = new StepProcesses(World.Alone, method);

        Assert.Same(rows, processes.Own(rows));
        Check(ProcessExchange.GatheredBatch, "Gather", () => processes.Gather(rows));
        Check(ProcessExchange.ReducedStatistics, "Mean", () => processes.Mean(rows));

        void Check(ProcessExchange needed, string member, Func<torch.Tensor> call)
        {
            if (declared.HasFlag(needed))
            {
                Assert.Same(rows, call());
                return;
            }

            var fault = Assert.Throws<InvalidOperationException>(call);
            Assert.Equal(
                $"Declaring calls Processes.{member} in a step but does not declare it. Implement IGathered and let its Exchange contain "
                    + $"ProcessExchange.{needed}.", fault.Message);
        }
    }

    [Fact]
    public void Members_MethodWithoutADeclaration_AreRefused()
    {
        using var method = new TinyMethod();
        using var rows = torch.ones(4, 2);

        Assert.Throws<InvalidOperationException>(() => new StepProcesses(World.Alone, method).Gather(rows));
    }

    private sealed class Declaring(ProcessExchange exchange) : torch.nn.Module("declaring"), IMethod, IGathered
    {
        public IBackbone Backbone => throw new NotSupportedException();

        public ViewPlan Views => throw new NotSupportedException();

        public ProcessExchange Exchange => exchange;

        public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException();
    }
}
