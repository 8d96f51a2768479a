using System.Globalization;
using Kymo.Config;

namespace Kymo.Lab.Models;

/// <summary>Settings typed as <c>key=value</c>, bound to a record.</summary>
public static class Settings
{
    /// <summary>The settings' names.</summary>
    public static IEnumerable<string> NamesOf<T>() where T : class => ConfigBinder.Describe<T>().Select(setting => setting.Key);

    /// <summary>Binds a record from texts: true, false, null, integers, numbers and lists in brackets are what they look like.</summary>
    /// <param name="settings">Keys and values.</param>
    /// <exception cref="ConfigException">An unknown key, or a value of the wrong kind.</exception>
    public static T Bind<T>(IReadOnlyDictionary<string, string> settings) where T : class
    {
        var map = new MapNode();
        foreach (var (key, text) in settings) map.Add(key, Node(text));
        return ConfigBinder.Bind<T>(map);
    }

    static ConfigNode Node(string text) => text.StartsWith('[') ? YamlReader.Read(text, "settings") : new ScalarNode(Value(text));

    static object? Value(string text) =>
        text is "true" or "false" ? text == "true"
        : text == "null" ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? integer
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : text;
}
