using Parallax.Torch.Tests.Collectives;
using Xunit.Runner.InProc.SystemConsole;

// The tests; or, started by one of them through mpirun, one of several processes: --rank FOLDER SCENARIO ...
return args is ["--rank", var folder, .. var scenarios] ? RankProgram.Run(folder, scenarios) : await ConsoleRunner.Run(args);
