using Parallax.Host.Configuration;
using Parallax.Host.Experiments;
using Parallax.Host.Training;

namespace Parallax.Host.Planning;

/// <summary>A setting that could make the run faster, and how fast it is.</summary>
/// <param name="Setting">As <c>--set</c> takes it.</param>
/// <param name="ImagesPerSecond">Measured; null where the recipe cannot be trained so.</param>
internal sealed record Alternative(string Setting, double? ImagesPerSecond)
{
    /// <summary>The settings that are worth a measurement.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="limit">What limits it.</param>
    /// <param name="cores">Cores of this process.</param>
    public static IEnumerable<(string Setting, ResolvedConfiguration Configuration)> Of(ResolvedConfiguration recipe, Phase limit, int cores)
    {
        var trainer = recipe.Trainer;
        if (limit == Phase.Data)
        {
            var workers = 2 * trainer.WorkersOr(LoaderSetup.WorkersByRule(cores));
            yield return ($"trainer.workers={workers}", recipe with { Trainer = trainer with { Workers = workers } });
            if (!recipe.Data.DecodeSmaller)
            {
                yield return ("data.decodeSmaller=true", recipe with { Data = recipe.Data with { DecodeSmaller = true } });
            }

            yield break;
        }

        var precision = trainer.Precision == TrainingPrecision.Fp32 ? TrainingPrecision.Bf16 : TrainingPrecision.Fp32;
        yield return ($"trainer.precision={(precision == TrainingPrecision.Fp32 ? "fp32" : "bf16")}",
            recipe with { Trainer = trainer with { Precision = precision } });
        yield return ($"trainer.channelsLast={(trainer.ChannelsLast ? "false" : "true")}",
            recipe with { Trainer = trainer with { ChannelsLast = !trainer.ChannelsLast } });
    }
}
