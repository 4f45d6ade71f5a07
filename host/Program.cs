using Parallax.Host;
using Parallax.Host.Distributed;

return await Composition.RunAsync(args, RankOutput.Create());

/// <summary>The program. Without this line the web framework would make it public.</summary>
internal sealed partial class Program;
