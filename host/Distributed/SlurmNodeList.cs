namespace Parallax.Host.Distributed;

/// <summary>Reads Slurm's short form of host names, such as <c>gpu[01-03,07],login2</c>.</summary>
internal static class SlurmNodeList
{
    /// <summary>The first host of a list: where the first task runs.</summary>
    /// <param name="list">As in SLURM_NODELIST.</param>
    /// <exception cref="ConfigurationException">It is empty, or a bracket is not closed.</exception>
    public static string First(string list)
    {
        var name = "";
        for (var i = 0; i < list.Length && list[i] != ','; i++)
        {
            if (list[i] != '[')
            {
                name += list[i];
                continue;
            }

            var end = list.IndexOf(']', i);
            var first = end < 0 ? "" : list[(i + 1)..end].Split(',', '-')[0];
            if (first.Length == 0)
            {
                throw Fault(list);
            }

            name += first;
            i = end;
        }

        return name.Length > 0 ? name : throw Fault(list);
    }

    private static ConfigurationException Fault(string list) => new(
        $"SLURM_NODELIST is '{list}'; expected host names such as 'gpu[01-03,07],login2'. Set MASTER_ADDR to the host of task 0 instead.");
}
