using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Training;

namespace Parallax.Host.Embeddings;

/// <summary>Writes features of images into a file, in little memory, and goes on where a killed process stopped.</summary>
internal sealed class EmbeddingRun(ConsoleProgress progress, TimeProvider time)
{
    private const int MostNamed = 10;

    /// <summary>Refuses a file that cannot be written, before anything is loaded.</summary>
    /// <exception cref="ConfigurationException">Its ending is unknown, it is a folder, or it is there already.</exception>
    public static void RequireFile(string file, bool replaces)
    {
        if (Path.EndsInDirectorySeparator(file) || Directory.Exists(file))
        {
            throw new ConfigurationException($"--out {file} is a folder. Give the file to make, for example --out {Path.Combine(file, "features.parquet")}.");
        }

        var there = EmbeddingFormats.Of(file, "--out").FilesOf(file).FirstOrDefault(File.Exists);
        if (there is not null && !replaces)
        {
            throw new ConfigurationException($"--out {file} is there already{(there == file ? "" : $": {there} is a part of it")}. Add --force to replace it, "
                + "or give the name of a new file.");
        }
    }

    /// <summary>Embeds images.</summary>
    /// <param name="experiment">With the weights of the checkpoint.</param>
    /// <param name="checkpoint">Where they come from.</param>
    /// <param name="source">What reads the images.</param>
    /// <param name="data">The images.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="stop">Ends it; a later call with the same arguments goes on.</param>
    /// <exception cref="ConfigurationException">The network does not have the features or does not take the data, none of the images can be read, or the disk
    /// does not take the file.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public EmbeddingResult Run(
        Experiment experiment, Checkpoint checkpoint, PluginChoice source, EmbeddingData data, EmbeddingRequest request, CancellationToken stop)
    {
        CpuThreads.UseOnThisThread();
        Require(experiment, data, request.Tokens);
        var (path, metadata) = (EmbeddingPart.PathOf(request.File), EmbeddingMetadata.Of(experiment, checkpoint, source, data.Info, request));
        try
        {
            using var part = OnDisk(request, () => new EmbeddingPart(path, metadata, request.Replaces));
            FeatureExtractor.Evaluating(experiment, () => Append(experiment, data, request, part, stop));

            return OnDisk(request, () => Finish(metadata, data, request, part, stop));
        }
        catch (OperationCanceledException) when (File.Exists(path))
        {
            progress.WriteLine($"What is embedded is kept in {path}; the same command goes on with it.");
            throw;
        }
    }

    /// <summary>Features of a few images that can be read, [N, F] float32, as <see cref="Run"/> writes them when they are not normalised.</summary>
    /// <exception cref="ConfigurationException">The network does not have the features, or does not take images.</exception>
    public static Tensor Embed(Experiment experiment, IImageDataset images, FeatureTokens tokens, CancellationToken stop)
    {
        CpuThreads.UseOnThisThread();
        Require(experiment, images, tokens);
        var encode = Encoder(experiment, tokens);

        return FeatureExtractor.Evaluating(experiment, () =>
        {
            using var scope = torch.NewDisposeScope();

            return torch.cat([.. FeatureExtractor.Batches(experiment, images, 0, encode, stop).Select(batch => batch.Features!)]).MoveToOuterDisposeScope();
        });
    }

    // Around what is written alone: a disk that does not give the images is another one's.
    private static T OnDisk<T>(EmbeddingRequest request, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception fault) when (RunFile.IsOfTheDisk(fault))
        {
            throw new ConfigurationException($"{request.File} cannot be written: {RunFile.Reason(fault)} Make room on that disk, or correct its permissions; "
                + $"what is embedded is kept in {EmbeddingPart.PathOf(request.File)}, and the same command goes on with it.");
        }
    }

    private static void Require(Experiment experiment, IImageDataset data, FeatureTokens tokens)
    {
        if (TokenFeatures.Fault(experiment.Method.Backbone, tokens) is { } fault)
        {
            throw new ConfigurationException($"--features is {EnumNames.Of(tokens)}. {fault}");
        }

        if (experiment.TestClips.Clip is not null && data is not IVideoDataset)
        {
            throw new ConfigurationException($"The network of the run takes clips, but '{data.Info.Location}' holds single images. Take videos ('parallax list "
                + "datasets'), or a run of a network for images.");
        }
    }

    // [N, C, H, W] to [N, F].
    private static Func<Tensor, Tensor> Encoder(Experiment experiment, FeatureTokens tokens) =>
        new TokenFeatures(experiment.Method.Backbone, [tokens]).Encode;

    // Images that are done.
    private long Append(Experiment experiment, EmbeddingData data, EmbeddingRequest request, EmbeddingPart part, CancellationToken stop)
    {
        using var live = progress.Live();
        var (before, named, started) = (part.Images, 0, time.GetTimestamp());
        if (before > 0)
        {
            var noun = SampleNoun.Of(data, before);
            progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Going on behind {before:N0} {noun} that {(before == 1 ? "is" : "are")} embedded already."));
        }

        foreach (var batch in FeatureExtractor.Batches(experiment, data, before, Encoder(experiment, request.Tokens), stop))
        {
            using var scope = torch.NewDisposeScope();
            var block = BlockOf(batch, data, request.IsNormalised);
            OnDisk(request, () => part.Append(block));
            foreach (var image in block.LeftOut.Take(MostNamed - named))
            {
                progress.WriteLine($"Left out: {image.Name} cannot be read: {image.Reason}.");
                named++;
            }

            progress.Show(Line(data, part.Images, before, time.GetElapsedTime(started)), part.Images, data.Info.Count);
        }

        return part.Images;
    }

    private static EmbeddingBlock BlockOf(EncodedBatch batch, EmbeddingData data, bool isNormalised)
    {
        LeftOutImage[] leftOut = [.. batch.Faults.Select(fault => new LeftOutImage(data.NameOf(fault.Key), fault.Value.Reason))];
        using var features = batch.Features;   // [n, F]
        if (features is null)
        {
            return new(batch.Images, [], [], leftOut);
        }

        var rows = batch.Indices.Zip(batch.Contents, (index, content) => new EmbeddedImage(data.NameOf(index), data.Label(index), content));
        var values = (isNormalised ? F.normalize(features) : features).contiguous();   // [n, F]

        return new(batch.Images, [.. rows], values.data<float>().ToArray(), leftOut);
    }

    private static EmbeddingResult Finish(
        IReadOnlyDictionary<string, string> metadata, EmbeddingData data, EmbeddingRequest request, EmbeddingPart part, CancellationToken stop)
    {
        if (part.Rows == 0)
        {
            var fault = part.Blocks().SelectMany(block => block.LeftOut).First();
            part.Discard();
            throw new ConfigurationException($"None of the {data.Info.Count} {SampleNoun.Of(data)} of '{data.Info.Location}' can be read; one of "
                + $"them is {fault.Name}: {fault.Reason}. Check the files.");
        }

        var whole = EmbeddingMetadata.Complete(metadata, part.Images - part.Rows);
        EmbeddingFormats.Of(request.File, "--out").Write(request.File, new(whole, data.Info.Classes, part.Rows, part.Width, Blocks));
        part.Discard();

        return new(Path.GetFullPath(request.File), part.Images, part.Rows, part.Width, new FileInfo(request.File).Length);

        IEnumerable<EmbeddingBlock> Blocks() => part.Blocks().TakeWhile(_ =>
        {
            stop.ThrowIfCancellationRequested();

            return true;
        });
    }

    private static string Line(EmbeddingData data, long done, long before, TimeSpan elapsed)
    {
        var (all, areVideos) = (data.Info.Count, data is IVideoDataset);
        var rate = (done - before) / Math.Max(elapsed.TotalSeconds, 1e-6);
        var line = string.Create(CultureInfo.InvariantCulture, $"{done}/{all} {SampleNoun.Of(areVideos)}  {SpeedText.Of(rate, areVideos)}");

        return done == all ? line : $"{line}  ETA {ConsoleProgress.FormatDuration(TimeSpan.FromSeconds((all - done) / Math.Max(rate, 1e-6)))}";
    }
}
