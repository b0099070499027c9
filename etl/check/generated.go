package check

import (
	"fmt"
	"strings"

	"verso/etl/canon"
	"verso/olap/engine"
)

// duplicateFamily is the family of the checks over landed files.
const duplicateFamily = "duplicate-rows"

func q(name string) string { return engine.QuoteIdent(name) }

// ofTable makes the checks that follow from a table's declaration.
func ofTable(t *canon.Table, supplied map[string]int64) []Definition {
	out := []Definition{empty(t), quarantined(t), mostlyQuarantined(t)}
	if len(t.Key) > 0 {
		out = append(out, repeatedKey(t), keyLeft(t))
	}
	for _, c := range t.Columns {
		target, column, _ := strings.Cut(c.References, ".")
		if of, ok := supplied[target]; ok && c.References != "" {
			out = append(out, orphan(t, c, target, column, 4*supplied[t.Name] < of))
		}
		if c.References == t.Name+"."+keyOf(t) {
			out = append(out, cycle(t, c))
		}
		if c.References != "" && c.Required {
			out = append(out, nullReference(t, c))
		}
		if (c.Type == canon.Date || c.Type == canon.Timestamp) && c.Required && t.Area != "reference" {
			out = append(out, future(t, c), ancient(t, c))
		}
	}
	return append(out, rounded(t), dropped(t))
}

func keyOf(t *canon.Table) string {
	if len(t.Key) == 1 {
		return t.Key[0]
	}
	return ""
}

// ids are the columns that name a row: its key, or else what it references.
func ids(t *canon.Table, alias string) string {
	names := t.Key
	if len(names) == 0 {
		for _, c := range t.Columns {
			if c.References != "" && c.Required {
				names = append(names, c.Name)
			}
		}
	}
	out := make([]string, 0, len(names)+1)
	for _, n := range names {
		out = append(out, alias+"."+q(n)+" AS "+q(n))
	}
	if len(t.Key) == 0 {
		out = append(out, alias+`."source" AS "source"`, alias+`."_row" AS "row"`)
	}
	return strings.Join(out, ", ")
}

func stage(t string) string { return "stage." + q(t) }

func rows(t *canon.Table) string { return "SELECT count(*) FROM " + stage(t.Name) }

func loads(t *canon.Table, column string) string {
	return fmt.Sprintf(`SELECT CAST(coalesce(sum(%[1]s), 0) AS BIGINT) AS %[1]s FROM meta.table_load WHERE "table_name" = %[2]s`, q(column), engine.QuoteText(t.Name))
}

func empty(t *canon.Table) Definition {
	severity := Warn
	if t.Minimal {
		severity = Error
	}
	return Definition{ID: "empty." + t.Name, Family: "empty", Table: t.Name, Severity: severity, Needs: []string{t.Name}, Slice: t.Name,
		Description: "Nothing was loaded although the table is mapped",
		Hint:        "Look at the source's file or SELECT; it may be empty, or all of it is in quarantine." + t.Name + ", or all that was known is deleted in the source.",
		Tested:      "SELECT 1",
		Offenders:   loads(t, "read") + ` HAVING coalesce(sum(table_load."loaded"), 0) = 0 OR NOT EXISTS (FROM ` + stage(t.Name) + ` WHERE NOT coalesce(is_deleted, false))`}
}

func quarantined(t *canon.Table) Definition {
	return Definition{ID: "quarantined." + t.Name, Family: "quarantined", Table: t.Name, Severity: Warn, Threshold: 0.01, Needs: []string{t.Name}, Slice: t.Name,
		Description: "Rows set aside because they could not be used",
		Hint:        "SELECT reason, count(*) FROM quarantine." + t.Name + " GROUP BY reason shows why.",
		Tested:      loads(t, "read"),
		Count:       fmt.Sprintf(`SELECT (%s) - (SELECT count(*) FROM quarantine.%s WHERE "reason" = 'deleted in source') AS "quarantined"`, loads(t, "quarantined"), q(t.Name)),
		Offenders: fmt.Sprintf(`SELECT "reason", count(*) AS "rows", min("value") AS "value" FROM quarantine.%s WHERE "reason" <> 'deleted in source' GROUP BY "reason"`,
			q(t.Name))}
}

func mostlyQuarantined(t *canon.Table) Definition {
	d := quarantined(t)
	d.ID, d.Family, d.Severity, d.Threshold = "mostly-quarantined."+t.Name, "mostly-quarantined", Error, 0.5
	d.Description = "More than half of the rows could not be used"
	d.Hint = "The mapping, the date format, the decimal separator or as_of is probably wrong. " + d.Hint
	return d
}

