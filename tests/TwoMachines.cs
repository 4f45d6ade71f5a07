using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Parallax.Tests;

/// <summary>Two machines on this one, as far as MPI can tell: two network namespaces joined by a cable of their own, each with its own host name. Both see the
/// same files.</summary>
public sealed class TwoMachines : IDisposable
{
    private const string Network = "10.99.0.0/24";   // known to the two namespaces only
    private static readonly string[] Addresses = ["10.99.0.1", "10.99.0.2"];

    /// <summary>Names of the machines; mpirun runs on the first.</summary>
    public static IReadOnlyList<string> HostNames { get; } = ["machine-a", "machine-b"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-machines-");
    private readonly string[] _names = [$"plx{Environment.ProcessId}a", $"plx{Environment.ProcessId}b"];

    /// <summary>Sets them up, or skips the test with the reason where that is not allowed.</summary>
    public TwoMachines()
    {
        try
        {
            Ip("netns", "add", _names[0]);
            Ip("netns", "add", _names[1]);
            Ip("link", "add", _names[0], "type", "veth", "peer", "name", _names[1]);
            for (var i = 0; i < _names.Length; i++)
            {
                Ip("link", "set", _names[i], "netns", _names[i]);
                Ip("-n", _names[i], "addr", "add", Addresses[i] + Network[Network.IndexOf('/')..], "dev", _names[i]);
                Ip("-n", _names[i], "link", "set", "lo", "up");
                Ip("-n", _names[i], "link", "set", _names[i], "up");
            }

            // until the cable is known to work
            Require("ip", Entering(0, ["sh", "-c", "for i in $(seq 50); do ip -br link show up | grep -q 'plx.* UP' && exit; sleep 0.1; done; exit 1"]));
        }
        catch (Win32Exception)
        {
            _folder.Delete(recursive: true);
            Assert.Skip("Two machines cannot be tried here: the command 'ip' is missing. Install iproute2.");
        }
        catch (InvalidOperationException fault)
        {
            Dispose();
            Assert.Skip($"Two machines cannot be tried here: {fault.Message} It needs the right to make network namespaces.");
        }

        WriteScript();
    }

    private string Agent => Path.Combine(_folder.FullName, "agent.sh");

    private string Hosts => Path.Combine(_folder.FullName, "hosts");

    /// <summary>A command that runs mpirun on the first machine, with one process on each.</summary>
    /// <param name="program">What each process runs.</param>
    public (string Program, string[] Arguments) Mpirun(IEnumerable<string> program) => ("ip", Entering(0,
    [
        "mpirun", "--allow-run-as-root", "--bind-to", "none", "--hostfile", Hosts, "-n", _names.Length.ToString(CultureInfo.InvariantCulture),
        "--mca", "plm_rsh_agent", $"sh {Agent}", "--mca", "plm_ssh_agent", $"sh {Agent}",   // of Open MPI 4 and 5
        "--mca", "oob_tcp_if_include", Network, "--mca", "btl_tcp_if_include", Network, .. program,
    ]));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var name in _names)
        {
            Run("ip", ["netns", "del", name]);   // the cable goes with them
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>What stands for ssh: it is given a machine and a command.</summary>
    private void WriteScript()
    {
        File.WriteAllText(Hosts, string.Concat(Addresses.Select(address => $"{address} slots=1\n")));
        File.WriteAllText(Agent, $"""
            shift
            exec ip netns exec {_names[1]} unshare --uts sh -c "hostname {HostNames[1]}; $*"

            """);
    }

    private string[] Entering(int machine, string[] command) =>
        ["netns", "exec", _names[machine], "unshare", "--uts", "sh", "-c", $"hostname {HostNames[machine]}; exec \"$@\"", "sh", .. command];

    private static void Ip(params string[] arguments) => Require("ip", arguments);

    private static void Require(string program, string[] arguments)
    {
        if (Run(program, arguments) is { Length: > 0 } fault)
        {
            throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' says: {fault}");
        }
    }

    /// <summary>What a program says when it fails; empty when it does not.</summary>
    private static string Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();

        return process.ExitCode == 0 ? "" : $"{error} (exit code {process.ExitCode}).";
    }
}
