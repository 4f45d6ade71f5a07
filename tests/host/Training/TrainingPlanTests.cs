using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class TrainingPlanTests
{
    [Theory]
    [InlineData(0, 0, 0, 32)]
    [InlineData(0, 24, 3, 29)]
    [InlineData(2, 0, 16, 16)]
    [InlineData(3, 56, 31, 1)]
    [InlineData(4, 0, 32, 0)]
    public void ScheduleStep_WithoutAChange_IsTheNumberOfStepsDone(int epoch, long samples, long step, long left)
    {
        var plan = new TrainingPlan(Images: 64, BatchSize: 8, Epochs: 4);
        var position = new TrainingPosition(step, epoch, samples);

        Assert.Equal(step, plan.ScheduleStep(position));
        Assert.Equal(left, plan.StepsLeft(position));
        Assert.Equal((32L, 32L), (plan.TotalSteps(position), plan.ScheduleLength(position)));
    }

    [Fact]
    public void StepsLeft_AfterTwoEpochsInBatchesOfSixteen_AreTwoEpochsOfEight()
    {
        var position = new TrainingPosition(Step: 8, Epoch: 2, Samples: 0);
        var plan = new TrainingPlan(64, 8, 4);

        Assert.Equal(16, plan.StepsLeft(position));
        Assert.Equal(24, plan.TotalSteps(position));     // the axis of the curves goes on
        Assert.Equal(16, plan.ScheduleStep(position));   // schedules are half way
        Assert.Equal(32, plan.ScheduleLength(position));
    }

    [Theory]
    [InlineData(5, false, 1)]   // 59 left: in batches of 8 that is 7 of 8 steps
    [InlineData(57, true, 8)]   // 7 left: no step
    [InlineData(64, true, 8)]
    public void ScheduleStep_BetweenTwoSteps_CountsThoseThatAreLeft(long samples, bool isOver, long expected)
    {
        var plan = new TrainingPlan(64, 8, 4);
        var position = new TrainingPosition(1, 0, samples);

        Assert.Equal(isOver, plan.IsEpochOver(position));
        Assert.Equal(expected, plan.ScheduleStep(position));
    }

    [Fact]
    public void StepsLeft_GrownData_AreTheEpochsLeftOfTheNewSize()
    {
        var plan = new TrainingPlan(Images: 80, BatchSize: 8, Epochs: 4);
        var position = new TrainingPosition(Step: 24, Epoch: 3, Samples: 0);

        Assert.Equal((10L, 30L, 40L), (plan.StepsLeft(position), plan.ScheduleStep(position), plan.ScheduleLength(position)));
    }

    [Theory]
    [InlineData(12, 4)]
    [InlineData(8, 0)]
    [InlineData(4, 0)]     // behind the end: nothing, not less
    [InlineData(100, 16)]
    public void StepsLeft_MaxSteps_CountsStepsThatWereDone(long maxSteps, long left)
    {
        var plan = new TrainingPlan(64, 8, 4, maxSteps);
        var position = new TrainingPosition(Step: 8, Epoch: 2, Samples: 0);

        Assert.Equal(left, plan.StepsLeft(position));
        Assert.Equal(16 + left, plan.ScheduleLength(position));   // schedules end where the run does
    }

    [Property(MaxTest = 500, Replay = "(7,9)")]
    public Property Next_AnyInterruptionAndAnyBatches_TrainsEachEpochInWholeBatchesToItsEnd()
    {
        var cases =
            from images in Gen.Choose(2, 60)
            from before in Gen.Choose(1, images)
            from after in Gen.Choose(1, images)
            from epochs in Gen.Choose(1, 4)
            from interruption in Gen.Choose(0, epochs * images)
            select (images, before, after, epochs, interruption);

        return Prop.ForAll(cases.ToArbitrary(), trial =>
        {
            var (first, second) = (new TrainingPlan(trial.images, trial.before, trial.epochs), new TrainingPlan(trial.images, trial.after, trial.epochs));
            var trained = new long[trial.epochs];   // the first so many images of each epoch's order
            TrainingPosition Train(TrainingPlan plan, TrainingPosition position)
            {
                Assert.Equal(trained[position.Epoch], position.Samples);
                trained[position.Epoch] += plan.BatchSize;

                return plan.Next(position);
            }

            var position = default(TrainingPosition);
            for (var step = 0; step < trial.interruption && first.StepsLeft(position) > 0; step++)
            {
                position = Train(first, position);
            }

            var (interrupted, done) = (position.Epoch, position.Samples);
            position = second.IsEpochOver(position) ? position.AtNextEpoch() : position;
            var (total, length) = (second.TotalSteps(position), second.ScheduleLength(position));
            while (second.StepsLeft(position) > 0)
            {
                Assert.Equal((total, length), (second.TotalSteps(position), second.ScheduleLength(position)));
                var scheduled = second.ScheduleStep(position);
                position = Train(second, position);
                Assert.Equal(scheduled + 1, second.ScheduleStep(position));
            }

            Assert.Equal(second.StepsPerEpoch * trial.epochs, length);
            Assert.Equal(length, second.ScheduleStep(position));
            Assert.Equal(total, position.Step);
            for (var epoch = 0; epoch < trial.epochs; epoch++)
            {
                var expected = epoch < interrupted ? trial.images / trial.before * trial.before
                    : epoch == interrupted ? done + ((trial.images - done) / trial.after * trial.after)
                    : trial.images / trial.after * trial.after;
                Assert.Equal(expected, trained[epoch]);
            }
        });
    }
}
