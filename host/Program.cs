using Parallax.Host.Cli;
using Parallax.Host.Distributed;

return await CommandLineApplication.RunAsync(args, RankOutput.Create());
