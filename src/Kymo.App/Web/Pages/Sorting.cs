using Microsoft.AspNetCore.Http;

namespace Kymo.App.Web.Pages;

/// <summary>How a table is sorted, as its address says: <c>?sort=COLUMN&amp;dir=asc</c>. Headers are links, so no script is needed.</summary>
/// <param name="Column">The column; empty for the table's own order.</param>
/// <param name="IsDescending">Whether the largest stands first.</param>
sealed record Sorting(string Column, bool IsDescending)
{
    /// <summary>Reads an address.</summary>
    public static Sorting Of(HttpContext context) => new(context.Request.Query["sort"].ToString(), context.Request.Query["dir"] != "asc");

    /// <summary>A header cell that sorts by its column, and the other way round where it does so already.</summary>
    /// <param name="request">The address of the table with its filters.</param>
    /// <param name="column">The column's name in addresses.</param>
    /// <param name="label">What stands in the cell.</param>
    /// <param name="style">Classes of the cell.</param>
    public Markup Header(HttpRequest request, string column, string label, string style = "")
    {
        var isSorted = Column == column;
        var query = request.Query.Where(entry => entry.Key is not ("sort" or "dir"))
            .SelectMany(entry => entry.Value.Select(value => KeyValuePair.Create(entry.Key, value)))
            .Append(KeyValuePair.Create<string, string?>("sort", column)).Append(KeyValuePair.Create<string, string?>("dir", isSorted && IsDescending ? "asc" : "desc"));
        var order = !isSorted ? "none" : IsDescending ? "descending" : "ascending";
        return Markup.Of($"""<th scope="col" class="{style}" aria-sort="{order}"><a href="{request.Path + QueryString.Create(query)}">{label}<span aria-hidden="true">{(!isSorted ? "" : IsDescending ? " ▾" : " ▴")}</span></a></th>""");
    }

    /// <summary>Rows in order; those without a value come last either way.</summary>
    public IEnumerable<T> Sort<T>(IEnumerable<T> rows, Func<T, (double Number, string Text)> value)
    {
        if (Column == "") return rows;
        var filled = rows.Select(row => (Row: row, Value: value(row))).ToArray();
        var isNumeric = Array.TrueForAll(filled, row => double.IsFinite(row.Value.Number) || row.Value.Text == "");
        bool Has((T Row, (double Number, string Text) Value) row) => isNumeric ? double.IsFinite(row.Value.Number) : row.Value.Text != "";
        var ordered = isNumeric ? filled.Where(Has).OrderBy(row => row.Value.Number) : filled.Where(Has).OrderBy(row => row.Value.Text, StringComparer.OrdinalIgnoreCase);
        return (IsDescending ? ordered.Reverse() : ordered).Concat(filled.Where(row => !Has(row))).Select(row => row.Row);
    }
}
