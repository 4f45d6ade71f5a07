using Microsoft.Extensions.Logging;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;

namespace Parallax.Host.Experiments;

/// <summary>Makes an experiment from a recipe: data, backbone, method, views. All faults of the set-up show here, before anything is written.</summary>
internal sealed class ExperimentFactory(PluginFactory plugins, PluginCatalog catalog, IImageDecoder decoder, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<Experiment>();

    /// <param name="configuration">What to make.</param>
    /// <param name="processes">The processes that work on it together, none of which waits for another here; null for one alone.</param>
    /// <param name="isRestored">Whether a checkpoint follows: the file of <c>backbone.weights</c> need not be there any more.</param>
    /// <param name="isTrained">Whether it is to be trained: an experiment that is measured needs no data for a batch of the training.</param>
    /// <param name="constants">By what images are normalised; null takes what the data have.</param>
    /// <exception cref="ConfigurationException">Data, options or device cannot work together: names key, value and what to do.</exception>
    public Experiment Create(
        ResolvedConfiguration configuration, World? processes = null, bool isRestored = false, bool isTrained = true, ChannelConstants? constants = null)
    {
        _ = TorchLibrary.Current;   // before anything of TorchSharp is touched
        var (trainer, world) = (configuration.Trainer, processes ?? World.Alone);
        BatchParts.Check(trainer, world.Count);
        var placement = new Placement(trainer, world.Environment);
        var data = Open(configuration, DatasetSplit.Train);
        try
        {
            var learned = TrainingShare.Of(data, configuration.Data);
            var sources = Sources(learned, configuration.Data);
            var run = Describe(configuration, learned, constants?.On(learned.Info) ?? learned.Info, world.Count, isTrained);
            RunRequirements.RequireOptions(configuration, run, catalog);
            torch.manual_seed(trainer.Seed).Dispose();
            using var weights = isRestored ? null : BackboneWeights.Read(configuration.BackboneSection);
            using var imageWeights = isRestored || configuration.ImageModelSection is not { } section
                ? null : BackboneWeights.Read(section, SectionFaults.ImageModel);
            IBackbone? imageModel = null;
            var method = CreateMethod(configuration, run, weights, () => imageModel = CreateImageModel(configuration, run, imageWeights));
            var chosen = ChooseViews(configuration.Views, method.Views);
            var clips = ClipChoice.Of(configuration, method, data);
            run = run with { ViewCount = chosen.Count, Clip = clips?.Of(0) };
            var views = CreateViews(chosen, run.Data, run);
            var sizes = ViewSizes(views, data.Info);
            run = run with { ViewSide = Math.Min(sizes[0].Height, sizes[0].Width) };
            var steps = views.SelectMany((view, index) => view.Select(step => ($"views[{index}]", (object?)step)));
            RunRequirements.Require([("method", method), ("backbone", method.Backbone), (SectionFaults.ImageModel, imageModel), .. steps], run);
            Place(method, placement);
            var evaluates = method is IEpochPhase { IsNeeded: true } || configuration.Evaluation is not { Online: null, Protocols.Count: 0 };
            ViewTrial.Run(method.Backbone, sizes, evaluates, run, placement);
            ViewTrial.RunImageModel(imageModel, sizes, run, placement);
            var experiment = new Experiment(configuration, run, data, method, placement, world, _logger)
            {
                Learned = learned, Sources = sources, Views = views, Clips = clips,
                TestClips = ClipChoice.ForTests(configuration.Clips, method.Backbone, clips),
            };
            experiment.Momentum.Initialise();
            if (world.Group is not null && trainer.BatchNorm == BatchNormStatistics.Synchronised)
            {
                SynchronizedBatchNorm.Enable(experiment.Module, world.Group);
            }

            return experiment;
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>A copy of an experiment's backbone, with its weights, on its device.</summary>
    /// <param name="experiment">Whose.</param>
    /// <param name="changes">Options that differ; they leave names and shapes of the weights alone.</param>
    /// <exception cref="ConfigurationException">The backbone does not know such an option.</exception>
    public IBackbone CopyBackbone(Experiment experiment, IReadOnlyDictionary<string, object> changes)
    {
        var copy = FreshBackbone(experiment, experiment.Configuration.Backbone.With(changes));
        try
        {
            ((Module)copy).load_state_dict(((Module)experiment.Method.Backbone).state_dict());
            experiment.Placement.Place((Module)copy);

            return copy;
        }
        catch
        {
            ((Module)copy).Dispose();
            throw;
        }
    }

    /// <summary>A backbone with other options as the method of an experiment would use it, with weights as they are initialised.</summary>
    /// <param name="experiment">Whose.</param>
    /// <param name="choice">The backbone, of the same kind.</param>
    public IBackbone FreshBackbone(Experiment experiment, PluginChoice choice) => experiment.Method.Backbone is IDerivedBackbone derived
        ? derived.Again(channels => CreateBackbone(choice, experiment.Run, channels))
        : CreateBackbone(choice, experiment.Run, experiment.Run.Data.Channels);

    /// <summary>The augmentations of a method's own views.</summary>
    /// <param name="plan">The views.</param>
    /// <param name="run">The run that they are for.</param>
    /// <exception cref="ConfigurationException">An augmentation is unknown, or cannot work with the data.</exception>
    public IReadOnlyList<IReadOnlyList<IAugmentation>> CreateViews(ViewPlan plan, RunInfo run) => CreateViews(ChooseViews(null, plan), run.Data, run);

    private void Place(IMethod method, Placement placement)
    {
        if (placement.Place((Module)method) is { } weight)
        {
            _logger.LogDebug("Channels last is off: '{Weight}' is a 1x1 convolution of few channels, and the CPU cannot run it so.", weight);
        }
    }

    /// <summary>Opens a split of the configured data set.</summary>
    public IImageDataset Open(ResolvedConfiguration configuration, DatasetSplit split) =>
        configuration.Dataset.Create<IDatasetSource>(plugins, decoder).Open(split);

    /// <summary>Whether the configured data set has a split.</summary>
    public bool Has(ResolvedConfiguration configuration, DatasetSplit split) =>
        configuration.Dataset.Create<IDatasetSource>(plugins, decoder).Has(split);

    private SourceGroups? Sources(IImageDataset learned, DataOptions options)
    {
        var sources = SourceGroups.Of(learned, options);
        if (sources is not null)
        {
            _logger.LogInformation("data.groupPattern: {Count} {Noun} of {Sources} sources{Lone}.", learned.Info.Count, SampleNoun.Of(learned), sources.Count,
                sources.Lone == 0 ? "" : $", of which {sources.Lone} have names in which it is not found: each a source of its own");
        }

        return sources;
    }

    private static RunInfo Describe(ResolvedConfiguration configuration, IImageDataset learned, DatasetInfo data, int processes, bool isTrained)
    {
        var (trainer, size) = (configuration.Trainer, configuration.Data.ImageSize ?? NativeSize(learned));
        var stepsPerEpoch = data.Count / trainer.BatchSize;
        if (stepsPerEpoch == 0 && isTrained)
        {
            throw new ConfigurationException(
                $"trainer.batchSize is {trainer.BatchSize}, but {TrainingShare.TooFew(learned, configuration.Data, trainer.BatchSize)}");
        }

        return new(data, size, trainer.BatchSize, Math.Max(1, stepsPerEpoch), trainer.Epochs, trainer.Seed, processes)
        {
            Accumulation = trainer.Accumulation,
            MaxSteps = trainer.MaxSteps,
            ViewCount = configuration.Views?.Count,
            HasVideos = learned is IVideoDataset,
        };
    }

    private static int NativeSize(IImageDataset data) => data.Info.Size is { } size
        ? Math.Min(size.Height, size.Width)
        : throw new ConfigurationException(
            $"data.imageSize is not set, and the {SampleNoun.Of(data)} of '{data.Info.Location}' differ in size. Set it, for example data.imageSize: 224.");

    private IBackbone CreateBackbone(PluginChoice choice, RunInfo run, int channels) =>
        choice.Create<IBackbone>(plugins, run with { Data = run.Data with { Channels = channels } });

    // RunRequirements has asked whether the recipe has the section.
    private IBackbone CreateImageModel(ResolvedConfiguration configuration, RunInfo run, BackboneWeights? weights)
    {
        var model = Create();
        if (model.TakesClips)
        {
            throw new ConfigurationException($"imageModel.name is {configuration.ImageModel!.Name}, which takes clips. Expected a network for images.");
        }

        if (weights?.Load(model) is { } note)
        {
            _logger.LogInformation("{Note}", note);
        }
        else if (configuration.ImageModelSection!.Weights is null)
        {
            _logger.LogWarning("imageModel.weights names no file: the network for images has learned nothing.");
        }

        return model;

        IBackbone Create()
        {
            try
            {
                return CreateBackbone(configuration.ImageModel!, run, run.Data.Channels);
            }
            catch (ConfigurationException e)
            {
                throw new ConfigurationException([.. e.Faults.Select(fault => SectionFaults.Of(SectionFaults.ImageModel, fault))]);
            }
        }
    }

    private IMethod CreateMethod(ResolvedConfiguration configuration, RunInfo run, BackboneWeights? weights, ImageModelFactory createImageModel)
    {
        var told = false;
        ChannelBackboneFactory createWithChannels = channels =>
        {
            var backbone = CreateBackbone(configuration.Backbone, run, channels);
            if (weights?.Load(backbone) is { } note && !told)
            {
                told = true;
                _logger.LogInformation("{Note}", note);
            }

            return backbone;
        };
        BackboneFactory createBackbone = () => createWithChannels(run.Data.Channels);
        var parameters = configuration.Method.Plugin.Type.GetConstructors().SelectMany(constructor => constructor.GetParameters());

        var method = parameters.Any(parameter => parameter.ParameterType == typeof(IBackbone))
            ? configuration.Method.Create<IMethod>(plugins, run, createBackbone, createWithChannels, createImageModel, createBackbone())
            : configuration.Method.Create<IMethod>(plugins, run, createBackbone, createWithChannels, createImageModel);

        return method is Module
            ? method
            : throw new ConfigurationException($"The method '{configuration.Method.Name}' ({method.GetType().FullName}) is no torch.nn.Module. "
                + "Derive it from Module and register its parts with RegisterComponents().");
    }

    // Whoever compares views of an image needs two; how many more a recipe may leave out, only the method knows.
    private IReadOnlyList<IReadOnlyList<PluginChoice>> ChooseViews(IReadOnlyList<IReadOnlyList<PluginChoice>>? recipe, ViewPlan method)
    {
        const int fewestCompared = 2;
        if (recipe is null)
        {
            return [.. method.Views.Select(view => view.Steps.Select(Choose).ToList())];
        }

        return recipe.Count >= Math.Min(fewestCompared, method.Views.Count) ? recipe : throw new ConfigurationException(
            $"The section views gives {recipe.Count} view per image, but the method compares {fewestCompared} or more (its own: {method.Views.Count}). "
            + $"Add views or 'repeat: {fewestCompared}', or remove the section to take the method's own.");
    }

    private PluginChoice Choose(AugmentationSpec step) => PluginChoice.From(catalog.Get(PluginKind.Augmentation, step.Name), step.Options);

    private IReadOnlyList<IReadOnlyList<IAugmentation>> CreateViews(IReadOnlyList<IReadOnlyList<PluginChoice>> views, DatasetInfo data, RunInfo run)
    {
        RunRequirements.Require(views.SelectMany((view, index) => view.Select(step => ($"views[{index}].{step.Name}", step.Options))), run);

        return [.. views.Select(view => view.Select(step => step.Create<IAugmentation>(plugins, data, run)).ToList())];
    }

    // Every view must end with one size whatever the image, or its batch cannot be a tensor.
    private static List<ImageSize> ViewSizes(IReadOnlyList<IReadOnlyList<IAugmentation>> views, DatasetInfo data)
    {
        ImageSize[] inputs = data.Size is { } size ? [size] : [new(240, 320), new(333, 250)];
        var sizes = new List<ImageSize>();
        for (var view = 0; view < views.Count; view++)
        {
            var outputs = inputs.Select(input => OutputSize(views[view], input)).Distinct().ToList();
            if (outputs.Count > 1)
            {
                throw new ConfigurationException(
                    $"views[{view}] ends with images of different sizes ({string.Join(" and ", outputs)} for inputs of {string.Join(" and ", inputs)}); "
                    + "a batch needs one. Add a crop of fixed size, for example random-resized-crop.");
            }

            sizes.Add(outputs[0]);
        }

        return sizes;
    }

    private static ImageSize OutputSize(IReadOnlyList<IAugmentation> steps, ImageSize input)
    {
        var random = new CounterRandom(seed: 0, epoch: 0, sample: 0, view: 0);
        foreach (var step in steps)
        {
            var parameters = new float[step.ParameterCount];
            step.Draw(ref random, input, parameters);
            input = step.OutputSize(input, parameters);
        }

        return input;
    }
}
