using System.Diagnostics;

namespace Parallax.Host.Distributed;

/// <summary>Open MPI on this machine, which only several processes need.</summary>
internal static class OpenMpi
{
    /// <summary>Where mpirun is; null when it is not installed.</summary>
    public static string? Mpirun =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "mpirun")).FirstOrDefault(File.Exists);

    /// <summary>Installs it unless it is there, where this program may.</summary>
    /// <returns>The path of mpirun.</returns>
    /// <exception cref="ConfigurationException">It is not there and could not be installed; says what to do.</exception>
    public static string Require()
    {
        if (Mpirun is { } there)
        {
            return there;
        }

        // says what it does, and what to do where it cannot
        using var script = Process.Start("bash", [Path.Combine(AppContext.BaseDirectory, "install-mpi.sh")]);
        script.WaitForExit();

        return Mpirun ?? throw new ConfigurationException("--nproc starts the processes through mpirun, which is not there. When Open MPI is installed, "
            + "the same command works.");
    }
}
