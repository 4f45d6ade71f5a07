using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Training;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>SLIC in whole runs.</summary>
public sealed class SLICTests
{
    [Fact]
    public void Train_RealClipsResumedInsideAnEpoch_EqualsAnUninterruptedRun()
    {
        var archive = Datasets.RealData.Require("fight_clips.tar");
        using var scope = NewDisposeScope();
        using var directory = new TemporaryFolder();
        var store = new CheckpointStore(directory.Path, keep: 1);
        using var uninterrupted = Session(archive, "trainer.checkpointEverySteps=6");   // the second step of the second epoch
        string? path = null;
        var expected = ConformanceHost.Train(
            uninterrupted, s => path ??= store.Save(new(CheckpointState.CurrentFormat, "run", s.Progress.Position, s.Progress.BestAccuracy),
                s.Experiment.Configuration.ToYaml(), s.StateTensors()));
        var positives = ((IPositiveSampling)uninterrupted.Experiment.Method).Positives(1);
        var clusters = Tensors.Integers(uninterrupted.Experiment.Module.state_dict()["clusters"]);

        using var resumed = Session(archive);
        using (var checkpoint = CheckpointStore.Load(path!))
        {
            resumed.Restore(checkpoint);
        }

        Assert.Equal(expected.Skip(6), ConformanceHost.Train(resumed));
        var state = resumed.StateTensors();
        Assert.All(uninterrupted.StateTensors(), entry => Assert.True(entry.Value.eq(state[entry.Key]).all().item<bool>(), entry.Key));
        Assert.All(positives.Index(), video => Assert.Equal(clusters[video.Index], clusters[video.Item]));
        Assert.Contains(positives.Index(), video => video.Index != video.Item);
    }

    [Theory]
    [InlineData("clips.testClips=3", "clips.testCrops=2")]
    [InlineData("clips.testSampling=half-overlapping", "clips.testCrops=1")]
    [InlineData("clips.testCropPlaces=corners", "clips.testCrops=10")]
    public void Train_EvaluationsOfSeveralClips_StillClusterTheMiddleOne(string clips, string crops)
    {
        using var scope = NewDisposeScope();
        using var one = ConformanceHost.Session("slic", "trainer.maxSteps=1");
        using var several = ConformanceHost.Session("slic", "trainer.maxSteps=1", clips, crops);

        Assert.Equal(ConformanceHost.Train(one), ConformanceHost.Train(several));

        Assert.Equal(Clusters(one), Clusters(several));
        Assert.InRange(Clusters(one).Distinct().Count(), 2, 32);

        static long[] Clusters(TrainingSession session) => Tensors.Integers(session.Experiment.Module.state_dict()["clusters"]);
    }

    // 33 clips of two seconds, 4 steps an epoch.
    private static TrainingSession Session(string archive, params string[] overrides) => ConformanceHost.Get<SessionFactory>().Create(
        ConformanceHost.Get<RecipeReader>().ReadText(
            $$"""
            data: {name: video-folder, path: {{archive}}, imageSize: 32, share: 0.2}
            clips: {frames: 8, stride: 2}
            method: {name: slic, clusterEveryEpochs: 1, hiddenDim: 32, projectionDim: 16}
            backbone: {name: r3d-18, form: hara, width: 0.0625}
            optimizer: {baseLearningRate: 0.1}
            trainer: {epochs: 3, maxSteps: 10, batchSize: 8, threads: 1, workers: 1, seed: 7, logEverySteps: 1, device: cpu}
            """, "the recipe of real clips", overrides));
}
