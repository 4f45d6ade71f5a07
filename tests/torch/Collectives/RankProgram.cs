using System.Reflection;

namespace Parallax.Torch.Tests.Collectives;

/// <summary>What a process does that a test has started through mpirun: scenarios, one after the other, until one fails.</summary>
internal static class RankProgram
{
    private static readonly Type[] Classes =
    [
        typeof(ProcessGroupScenarios), typeof(DistributedFunctionsScenarios), typeof(GradientReducerScenarios), typeof(OverlapScenarios),
        typeof(SynchronizedBatchNormScenarios),
    ];

    /// <summary>Scenarios that all processes must finish, as CLASS.METHOD.</summary>
    public static IReadOnlyList<string> Scenarios { get; } = [.. Classes.SelectMany(type => Methods(type).Select(method => $"{type.Name}.{method.Name}"))];

    public static int Run(string folder, IReadOnlyList<string> scenarios)
    {
        torch.set_num_threads(1);
        var group = ProcessGroup.Join(scenarios.Any(scenario => scenario.Contains("IsStuck", StringComparison.Ordinal))
            ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1));
        using var report = File.AppendText(Report(folder, group.Size, group.Rank));
        foreach (var scenario in scenarios)
        {
            try
            {
                using var scope = NewDisposeScope();
                Find(scenario).CreateDelegate<Action<ProcessGroup>>()(group);
                group.Barrier();
            }
            catch (Exception fault)
            {
                report.Write($"{scenario}\n{fault}\n");
                return 1;
            }

            report.Write($"{scenario}\n\n");
            report.Flush();
        }

        group.Leave();
        return 0;
    }

    /// <summary>Where a process tells how far it came: for each scenario its name and what went wrong, or an empty line.</summary>
    public static string Report(string folder, int size, int rank) => Path.Combine(folder, $"{size}-{rank}.txt");

    private static MethodInfo[] Methods(Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);

    private static MethodInfo Find(string scenario) =>
        Methods(typeof(RankProgram).Assembly.GetType($"{typeof(RankProgram).Namespace}.{scenario[..scenario.IndexOf('.')]}", throwOnError: true)!)
            .Single(method => scenario.EndsWith($".{method.Name}", StringComparison.Ordinal));
}