func repeatedKey(t *canon.Table) Definition {
	key := strings.Join(t.Key, ", ")
	where := fmt.Sprintf(`FROM quarantine.%s WHERE "reason" IN ('duplicate row', 'duplicate key')`, q(t.Name))
	return Definition{ID: "repeated-key." + t.Name, Family: "repeated-key", Table: t.Name, Severity: Warn, Threshold: 0.01, Needs: []string{t.Name}, Slice: t.Name,
		Description: "Rows that repeat a key (" + key + ")",
		Hint:        "One row of each key is kept, the one changed last; the others are in quarantine." + t.Name + ".",
		Tested:      loads(t, "read"),
		Offenders:   `SELECT "value" AS "key", "source", "record", "reason" ` + where}
}

func keyLeft(t *canon.Table) Definition {
	keys := make([]string, len(t.Key))
	for i, k := range t.Key {
		keys[i] = q(k)
	}
	key, newly := strings.Join(keys, ", "), ""
	if len(keys) == 1 {
		newly = fmt.Sprintf("SELECT %[1]s, count(*) AS \"value\" FROM %[2]s AS x WHERE x.%[1]s IN (%[3]s) GROUP BY %[1]s HAVING count(*) > 1", key, stage(t.Name), newKeys)
	}
	return Definition{ID: "key." + t.Name, Family: "key", Table: t.Name, Severity: Error, Needs: []string{t.Name},
		Description: "Keys that still stand in the warehouse more than once",
		Hint:        "This is a fault of verso; nothing is published.",
		Tested:      rows(t),
		Offenders:   fmt.Sprintf("SELECT %s, count(*) AS \"value\" FROM %s GROUP BY %s HAVING count(*) > 1", key, stage(t.Name), key),
		Newly:       newly}
}

// newKeys stands in Definition.Newly for the SELECT of the keys of new rows. They
// are looked for with IN, which finds few in many at once, where EXISTS reads all.
const newKeys = "{new}"

// orphan finds references to what is not there. few says that the rows are few
// beside those they refer to: NOT EXISTS is then the faster way to ask, else NOT
// IN a list without nulls, which says the same.
func orphan(t *canon.Table, c canon.Column, target, column string, few bool) Definition {
	missing := "x.%[2]s NOT IN (SELECT y.%[5]s FROM %[4]s AS y WHERE y.%[5]s IS NOT NULL)"
	if few {
		missing = "NOT EXISTS (SELECT 1 FROM %[4]s AS y WHERE y.%[5]s = x.%[2]s)"
	}
	newly := ""
	if key := keyOf(t); key != "" {
		newly = fmt.Sprintf(`WITH fresh AS MATERIALIZED (
  SELECT %[1]s, x.%[2]s AS "value" FROM %[3]s AS x WHERE x.%[2]s IS NOT NULL AND x.%[4]s IN (%[5]s)
), known AS MATERIALIZED (
  SELECT DISTINCT y.%[6]s AS id FROM %[7]s AS y WHERE y.%[6]s IN (SELECT f."value" FROM fresh AS f)
)
SELECT f.%[4]s, f."value" FROM fresh AS f WHERE f."value" NOT IN (SELECT k.id FROM known AS k)`,
			ids(t, "x"), q(c.Name), stage(t.Name), q(key), newKeys, q(column), stage(target))
	}
	return Definition{ID: "orphan." + t.Name + "." + c.Name, Newly: newly, Refers: target, Family: "orphan", Table: t.Name, Severity: Warn, Threshold: 0.01, Needs: []string{t.Name, target},
		Description: fmt.Sprintf("%s that %s does not have", c.Name, target),
		Hint:        "They count under (unknown); look for rows missing from the export of " + target + ".",
		Tested:      rows(t) + " WHERE " + q(c.Name) + " IS NOT NULL",
		Offenders: fmt.Sprintf("SELECT %[1]s, x.%[2]s AS \"value\" FROM %[3]s AS x WHERE x.%[2]s IS NOT NULL AND "+missing,
			ids(t, "x"), q(c.Name), stage(t.Name), stage(target), q(column))}
}

func nullReference(t *canon.Table, c canon.Column) Definition {
	return Definition{ID: "no-reference." + t.Name + "." + c.Name, Family: "no-reference", Table: t.Name, Severity: Warn, Threshold: 0.01, Needs: []string{t.Name},
		Description: "Rows without " + c.Name,
		Hint:        "They count under (unknown).",
		Tested:      rows(t),
		Offenders:   fmt.Sprintf("SELECT %s, CAST(NULL AS VARCHAR) AS \"value\" FROM %s AS x WHERE x.%s IS NULL", ids(t, "x"), stage(t.Name), q(c.Name))}
}

