using System.Text.Json.Nodes;

namespace Parallax.Host.Configuration;

/// <summary>The JSON Schema of recipes (draft 2020-12), for completion and checks in editors.</summary>
internal static class RecipeSchema
{
    /// <summary>Writes the schema over the host's sections and every plugin found.</summary>
    public static JsonObject Write(PluginCatalog catalog)
    {
        var sections = new JsonObject { ["extends"] = new JsonObject { ["type"] = "string", ["description"] = "Another recipe, relative to this one." } };
        foreach (var (name, record) in HostSections.All)
        {
            sections[name] = OrNull(
                Section(XmlDocs.Of(record), Properties(record), closed: name != "evaluation" && !HostSections.Plugins.ContainsKey(name)));
        }

        foreach (var protocol in catalog.Of(PluginKind.Evaluator))
        {
            sections["evaluation"]!["properties"]![protocol.Name] = Options(protocol);
        }

        foreach (var (name, kind) in HostSections.Plugins)
        {
            sections[name] = Choice(sections[name] as JsonObject, catalog.Of(kind));
        }

        sections["views"] = Views(catalog);
        var root = Section("A Parallax recipe.", sections, closed: true);
        root["patternProperties"] = new JsonObject { ["^x-"] = true };   // what aliases stand for
        root["$schema"] = "https://json-schema.org/draft/2020-12/schema";

        return root;
    }

    // A recipe that extends another one takes a section away with null.
    private static JsonObject OrNull(JsonObject schema)
    {
        schema["type"] = new JsonArray(schema["type"]!.DeepClone(), "null");

        return schema;
    }

    private static JsonObject Section(string description, JsonObject properties, bool closed) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["properties"] = properties,
        ["additionalProperties"] = !closed,
    };

    private static JsonObject Properties(Type record)
    {
        var properties = new JsonObject();
        foreach (var key in OptionKey.Of(record))
        {
            var value = Value(key.Type);
            value["description"] = XmlDocs.Of(key.Property);
            if (key.IsNullable && value["type"] is JsonValue type)
            {
                value["type"] = new JsonArray(type.DeepClone(), "null");
            }

            if (key.Range is { Minimum: not string } range)
            {
                value[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = JsonValue.Create(Convert.ToDouble(range.Minimum, null));
                value[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = JsonValue.Create(Convert.ToDouble(range.Maximum, null));
            }

            properties[key.Name] = value;
        }

        return properties;
    }

    private static JsonObject Value(Type type) => type switch
    {
        _ when OptionValue.ElementType(type) is { } element => new() { ["type"] = "array", ["items"] = Value(element) },
        _ when OptionValue.IsSection(type) => Section("", Properties(type), closed: true),
        { IsEnum: true } => new() { ["enum"] = new JsonArray([.. EnumNames.Of(type).Keys.Select(name => JsonValue.Create(name))]) },
        _ when type == typeof(bool) => new() { ["type"] = "boolean" },
        _ when type == typeof(int) || type == typeof(long) => new() { ["type"] = "integer" },
        _ when type == typeof(double) || type == typeof(float) => new() { ["type"] = "number" },
        _ when type == typeof(AutoCount) => new() { ["type"] = new JsonArray("integer", "string"), ["pattern"] = "^auto$" },
        _ => new() { ["type"] = "string" },
    };

    private static JsonObject Options(PluginDescriptor plugin) =>
        Section(plugin.Summary, plugin.OptionsType is { } record ? Properties(record) : [], closed: true);

    /// <summary>A section whose allowed keys depend on the plugin it names. One without a name changes what an extended recipe has: keys of any of
    /// them.</summary>
    private static JsonObject Choice(JsonObject? host, IEnumerable<PluginDescriptor> plugins)
    {
        var shared = host?["properties"] as JsonObject;
        var (cases, keys) = (new JsonArray(), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var plugin in plugins)
        {
            var properties = (shared?.DeepClone() as JsonObject) ?? [];
            foreach (var (key, value) in Options(plugin)["properties"]!.AsObject())
            {
                properties[key] = value!.DeepClone();
            }

            properties["name"] = new JsonObject { ["const"] = plugin.Name };
            var section = Section(plugin.Summary, properties, closed: true);
            section["required"] = new JsonArray("name");
            cases.Add(section);
            keys.UnionWith(properties.Select(pair => pair.Key));
        }

        cases.Add(new JsonObject
        {
            ["type"] = "object",
            ["description"] = "Changes to what the extended recipe has.",
            ["not"] = new JsonObject { ["required"] = new JsonArray("name") },
            ["propertyNames"] = new JsonObject { ["enum"] = new JsonArray([.. keys.Select(key => JsonValue.Create(key))]) },
        });
        cases.Add(new JsonObject { ["type"] = "null" });

        return new() { ["oneOf"] = cases };
    }

    private static JsonObject Views(PluginCatalog catalog)
    {
        var named = new JsonObject();
        foreach (var plugin in catalog.Of(PluginKind.Augmentation))
        {
            named[plugin.Name] = Options(plugin);
        }

        var step = Section("An augmentation with options.", named, closed: true);
        step["maxProperties"] = 1;
        JsonArray names = [.. catalog.Of(PluginKind.Augmentation).Select(plugin => JsonValue.Create(plugin.Name))];
        var view = Section("One view, taken 'repeat' times.", new()
        {
            ["repeat"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 100 },
            ["augmentations"] = new JsonObject { ["type"] = "array",
                ["items"] = new JsonObject { ["anyOf"] = new JsonArray(step, new JsonObject { ["enum"] = names }) } },
        }, closed: true);

        return OrNull(new() { ["type"] = "array", ["items"] = view });
    }
}
