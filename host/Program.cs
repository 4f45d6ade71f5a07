using Parallax.Host;
using Parallax.Host.Distributed;

return await Composition.RunAsync(args, RankOutput.Create());