// cycle finds members that are their own ancestor, up to 30 levels.
func cycle(t *canon.Table, c canon.Column) Definition {
	key, parent := q(keyOf(t)), q(c.Name)
	return Definition{ID: "cycle." + t.Name + "." + c.Name, Family: "cycle", Table: t.Name, Severity: Warn, Needs: []string{t.Name},
		Description: "Members that are above themselves by " + c.Name,
		Hint:        "The loop is cut; correct the parents in the source.",
		Tested:      rows(t) + " WHERE " + parent + " IS NOT NULL",
		Offenders: fmt.Sprintf(`WITH RECURSIVE up AS (
  SELECT x.%[1]s AS id, x.%[2]s AS above, 1 AS depth FROM %[3]s AS x WHERE x.%[2]s IS NOT NULL
  UNION ALL
  SELECT u.id, x.%[2]s, u.depth + 1 FROM up AS u JOIN %[3]s AS x ON x.%[1]s = u.above
  WHERE x.%[2]s IS NOT NULL AND u.above <> u.id AND u.depth < 30
)
SELECT DISTINCT id AS %[1]s, depth AS "value" FROM up WHERE above = id`, key, parent, stage(t.Name))}
}

func future(t *canon.Table, c canon.Column) Definition {
	return Definition{ID: "future." + t.Name + "." + c.Name, Family: "future", Table: t.Name, Severity: Warn, Needs: []string{t.Name},
		Description: c.Name + " after the as-of date",
		Hint:        "Mistyped years, or an as_of that is too early; analyses look at dates up to the as-of date.",
		Tested:      rows(t),
		Offenders: fmt.Sprintf("SELECT %s, x.%[2]s AS \"value\" FROM %[3]s AS x CROSS JOIN meta.run AS r WHERE CAST(x.%[2]s AS DATE) > r.as_of",
			ids(t, "x"), q(c.Name), stage(t.Name))}
}

func ancient(t *canon.Table, c canon.Column) Definition {
	return Definition{ID: "before-1900." + t.Name + "." + c.Name, Family: "before-1900", Table: t.Name, Severity: Warn, Needs: []string{t.Name},
		Description: c.Name + " before 1900",
		Hint:        "Mistyped or empty dates of the source system; correct them there.",
		Tested:      rows(t),
		Offenders:   fmt.Sprintf("SELECT %s, x.%[2]s AS \"value\" FROM %[3]s AS x WHERE CAST(x.%[2]s AS DATE) < DATE '1900-01-01'", ids(t, "x"), q(c.Name), stage(t.Name))}
}

func noted(t *canon.Table, id, note, description, hint string) Definition {
	where := fmt.Sprintf(`FROM meta.stage_note WHERE "table_name" = %s AND "note" = %s`, engine.QuoteText(t.Name), engine.QuoteText(note))
	return Definition{ID: id + "." + t.Name, Family: id, Table: t.Name, Severity: Info, Threshold: 0.01, Needs: []string{t.Name}, Slice: t.Name,
		Description: description, Hint: hint, Tested: rows(t),
		Count:     `SELECT CAST(coalesce(sum("rows"), 0) AS BIGINT) ` + where,
		Offenders: `SELECT "column_name", "source", "rows" AS "value" ` + where}
}

func rounded(t *canon.Table) Definition {
	return noted(t, "rounded", "rounded", "Numbers with more decimals than are kept, rounded half away from zero",
		"Amounts keep four decimals, rates eight.")
}

func dropped(t *canon.Table) Definition {
	return noted(t, "value-unknown", "not an accepted value", "Values that are not among those the column accepts, loaded as empty",
		"verso canon lists the accepted values; map the source's own words to them with a select.")
}

// DuplicateRows is the check that a landed extract holds no row twice, over all
// of its own columns. from is the FROM text that scans it.
// stands identifies the content of what was landed.
func DuplicateRows(extract, table, from, stands string, columns []string) Definition {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = q(c)
	}
	all := strings.Join(list, ", ")
	// Rows are counted by a short hash first; only rows whose hash repeats are
	// compared in full.
	repeated := fmt.Sprintf(`SELECT %[1]s, count(*) - 1 AS "repeats" FROM (
  SELECT %[1]s FROM (SELECT %[1]s, hash(%[1]s) AS "_hash" FROM %[2]s) AS w
  WHERE "_hash" IN (SELECT hash(%[1]s) FROM %[2]s GROUP BY hash(%[1]s) HAVING count(*) > 1)
) AS c GROUP BY %[1]s HAVING count(*) > 1`, all, from)
	return Definition{ID: duplicateFamily + "." + extract, Family: duplicateFamily, Table: table, Severity: Warn, Threshold: 0.001, Landing: true, Stands: stands,
		Description: "Rows of the extract " + extract + " that repeat another row in every column",
		Hint:        "The table has no key to tell them apart, so all of them are loaded; map a key, or make the export distinct.",
		Tested:      "SELECT count(*) FROM " + from,
		Count:       "SELECT CAST(coalesce(sum(d.\"repeats\"), 0) AS BIGINT) FROM (\n" + repeated + "\n) AS d",
		Offenders:   repeated}
}
