using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Host.Data;
using Parallax.Host.Images;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>What a method shows of images, beside a training that does not notice.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class MethodPicturesTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("method pictures ");

    public void Dispose()
    {
        _bench.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(1, new long[] { 0, 4, 8, 12, 16, 20 })]
    [InlineData(2, new long[] { 0, 8, 16, 20 })]
    [InlineData(10, new long[] { 0, 20 })]
    [InlineData(0, new long[0])]
    public void OnEpochEnd_FiveEpochs_LogsThoseThatAreDueAndTheLast(int every, long[] expected)
    {
        var (run, directory, _) = Train(Method(), every);

        Assert.Equal(expected, Pictures(run).Select(picture => picture.Step));
        Assert.Equal(expected.Length > 0, run.Artifacts.ContainsKey("pictures/pictures.png"));
        Assert.Equal(expected.Length > 0, File.Exists(Path.Combine(directory.Path, "pictures.png")));
    }

    [Fact]
    public void OnEpochEnd_Picture_HasOneRowPerImageAndIsNamedByItsColumns()
    {
        var (run, directory, _) = Train(Method(), 10);

        var picture = new ImageBuffer();
        new ImageDecoder().Decode(File.ReadAllBytes(Path.Combine(directory.Path, "pictures.png")), picture);
        Assert.Equal(new ImageSize((4 * 10) + 2, (3 * 10) + 2), picture.Size);   // a batch of 4; the widest column has 8 pixels
        Assert.Contains(run.Artifacts.Keys, path => path.StartsWith("images/original-grey-large+step+0+", StringComparison.Ordinal));
        var grey = (2 * picture.Width) + 2 + 10;
        Assert.All(Enumerable.Range(0, 3), channel => Assert.Equal(0.25, picture.Plane(channel)[grey], tolerance: 0.01));   // not normalised: as it was given
    }

    [Fact]
    public void OnEpochEnd_EveryTime_ShowsTheSameImagesInTheFirstEpoch()
    {
        var method = Method();

        Train(method, 1);

        Assert.Equal(6, method.Shown.Count);
        Assert.All(method.Shown, shown => Assert.Equal(method.Shown[0], shown));
        Assert.All(method.Epochs, epoch => Assert.Equal(0, epoch));
    }

    [Fact]
    public void Train_WithPictures_HasTheBitsOfATrainingWithout()
    {
        var (method, plain) = (Method(), Method());

        var (_, _, course) = Train(method, 1);
        var (_, _, expected) = Train(plain, 0);

        Assert.Equal(expected, course);   // losses, then the last weights
        Assert.Equal(6, method.WasTraining.Count);
        Assert.All(method.WasTraining, Assert.False);
    }

    [Fact]
    public void OnEpochEnd_FolderIsGone_IsAWarningOnly()
    {
        using var session = _bench.Session(Method());
        var run = new RecordingRun();
        var logger = new ListLogger();
        var directory = Folder(Path.Combine(_folder.FullName, "gone"));
        Directory.Delete(directory.Path, recursive: true);
        File.WriteAllText(directory.Path, "a file where the folder was");

        new MethodPictures(run, directory, 1, showsAttention: false, logger).OnEpochEnd(session);

        Assert.Contains("The picture pictures.png at step 0 is not stored", Assert.Single(logger.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OnEpochEnd_PictureFailsOrIsNone_TrainingGoesOn(bool fails)
    {
        var method = Method();
        method.Show = fails ? () => throw new InvalidOperationException("no") : () => [];
        using var session = _bench.Session(method);
        var (run, logger) = (new RecordingRun(), new ListLogger());

        new MethodPictures(run, Folder(_folder.FullName), 1, showsAttention: false, logger).OnEpochEnd(session);

        Assert.Equal(
            fails ? ["The picture pictures.png at step 0 cannot be drawn; training goes on without it."] : Array.Empty<string>(), logger.Warnings);
        Assert.Empty(run.Artifacts);
        Assert.True(method.training);
    }

    private static List<(long Step, string Path)> Pictures(RecordingRun run) =>
    [
        .. run.Artifacts.Keys.Where(path => path.StartsWith("images/", StringComparison.Ordinal) && !path.Contains("compressed", StringComparison.Ordinal))
            .Select(path => (long.Parse(path.Split('+')[2], CultureInfo.InvariantCulture), path)).OrderBy(picture => picture.Item1),
    ];

    private static ShowingMethod Method()
    {
        torch.manual_seed(11);

        return new();
    }

    private static RunDirectory Folder(string root) => RunDirectory.Create(root, "the run", "recipe", DateTimeOffset.UnixEpoch);

    // Five epochs of four steps.
    private (RecordingRun Run, RunDirectory Directory, List<double> Course) Train(ShowingMethod method, int every)
    {
        using var session = _bench.Session(method, "trainer.epochs=5");
        var (run, directory, losses) = (new RecordingRun(), Folder(Path.Combine(_folder.FullName, Path.GetRandomFileName())), new List<double>());
        var pictures = new MethodPictures(run, directory, every, showsAttention: false, NullLogger.Instance);
        pictures.OnEpochEnd(session);
        new Trainer(session, new(report => losses.Add(report.Loss), pictures.OnEpochEnd, _ => { }), TimeProvider.System).Run(CancellationToken.None);

        Assert.True(method.training);

        var weights = method.parameters().SelectMany(parameter => parameter.data<float>().ToArray()).Select(value => (double)value);

        return (run, directory, [.. losses, .. weights]);
    }

    /// <summary>Steps that draw from the global generator, and pictures that do so too.</summary>
    private sealed class ShowingMethod : Module, IMethod, IPictures
    {
        private readonly TinyBackbone backbone = new();

        public ShowingMethod()
            : base(nameof(ShowingMethod)) => RegisterComponents();

        public List<float[]> Shown { get; } = [];

        public List<int> Epochs { get; } = [];

        public List<bool> WasTraining { get; } = [];

        public Func<IReadOnlyList<PictureColumn>>? Show { get; set; }

        public IBackbone Backbone => backbone;

        public ViewPlan Views => ViewPlan.Same(1, new([]));

        public StepOutput Step(Batch batch, StepContext context) =>
            new((backbone.call(batch.Views[0]) - torch.rand([batch.Size, 2])).square().mean());

        public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context)
        {
            var images = batch.Views[0];
            Shown.Add(images.contiguous().data<float>().ToArray());
            Epochs.Add(context.Epoch);
            WasTraining.Add(training);
            torch.rand([7]).Dispose();

            return Show is not null ? Show() :
            [
                new("original", images),
                new("grey", torch.full([batch.Size, 1, 4, 4], 0.25)) { IsNormalised = false },
                new("large", torch.zeros([batch.Size, 3, 8, 8])),
            ];
        }
    }
}
