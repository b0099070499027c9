package canon

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// JSON writes the canonical tables for programs: {"tables": [...]} in the
// order of Tables, one field for each field of Table and Column.
func JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		Tables []Table `json:"tables"`
	}{Tables()})
}

// Markdown writes the reference page of the canonical tables. The common
// columns are described once, not with every table.
func Markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	intro(b)
	area := ""
	for _, t := range Tables() {
		if t.Area != area {
			area = t.Area
			fmt.Fprintf(b, "\n## %s%s\n", strings.ToUpper(area[:1]), area[1:])
		}
		tableSection(b, t)
	}
	return b.Flush()
}

// TableMarkdown writes the section of one table, the common columns included.
func TableMarkdown(w io.Writer, t Table) error {
	b := bufio.NewWriter(w)
	tableSection(b, t)
	for _, c := range common() {
		columnRow(b, c)
	}
	return b.Flush()
}

func intro(b io.Writer) {
	fmt.Fprint(b, "# Canonical tables\n\n"+
		"What operational data is mapped onto in `verso.yaml`. Only the columns marked **required** of the tables\n"+
		"marked *minimal input* are needed; every other table and column adds analyses.\n\n"+
		"| type | staged as |\n|---|---|\n")
	for _, row := range typeRows() {
		fmt.Fprintf(b, "| %s | %s |\n", row[0], row[1])
	}
	fmt.Fprint(b, "\n**required**: the mapping must supply it; a row where it is empty is quarantined, except that an empty\n"+
		"reference points to the unknown member. *numbered*: rows are numbered when it is not mapped.\n"+
		"Names are recognised whatever their case, spaces, points and underscores.\n\n"+
		"Every table also has:\n\n"+columnHead)
	for _, c := range common() {
		columnRow(b, c)
	}
	fmt.Fprint(b, "\n| area | tables |\n|---|---|\n")
	for _, a := range Areas() {
		var links []string
		for _, t := range Tables() {
			if t.Area == a {
				links = append(links, fmt.Sprintf("[%s](#%s)", t.Name, t.Name))
			}
		}
		fmt.Fprintf(b, "| %s | %s |\n", a, strings.Join(links, ", "))
	}
}

func typeRows() [][2]string {
	return [][2]string{
		{string(ID), "BIGINT, or VARCHAR when the configuration says `ids: text`"},
		{string(Text), "VARCHAR, trimmed; the empty text is null"},
		{string(Integer), "INTEGER"},
		{string(Money), "DECIMAL(18,4), in the document's currency unless said otherwise"},
		{string(Rate), "DECIMAL(18,8)"},
		{string(Percent), "DECIMAL(9,4); 15 means 15 %"},
		{string(Double), "DOUBLE"},
		{string(Date), "DATE"},
		{string(Timestamp), "TIMESTAMP"},
		{string(Boolean), "BOOLEAN"},
		{string(Currency), "VARCHAR, three upper-case letters (ISO 4217)"},
	}
}

const columnHead = "| column | type | notes | meaning | also known as |\n|---|---|---|---|---|\n"

func tableSection(b io.Writer, t Table) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n", t.Name, t.Meaning)
	key := "none: rows are not deduplicated"
	if len(t.Key) > 0 {
		key = "`" + strings.Join(t.Key, "`, `") + "`"
	}
	fmt.Fprintf(b, "Key: %s.", key)
	if t.Minimal {
		fmt.Fprint(b, " *Minimal input.*")
	}
	if len(t.Versioned) > 0 {
		fmt.Fprintf(b, " History is kept of `%s`.", strings.Join(t.Versioned, "`, `"))
	}
	fmt.Fprint(b, "\n\n"+columnHead)
	for _, c := range t.Columns {
		if !c.Common() {
			columnRow(b, c)
		}
	}
}

func columnRow(b io.Writer, c Column) {
	fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", c.Name, c.Type,
		strings.Join(c.notes(), "; "), c.Meaning, strings.Join(c.Aliases, ", "))
}

// notes are the rules of a column in words.
func (c Column) notes() []string {
	var notes []string
	if c.Required {
		notes = append(notes, "**required**")
	}
	if c.Numbered {
		notes = append(notes, "*numbered*")
	}
	if c.References != "" {
		table, _, _ := strings.Cut(c.References, ".")
		notes = append(notes, fmt.Sprintf("→ [%s](#%s)", c.References, table))
	}
	if len(c.Values) > 0 {
		notes = append(notes, "one of: "+strings.Join(c.Values, ", "))
	}
	if c.Unit != "" {
		notes = append(notes, c.Unit)
	}
	if r := c.Range(); r != "" {
		notes = append(notes, r)
	}
	if c.Default != "" {
		notes = append(notes, "default "+c.Default)
	}
	return notes
}

// Range is the accepted range in words, such as "0 to 100" or "at least 0";
// "" when the column is open at both ends.
func (c Column) Range() string {
	number := func(f *float64) string { return strconv.FormatFloat(*f, 'f', -1, 64) }
	switch {
	case c.Min != nil && c.Max != nil:
		return number(c.Min) + " to " + number(c.Max)
	case c.Min != nil:
		return "at least " + number(c.Min)
	case c.Max != nil:
		return "at most " + number(c.Max)
	}
	return ""
}
