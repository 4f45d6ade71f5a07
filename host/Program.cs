using Parallax.Host.Cli;

var output = new CliOutput(Console.Out, Console.Error, isTerminal: !Console.IsOutputRedirected);

return await CommandLineApplication.RunAsync(args, output);
