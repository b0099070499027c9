package etl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/etl/canon"
)

// Fault codes of repeated keys, beside the codes of columns.
const (
	faultDuplicateRow = 1_000_001 // all of the row repeats the one kept
	faultDuplicateKey = 1_000_002 // only the key does
)

// markDuplicates marks all but one row of every key: the row kept is the one
// changed last, then the last in source order.
func (s *State) markDuplicates(ctx context.Context, t *canon.Table, loads []*Load) error {
	if len(t.Key) == 0 || s.numberedKey(t, loads) {
		return nil
	}
	keys := storedKey(t, loads)
	if len(keys) == 0 {
		return nil
	}
	keys = append(keys, `"_load"`) // what several mappings know is settled afterwards
	key := strings.Join(keys, ", ")
	repeated := fmt.Sprintf("SELECT %s FROM %s WHERE %s GROUP BY %s HAVING count(*) > 1", key, storeName(t.Name), isGood, key)
	n, err := s.int64Of(ctx, "SELECT count(*) FROM ("+repeated+") AS d")
	if err != nil || n == 0 {
		return err
	}
	same := make([]string, len(keys))
	for i, k := range keys {
		same[i] = "s." + k + " = d." + k
	}
	changed := "CAST(NULL AS TIMESTAMP)"
	whole := storedColumns(t, loads)
	if slices.Contains(whole, q("updated_at")) {
		changed = `s."updated_at"`
	}
	_, err = s.exec(ctx, fmt.Sprintf(`UPDATE %[1]s SET "_mark" = r.fault
FROM (
  SELECT rid, CASE WHEN content = first_value(content) OVER w THEN %[5]d ELSE %[6]d END AS fault, row_number() OVER w AS n
  FROM (
    SELECT s.rowid AS rid, s."_load" AS mapping, s."_row" AS place, %[2]s, %[9]s AS changed, CAST(to_json(struct_pack(%[7]s)) AS VARCHAR) AS content
    FROM %[1]s AS s SEMI JOIN (%[3]s) AS d ON %[4]s
    WHERE (s."_mark" IS NULL OR s."_mark" < 0)
  ) AS c
  WINDOW w AS (PARTITION BY %[8]s ORDER BY changed DESC NULLS LAST, mapping DESC, place DESC NULLS LAST, rid DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
) AS r
WHERE r.n > 1 AND %[1]s.rowid = r.rid`,
		storeName(t.Name), aliased(keys, "s", "k"), repeated, strings.Join(same, " AND "),
		faultDuplicateRow, faultDuplicateKey, packed(whole, "s"), numberedNames("k", len(keys)), changed))
	return err
}

// numberedKey reports whether the key is counted by the stage step itself and
// so cannot repeat.
func (s *State) numberedKey(t *canon.Table, loads []*Load) bool {
	for _, k := range t.Key {
		c, _ := t.Column(k)
		if !c.Numbered {
			return false
		}
		for _, l := range loads {
			if l.supplies(k) {
				return false
			}
		}
	}
	return true
}

// supplies reports whether a mapping gives a column.
func (l *Load) supplies(column string) bool {
	_, ok := l.staging.columns[column]
	return ok
}

// storedColumns are the quoted canonical columns of the table behind the stage
// view.
func storedColumns(t *canon.Table, loads []*Load) []string {
	var all []*staging
	for _, l := range loads {
		all = append(all, l.staging)
	}
	var out []string
	for _, c := range t.Columns {
		if kept(c, all) {
			out = append(out, q(c.Name))
		}
	}
	return out
}

// storedKey are the quoted columns of the key that any mapping supplies; the
// others are the same in every row.
func storedKey(t *canon.Table, loads []*Load) []string {
	stored := storedColumns(t, loads)
	var out []string
	for _, k := range t.Key {
		if slices.Contains(stored, q(k)) {
			out = append(out, q(k))
		}
	}
	return out
}

func aliased(columns []string, table, letter string) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = fmt.Sprintf("%s.%s AS %s%d", table, c, letter, i)
	}
	return strings.Join(out, ", ")
}

func numberedNames(letter string, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = at(letter, i)
	}
	return strings.Join(out, ", ")
}

// packed are the fields of a struct_pack over quoted columns of a table.
func packed(columns []string, table string) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c + " := " + table + "." + c
	}
	return strings.Join(out, ", ")
}

// keyText is a key's values as one text, for the value column of quarantine.
func keyText(keys []string, table string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = "CAST(" + table + "." + k + " AS VARCHAR)"
	}
	return strings.Join(out, " || ', ' || ")
}
