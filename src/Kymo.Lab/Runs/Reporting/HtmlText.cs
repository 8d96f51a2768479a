using System.Globalization;
using System.Net;
using System.Text;

namespace Kymo.Lab.Runs.Reporting;

/// <summary>A page being written. Everything that comes from outside is escaped.</summary>
public sealed class HtmlText
{
    readonly StringBuilder _text = new();

    /// <summary>The markup written so far.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Markup as it stands.</summary>
    public HtmlText Raw(string markup)
    {
        _text.Append(markup).Append('\n');
        return this;
    }

    /// <summary>An element with a text.</summary>
    public HtmlText Element(string name, string text, string attributes = "") =>
        Raw($"<{name}{(attributes.Length > 0 ? " " + attributes : "")}>{Escape(text)}</{name}>");

    /// <summary>A table; cells that are numbers stand to the right. Wide ones scroll by themselves.</summary>
    public HtmlText Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows, string attributes = "")
    {
        _text.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\"><table {attributes}><thead><tr>");
        foreach (var cell in header) _text.Append("<th scope=\"col\">").Append(Escape(cell)).Append("</th>");
        _text.Append("</tr></thead><tbody>\n");
        foreach (var row in rows)
        {
            _text.Append("<tr>");
            for (var i = 0; i < row.Count; i++)
                _text.Append(i == 0 ? "<th scope=\"row\">" : IsNumber(row[i]) ? "<td class=\"n\">" : "<td>")
                    .Append(Escape(row[i])).Append(i == 0 ? "</th>" : "</td>");
            _text.Append("</tr>\n");
        }
        _text.Append("</tbody></table></div>\n");
        return this;
    }

    /// <summary>Pairs of a name and a value.</summary>
    public HtmlText Facts(IEnumerable<(string Name, string Value)> facts)
    {
        _text.Append("<dl>\n");
        foreach (var (name, value) in facts.Where(f => f.Value.Length > 0))
            _text.Append("<div><dt>").Append(Escape(name)).Append("</dt><dd>").Append(Escape(value)).Append("</dd></div>\n");
        _text.Append("</dl>\n");
        return this;
    }

    /// <summary>A text with the letters that mean something in markup written as references.</summary>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    static bool IsNumber(string cell) => cell.Length > 0 && (char.IsAsciiDigit(cell[0]) || cell[0] is '-' or '+' or '−' or '–');
}
