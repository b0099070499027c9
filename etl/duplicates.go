package etl

import (
	"context"
	"fmt"
	"strings"

	"verso/etl/canon"
	"verso/olap/engine"
)

// Fault codes of repeated keys, beside the codes of columns.
const (
	faultDuplicateRow = -1 // all of the row repeats the one kept
	faultDuplicateKey = -2 // only the key does
)

// markDuplicates marks all but one row of every key: the row kept is the one
// changed last, then the last in source order.
func (s *State) markDuplicates(ctx context.Context, t *canon.Table, loads []*Load) error {
	if len(t.Key) == 0 || s.numberedKey(t, loads) {
		return nil
	}
	keys := make([]string, len(t.Key))
	for i, k := range t.Key {
		keys[i] = q(k)
	}
	key := strings.Join(keys, ", ")
	repeated := fmt.Sprintf("SELECT %s FROM %s WHERE \"_bad\" IS NULL GROUP BY %s HAVING count(*) > 1", key, stageName(t.Name), key)
	n, err := s.int64Of(ctx, "SELECT count(*) FROM ("+repeated+") AS d")
	if err != nil || n == 0 {
		return err
	}
	same := make([]string, len(t.Key))
	for i, k := range keys {
		same[i] = "s." + k + " = d." + k
	}
	whole := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		whole[i] = q(c.Name)
	}
	_, err = s.exec(ctx, fmt.Sprintf(`UPDATE %[1]s SET "_bad" = r.fault
FROM (
  SELECT rid, CASE WHEN content = first_value(content) OVER w THEN %[5]d ELSE %[6]d END AS fault, row_number() OVER w AS n
  FROM (
    SELECT s.rowid AS rid, %[2]s, s."updated_at" AS changed, CAST(to_json(struct_pack(%[7]s)) AS VARCHAR) AS content
    FROM %[1]s AS s SEMI JOIN (%[3]s) AS d ON %[4]s
    WHERE s."_bad" IS NULL
  ) AS c
  WINDOW w AS (PARTITION BY %[8]s ORDER BY changed DESC NULLS LAST, rid DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
) AS r
WHERE r.n > 1 AND %[1]s.rowid = r.rid`,
		stageName(t.Name), aliased(keys, "s", "k"), repeated, strings.Join(same, " AND "),
		faultDuplicateRow, faultDuplicateKey, packed(whole, "s"), numberedNames("k", len(keys))))
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
			if l.maps[k] {
				return false
			}
		}
	}
	return true
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
func keyText(t *canon.Table, table string) string {
	out := make([]string, len(t.Key))
	for i, k := range t.Key {
		out[i] = "CAST(" + table + "." + engine.QuoteIdent(k) + " AS VARCHAR)"
	}
	return strings.Join(out, " || ', ' || ")
}
